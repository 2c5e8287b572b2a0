"""Review: the queue by waiting time, one update at a time with everything it takes, and several at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from commitments import clock
from commitments.choices import Decision, Method, SelfReport, UpdateState
from commitments.models import Commitment, Evidence, ProgressUpdate
from commitments.progress import record
from commitments.progress.changes import day_of
from commitments.progress.facts import promise_of, reported_of, thresholds_from_settings
from commitments.progress.judging import verdict_of
from commitments.progress.verdict import Verdict, judge

from .access import StaffRequest, commitment_for, current_report, number, posted, reviewer_required
from .differences import Difference, differences
from .forms import ReviewForm

# Decisions of one page; a reviewer looks at each, so there is no need for more.
PER_PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """One line of the queue."""

    update: ProgressUpdate
    days: int
    is_own: bool
    differences: list[Difference]
    # What was chosen and written for it, where that was refused, and the sentence that says why.
    chosen: str = ""
    reason: str = ""
    refusal: str = ""

    @property
    def is_completion(self) -> bool:
        """Say whether it can only be approved on its own page, with its evidence."""
        return self.update.status == SelfReport.COMPLETED


@reviewer_required
@require_http_methods(["GET", "POST"])
def review_queue(request: StaffRequest) -> HttpResponse:
    """Show what waits, longest first; carry out the decisions made line by line."""
    refused: list[tuple[ProgressUpdate, str]] = []
    if request.method == "POST":
        decisions = requests_of(request)
        if not decisions:
            messages.warning(request, _("No decision was chosen; nothing was recorded."))
            return redirect("staff:review-queue")
        outcome = record.review_many(decisions, by=request.user, now=clock.now())
        if not outcome.refused:
            messages.success(request, done(len(outcome.reviews)))
            return redirect("staff:review-queue")
        refused = outcome.refused
        messages.warning(request, done(len(outcome.reviews)))
    waiting = queue_of(request, {update.pk: sentence for update, sentence in refused})
    context = {
        "waiting": waiting[:PER_PAGE],
        "total": len(waiting),
        "refused": refused,
        "methods": Method.choices,
    }
    return render(request, "staff/review_queue.html", context, status=422 if refused else 200)


@reviewer_required
@require_http_methods(["GET", "POST"])
def review_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one update beside what was approved before; record the decision and go on to the next."""
    sheet = review_sheet(request, pk)
    # A decision that somebody else's has overtaken is read as it was meant, and refused below.
    only_verify = sheet.is_published and request.POST.get("decision", Decision.VERIFIED) == Decision.VERIFIED
    form = ReviewForm(posted(request), only_verify=only_verify)
    if request.method == "POST" and form.is_valid():
        try:
            record.review(sheet.update, by=request.user, now=clock.now(), **form.cleaned_data)
        except record.Decided:
            messages.error(request, _("Somebody else has decided meanwhile; see below."))
            return redirect("staff:update-detail", pk=pk)
        except record.Invalid as invalid:
            for name, found in invalid.problems.items():
                form.add_error(name or None, [str(problem) for problem in found])
        else:
            messages.success(request, done(1))
            return to_next(request)
    status = 422 if form.errors else 200
    return render(request, "staff/review_detail.html", {"sheet": sheet, "form": form}, status=status)


@dataclass(frozen=True)
class ReviewSheet:
    """Everything that one decision takes."""

    update: ProgressUpdate
    commitment: Commitment
    is_own: bool
    today: Any

    @property
    def can_decide(self) -> bool:
        """Say whether a decision is still open to this person: their own is another's to decide."""
        return not self.is_own and self.update.state in (UpdateState.SUBMITTED, UpdateState.PUBLISHED)

    @property
    def is_published(self) -> bool:
        return self.update.state == UpdateState.PUBLISHED

    @cached_property
    def evidence(self) -> list[Evidence]:
        return list(self.update.evidence.all())

    @cached_property
    def differences(self) -> list[Difference]:
        return differences(self.update, self.commitment.approved_update, self.commitment)

    @cached_property
    def verdict(self) -> Verdict:
        """Return what the public reads now."""
        return verdict_of(self.commitment, today=self.today)

    @cached_property
    def if_published(self) -> Verdict:
        return self._if(is_verified=False)

    @cached_property
    def if_verified(self) -> Verdict:
        return self._if(is_verified=True)

    def _if(self, *, is_verified: bool) -> Verdict:
        reported = reported_of(self.update, is_verified=is_verified, has_evidence=bool(self.evidence))
        facts = promise_of(self.commitment, list(self.commitment.amendments.approved()), reported)
        return judge(facts, today=self.today, thresholds=thresholds_from_settings())

    @cached_property
    def history(self) -> list[ProgressUpdate]:
        """Return the earlier updates, newest first, each with its state."""
        rows = self.commitment.updates.with_state().exclude(pk=self.update.pk)
        return list(rows.order_by("-submitted_at", "-pk")[:12])


def review_sheet(request: StaffRequest, pk: int) -> ReviewSheet:
    """Return the sheet of one update of the report; 404 when there is none."""
    rows = ProgressUpdate.objects.with_state().select_related("commitment", "corrects")
    update = get_object_or_404(rows, pk=pk, commitment__report=current_report())
    commitment = commitment_for(request.user, update.commitment.code)
    return ReviewSheet(update, commitment, update.author_id == request.user.pk, clock.today())


def queue_of(request: StaffRequest, refusals: dict[int, str]) -> list[Waiting]:
    """Return the waiting updates, longest waiting first; one's own are shown, for others to decide."""
    rows: QuerySet[ProgressUpdate] = (
        ProgressUpdate.objects.awaiting_review()
        .filter(commitment__report=current_report(), commitment__is_retired=False)
        .select_related(
            "commitment__report", "commitment__target", "commitment__project", "commitment__approved_update"
        )
        .prefetch_related("evidence")
    )
    today = clock.today()
    return [
        Waiting(
            update,
            (today - day_of(update.submitted_at)).days,
            update.author_id == request.user.pk,
            differences(update, update.commitment.approved_update, update.commitment),
            request.POST.get(f"decision-{update.pk}", ""),
            request.POST.get(f"reason-{update.pk}", ""),
            refusals.get(update.pk, ""),
        )
        for update in rows
    ]


def requests_of(request: StaffRequest) -> list[record.ReviewRequest]:
    """Return the decisions that were made, one for each line where one was chosen."""
    chosen = {
        pk: str(value)
        for name, value in request.POST.items()
        if name.startswith("decision-")
        and value
        and (pk := number(name.removeprefix("decision-"))) is not None
    }
    updates = ProgressUpdate.objects.filter(commitment__report=current_report()).in_bulk(list(chosen))
    return [
        record.ReviewRequest(
            update=updates[pk],
            decision=Decision.VERIFIED if decision in Method.values else decision,
            method=decision if decision in Method.values else "",
            reason=request.POST.get(f"reason-{pk}", ""),
        )
        for pk, decision in chosen.items()
        if pk in updates
    ]


def done(count: int) -> str:
    return ngettext("%(count)d decision recorded.", "%(count)d decisions recorded.", count) % {"count": count}


def to_next(request: StaffRequest) -> HttpResponse:
    """Go on to the update that waits longest and is not one's own; to the queue when none is left."""
    following = (
        ProgressUpdate.objects.reviewable_by(request.user).filter(commitment__report=current_report()).first()
    )
    if following is None or "next" not in request.POST:
        return redirect("staff:review-queue")
    return redirect("staff:review-detail", pk=following.pk)
