"""The municipality's scorecards (八张报表) and the commitments counted under each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..models import Commitment, Scorecard
from ..progress.judging import Judged
from ..progress.roll import judged
from .caching import public_page
from .drawings import Share, share
from .scope import within
from .site import report_or_404, site_of


@dataclass(frozen=True)
class ScorecardRow:
    """A scorecard with its share; a commitment may stand on several."""

    scorecard: Scorecard
    share: Share


@public_page
def scorecard_list(request: HttpRequest) -> HttpResponse:
    """List the scorecards with what is counted under each, and what is under none."""
    report = report_or_404(request)
    rows = judged(report, today=site_of(request).today, commitments=within(report))
    by_id = {row.commitment.pk: row for row in rows}
    groups: dict[int, list[Judged]] = defaultdict(list)
    placed: set[int] = set()
    links = Commitment.scorecards.through.objects.filter(commitment__report=report).order_by("pk")
    for scorecard_id, commitment_id in links.values_list("scorecard_id", "commitment_id"):
        if commitment_id in by_id:
            groups[scorecard_id].append(by_id[commitment_id])
            placed.add(commitment_id)
    longest = max((len(group) for group in groups.values()), default=0) or None
    scorecards = [
        ScorecardRow(card, share(groups[card.pk], uid=f"scorecard-{card.number}", scale=longest))
        for card in Scorecard.objects.all()
    ]
    context = {"report": report, "scorecards": scorecards, "outside": len(rows) - len(placed)}
    return render(request, "public/scorecard_list.html", context)


@public_page
def scorecard_detail(request: HttpRequest, key: str) -> HttpResponse:
    """Show one scorecard: its share and its commitments."""
    report = report_or_404(request)
    scorecard = get_object_or_404(Scorecard, key=key)
    commitments = within(report).filter(scorecards=scorecard)
    rows = judged(report, today=site_of(request).today, commitments=commitments)
    context = {"report": report, "scorecard": scorecard, "share": share(rows, uid="scorecard")}
    return render(request, "public/scorecard_detail.html", context)
