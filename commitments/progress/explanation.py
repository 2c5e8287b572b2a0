"""The sentences with which a verdict explains itself: inputs, rule, conclusion. Nothing is decided here."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..quantities import quantity

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of an explanation: a key for programs, words in the reader's language for people."""

    key: str
    values: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    def __str__(self) -> str:
        unit = self.values.get("unit", "")
        return str(SENTENCES[self.key]) % {name: readable(value, unit) for name, value in self.values.items()}


def readable(value: Any, unit: str) -> str:
    """Return a date, a figure with the unit of its sentence or a label as it is written on the page."""
    if isinstance(value, dt.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return quantity(value, unit)
    return str(value)


# What readers call the curves of progress/schedule.py.
CURVES = {
    "early": _("fast at first"),
    "late": _("fast towards the end"),
    "at_end": _("counted once, at the end"),
}

SENTENCES: dict[str, str | Promise] = {
    # What was promised
    "cancelled": _("The commitment was cancelled with approval; it is no longer asked for."),
    "target_amended": _(
        "The target was changed with approval, from %(first)s to %(value)s. "
        "The changed one is judged, the first one stays visible."
    ),
    "deadline_moved": _("The deadline was moved with approval from %(first)s to %(due)s."),
    "deadline_slipped": _("The deadline was first %(first)s and is now %(due)s."),
    "reworded": _("The wording was changed with approval; the original stays visible."),
    "hedge": _("The report says “%(hedge)s”: judged the same, counted apart."),
    "no_finish_line": _("The report's verb names no finish line: reaching “%(stage)s” keeps the promise."),
    "finish_line": _("The lead department states a finish line of its own; it is not the report's."),
    # What was said
    "never_reported": _("No approved progress update exists."),
    "said": _("The department reports “%(status)s” as of %(as_of)s."),
    "figure": _("Reported figure: %(value)s, as of %(as_of)s."),
    "figure_missing": _("The promise is a figure, but none was reported."),
    "stage": _("Stage reached: %(stage)s; promised: %(promised)s."),
    "stage_missing": _("The promise is a stage, but none on its ladder was reported."),
    "expected_late": _("The department expects completion on %(expected)s, after the deadline of %(due)s."),
    # How the figure was compared
    "at_least": _("Promised: at least %(value)s."),
    "at_most": _("Promised: at most %(value)s."),
    "more_than": _("Promised: more than %(value)s."),
    "equal_count": _("Promised: %(value)s; a count of things delivered is kept by reaching it or more."),
    "equal_rate": _("Promised: %(value)s; reaching it, or passing it on the better side, keeps it."),
    "about": _("Promised: about %(value)s; with a tolerance of %(tolerance)s, the bar is %(bar)s."),
    "reached": _("The figure reaches the promise."),
    "short": _("The figure does not reach the promise."),
    "not_final": _("It can still change before %(due)s, so it does not close the matter."),
    "not_finished": _("The promise runs until %(due)s: until then it is on its way, not completed."),
    "by_a_person": _("The promise names no figure: a person judges it, with evidence."),
    "contradicts_completed": _("“Completed” was reported, but the facts fall short: the facts decide."),
    "contradicts_open": _("“%(status)s” was reported, but the facts reach the promise: the facts decide."),
    "contradicts_not_started": _(
        "“Not started” was reported, but the facts show a beginning: the facts decide."
    ),
    # Whether it was verified
    "verified": _("The update carries evidence and was verified."),
    "no_evidence": _("The update carries no evidence, so completion is not yet confirmed."),
    "not_verified": _(
        "The update was published as reported and not verified, so completion is not yet confirmed."
    ),
    # Whether it is on schedule
    "line": _(
        "By %(day)s, %(elapsed)s of the period had passed: %(expected)s of the promise was to be expected "
        "(tolerance %(tolerance)s), %(actual)s was reported."
    ),
    "curve": _("For this target a pace of its own is set in place of an even one: %(curve)s."),
    "rate": _(
        "A rate is not added up over the year: the latest figure is held against the promise (tolerance %(tolerance)s)."
    ),
    "rungs": _(
        "By %(day)s, %(elapsed)s of the period had passed; stage %(rung)s of %(rungs)s was reached "
        "(tolerance %(tolerance)s)."
    ),
    "by_word": _(
        "No figure shows the pace: the department's word counts while it is not older than %(days)s days."
    ),
    "unmeasured": _(
        "Without it nobody can say whether the promise is on schedule: an approved figure, stage or completion is missing."
    ),
    "overdue": _("The deadline of %(due)s has passed."),
    "within_first": _("The first deadline has passed; the approved one has not."),
    "finished": _("Completed on %(day)s; the deadline is %(due)s."),
    "finished_by": _(
        "A later stage was reached on %(day)s; when the promised one was reached is not recorded."
    ),
    "closed_short": _("Reporting closed on %(closes)s. The last approved fact falls short of the promise."),
    "closed_unclear": _(
        "Reporting closed on %(closes)s. The last approved facts do not allow the promise to be judged."
    ),
    "kept_amended": _("The changed target was reached, the first one was not."),
    "rule": _("Rule %(version)s."),
}
