"""From approved facts to the public status, with the reasons. Pure: no clock, no database, no request.

Three questions, never mixed: what does the department say, has it been verified, is it on schedule.
`judge` answers with one public status, one light, and the steps that led there.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..choices import Comparator, Kind, PublicStatus, Schedule, SelfReport, Stage
from ..quantities import percent
from .explanation import CURVES, Step
from .inputs import RATE_UNITS, Bar, Facts, Reported, Thresholds
from .schedule import ONE, ZERO, elapsed_share, expected_share, light, reference_day

# Raised with every change that could give a commitment another status or another light.
RULE_VERSION = "1"

__all__ = ["RULE_VERSION", "Bar", "Facts", "Reported", "Thresholds", "Verdict", "judge"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The tracker's conclusion, with everything that a page needs to explain it."""

    status: PublicStatus
    schedule: Schedule
    fulfilled: bool | None
    share: Decimal | None
    steps: tuple[Step, ...]
    rule_version: str
    thresholds: Thresholds
    facts: Facts
    is_overdue: bool = False
    expected: Decimal | None = None


@dataclass(slots=True)
class _Reading:
    """What the facts say about the promise, before anybody's word is weighed."""

    kept: bool | None
    is_firm: bool = True  # False: the figure can still fall back
    is_missing: bool = False  # the fact that the kind asks for was not reported
    share: Decimal | None = None
    shows_beginning: bool = False


def judge(facts: Facts, *, today: dt.date, thresholds: Thresholds) -> Verdict:
    """Return the public status of one commitment on the given day.

    Given only approved facts, it cannot say anything that is not approved.
    """
    case = _Case(facts, today, thresholds)
    case.state_terms()
    report = facts.report
    if facts.is_cancelled:
        return case.conclude(PublicStatus.AMENDED, Schedule.UNKNOWN)
    if report is None:
        case.say("never_reported")
        return case.conclude(PublicStatus.NOT_REPORTED, Schedule.UNKNOWN)
    case.say("said", status=SelfReport(report.self_report).label, as_of=report.as_of)
    reading = case.read(report)
    if reading.kept and reading.is_firm:
        return case.completed(report, reading)
    if report.self_report == SelfReport.COMPLETED and reading.is_missing:
        return case.completed(report, reading)
    return case.open(report, reading)


class _Case:
    """One commitment on one day: collects the sentences while the rules are applied in order."""

    __slots__ = ("expected", "facts", "steps", "thresholds", "today")

    def __init__(self, facts: Facts, today: dt.date, thresholds: Thresholds) -> None:
        self.facts, self.today, self.thresholds = facts, today, thresholds
        self.steps: list[Step] = []
        self.expected: Decimal | None = None

    def say(self, key: str, **values: Any) -> None:
        self.steps.append(Step(key, values))

    def conclude(
        self,
        status: PublicStatus,
        schedule: Schedule,
        *,
        fulfilled: bool | None = None,
        share: Decimal | None = None,
        is_overdue: bool = False,
    ) -> Verdict:
        self.say("rule", version=RULE_VERSION)
        return Verdict(
            status,
            schedule,
            fulfilled,
            share,
            tuple(self.steps),
            RULE_VERSION,
            self.thresholds,
            self.facts,
            is_overdue,
            self.expected,
        )

    def state_terms(self) -> None:
        """Say what changed about the promise itself, and how the report limits it."""
        facts = self.facts
        if facts.is_cancelled:
            self.say("cancelled")
        if facts.first_bar and facts.bar:
            bar = facts.bar
            self.say("target_amended", first=facts.first_bar.value, value=bar.value, unit=bar.unit)
        if facts.first_due_on and facts.first_due_on != facts.due_on:
            key = "deadline_moved" if facts.is_extended else "deadline_slipped"
            self.say(key, first=facts.first_due_on, due=facts.due_on)
        if facts.is_reworded:
            self.say("reworded")
        if facts.hedge:
            self.say("hedge", hedge=facts.hedge)
        if facts.promised_stage == Stage.UNDER_WAY:
            self.say("no_finish_line", stage=Stage.UNDER_WAY.label)
            if facts.finish_line:
                self.say("finish_line")

    # --- Do the facts keep the promise? --------------------------------------------------------

    def read(self, report: Reported) -> _Reading:
        """Hold the reported facts against the promise, each kind in its own way."""
        if self.facts.bar is not None:
            return self._read_figure(report, self.facts.bar)
        if self.facts.kind == Kind.PROJECT:
            return self._read_stage(report)
        if self.facts.kind == Kind.TARGET:
            self.say("by_a_person")
        is_completed = report.self_report == SelfReport.COMPLETED
        # A rank or benchmark that nobody has called reached is unknown; a measure is simply open.
        kept = True if is_completed else (None if self.facts.kind == Kind.TARGET else False)
        return _Reading(kept, share=ONE if is_completed else None)

    def _read_figure(self, report: Reported, bar: Bar) -> _Reading:
        tolerance = self.thresholds.about_tolerance
        key = bar.comparator
        if key == Comparator.EQUAL:
            key = "equal_rate" if bar.unit in RATE_UNITS else "equal_count"
        self.say(
            key, value=bar.value, unit=bar.unit, tolerance=percent(tolerance), bar=bar.threshold(tolerance)
        )
        if report.value is None:
            self.say("figure_missing")
            return _Reading(None, is_missing=True)
        self.say("figure", value=report.value, unit=bar.unit, as_of=report.as_of)
        kept = bar.is_reached(report.value, tolerance)
        self.say("reached" if kept else "short")
        # A rate of June is not yet the rate of the year, unless the department says that it is.
        is_firm = (
            not bar.is_rate or report.as_of >= self.facts.due_on or report.self_report == SelfReport.COMPLETED
        )
        if kept and not is_firm:
            self.say("not_final", due=self.facts.due_on)
        is_count = not bar.is_rate and bar.value > 0
        return _Reading(
            kept,
            is_firm=is_firm,
            share=max(report.value, ZERO) / bar.value if is_count else None,
            shows_beginning=is_count and report.value > 0,
        )

    def _read_stage(self, report: Reported) -> _Reading:
        rungs, promised = self.facts.rungs, self.facts.promised_stage
        if report.stage not in rungs:
            self.say("stage_missing")
            return _Reading(None, is_missing=True)
        self.say("stage", stage=Stage(report.stage).label, promised=Stage(promised).label)
        reached, wanted = rungs.index(report.stage) + 1, rungs.index(promised) + 1
        is_firm = True
        if promised == report.stage == Stage.UNDER_WAY:
            # 加快 names no finish line; while the year runs, only the department can call it finished.
            over = self.today > self.facts.due_on or report.as_of >= self.facts.due_on
            is_firm = report.self_report == SelfReport.COMPLETED or (
                over and report.self_report in (SelfReport.IN_PROGRESS, SelfReport.NOT_STARTED)
            )
            if not is_firm:
                self.say("not_finished", due=self.facts.due_on)
        return _Reading(
            reached >= wanted,
            is_firm=is_firm,
            share=min(Decimal(reached) / Decimal(wanted), ONE),
            shows_beginning=reached > 1,
        )

    # --- Kept: is it proven, and was it in time? -----------------------------------------------

    def completed(self, report: Reported, reading: _Reading) -> Verdict:
        """Conclude on a promise that the facts, or the department's word, call kept."""
        facts = self.facts
        if report.self_report != SelfReport.COMPLETED:
            self.say("contradicts_open", status=SelfReport(report.self_report).label)
        schedule, is_late = self._punctuality(report)
        if reading.is_missing or not (report.is_verified and report.has_evidence):
            if not report.has_evidence:
                self.say("no_evidence")
            if not report.is_verified:
                self.say("not_verified")
            return self.conclude(PublicStatus.REPORTED_DONE, schedule, share=reading.share)
        self.say("verified")
        status = PublicStatus.DONE_LATE if is_late else PublicStatus.DONE
        first, value = facts.first_bar, report.value
        if first and value is not None and not first.is_reached(value, self.thresholds.about_tolerance):
            self.say("kept_amended")
            status = PublicStatus.AMENDED
        return self.conclude(status, schedule, fulfilled=True, share=reading.share)

    def _punctuality(self, report: Reported) -> tuple[Schedule, bool]:
        """Say when it was finished: ahead, on schedule, or (behind, True) after the deadline."""
        due = self.facts.due_on
        finished = report.stage_on or report.since or report.as_of
        rungs = self.facts.rungs
        if report.stage in rungs and rungs.index(report.stage) > rungs.index(self.facts.promised_stage):
            self.say("finished_by", day=finished)
            return Schedule.AHEAD if finished <= due else Schedule.ON_SCHEDULE, False
        self.say("finished", day=finished, due=due)
        if finished > due:
            return Schedule.BEHIND, True
        elapsed = elapsed_share(self.facts.starts_on, due, finished)
        return light(ONE, elapsed, self.thresholds.schedule_tolerance), False

    # --- Not kept, or not yet: is it on schedule? ----------------------------------------------

    def open(self, report: Reported, reading: _Reading) -> Verdict:
        """Conclude on a promise that is not kept, or whose figure can still fall back."""
        facts, word = self.facts, report.self_report
        is_overdue = self.today > facts.due_on
        if word == SelfReport.COMPLETED:
            self.say("contradicts_completed")
        elif word == SelfReport.NOT_STARTED and reading.shows_beginning:
            self.say("contradicts_not_started")
            word = SelfReport.IN_PROGRESS
        if is_overdue:
            self.say("overdue", due=facts.due_on)
            schedule = Schedule.OVERDUE
        elif word == SelfReport.NOT_ACHIEVED:
            schedule = Schedule.BEHIND
        else:
            schedule = self._pace(report, reading)
        if word == SelfReport.NOT_ACHIEVED:
            status = PublicStatus.NOT_ACHIEVED
        elif self.today > facts.closes_on(self.thresholds.grace_days):
            status = self._final(reading)
        elif word == SelfReport.BLOCKED:
            status = PublicStatus.BLOCKED
        elif word == SelfReport.NOT_STARTED:
            status = PublicStatus.NOT_STARTED
        elif schedule in (Schedule.BEHIND, Schedule.OVERDUE):
            status = PublicStatus.BEHIND
        elif reading.kept is None:
            self.say("unmeasured")
            status = PublicStatus.NOT_MEASURABLE
        elif facts.is_extended and facts.first_due_on and self.today > facts.first_due_on:
            self.say("within_first")
            status = PublicStatus.AMENDED
        else:
            status = PublicStatus.ON_SCHEDULE
        fulfilled = False if status == PublicStatus.NOT_ACHIEVED else None
        return self.conclude(
            status, schedule, fulfilled=fulfilled, share=reading.share, is_overdue=is_overdue
        )

    def _final(self, reading: _Reading) -> PublicStatus:
        """Return the state in which a promise stays once nothing more is awaited."""
        closes = self.facts.closes_on(self.thresholds.grace_days)
        if reading.kept is False:
            self.say("closed_short", closes=closes)
            return PublicStatus.NOT_ACHIEVED
        self.say("closed_unclear", closes=closes)
        return PublicStatus.NOT_MEASURABLE

    def _pace(self, report: Reported, reading: _Reading) -> Schedule:
        """Return the light of an open promise whose deadline lies ahead."""
        facts, limits = self.facts, self.thresholds
        tolerance = limits.schedule_tolerance
        if report.expected_on and report.expected_on > facts.due_on and not reading.kept:
            self.say("expected_late", expected=report.expected_on, due=facts.due_on)
            return Schedule.BEHIND
        if facts.bar is not None and report.value is not None and reading.share is None:
            self.say("rate", tolerance=percent(tolerance))
            return self._rate_pace(facts.bar, report.value)
        day = reference_day(report.as_of, self.today, limits.stale_days)
        if reading.kept is None:
            return Schedule.UNKNOWN
        if reading.share is None:
            self.say("by_word", days=limits.stale_days)
            is_word = report.self_report == SelfReport.IN_PROGRESS and day == report.as_of
            return Schedule.ON_SCHEDULE if is_word else Schedule.UNKNOWN
        elapsed = elapsed_share(facts.starts_on, facts.due_on, day)
        if facts.bar is not None:
            curve = limits.curves.get(facts.bar.metric, "straight")
            self.expected = expected_share(elapsed, curve)
            if curve != "straight":
                self.say("curve", curve=CURVES[curve])
            self.say(
                "line", day=day, elapsed=percent(elapsed), expected=percent(self.expected),
                tolerance=percent(tolerance), actual=percent(reading.share),
            )  # fmt: skip
            return light(reading.share, self.expected, tolerance)
        # A project may stand on a stage until the next one would be due.
        rungs, promised = facts.rungs, facts.promised_stage
        rung, wanted = rungs.index(report.stage) + 1, rungs.index(promised) + 1
        self.expected = elapsed
        self.say(
            "rungs", day=day, elapsed=percent(elapsed), rung=rung, rungs=wanted, tolerance=percent(tolerance)
        )
        is_behind = Decimal(rung + 1) / Decimal(wanted) < elapsed - tolerance
        return Schedule.BEHIND if is_behind else Schedule.ON_SCHEDULE

    def _rate_pace(self, bar: Bar, actual: Decimal) -> Schedule:
        """Hold a rate against the promise; the tolerance is relative to the promised figure."""
        limits = self.thresholds
        if bar.is_reached(actual, limits.about_tolerance):
            return Schedule.ON_SCHEDULE
        gap = abs(actual - bar.threshold(limits.about_tolerance))
        is_close = gap <= abs(bar.value) * limits.schedule_tolerance
        return Schedule.ON_SCHEDULE if is_close else Schedule.BEHIND
