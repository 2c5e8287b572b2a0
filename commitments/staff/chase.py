"""Chasing (催办): a reviewer asks, the department answers, the reviewer closes."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from commitments import clock
from commitments.models import Chase, Commitment
from commitments.progress import record

from .access import StaffRequest, commitment_for, current_report, posted, reviewer_required, staff_required
from .forms import ChaseForm, ReplyForm

# The term that a new chase proposes, in days.
USUAL_TERM = 7


@reviewer_required
@require_http_methods(["GET", "POST"])
def chase_create(request: StaffRequest, code: str) -> HttpResponse:
    """Ask the departments of a commitment for news, with a term for the reply."""
    commitment = commitment_for(request.user, code)
    today = clock.today()
    proposed = {"reply_by": today + dt.timedelta(days=USUAL_TERM)}
    form = ChaseForm(posted(request), initial=proposed, today=today)
    if request.method == "POST" and form.is_valid():
        record.chase(commitment, by=request.user, now=clock.now(), **form.cleaned_data)
        messages.success(request, _("Asked. The department sees it on its worklist until you close it."))
        return redirect("staff:chase-create", code=code)
    context = {"commitment": commitment, "form": form, "chases": list(commitment.chases.all())}
    return render(request, "staff/chase_create.html", context, status=422 if form.errors else 200)


@staff_required
@require_http_methods(["GET", "POST"])
def chase_reply(request: StaffRequest, pk: int) -> HttpResponse:
    """Answer for a department that leads or supports the commitment."""
    chase = chase_for(request, pk, to_report=True)
    form = ReplyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            record.reply_to_chase(chase, by=request.user, now=clock.now(), **form.cleaned_data)
        except record.Invalid as invalid:
            chase = chase_for(request, pk, to_report=True)
            form.add_error(None, str(invalid))
        else:
            messages.success(request, _("Your reply was sent."))
            return redirect("staff:update-edit", code=chase.commitment.code)
    context = {"chase": chase, "commitment": chase.commitment, "form": form}
    return render(request, "staff/chase_reply.html", context, status=422 if form.errors else 200)


@reviewer_required
@require_POST
def chase_close(request: StaffRequest, pk: int) -> HttpResponse:
    """Close a chase, answered or not."""
    chase = chase_for(request, pk)
    record.close_chase(chase, by=request.user, now=clock.now())
    messages.success(request, _("Closed."))
    return redirect("staff:chase-create", code=chase.commitment.code)


def chase_for(request: StaffRequest, pk: int, *, to_report: bool = False) -> Chase:
    """Return the chase; its commitment must be this person's to read, or to report on."""
    chase = get_object_or_404(Chase, pk=pk, commitment__report=current_report())
    code = Commitment.objects.values_list("code", flat=True).get(pk=chase.commitment_id)
    chase.commitment = commitment_for(request.user, code, to_report=to_report)
    return chase
