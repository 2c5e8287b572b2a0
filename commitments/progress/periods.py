"""Reporting periods: they exist without anybody making them, and what is due is computed. No clock.

A period is asked for from the day after the previous one was due until it is due itself: with due day 8,
October from 9 October to 8 November. One submission in that time covers it; a later one covers what
was missed before as well, since it brings the facts up to date. After the year and its grace nothing
is asked for any more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..choices import Decision, Rhythm
from ..models import Commitment, ProgressUpdate, Review
from ..models.commitment import CommitmentQuerySet
from .changes import day_of

MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3}


class Standing(StrEnum):
    """What is asked of a commitment today."""

    OVERDUE = "overdue"  # a period's due day has passed and nothing was submitted for it
    DUE = "due"  # the current period awaits its report
    REPORTED = "reported"  # the current period has its report
    CLOSED = "closed"  # the year and its grace are over, or have not begun


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a quarter of a report's year. All dates belong to it, `due_on` is the last in time."""

    year: int
    rhythm: Rhythm
    number: int
    start: dt.date
    end: dt.date
    opens_on: dt.date
    due_on: dt.date

    def __str__(self) -> str:
        if self.rhythm == Rhythm.MONTHLY:
            return date_format(self.start, "YEAR_MONTH_FORMAT")
        return _("Quarter %(number)d of %(year)d") % {"number": self.number, "year": self.year}

    @property
    def key(self) -> str:
        """Return a short name that never changes: 2024-M10, 2024-Q4."""
        return f"{self.year}-{'M' if self.rhythm == Rhythm.MONTHLY else 'Q'}{self.number:02d}"

    def is_covered(self, submitted_at: dt.datetime | None) -> bool:
        """Say whether a submission at this moment covers the period."""
        return submitted_at is not None and day_of(submitted_at) >= self.opens_on


def default_rhythm() -> Rhythm:
    """Return the rhythm of commitments that have none of their own."""
    return Rhythm(settings.REPORTING_RHYTHM)


def rhythm_of(commitment: Commitment) -> Rhythm:
    """Return how often the commitment is reported on."""
    return Rhythm(commitment.rhythm or settings.REPORTING_RHYTHM)


def periods_of(
    year: int, rhythm: Rhythm | None = None, *, due_day: int | None = None, since: dt.date | None = None
) -> list[Period]:
    """Return the periods of a year in order; `since` leaves out those that ended before that day."""
    rhythm = rhythm or default_rhythm()
    due_day = due_day or settings.REPORTING_DUE_DAY
    step = MONTHS[rhythm]
    found = []
    opens_on = dt.date(year, 1, 1)
    for number, month in enumerate(range(1, 13, step), start=1):
        following = _first_day(year, month + step)
        due_on = following.replace(day=due_day)
        period = Period(
            year, rhythm, number, dt.date(year, month, 1), following - dt.timedelta(days=1), opens_on, due_on
        )
        if since is None or period.end >= since:
            found.append(period)
            opens_on = due_on + dt.timedelta(days=1)
    return found


def _first_day(year: int, month: int) -> dt.date:
    return dt.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def period_on(
    day: dt.date, year: int, rhythm: Rhythm | None = None, *, since: dt.date | None = None
) -> Period | None:
    """Return the period that is asked for on the day; None before the year and after its last due day."""
    if day < dt.date(year, 1, 1):
        return None
    return next((period for period in periods_of(year, rhythm, since=since) if day <= period.due_on), None)


def current_period(
    year: int, *, today: dt.date, rhythm: Rhythm | None = None, since: dt.date | None = None
) -> Period | None:
    """Return the period that is asked for today; None outside the year and its last due day."""
    return period_on(today, year, rhythm, since=since)


def last_due_period(
    year: int, *, today: dt.date, rhythm: Rhythm | None = None, since: dt.date | None = None
) -> Period | None:
    """Return the latest period whose due day has passed; None when there is none yet."""
    passed = [period for period in periods_of(year, rhythm, since=since) if period.due_on < today]
    return passed[-1] if passed else None


def closes_on(year: int) -> dt.date:
    """Return the last day on which reports of the year are asked for: its end plus the grace."""
    return dt.date(year, 12, 31) + dt.timedelta(days=settings.REPORTING_GRACE_DAYS)


def standing(commitment: Commitment, latest: ProgressUpdate | None, *, today: dt.date) -> Standing:
    """Return what is asked of the commitment, given its latest update that was not withdrawn.

    An update that was returned (annotated `state`) counts as none. Needs the commitment's report.
    Whether the promise is kept already is for the caller to ask first.
    """
    report = commitment.report
    state = latest and vars(latest).get("state")
    submitted_at = latest.submitted_at if latest and state != Decision.RETURNED else None
    return standing_of(
        report.year, rhythm_of(commitment), submitted_at, today=today, since=report.delivered_on
    )


def standing_of(
    year: int, rhythm: Rhythm, submitted_at: dt.datetime | None, *, today: dt.date, since: dt.date | None
) -> Standing:
    """Return what is asked when the latest submission is of that moment (None: there was none)."""
    if not dt.date(year, 1, 1) <= today <= closes_on(year):
        return Standing.CLOSED
    missed = last_due_period(year, today=today, rhythm=rhythm, since=since)
    if missed is not None and not missed.is_covered(submitted_at):
        return Standing.OVERDUE
    asked = period_on(today, year, rhythm, since=since)
    if asked is None or asked.is_covered(submitted_at):
        return Standing.REPORTED
    return Standing.DUE


def with_last_submission(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """Annotate `last_submitted_at`: when the latest update that still counts was submitted, or None."""
    returned = Review.objects.filter(decision=Decision.RETURNED).values("update")
    counting = (
        ProgressUpdate.objects.filter(commitment=OuterRef("pk"), withdrawal__isnull=True)
        .exclude(pk__in=returned)
        .order_by("-submitted_at", "-pk")
    )
    return commitments.annotate(last_submitted_at=Subquery(counting.values("submitted_at")[:1]))
