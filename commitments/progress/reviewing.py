"""Reviewing: one decision on an update by somebody else, and what the public sees after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from ..choices import APPROVALS, Decision, Method, SelfReport, UpdateState
from ..models import Commitment, ProgressUpdate, Review, User
from . import words
from .changes import Change, log, raise_data_version
from .refusals import Decided, Invalid, NotAllowed
from .standing import lock_commitment, state_of


@dataclass(frozen=True, kw_only=True)
class ReviewRequest:
    """One decision on one update, as a reviewer sends it."""

    update: ProgressUpdate
    decision: str
    method: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What several decisions led to: the reviews made, and the updates left alone with a sentence each."""

    reviews: list[Review]
    refused: list[tuple[ProgressUpdate, str]]


@transaction.atomic
def review(
    update: ProgressUpdate, *, by: User, decision: str, now: dt.datetime, method: str = "", reason: str = ""
) -> Review:
    """Decide about an update and, when it is approved, move what the public sees.

    Submitted updates may be returned (with a reason), published, or verified (with a method);
    published ones may be verified later. Raises NotAllowed, Invalid, Decided.
    """
    commitment = lock_commitment(update.commitment_id)
    if not by.is_reviewer:
        raise NotAllowed(_("Only reviewers decide about updates."))
    if update.author_id == by.pk:
        raise NotAllowed(_("Nobody reviews their own update."))
    _require_complete_decision(decision, method, reason)
    state = state_of(update)
    is_later_verification = state == UpdateState.PUBLISHED and decision == Decision.VERIFIED
    if state != UpdateState.SUBMITTED and not is_later_verification:
        raise Decided(update, state)
    made = Review.objects.create(
        update=update,
        reviewer=by,
        reviewer_name=str(by),
        decision=decision,
        method=method if decision == Decision.VERIFIED else "",
        reason=reason.strip(),
        decided_at=now,
        is_demo=by.is_demo or update.is_demo,
    )
    after = {"decision": decision, "method": made.method, "reason": made.reason}
    change = Change(
        act=f"update.{decision}", row=update, commitment=commitment, before={"state": state}, after=after
    )
    log(change, by=by, now=now, reason=made.reason)
    if decision in APPROVALS:
        _move_approved(commitment)
        words.index([commitment.pk])
        raise_data_version(commitment.report_id, now=now, only=[commitment.pk])
    return made


def review_many(requests: Sequence[ReviewRequest], *, by: User, now: dt.datetime) -> Outcome:
    """Carry out several decisions, each on its own; what cannot be done is left alone and named.

    A completion is never approved here: it is looked at on a page of its own.
    """
    outcome = Outcome([], [])
    # In one order, so that two reviewers wait for each other instead of deadlocking.
    for request in sorted(requests, key=lambda request: (request.update.commitment_id, request.update.pk)):
        update = request.update
        if update.status == SelfReport.COMPLETED and request.decision in APPROVALS:
            outcome.refused.append(
                (update, _("A completion is approved on its own page, with its evidence."))
            )
            continue
        try:
            made = review(
                update,
                by=by,
                decision=request.decision,
                method=request.method,
                reason=request.reason,
                now=now,
            )
        except Decided as refusal:
            label = UpdateState(refusal.state).label
            outcome.refused.append(
                (update, _("It has been decided in the meantime: %(state)s.") % {"state": label})
            )
        except (Invalid, NotAllowed) as refusal:
            outcome.refused.append((update, str(refusal)))
        else:
            outcome.reviews.append(made)
    return outcome


def _require_complete_decision(decision: str, method: str, reason: str) -> None:
    if decision not in Decision.values:
        raise Invalid.one("decision", "unknown", _("Choose a decision."))
    if decision == Decision.RETURNED and not reason.strip():
        raise Invalid.one("reason", "required", _("Say why the update is returned; its author reads this."))
    if decision == Decision.VERIFIED and method not in Method.values:
        raise Invalid.one("method", "required", _("Say how it was verified."))


def _move_approved(commitment: Commitment) -> None:
    """Point the commitment at the approved update that counts, and say whether it was verified.

    The latest by as-of date counts, then by submission; one that an approved update corrects no longer
    does. "No change" says nothing new, so it keeps the verification of what it repeats.
    """
    approved = list(commitment.updates.approved().prefetch_related("reviews").order_by("-as_of", "-pk"))
    corrected = {update.corrects_id for update in approved}
    standing = [update for update in approved if update.pk not in corrected]
    commitment.approved_update = standing[0] if standing else None
    commitment.approved_is_verified = bool(standing) and _is_verified(standing)
    commitment.save(update_fields=["approved_update", "approved_is_verified"])


def _is_verified(latest_first: list[ProgressUpdate]) -> bool:
    for number, update in enumerate(latest_first):
        if any(made.decision == Decision.VERIFIED for made in update.reviews.all()):
            return True
        before = latest_first[number + 1] if number + 1 < len(latest_first) else None
        repeats = before is not None and all(
            getattr(update, name) == getattr(before, name)
            for name in ("status", "value", "stage", "stage_on")
        )
        if not (update.is_unchanged and repeats):
            return False
    return False
