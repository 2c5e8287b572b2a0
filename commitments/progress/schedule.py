"""How much should be done by a given day (序时), and how the fact compares. Pure: no clock, no database."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

from ..choices import Schedule

ZERO = Decimal(0)
ONE = Decimal(1)

Points = tuple[tuple[Decimal, Decimal], ...]


def _points(*pairs: tuple[str, str]) -> Points:
    return tuple((Decimal(elapsed), Decimal(expected)) for elapsed, expected in pairs)


# Named curves: (share of the period passed, share of the promise expected), joined by straight lines.
# The setting SCHEDULE_CURVES gives a metric one of these names in place of the straight line.
CURVES: dict[str, Points] = {
    "straight": _points(("0", "0"), ("1", "1")),
    # Building slows down around the Spring Festival and hurries at the end of the year.
    "late": _points(("0", "0"), ("0.25", "0.10"), ("0.5", "0.35"), ("0.75", "0.65"), ("1", "1")),
    # Money that is paid out in the first months.
    "early": _points(("0", "0"), ("0.25", "0.40"), ("0.5", "0.70"), ("0.75", "0.90"), ("1", "1")),
    # Counted once, on the last day: nothing is expected before.
    "at_end": _points(("0", "0"), ("0.9999", "0"), ("1", "1")),
}


def elapsed_share(start: dt.date, end: dt.date, today: dt.date) -> Decimal:
    """Return the share of the period from `start` to `end` that has passed at the close of `today`.

    Both ends belong to the period: 0 before it begins, 1 from its last day on.
    """
    if today >= end:
        return ONE
    if today < start:
        return ZERO
    return Decimal((today - start).days + 1) / Decimal((end - start).days + 1)


def expected_share(elapsed: Decimal, curve: str = "straight") -> Decimal:
    """Return the share of the promise that the named curve expects after the elapsed share.

    Raises KeyError for a curve that does not exist.
    """
    points = CURVES[curve]
    if curve == "straight":
        return min(max(elapsed, ZERO), ONE)
    for (left, low), (right, high) in pairwise(points):
        if elapsed <= right:
            return low + (high - low) * (max(elapsed, left) - left) / (right - left)
    return points[-1][1]


def reference_day(as_of: dt.date, today: dt.date, fresh_days: int) -> dt.date:
    """Return the day for which a fact of `as_of` is held against the plan.

    A fact counts as of its own day while it is fresh; then the plan moves on without it, so that
    nobody stays on schedule by no longer reporting.
    """
    return max(as_of, today - dt.timedelta(days=fresh_days))


def light(actual: Decimal, expected: Decimal, tolerance: Decimal) -> Schedule:
    """Return ahead, on schedule or behind; `tolerance` is a share of the whole, on either side."""
    if actual < expected - tolerance:
        return Schedule.BEHIND
    return Schedule.AHEAD if actual > expected + tolerance else Schedule.ON_SCHEDULE
