"""What an invented year did to one commitment: the updates, decisions and evidence. No database.

The same code always tells the same story, so that pictures, tests and manuals agree.
"""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

from ..choices import LADDERS, Comparator, Decision, Kind, Method, SelfReport, Stage, ladder_of
from ..progress.verdict import Bar
from . import words
from .story import Promise, Story, Told

DEMO_DAY = dt.date(2024, 10, 20)

# How often each story is told among a thousand commitments of a kind that allows it.
WEIGHTS = {
    "silent": 70,
    "steady": 270,
    "slow": 110,
    "stale": 50,
    "blocked": 50,
    "not_started": 35,
    "overdue": 40,
    "done": 170,
    "done_late": 35,
    "done_unverified": 55,
    "failed": 15,
    "waiting": 40,
    "first_waiting": 15,
    "returned": 20,
    "withdrawn": 10,
    "corrected": 20,
    "unchanged": 30,
    "unmeasured": 10,
}
# Stories that end with the promise kept: not for the growth of a year that is still running.
ENDINGS = {"done", "done_late", "done_unverified", "corrected"}
SPRING, SUMMER, AUTUMN = dt.date(2024, 3, 31), dt.date(2024, 6, 30), dt.date(2024, 9, 30)


def story_of(promise: Promise, name: str | None = None) -> Story:
    """Return the story of a commitment; `name` asks for a certain one."""
    chance = random.Random(f"demo {promise.code}")  # noqa: S311  repeatable on purpose
    chosen = name or chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    chosen = _possible(chosen, promise)
    teller = _Teller(promise, chance)
    story: Story = getattr(teller, chosen)()
    line = words.finish_line(promise.name) if promise.promised_stage == Stage.UNDER_WAY else ""
    has_line = bool(line) and chance.random() < 0.3
    return replace(story, name=chosen, finish_line=line if has_line else "", chance=chance)


def _possible(name: str, promise: Promise) -> str:
    """Return the story, or its nearest that this kind of promise can have."""
    if promise.kind == Kind.TARGET and name in ENDINGS and promise.bar and promise.bar.is_rate:
        # "Covered 95%" can be finished in September, the growth of a year cannot.
        return name if promise.bar.comparator == Comparator.AT_LEAST else "steady"
    if name == "unmeasured" and (promise.kind != Kind.TARGET or promise.bar):
        return "steady"
    if promise.promised_stage == Stage.PLANNED and name not in ENDINGS | {"silent"}:
        return "done"
    return name


class _Teller:
    """Tells each story for one promise; every method returns a Story."""

    def __init__(self, promise: Promise, chance: random.Random) -> None:
        self.promise, self.chance = promise, chance
        self.title = promise.title
        self.budget = Decimal(chance.randint(20, 400) * 10)  # in 10,000 yuan

    # --- The stories ------------------------------------------------------------------------------

    def silent(self) -> Story:
        return Story("", has_draft=self.chance.random() < 0.2)

    def steady(self) -> Story:
        told = [self.going(day, level) for day, level in ((SPRING, 0.26), (SUMMER, 0.51), (AUTUMN, 0.77))]
        return Story("", tuple(told[self.chance.choice((0, 0, 1)) :]), has_draft=self.chance.random() < 0.05)

    def slow(self) -> Story:
        late = dt.date(2025, self.chance.choice((1, 2, 3)), 28)
        told = [self.going(SUMMER, 0.25), replace(self.going(AUTUMN, 0.45), expected_on=late)]
        return Story("", tuple(told))

    def stale(self) -> Story:
        return Story("", (self.going(SPRING, 0.25), self.going(dt.date(2024, 5, 31), 0.42)))

    def blocked(self) -> Story:
        obstacle, help_needed = words.obstacle(self.chance)
        stuck = replace(
            self.going(AUTUMN, 0.4),
            status=SelfReport.BLOCKED,
            account=words.stuck(self.title, self.chance),
            obstacle=obstacle,
            help_needed=help_needed,
        )
        return Story("", (self.going(SPRING, 0.2), stuck))

    def not_started(self) -> Story:
        told = self.fact(AUTUMN, 0, SelfReport.NOT_STARTED)
        stage = Stage.PLANNED if self.promise.promised_stage else ""
        value = told.value if self.promise.bar and self.promise.bar.is_rate else None
        account = words.not_started(self.title, self.chance)
        told = replace(told, stage=stage, value=value, account=account, decisions=(Decision.PUBLISHED,))
        return Story("", (told,))

    def overdue(self) -> Story:
        return Story("", (self.going(SPRING, 0.3), self.going(dt.date(2024, 8, 31), 0.7)), deadline=AUTUMN)

    def done(self) -> Story:
        day = self.chance.choice((dt.date(2024, 7, 31), dt.date(2024, 8, 31), AUTUMN))
        return Story("", (self.going(SPRING, 0.4), self.finished(day)))

    def done_late(self) -> Story:
        told = (self.going(SPRING, 0.4), self.going(SUMMER, 0.8), self.finished(dt.date(2024, 8, 31)))
        return Story("", told, deadline=SUMMER)

    def done_unverified(self) -> Story:
        return Story("", (self.going(SUMMER, 0.6), self.finished(AUTUMN, decisions=(Decision.PUBLISHED,))))

    def failed(self) -> Story:
        account = words.failed(self.title, self.chance)
        told = replace(
            self.going(AUTUMN, 0.3), status=SelfReport.NOT_ACHIEVED, account=account, expected_on=None
        )
        return Story("", (self.going(SUMMER, 0.3), told))

    def waiting(self) -> Story:
        return Story("", (self.going(SUMMER, 0.5), self.open(self.going(dt.date(2024, 10, 15), 0.8))))

    def first_waiting(self) -> Story:
        return Story("", (self.open(self.going(dt.date(2024, 10, 10), 0.7)),))

    def returned(self) -> Story:
        back = replace(
            self.going(AUTUMN, 0.75),
            decisions=(Decision.RETURNED,),
            method="",
            reason=words.returned(self.chance),
        )
        if self.chance.random() < 0.5:
            return Story("", (self.going(SUMMER, 0.5), back))
        again = replace(self.going(AUTUMN, 0.75), evidence=2, submitted_on=dt.date(2024, 10, 14))
        return Story("", (self.going(SUMMER, 0.5), back, again))

    def withdrawn(self) -> Story:
        taken = replace(self.open(self.going(AUTUMN, 0.9)), is_withdrawn=True)
        return Story("", (self.going(SUMMER, 0.5), taken), has_draft=True)

    def corrected(self) -> Story:
        wrong = self.finished(dt.date(2024, 8, 31), decisions=(Decision.PUBLISHED,))
        account = words.corrected(self.title)
        right = replace(
            self.going(dt.date(2024, 8, 31), 0.6),
            submitted_on=dt.date(2024, 9, 20),
            account=account,
            explanation=words.why_corrected(self.chance),
            corrects_previous=True,
        )
        return Story("", (self.going(SPRING, 0.3), wrong, right))

    def unchanged(self) -> Story:
        first = self.going(dt.date(2024, 8, 31), 0.72)
        same = replace(
            first,
            as_of=dt.date(2024, 10, 8),
            submitted_on=dt.date(2024, 10, 8),
            is_unchanged=True,
            decided_after=1,
        )
        return Story("", (first, same))

    def unmeasured(self) -> Story:
        return Story("", (self.going(AUTUMN, 0.7),))

    # --- One update -------------------------------------------------------------------------------

    def going(self, day: dt.date, level: float) -> Told:
        """Return an open update at about this share of the promise, published or verified."""
        level = max(0.0, level + self.chance.uniform(-0.02, 0.02))
        told = self.fact(day, level, SelfReport.IN_PROGRESS)
        is_verified = self.chance.random() < 0.4
        month = self.chance.choice((11, 12))
        return replace(
            told,
            evidence=self.chance.choice((0, 1, 1, 2)),
            expected_on=dt.date(2024, month, 20) if self.chance.random() < 0.5 else None,
            decisions=(Decision.VERIFIED,) if is_verified else (Decision.PUBLISHED,),
            method=self.chance.choice(Method.values) if is_verified else "",
        )

    def finished(self, day: dt.date, decisions: tuple[str, ...] = ()) -> Told:
        """Return a completion with evidence; verified unless told otherwise, some in two steps."""
        told = self.fact(day, 1, SelfReport.COMPLETED)
        steps = self.chance.choice(((Decision.VERIFIED,), (Decision.PUBLISHED, Decision.VERIFIED)))
        decisions = decisions or steps
        method = self.chance.choice(Method.values) if Decision.VERIFIED in decisions else ""
        return replace(told, evidence=self.chance.choice((1, 2, 3)), decisions=decisions, method=method)

    def open(self, told: Told) -> Told:
        """Return the update with nobody having decided on it yet."""
        return replace(told, decisions=(), method="")

    def fact(self, day: dt.date, level: float, status: str) -> Told:
        """Return an update with the fact that the kind asks for."""
        submitted = min(day + dt.timedelta(days=self.chance.randint(2, 7)), DEMO_DAY - dt.timedelta(days=2))
        told = Told(day, max(day, submitted), status, "", decided_after=self.chance.randint(0, 2))
        if self.promise.bar:
            told = replace(told, value=self.figure(self.promise.bar, level))
        elif self.promise.promised_stage:
            stage = self.stage(level, is_open=status != SelfReport.COMPLETED)
            is_kept = stage == self.promise.promised_stage
            invested = self.budget * Decimal(str(round(level + 0.1, 1)))
            stage_on = day - dt.timedelta(days=self.chance.randint(1, 20)) if is_kept else None
            told = replace(told, stage=stage, stage_on=stage_on, invested=invested.quantize(Decimal(1)))
        return replace(told, account=words.account(self.promise, told, self.chance))

    def figure(self, bar: Bar, level: float) -> Decimal:
        """Return a figure at this share of the promise; a rate lies near its promise all year."""
        share = Decimal(str(round(level, 3)))
        if bar.is_rate:
            near = Decimal("0.98") if level >= 0.5 else Decimal("0.85")
            lower_is_better = bar.comparator == Comparator.AT_MOST
            factor = Decimal("1.02") if level >= 1 else near
            factor = (
                2 - factor
                if lower_is_better and level < 0.5
                else (Decimal("0.96") if lower_is_better else factor)
            )
            return (bar.value * factor).quantize(Decimal("0.01"))
        if bar.value == bar.value.to_integral_value() and bar.unit not in ("亿元", "万人", "万平方米"):
            whole = (bar.value * share).to_integral_value(rounding="ROUND_FLOOR")
            return bar.value + self.chance.choice((0, 0, 1)) if level >= 1 else min(whole, bar.value - 1)
        extra = Decimal("1.01") if bar.comparator == Comparator.MORE_THAN else Decimal(1)
        return (bar.value * min(share, Decimal(1)) * (extra if level >= 1 else 1)).quantize(Decimal("0.01"))

    def stage(self, level: float, *, is_open: bool) -> str:
        """Return the rung at this share of the way; an open promise stays below its last rung."""
        promised = self.promise.promised_stage
        ladder = LADDERS[ladder_of(promised)]
        rungs = ladder[: ladder.index(promised) + 1]
        if not is_open:
            return promised
        top = len(rungs) - 1 if promised == Stage.UNDER_WAY else len(rungs) - 2
        return rungs[max(0, min(int(level * len(rungs)), top))]
