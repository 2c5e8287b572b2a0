"""A value as the files for everyone hold it: the list's downloads and the tables of the data package."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from ..exchange.sheets import guarded
from ..quantities import plain_figure

Cell = str | int | bool | Decimal | dt.date | dt.datetime | None

# Excel takes a file without it for the local encoding and shows Chinese as noise.
BYTE_ORDER_MARK = "\ufeff"


def as_text(value: Cell) -> str:
    """Return the value as text: ISO dates, exact figures, true and false; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain_figure(value)
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def in_csv(value: Cell) -> str:
    """Return the same for a CSV file: no text in it can be a formula, and figures stay figures."""
    return guarded(value) if isinstance(value, str) else as_text(value)
