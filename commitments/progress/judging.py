"""Judging commitments: load them with all that a verdict is drawn from, and judge each once.

What pages share of a whole report is kept in roll.py; counting is in summaries.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ..choices import PublicStatus
from ..models import Amendment, Commitment, Department, Report, Theme
from ..models.commitment import CommitmentQuerySet
from .facts import facts_of, thresholds_from_settings, with_own_facts
from .verdict import Thresholds, Verdict, judge


@dataclass(frozen=True, slots=True)
class Judged:
    """A commitment with the verdict on it."""

    commitment: Commitment
    verdict: Verdict

    @property
    def status(self) -> PublicStatus:
        """Return the public status."""
        return self.verdict.status


def judge_report(
    report: Report,
    *,
    today: dt.date,
    thresholds: Thresholds,
    commitments: CommitmentQuerySet | None = None,
) -> list[Judged]:
    """Load and judge the report's commitments: four queries, whatever their number.

    The rows arrive as complete as from `with_facts`, but share one object for each theme, area and
    lead, since making objects is what takes the time.
    """
    rows = Commitment.objects.all() if commitments is None else commitments
    loaded = list(with_own_facts(rows.published().of_report(report)))
    _share(loaded, report)
    return [Judged(row, judge(facts_of(row), today=today, thresholds=thresholds)) for row in loaded]


def _share(commitments: Sequence[Commitment], report: Report) -> None:
    """Give each commitment its report, theme, area, lead and approved amendments."""
    themes = {theme.pk: theme for theme in Theme.objects.filter(area__report=report).select_related("area")}
    for theme in themes.values():
        theme.area.report = report
    leads = Department.objects.in_bulk({row.lead_id for row in commitments if row.lead_id})
    amendments: dict[int, list[Amendment]] = {}
    for amendment in Amendment.objects.approved().filter(commitment__report=report):
        amendments.setdefault(amendment.commitment_id, []).append(amendment)
    for commitment in commitments:
        commitment.report = report
        commitment.theme = themes[commitment.theme_id]
        commitment.lead = leads[commitment.lead_id] if commitment.lead_id else None
        vars(commitment)["approved_amendments"] = amendments.get(commitment.pk, [])


def verdict_of(commitment: Commitment, *, today: dt.date) -> Verdict:
    """Return the verdict on one commitment loaded `with_facts`."""
    return judge(facts_of(commitment), today=today, thresholds=thresholds_from_settings())
