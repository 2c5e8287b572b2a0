"""Every combination that a verdict can meet, and the reviewed table of what it then says.

`python -m tests.progress.verdict_table` writes the table anew. Read its diff: each changed cell is a
commitment that would read otherwise on the public page, and asks for a new RULE_VERSION.
"""

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from commitments.choices import (
    LADDERS,
    Comparator,
    Direction,
    Kind,
    PublicStatus,
    Schedule,
    SelfReport,
    Stage,
    ladder_of,
)
from commitments.progress.verdict import Bar, Facts, Reported, Thresholds, Verdict, judge

TABLE = Path(__file__).with_name("verdict_table.txt")
YEAR_END = dt.date(2024, 12, 31)

# (fact of, judged on): fresh, no longer fresh, year's figure, year over with an old fact, closed, late fact
DATES = {
    "fresh": (dt.date(2024, 6, 30), dt.date(2024, 7, 10)),
    "old": (dt.date(2024, 6, 30), dt.date(2024, 11, 20)),
    "final": (YEAR_END, dt.date(2025, 1, 20)),
    "overdue": (dt.date(2024, 9, 30), dt.date(2025, 1, 20)),
    "closed": (dt.date(2024, 9, 30), dt.date(2026, 1, 1)),
    "late": (dt.date(2025, 1, 15), dt.date(2025, 1, 20)),
}

# (verified, evidence) of the latest approved update; None: nothing was approved.
REVIEWS: dict[str, tuple[bool, bool] | None] = {
    "none": None,
    "published": (False, False),
    "published+evidence": (False, True),
    "verified": (True, False),
    "verified+evidence": (True, True),
}

STATUS_CODES = {
    PublicStatus.NOT_REPORTED: "none",
    PublicStatus.NOT_STARTED: "idle",
    PublicStatus.ON_SCHEDULE: "going",
    PublicStatus.BEHIND: "behind",
    PublicStatus.BLOCKED: "blocked",
    PublicStatus.REPORTED_DONE: "said",
    PublicStatus.DONE: "done",
    PublicStatus.DONE_LATE: "late",
    PublicStatus.NOT_ACHIEVED: "failed",
    PublicStatus.AMENDED: "amended",
    PublicStatus.NOT_MEASURABLE: "unclear",
}
LIGHT_CODES = {
    Schedule.AHEAD: "+",
    Schedule.ON_SCHEDULE: "=",
    Schedule.BEHIND: "-",
    Schedule.OVERDUE: "!",
    Schedule.UNKNOWN: "?",
}


def promises() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield (name, what the promise is, what is reported of it) for every kind of promise and fact."""
    yield "measure", {"kind": Kind.MEASURE}, {}
    yield "rank", {"kind": Kind.TARGET}, {}
    for comparator, (unit, direction) in itertools.product(
        Comparator, (("家", Direction.UP), ("%", Direction.UP), ("%", Direction.DOWN))
    ):
        bar = Bar(comparator, Decimal(50), unit, direction)
        for value in (None, "0", "20", "48", "50", "60"):
            name = f"{comparator} 50{unit} {direction}: {value or 'no figure'}"
            fact = {} if value is None else {"value": Decimal(value)}
            yield name, {"kind": Kind.TARGET, "bar": bar}, fact
    for promised in Stage:
        for stage in ("", *LADDERS[ladder_of(promised)]):
            name = f"project {promised}: {stage or 'no stage'}"
            yield name, {"kind": Kind.PROJECT, "promised_stage": promised}, {"stage": stage}


def verdict(
    promise: dict[str, Any],
    fact: dict[str, Any],
    word: str,
    date: str,
    review: str = "verified+evidence",
    **terms: Any,
) -> Verdict:
    """Return the verdict on one combination."""
    as_of, today = DATES[date]
    approved = REVIEWS[review]
    report = None
    if approved is not None:
        report = Reported(word, as_of, is_verified=approved[0], has_evidence=approved[1], **fact)
    values = {"starts_on": dt.date(2024, 1, 1), "due_on": YEAR_END, "year_end": YEAR_END}
    facts = Facts(**{**values, **promise, "report": report, **terms})
    return judge(facts, today=today, thresholds=Thresholds())


def render() -> str:
    """Return the table: a line for each promise, fact and self-report, a column for each date."""
    lines = [f"{'promise: fact':42}{'said':14}" + "".join(f"{date:10}" for date in DATES)]
    for (name, promise, fact), word in itertools.product(promises(), SelfReport):
        cells = (verdict(promise, fact, word, date) for date in DATES)
        text = (f"{STATUS_CODES[cell.status]}{LIGHT_CODES[cell.schedule]}" for cell in cells)
        lines.append(f"{name:42}{word:14}" + "".join(f"{cell:10}" for cell in text))
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(render(), encoding="utf-8")
