"""The batches: who changed what, when and why, and taking one back as a whole. Administrators only."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from commitments import clock
from commitments.htmx import render_page
from commitments.models import BulkEdit
from commitments.progress import batches, bulk
from commitments.progress.refusals import Invalid

from . import telling
from .access import StaffRequest, administrator_required, current_report, number
from .changes import Line

PER_PAGE = 50
ROWS_PER_PAGE = 100


@administrator_required
@require_GET
def batch_list(request: StaffRequest) -> HttpResponse:
    """Show the batches, the latest first."""
    rows = BulkEdit.objects.filter(report=current_report())
    undone = batches.taken_back(dict(rows.values_list("pk", "reverts_id")))
    page = Paginator(rows.order_by("-at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "undone": undone}
    return render_page(request, "staff/batch_list.html", partial="results", context=context)


@administrator_required
@require_GET
def batch_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one batch, before and after of each row."""
    batch = get_object_or_404(BulkEdit.objects.select_related("reverts"), pk=pk)
    entries = batch.entries.select_related("commitment").order_by("commitment__sequence", "pk")
    page = Paginator(entries, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "page": page,
        "lines": [Line(entry) for entry in page],
        "undone_by": batch.reverted_by.order_by("pk"),
    }
    return render_page(request, "staff/batch_detail.html", partial="results", context=context)


@administrator_required
@require_http_methods(["GET", "POST"])
def batch_revert(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Show what taking the batch back would do; do it once it is confirmed with a reason."""
    batch = get_object_or_404(BulkEdit, pk=pk)
    problem, reason = "", request.POST.get("reason", "")
    also = {key for given in request.POST.getlist("also") if (key := number(given)) is not None}
    if request.method == "POST":
        steps = batches.reverting(batch, by=request.user, reason=reason, now=clock.now(), also=also)
        if batch.changed_count > telling.SHOW_PROGRESS_FROM and reason.strip():
            return telling.telling(request, steps, sentence, stop=reverse("staff:batch-detail", args=[pk]))
        try:
            made = bulk.finished(steps)
        except Invalid as refusal:
            problem = str(refusal)
        else:
            messages.success(request, sentence(made))
            return redirect("staff:batch-detail", made.pk)
    preview = batches.revert_preview(batch, by=request.user)
    context = {"batch": batch, "preview": preview, "problem": problem, "reason": reason, "also": also}
    return render(request, "staff/batch_revert.html", context, status=422 if problem else 200)


def sentence(batch: BulkEdit) -> str:
    """Return what was taken back by this batch."""
    count = batch.changed_count
    return ngettext(
        "%(count)d row was put back. This is a batch as well and can be taken back.",
        "%(count)d rows were put back. This is a batch as well and can be taken back.",
        count,
    ) % {"count": count}
