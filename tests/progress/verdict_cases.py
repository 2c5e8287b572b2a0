"""Facts of 2024 for tests of the verdict: name only what the test is about."""

import datetime as dt
from decimal import Decimal

from commitments.choices import Comparator, Direction, Kind, PublicStatus, Schedule, SelfReport
from commitments.progress.verdict import Bar, Facts, Reported, Thresholds, judge

S, L, R = PublicStatus, Schedule, SelfReport
JULY = dt.date(2024, 7, 10)
JUNE_END = dt.date(2024, 6, 30)
YEAR_END = dt.date(2024, 12, 31)
IN_GRACE = dt.date(2025, 2, 1)
CLOSED = dt.date(2025, 3, 2)  # the first day after 60 days of grace


def bar(value="50", comparator=Comparator.AT_LEAST, unit="家", direction=Direction.UP):
    return Bar(comparator, Decimal(value), unit, direction)


def facts(self_report=None, *, kind=Kind.MEASURE, as_of=JUNE_END, value=None, proven=True, **overrides):
    """Facts of 2024; `proven` means verified and with evidence."""
    said = {
        name: overrides.pop(name)
        for name in ("stage", "stage_on", "expected_on", "is_verified", "has_evidence")
        if name in overrides
    }
    report = None
    if self_report:
        report = Reported(
            self_report,
            as_of,
            Decimal(value) if value is not None else None,
            **{"is_verified": proven, "has_evidence": proven, **said},
        )
    return Facts(
        **{
            "kind": kind,
            "starts_on": dt.date(2024, 1, 1),
            "due_on": YEAR_END,
            "year_end": YEAR_END,
            "report": report,
            **overrides,
        }
    )


def target(self_report=R.IN_PROGRESS, value=None, *, of=None, **overrides):
    return facts(self_report, kind=Kind.TARGET, value=value, bar=of or bar(), **overrides)


def project(self_report=R.IN_PROGRESS, *, promised, stage="", **overrides):
    return facts(self_report, kind=Kind.PROJECT, promised_stage=promised, stage=stage, **overrides)


def verdict(case, today=JULY, **thresholds):
    return judge(case, today=today, thresholds=Thresholds(**thresholds))


def keys(result):
    return [step.key for step in result.steps]
