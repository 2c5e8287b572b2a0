"""The values that a verdict is drawn from: promise, report, limits. Plain data, no database."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ..choices import LADDERS, Comparator, Direction, ladder_of

# Units of rates and shares. A figure in any other unit counts things delivered and only ever grows.
RATE_UNITS = frozenset({"%", "‰", "个百分点", "百分点"})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The settings that a verdict depends on; they travel with it to the page."""

    schedule_tolerance: Decimal = Decimal("0.05")
    about_tolerance: Decimal = Decimal("0.05")
    stale_days: int = 60
    grace_days: int = 60
    curves: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bar:
    """The figure that a target promises."""

    comparator: str
    value: Decimal
    unit: str = ""
    direction: str = Direction.UP
    metric: str = ""

    @property
    def is_rate(self) -> bool:
        """Say whether the figure can still fall back: a rate, a ceiling, or lower is better."""
        return (
            self.unit in RATE_UNITS
            or self.comparator == Comparator.AT_MOST
            or self.direction == Direction.DOWN
        )

    def threshold(self, about_tolerance: Decimal) -> Decimal:
        """Return the figure from which the promise counts as kept; other than promised only for 左右."""
        if self.comparator != Comparator.ABOUT:
            return self.value
        room = abs(self.value) * about_tolerance
        return self.value + room if self.direction == Direction.DOWN else self.value - room

    def is_reached(self, actual: Decimal, about_tolerance: Decimal) -> bool:
        """Say whether the actual figure keeps the promise; the better side of a bare figure does too."""
        threshold = self.threshold(about_tolerance)
        if self.comparator == Comparator.MORE_THAN:
            return actual > threshold
        if self.comparator == Comparator.AT_MOST or (
            self.direction == Direction.DOWN and self.comparator != Comparator.AT_LEAST
        ):
            return actual <= threshold
        return actual >= threshold


@dataclass(frozen=True, slots=True)
class Reported:
    """The latest approved update, as far as the verdict needs it."""

    self_report: str
    as_of: dt.date
    value: Decimal | None = None
    stage: str = ""
    stage_on: dt.date | None = None
    expected_on: dt.date | None = None
    since: dt.date | None = None  # for "no change": the day of the facts that it repeats
    is_verified: bool = False
    has_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a verdict is drawn from: the promise as approved, and what was approved of it."""

    kind: str
    starts_on: dt.date
    due_on: dt.date
    year_end: dt.date
    report: Reported | None = None
    bar: Bar | None = None
    first_bar: Bar | None = None
    promised_stage: str = ""
    finish_line: str = ""
    hedge: str = ""
    first_due_on: dt.date | None = None
    is_extended: bool = False
    is_reworded: bool = False
    is_cancelled: bool = False

    @property
    def rungs(self) -> tuple[str, ...]:
        """Return the project's ladder up to the promised stage and beyond; empty for other kinds."""
        return LADDERS[ladder_of(self.promised_stage)] if self.promised_stage else ()

    def closes_on(self, grace_days: int) -> dt.date:
        """Return the last day on which facts are still awaited."""
        return max(self.due_on, self.year_end) + dt.timedelta(days=grace_days)
