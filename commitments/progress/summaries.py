"""What the pages count: judged commitments, grouped. Plain loops over what roll.judged returns."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..choices import Kind, PublicStatus
from ..models import Commitment, Department, ProgressUpdate, Report, ResponsibleArea, Theme
from .judging import Judged
from .schedule import elapsed_share

KEPT = frozenset({PublicStatus.DONE, PublicStatus.DONE_LATE})
# What needs somebody's attention.
TROUBLED = frozenset({PublicStatus.BEHIND, PublicStatus.BLOCKED, PublicStatus.NOT_ACHIEVED})

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate that never travels without its numerator, denominator and formula."""

    numerator: int
    denominator: int
    formula: Promise

    @property
    def share(self) -> Decimal | None:
        """Return the rate as an exact share; None when there is nothing to divide by."""
        return Decimal(self.numerator) / Decimal(self.denominator) if self.denominator else None


@dataclass(frozen=True, slots=True)
class Headline:
    """The one published rate; commitments that the report hedges are in it and also counted apart."""

    all: Rate
    hedged: Rate


@dataclass(frozen=True, slots=True)
class Tally:
    """How many commitments of one group stand where: every status is there, also with 0."""

    total: int
    by_status: dict[PublicStatus, int]

    @property
    def kept(self) -> int:
        """Return how many are completed and verified, in time or late."""
        return sum(self.by_status[status] for status in KEPT)

    @property
    def reported(self) -> int:
        """Return how many have an approved update."""
        return self.total - self.by_status[PublicStatus.NOT_REPORTED]


# --- Counting -------------------------------------------------------------------------------------


def tally(rows: Iterable[Judged]) -> Tally:
    """Count the rows by status."""
    counts = Counter(row.verdict.status for row in rows)
    return Tally(counts.total(), {status: counts[status] for status in PublicStatus})


def count_by_status(rows: Iterable[Judged]) -> dict[PublicStatus, int]:
    """Return the number of commitments in each status, in the order of the choices, zeros included."""
    return tally(rows).by_status


def _tallies(rows: Iterable[Judged], groups: Callable[[Commitment], Iterable[Group]]) -> dict[Group, Tally]:
    """Tally the rows of each group, in order of first appearance; a row may belong to several."""
    members: dict[Group, list[Judged]] = {}
    for row in rows:
        for group in groups(row.commitment):
            members.setdefault(group, []).append(row)
    return {group: tally(inside) for group, inside in members.items()}


def by_kind(rows: Iterable[Judged]) -> dict[Kind, Tally]:
    """Return a tally for targets, projects and measures, in this order, each always there."""
    tallies = _tallies(rows, lambda commitment: [Kind(commitment.kind)])
    return {kind: tallies.get(kind) or tally(()) for kind in Kind}


def by_area(rows: Iterable[Judged]) -> dict[ResponsibleArea, Tally]:
    """Return a tally for each area that has commitments, in the report's order."""
    return _tallies(rows, lambda commitment: [commitment.theme.area])


def by_theme(rows: Iterable[Judged]) -> dict[Theme, Tally]:
    """Return a tally for each theme that has commitments, in the report's order."""
    return _tallies(rows, lambda commitment: [commitment.theme])


def by_department(rows: Iterable[Judged]) -> dict[Department | None, Tally]:
    """Return a tally for each lead department by name; None, last, for what nobody leads yet."""
    tallies = _tallies(rows, lambda commitment: [commitment.lead])
    named = sorted((group for group in tallies if group is not None), key=lambda group: group.name)
    ordered: dict[Department | None, Tally] = {group: tallies[group] for group in named}
    if None in tallies:
        ordered[None] = tallies[None]
    return ordered


# --- The one published rate -----------------------------------------------------------------------

FORMULA = _("commitments completed and verified (in time or late) ÷ all published commitments of the report")
HEDGED_FORMULA = _(
    "hedged commitments completed and verified (in time or late) ÷ all hedged commitments of the report"
)


def headline(rows: Iterable[Judged]) -> Headline:
    """Return the published rate, and the same for the hedged promises alone."""
    total = kept = hedged = hedged_kept = 0
    for row in rows:
        is_kept = row.verdict.status in KEPT
        total += 1
        kept += is_kept
        if row.commitment.hedge:
            hedged += 1
            hedged_kept += is_kept
    return Headline(Rate(kept, total, FORMULA), Rate(hedged_kept, hedged, HEDGED_FORMULA))


# --- The state of the record ----------------------------------------------------------------------


def elapsed_of_year(report: Report, *, today: dt.date) -> Decimal:
    """Return the share of the report's year that has passed at the close of the day."""
    return elapsed_share(dt.date(report.year, 1, 1), dt.date(report.year, 12, 31), today)


def unassigned_count(rows: Iterable[Judged]) -> int:
    """Return how many commitments no department leads."""
    return sum(row.commitment.lead_id is None for row in rows)


def days_since_news(row: Judged, *, today: dt.date) -> int | None:
    """Return how old the latest approved fact is; None when there is none."""
    report = row.verdict.facts.report
    return (today - report.as_of).days if report else None


def is_stale(row: Judged, *, today: dt.date) -> bool:
    """Say whether news is overdue: open, once reported, its last fact older than the setting allows.

    Counted to the day on which reporting closed at the latest: an ended year does not go stale for ever.
    """
    facts, limits = row.verdict.facts, row.verdict.thresholds
    if facts.report is None or row.verdict.fulfilled is not None:
        return False
    day = min(today, facts.closes_on(limits.grace_days))
    return (day - facts.report.as_of).days > limits.stale_days


def stale(rows: Iterable[Judged], *, today: dt.date) -> list[Judged]:
    """Return the commitments whose news is overdue, oldest news first."""
    old = [row for row in rows if is_stale(row, today=today)]
    return sorted(old, key=lambda row: (-(days_since_news(row, today=today) or 0), row.commitment.sequence))


def is_demo(report: Report) -> bool:
    """Say whether the report carries invented demonstration data, so that every page can say so."""
    return ProgressUpdate.objects.filter(commitment__report=report, is_demo=True).exists()
