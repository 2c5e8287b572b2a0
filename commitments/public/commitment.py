"""One commitment: its words, its state with the reasons, its facts, and everything approved about it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

import segno
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from ..choices import Decision, Kind
from ..models import Amendment, Commitment, GlossaryTerm, ProgressUpdate, Report, Review
from ..progress.facts import as_first_promised, with_facts
from ..progress.judging import Judged, verdict_of
from ..progress.verdict import Verdict, judge
from .caching import public_page
from .drawings import ladder_drawing, target_drawing
from .sentences import Quotation, quotation
from .site import report_or_404, site_of


@dataclass(frozen=True)
class TimelineEntry:
    """One approved update with the decisions that let the public read it."""

    update: ProgressUpdate
    reviews: list[Review]
    is_latest: bool

    @property
    def verification(self) -> Review | None:
        """Return the decision that verified it, None when it was only published as reported."""
        return next((review for review in self.reviews if review.decision == Decision.VERIFIED), None)


@public_page
def commitment_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one commitment; one that a later reading retired stays readable, and says so."""
    report = report_or_404(request)
    commitment = get_object_or_404(with_facts(Commitment.objects.filter(report=report)), code=code)
    commitment.report = report
    row = Judged(commitment, verdict_of(commitment, today=site_of(request).today))
    address = f"{site_of(request).url}{reverse('public:commitment-detail', args=[code])}"
    context = {
        "report": report,
        "commitment": commitment,
        "row": row,
        "verdict": row.verdict,
        "address": address,
        "qr": qr_code(address),
        **promise(row, report),
        **record(commitment),
        "first_verdict": verdict_before_amendments(row, today=site_of(request).today),
        **surroundings(commitment),
    }
    return render(request, "public/commitment_detail.html", context)


def promise(row: Judged, report: Report) -> dict[str, object]:
    """Return the words in their sentence, the baseline in its own, and the drawing of the kind."""
    commitment = row.commitment
    passage = commitment.passage
    context: dict[str, object] = {"quotation": quotation(report.text, passage.start, passage.end)}
    if commitment.kind == Kind.TARGET:
        context["target_chart"] = target_drawing(row)
        context["baseline"] = baseline(commitment, report)
    elif commitment.kind == Kind.PROJECT:
        context["ladder_chart"] = ladder_drawing(row)
    return context


def verdict_before_amendments(row: Judged, *, today: dt.date) -> Verdict | None:
    """Return what the verdict would be had nothing been amended; None where nothing was."""
    facts = row.verdict.facts
    original = as_first_promised(facts)
    return None if original == facts else judge(original, today=today, thresholds=row.verdict.thresholds)


def baseline(commitment: Commitment, report: Report) -> Quotation | None:
    """Return the sentence in which the report states last year's figure, None when it states none."""
    target = commitment.target
    if target.baseline_start is None or target.baseline_end is None:
        return None
    return quotation(report.text, target.baseline_start, target.baseline_end)


def record(commitment: Commitment) -> dict[str, object]:
    """Return what was approved about the commitment: updates newest first, amendments oldest first."""
    approving = Review.objects.approving().order_by("pk")
    updates = (
        ProgressUpdate.objects.approved()
        .filter(commitment=commitment)
        .select_related("department")
        .prefetch_related("evidence", Prefetch("reviews", approving, to_attr="approvals"))
        .order_by("-submitted_at", "-pk")
    )
    timeline = [
        TimelineEntry(update, update.approvals, is_latest=update.pk == commitment.approved_update_id)  # type: ignore[attr-defined]
        for update in updates
    ]
    amendments: list[Amendment] = list(commitment.amendments.approved())
    return {"timeline": timeline, "amendments": amendments, "supports": list(commitment.supports.all())}


def surroundings(commitment: Commitment) -> dict[str, object]:
    """Return what stands near: the same promise, others in the same words, terms, scorecards, neighbours."""
    published = Commitment.objects.published().filter(report=commitment.report)
    in_order = published.select_related("theme__area")
    return {
        "same_promise": list(commitment.same_promise.published().select_related("theme__area")),
        "in_same_words": list(in_order.filter(passage=commitment.passage_id).exclude(pk=commitment.pk)),
        "terms": list(GlossaryTerm.objects.filter(uses__passage=commitment.passage_id).distinct()),
        "scorecards": list(commitment.scorecards.all()),
        "previous": published.filter(sequence__lt=commitment.sequence).order_by("-sequence", "-pk").first(),
        "next": published.filter(sequence__gt=commitment.sequence).order_by("sequence", "pk").first(),
    }


def qr_code(address: str) -> SafeString:
    """Draw the address as a QR code: SVG without a style of its own, for print and for phones."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(
        picture,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        border=2,
        svgclass="qr",
        lineclass=None,
        dark="#000",
    )
    # The library writes only figures and our own class into it.
    return mark_safe(picture.getvalue().decode())  # noqa: S308
