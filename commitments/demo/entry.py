"""One commitment on its way through the loading, shared by the modules that write its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from ..models import Commitment, Department, ProgressUpdate, User
from .story import Story, Told


@dataclass
class Entry:
    """One commitment on its way: its story, who leads it, and its rows so far."""

    commitment: Commitment
    story: Story
    lead: Department | None
    supports: list[Department]
    author: User
    updates: list[tuple[Told, ProgressUpdate]]


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a moment of the demonstration's year in the district's time."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(settings.TIME_ZONE))
