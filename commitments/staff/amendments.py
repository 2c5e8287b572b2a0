"""Amendments: what waits and what was decided, proposing one, deciding another's. Administrators only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from commitments import clock
from commitments.choices import AmendmentKind, Comparator, Kind
from commitments.models import Amendment, Commitment
from commitments.progress import amendments
from commitments.progress.amendments import Proposal
from commitments.progress.facts import with_facts
from commitments.progress.judging import verdict_of
from commitments.progress.refusals import Invalid, NotAllowed, Problem
from commitments.progress.verdict import Verdict

from .access import Refused, StaffRequest, administrator_required, commitment_for, current_report, posted
from .figures import DayField, FigureField
from .forms import StaffForm

PER_PAGE = 50


class AmendmentForm(StaffForm):
    """What is to change, why, and on whose authority; progress.amendments says what is missing."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What changes"), choices=AmendmentKind.choices, widget=forms.RadioSelect
    )
    new_deadline = DayField(label=gettext_lazy("New deadline"), required=False)
    new_comparator = forms.ChoiceField(
        label=gettext_lazy("Comparator"),
        choices=[("", pgettext_lazy("comparator", "not chosen")), *Comparator.choices],
        required=False,
    )
    new_value = FigureField(label=gettext_lazy("New figure"), required=False)
    new_wording = forms.CharField(
        label=gettext_lazy("New wording"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The public reads it beside the original."),
    )
    authority = forms.CharField(
        label=gettext_lazy("Authority"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Who approved it, such as the 30th executive meeting of the government."),
    )
    document_number = forms.CharField(label=gettext_lazy("Document number"), required=False, max_length=80)

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if commitment.kind == Kind.TARGET:
            self.fields["new_value"].unit = commitment.target.unit  # type: ignore[attr-defined]
        else:
            del self.fields["new_comparator"], self.fields["new_value"]
            self.fields["kind"].choices = [  # type: ignore[attr-defined]
                choice for choice in AmendmentKind.choices if choice[0] != AmendmentKind.TARGET
            ]

    def add_problems(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Show the sentences of progress.amendments beside their fields; others above the form."""
        for name, found in problems.items():
            self.add_error(name if name in self.fields else None, [str(problem) for problem in found])


@administrator_required
@require_GET
def amendment_list(request: StaffRequest) -> HttpResponse:
    """Show what waits for a second administrator, then what was decided; `?code=…` leads to proposing one."""
    code = request.GET.get("code", "").strip()
    if code and Commitment.objects.published().filter(report=current_report(), code=code).exists():
        return redirect("staff:amendment-propose", code)
    rows = Amendment.objects.filter(commitment__report=current_report()).select_related("commitment__report")
    in_order = rows.order_by(F("decided_at").desc(nulls_first=True), "-proposed_at", "-pk")
    page = Paginator(in_order, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "staff/amendment_list.html", {"page": page, "code": code})


@administrator_required
@require_http_methods(["GET", "POST"])
def amendment_propose(request: StaffRequest, code: str) -> HttpResponse:
    """Propose an amendment of one commitment; the public sees nothing of it before it is approved."""
    commitment = commitment_for(request.user, code)
    form = AmendmentForm(posted(request), commitment=commitment)
    if request.method == "POST" and form.is_valid():
        proposal = Proposal(**form.cleaned_data)
        try:
            made = amendments.propose(commitment, by=request.user, proposal=proposal, now=clock.now())
        except Invalid as refusal:
            form.add_problems(refusal.problems)
        else:
            messages.success(request, _("Proposed. Another administrator decides about it."))
            return redirect("staff:amendment-detail", made.pk)
    context = {"commitment": commitment, "form": form, "earlier": commitment.amendments.order_by("-pk")}
    return render(request, "staff/amendment_propose.html", context, status=422 if form.errors else 200)


@administrator_required
@require_http_methods(["GET", "POST"])
def amendment_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Show an amendment beside the original, with both verdicts; record the decision of a second person."""
    amendment = get_object_or_404(Amendment.objects.select_related("commitment"), pk=pk)
    problem, note = "", request.POST.get("note", "")
    if request.method == "POST":
        approve = request.POST.get("decision") == "approve"
        try:
            amendments.decide(amendment, by=request.user, approve=approve, note=note, now=clock.now())
        except NotAllowed as refusal:
            raise Refused(str(refusal)) from refusal
        except Invalid as refusal:
            problem = str(refusal)
        else:
            messages.success(
                request,
                _("The amendment is approved and public.") if approve else _("The amendment is refused."),
            )
            return redirect("staff:amendment-detail", pk)
    before, after = verdicts(amendment)
    context = {
        "amendment": amendment,
        "commitment": amendment.commitment,
        "before": before,
        "after": after,
        "may_decide": amendment.decided_at is None and amendment.proposed_by_id != request.user.pk,
        "problem": problem,
        "note": note,
    }
    return render(request, "staff/amendment_detail.html", context, status=422 if problem else 200)


def verdicts(amendment: Amendment) -> tuple[Verdict, Verdict]:
    """Return today's verdict without this amendment and with it."""
    found = []
    others = list(amendment.commitment.amendments.approved().exclude(pk=amendment.pk))
    for approved in (others, [*others, amendment]):
        commitment = with_facts(Commitment.objects.all()).get(pk=amendment.commitment_id)
        if amendment.is_approved and amendment.old_deadline and amendment not in approved:
            commitment.deadline = amendment.old_deadline
        # What `with_facts` would have loaded: see progress.facts.
        commitment.approved_amendments = approved  # type: ignore[attr-defined]
        found.append(verdict_of(commitment, today=clock.today()))
    return found[0], found[1]
