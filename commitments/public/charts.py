"""Geometry of the drawings: figures in, places out. No database, no request, no words of its own.

Places along a line are shares of the drawing's width in percent, so that a drawing stretches with
the page while its lettering keeps its size. Heights are fixed in the templates `includes/_chart_*`,
which also hold every word a reader sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from ..quantities import quantity

# Room kept free at both ends of an axis, so that a mark at the end is drawn whole.
MARGIN = 4.0
# A part that is not nothing stays visible, however small its share.
SMALLEST_PART = 1.2
# Below this width a figure does not fit inside its part of a bar, on a narrow phone at the least.
LABELLED_PART = 9.0
# An axis that would start above this share of its highest value starts there; else at nothing.
CUT_ABOVE = Decimal("0.6")

SIGNS = {"at_least": "≥ ", "at_most": "≤ ", "more_than": "> ", "equal": "= ", "about": "≈ "}


@dataclass(frozen=True)
class Mark:
    """One value on an axis, with the text that stands at it."""

    key: str
    x: float
    text: str

    @property
    def anchor(self) -> str:
        """Return the end of the text that is tied to the place, so that no text leaves the drawing."""
        return _anchor(self.x)


def _anchor(x: float) -> str:
    if x < 25:
        return "start"
    return "end" if x > 75 else "middle"


@dataclass(frozen=True)
class Span:
    """A stretch of an axis."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return round(self.x + self.width, 2)


# --- A target: baseline, promise, latest figure, and where the straight plan would be today -------


@dataclass(frozen=True)
class TargetChart:
    """One target on an axis. `kept` is the stretch on which the promise holds."""

    uid: str
    baseline: Mark | None
    target: Mark
    latest: Mark | None
    expected: Mark | None
    kept: Span
    travelled: Span | None
    low: str
    high: str
    starts_at_zero: bool
    is_lower_better: bool
    is_kept: bool | None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return what is drawn, from the past to the present."""
        return tuple(mark for mark in (self.baseline, self.target, self.expected, self.latest) if mark)

    @property
    def latest_y(self) -> int:
        """Return how low the latest figure is written: under last year's, or in its place."""
        return 88 if self.baseline else 66

    @property
    def height(self) -> int:
        """Return the height of the drawing with the lines of writing that it has."""
        return 52 + 22 * ((self.baseline is not None) + (self.latest is not None))


@dataclass(frozen=True)
class _Axis:
    low: Decimal
    high: Decimal

    def place(self, value: Decimal) -> float:
        inside = min(max(value, self.low), self.high)
        share = float((inside - self.low) / (self.high - self.low))
        return round(MARGIN + share * (100 - 2 * MARGIN), 2)


def _axis(values: Sequence[Decimal]) -> _Axis:
    lowest, highest = min(values), max(values)
    if lowest >= 0 and (lowest == highest or lowest < CUT_ABOVE * highest):
        low = Decimal(0)
        high = highest * Decimal("1.15") if highest else Decimal(1)
    else:
        spread = (highest - lowest) or abs(highest) or Decimal(1)
        low = _round_start(lowest - spread * Decimal("0.35"), spread)
        high = highest + spread * Decimal("0.35")
        if lowest >= 0 and low < 0:
            low = Decimal(0)
    return _Axis(low, high)


def _round_start(low: Decimal, spread: Decimal) -> Decimal:
    """Return the nearest round figure that is not above `low`: an axis starts at 5.5, not at 5.59."""
    power = Decimal(1).scaleb((spread / 2).adjusted())
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= spread / 2)
    return (low / step).to_integral_value(ROUND_FLOOR) * step


def _kept(
    axis: _Axis, *, target: Decimal, comparator: str, lower_is_better: bool, tolerance: Decimal
) -> Span:
    """Return where the promise holds: from its bar to the better end, as progress.verdict judges it."""
    room = abs(target) * tolerance if comparator == "about" else Decimal(0)
    if comparator == "at_most" or (lower_is_better and comparator != "at_least"):
        start, end = 0.0, axis.place(target + room)
    else:
        start, end = axis.place(target - room), 100.0
    return Span(start, round(end - start, 2))


def target_chart(
    *,
    uid: str,
    target: Decimal,
    comparator: str,
    unit: str = "",
    baseline: Decimal | None = None,
    latest: Decimal | None = None,
    expected: Decimal | None = None,
    lower_is_better: bool = False,
    tolerance: Decimal = Decimal(0),
    is_kept: bool | None = None,
) -> TargetChart:
    """Place a target, last year's figure, the latest one and today's expected one on one axis.

    All values are in `unit`: a baseline in another unit or of another metric must not be given.
    `tolerance` is the share by which an "about" value may be missed and still be kept. `uid` is unique on
    the page.
    """
    values = [value for value in (target, baseline, latest, expected) if value is not None]
    axis = _axis(values)

    def mark(key: str, value: Decimal | None, sign: str = "") -> Mark | None:
        return None if value is None else Mark(key, axis.place(value), sign + quantity(value, unit))

    start, now = mark("baseline", baseline), mark("latest", latest)
    travelled = None
    # A line from the edge of an axis that was cut would look like a share of the whole.
    if now is not None and (start or axis.low <= 0):
        origin = start.x if start else axis.place(Decimal(0))
        travelled = Span(min(origin, now.x), round(abs(now.x - origin), 2))
    return TargetChart(
        uid=uid,
        baseline=start,
        target=Mark("target", axis.place(target), SIGNS.get(comparator, "") + quantity(target, unit)),
        latest=now,
        expected=mark("expected", expected),
        kept=_kept(
            axis, target=target, comparator=comparator, lower_is_better=lower_is_better, tolerance=tolerance
        ),
        travelled=travelled,
        low=quantity(axis.low.quantize(Decimal("0.01")), unit),
        high=quantity(axis.high.quantize(Decimal("0.01")), unit),
        starts_at_zero=axis.low == 0,
        is_lower_better=lower_is_better,
        is_kept=is_kept,
    )


# --- A project: the ladder of stages ---------------------------------------------------------------


@dataclass(frozen=True)
class Rung:
    """One stage: whether it has been reached, is where the project stands, is what was promised."""

    key: str
    label: str
    x: float
    anchor: str
    is_reached: bool
    is_current: bool
    is_promised: bool
    is_beyond_promise: bool


@dataclass(frozen=True)
class LadderChart:
    """The stages of a project from left to right; `climbed` is the way done."""

    uid: str
    rungs: tuple[Rung, ...]
    climbed: Span | None
    is_kept: bool | None

    @property
    def promised(self) -> Rung:
        """Return the stage that the report promises."""
        return next(rung for rung in self.rungs if rung.is_promised)

    @property
    def reached(self) -> Rung | None:
        """Return the stage where the project stands; None while nothing has been approved."""
        return next((rung for rung in self.rungs if rung.is_current), None)


def ladder_chart(
    *, uid: str, stages: Sequence[tuple[str, str]], promised: str, reached: str = ""
) -> LadderChart:
    """Place the stages (key, label) at equal steps and mark the promised and the reached one.

    `reached` is "" while nothing has been approved; a stage of another ladder counts as not reached.
    Raises ValueError when `promised` is not one of the stages.
    """
    keys = [key for key, _label in stages]
    goal = keys.index(promised)
    stand = keys.index(reached) if reached in keys else -1
    step = (100 - 2 * MARGIN) / max(len(keys) - 1, 1)
    places = [round(MARGIN + step * index, 2) for index in range(len(keys))]
    last = len(keys) - 1
    rungs = tuple(
        Rung(
            key=key,
            label=label,
            x=places[index],
            anchor="start" if index == 0 else "end" if index == last else "middle",
            is_reached=index <= stand,
            is_current=index == stand,
            is_promised=index == goal,
            is_beyond_promise=index > goal,
        )
        for index, (key, label) in enumerate(stages)
    )
    return LadderChart(
        uid=uid,
        rungs=rungs,
        climbed=Span(places[0], round(places[stand] - places[0], 2)) if stand >= 0 else None,
        is_kept=None if stand < 0 else stand >= goal,
    )


# --- Bars: what a number of commitments is made of -----------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One part of a bar, with its place, its count and its share of the whole."""

    key: str
    label: str
    count: int
    share: Decimal
    x: float
    width: float

    @property
    def has_room(self) -> bool:
        """Say whether the count fits inside the part."""
        return self.width >= LABELLED_PART

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class StatusBar:
    """One bar in as many parts as there are statuses with at least one commitment."""

    uid: str
    parts: tuple[Part, ...]
    total: int
    length: float = 100.0


def share_of(count: int, total: int) -> Decimal:
    """Return the share of one; 0 of nothing is 0."""
    return Decimal(count) / total if total else Decimal(0)


def _widths(counts: Sequence[int], length: float) -> list[float]:
    """Return widths that add up to `length`; the smallest are widened at the cost of the others."""
    total = sum(counts)
    smallest = min(SMALLEST_PART, length / max(len(counts), 1))
    raw = [count / total * length for count in counts]
    small = [width < smallest for width in raw]
    room = length - smallest * sum(small)
    large = sum(width for width, is_small in zip(raw, small, strict=True) if not is_small)
    return [
        smallest if is_small else width * room / large for width, is_small in zip(raw, small, strict=True)
    ]


def status_bar(counts: Iterable[tuple[str, str, int]], *, uid: str, scale: int | None = None) -> StatusBar:
    """Return one bar for (key, label, count) in the given order; what counts nothing is left out.

    With `scale`, the bar's length is the total's share of that number: bars of several rows compare.
    """
    rows = [(key, label, count) for key, label, count in counts if count]
    total = sum(count for _key, _label, count in rows)
    length = 100.0 if not scale else max(100.0 * total / scale, SMALLEST_PART * len(rows))
    parts, x = [], 0.0
    widths = _widths([count for _key, _label, count in rows], length) if rows else []
    for (key, label, count), width in zip(rows, widths, strict=True):
        parts.append(Part(key, label, count, share_of(count, total), round(x, 2), round(width, 2)))
        x += width
    return StatusBar(uid=uid, parts=tuple(parts), total=total, length=round(length, 2) if rows else 0.0)


# --- The year: how much has passed beside how much has been delivered ------------------------------------


@dataclass(frozen=True)
class ElapsedChart:
    """Two bars on one scale from nothing to the whole; both values are shares of one."""

    uid: str
    elapsed: Decimal
    delivered: Decimal

    @property
    def elapsed_width(self) -> float:
        return round(float(self.elapsed) * 100, 2)

    @property
    def delivered_width(self) -> float:
        return round(float(self.delivered) * 100, 2)


def elapsed_chart(*, uid: str, elapsed: Decimal, delivered: int, total: int) -> ElapsedChart:
    """Return the share of the period that has passed (0 to 1 given) beside the share delivered."""
    passed = min(max(elapsed, Decimal(0)), Decimal(1))
    return ElapsedChart(uid=uid, elapsed=passed, delivered=share_of(delivered, total))
