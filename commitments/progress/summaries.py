"""What the pages count: every commitment judged once, then grouped. Few queries, whatever the size.

Judge with `judged`, then pass the list on: the counts are plain loops over it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..choices import Kind, PublicStatus
from ..models import (
    Amendment,
    Commitment,
    Department,
    ProgressUpdate,
    Report,
    ResponsibleArea,
    Scorecard,
    Theme,
)
from ..models.commitment import CommitmentQuerySet
from .facts import facts_of, thresholds_from_settings
from .roll import Roll, roll_of
from .schedule import elapsed_share
from .verdict import Thresholds, Verdict, judge

KEPT = frozenset({PublicStatus.DONE, PublicStatus.DONE_LATE})

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Judged:
    """A commitment with the verdict on it."""

    commitment: Commitment
    verdict: Verdict

    @property
    def status(self) -> PublicStatus:
        """Return the public status."""
        return self.verdict.status


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


def judged(
    report: Report,
    *,
    today: dt.date,
    commitments: CommitmentQuerySet | None = None,
    thresholds: Thresholds | None = None,
) -> list[Judged]:
    """Return the report's published commitments in its order, each with its verdict.

    The whole report comes from its roll, which is kept while nothing changes: do not write to its rows.
    `commitments` narrows the list, with four queries; it may come filtered and annotated, but not yet
    `with_facts()`.
    """
    limits = thresholds or thresholds_from_settings()
    if commitments is None:
        return list(roll_of(report, today=today, thresholds=limits).rows)
    return judge_report(report, today=today, thresholds=limits, commitments=commitments)


def roll(report: Report, *, today: dt.date) -> Roll:
    """Return the roll of the report under the thresholds in force."""
    return roll_of(report, today=today, thresholds=thresholds_from_settings())


def judge_report(
    report: Report,
    *,
    today: dt.date,
    thresholds: Thresholds,
    commitments: CommitmentQuerySet | None = None,
) -> list[Judged]:
    """Load and judge the report's commitments: four queries, whatever their number.

    The rows arrive as complete as from `with_facts()`, but share one object for each theme, area and
    lead, since making objects is what takes the time.
    """
    rows = Commitment.objects.all() if commitments is None else commitments
    loaded = list(rows.published().of_report(report).with_own_facts())
    _share(loaded, report)
    return judge_all(loaded, report, today=today, thresholds=thresholds)


def _share(commitments: Sequence[Commitment], report: Report) -> None:
    """Give each commitment its theme, area, lead and approved amendments."""
    themes = {theme.pk: theme for theme in Theme.objects.filter(area__report=report).select_related("area")}
    for theme in themes.values():
        theme.area.report = report
    leads = Department.objects.in_bulk({row.lead_id for row in commitments if row.lead_id})
    amendments: dict[int, list[Amendment]] = {}
    for amendment in Amendment.objects.approved().filter(commitment__report=report):
        amendments.setdefault(amendment.commitment_id, []).append(amendment)
    for commitment in commitments:
        commitment.theme = themes[commitment.theme_id]
        commitment.lead = leads[commitment.lead_id] if commitment.lead_id else None
        vars(commitment)["approved_amendments"] = amendments.get(commitment.pk, [])


def judge_all(
    commitments: Iterable[Commitment],
    report: Report,
    *,
    today: dt.date,
    thresholds: Thresholds | None = None,
) -> list[Judged]:
    """Return a verdict for each commitment already loaded `with_facts()`, in the given order."""
    limits = thresholds or thresholds_from_settings()
    result = []
    for commitment in commitments:
        commitment.report = report
        result.append(Judged(commitment, judge(facts_of(commitment), today=today, thresholds=limits)))
    return result


def verdict_of(commitment: Commitment, *, today: dt.date) -> Verdict:
    """Return the verdict on one commitment loaded `with_facts()`."""
    return judge(facts_of(commitment), today=today, thresholds=thresholds_from_settings())


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


def by_scorecard(rows: Iterable[Judged]) -> dict[Scorecard, Tally]:
    """Return a tally for every scorecard, in their order; a commitment counts under each of its own.

    Two queries more.
    """
    places = {row.commitment.pk: row for row in rows}
    members: dict[int, list[Judged]] = {}
    links = Commitment.scorecards.through.objects.filter(commitment__in=list(places)).order_by("pk")
    pairs = links.values_list("scorecard_id", "commitment_id")
    for scorecard_id, commitment_id in pairs:
        if commitment_id in places:
            members.setdefault(scorecard_id, []).append(places[commitment_id])
    return {card: tally(members.get(card.pk, ())) for card in Scorecard.objects.all()}


# --- The one published rate -----------------------------------------------------------------------

FORMULA = _("commitments completed and verified (in time or late) ÷ all published commitments of the report")
HEDGED_FORMULA = _(
    "hedged commitments completed and verified (in time or late) ÷ all hedged commitments of the report"
)


def headline_rate(rows: Iterable[Judged]) -> Rate:
    """Return completed and verified, in time or late, over all published commitments."""
    return headline(rows).all


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
