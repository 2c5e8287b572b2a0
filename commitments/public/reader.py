"""The report to be read, and each passage of it on a page of its own."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from ..choices import PassageRole
from ..htmx import render_page
from ..models import Commitment, Passage, Report, TermUse
from ..progress import summaries
from ..progress.judging import Judged
from ..progress.roll import judged
from .book import Setter, contents, coverage
from .caching import public_page
from .sentences import quotation
from .site import report_or_404, site_of

# What the reader may ask to see apart; the keys are the classes that book.classes_of gives.
ONLY = [
    ("", _("Everything")),
    ("target", _("Only targets")),
    ("project", _("Only projects")),
    ("measure", _("Only measures")),
    ("trouble", _("Only what is behind, blocked or not achieved")),
    ("kept", _("Only what was kept")),
    ("reported", _("Only what was reported")),
    ("silent", _("Only what was never reported")),
    ("unled", _("Only what no department leads")),
    ("hedged", _("Only what the report hedges")),
]
# Why a passage promises nothing, role by role (docs/reading.md).
REASONS = {
    PassageRole.COMMITMENT: "",
    PassageRole.HEADING: _("It names what follows; what follows is counted."),
    PassageRole.FRAMING: _("It describes the situation or the attitude; nothing in it could be delivered."),
    PassageRole.PURPOSE: _("It says what something is for; what is to be done stands beside it."),
    PassageRole.CALL: _("It calls on people; no unit could be asked to deliver it."),
    PassageRole.FACT: _("It states a fact; it promises nothing."),
}


@public_page
def report(request: HttpRequest) -> HttpResponse:
    """Show the whole report, each passage of the plan with the state of what it promises."""
    shown = report_or_404(request)
    rows = judged(shown, today=site_of(request).today)
    context = {
        "report": shown,
        **pages(shown, rows),
        "statuses": [(status, n) for status, n in summaries.count_by_status(rows).items() if n],
        "choices": ONLY,
        "only": request.GET.get("only", "") if request.GET.get("only", "") in dict(ONLY) else "",
        "shows_words": "words" in request.GET,
        "shows_reasons": "reasons" in request.GET,
    }
    return render(request, "public/report.html", context)


def pages(shown: Report, rows: list[Judged]) -> dict[str, object]:
    """Return the parts of the report ready to be set, its contents, and what was counted on the way."""
    passages = list(shown.passages.current())
    uses = list(TermUse.objects.filter(term__report=shown).select_related("term"))
    areas = list(shown.areas.prefetch_related("themes__area"))
    setter = Setter(shown, passages=passages, uses=uses, rows=rows, areas=areas)
    review = setter.paragraphs(shown.review_start, shown.review_end)
    plan = setter.paragraphs(shown.plan_start, shown.plan_end)
    notes = setter.paragraphs(shown.plan_end, len(shown.text))
    counted = coverage(shown, passages, rows)
    return {
        "front": setter.paragraphs(0, shown.review_start),
        "review": review,
        "plan": plan,
        "notes": notes,
        "contents": contents([*review, *plan, *notes], areas),
        "coverage": counted,
        "roles": [(PassageRole(role).label, n) for role, n in counted.by_role],
        "terms": list({use.term.pk: use.term for use in uses}.values()),
        "baselines": sum(bool(mark.baseline_of) for mark in setter.marks),
    }


@public_page
def passage_detail(request: HttpRequest, start: int) -> HttpResponse:
    """Show one passage: what it promises and how that stands, or why it promises nothing."""
    shown = report_or_404(request)
    passage = current_or_gone(shown, start)
    if passage is None:
        return gone(request, shown, start)
    here = Commitment.objects.filter(passage=passage).order_by("sequence", "pk")
    in_order = shown.passages.current().order_by("start")
    context = {
        "report": shown,
        "passage": passage,
        "quotation": quotation(shown.text, passage.start, passage.end),
        "rows": judged(shown, today=site_of(request).today, commitments=here),
        "why": REASONS[PassageRole(passage.role)],
        "uses": passage.term_uses.select_related("term"),
        "previous": in_order.filter(start__lt=start).last(),
        "next": in_order.filter(start__gt=start).first(),
    }
    return render_page(request, "public/passage_detail.html", partial="panel", context=context)


def current_or_gone(shown: Report, start: int) -> Passage | None:
    """Return the passage of today's reading that begins there; None for one of an earlier reading.

    Raises Http404 where no reading ever began a passage.
    """
    passages = shown.passages.filter(start=start).select_related("theme__area").order_by("-is_current", "-pk")
    passage = passages.first()
    if passage is None:
        raise Http404
    return passage if passage.is_current else None


def gone(request: HttpRequest, shown: Report, start: int) -> HttpResponse:
    """Answer 410 for a passage that was read anew, with the commitments that stood on it."""
    stood = Commitment.objects.of_report(shown).filter(passage__start=start, passage__is_current=False)
    return render(request, "410.html", {"start": start, "commitments": stood}, status=410)
