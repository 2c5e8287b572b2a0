"""The terms that the report itself explains, and where it uses them."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..models import GlossaryTerm, TermUse
from .caching import public_page
from .site import report_or_404


@public_page
def glossary(request: HttpRequest) -> HttpResponse:
    """List every term with its definition and the passages of the plan that use it."""
    report = report_or_404(request)
    in_plan = TermUse.objects.filter(passage__isnull=False).select_related("passage").order_by("start")
    uses = Prefetch("uses", in_plan, to_attr="uses_in_plan")
    terms = GlossaryTerm.objects.filter(report=report).prefetch_related(uses)
    return render(request, "public/glossary.html", {"report": report, "terms": terms})
