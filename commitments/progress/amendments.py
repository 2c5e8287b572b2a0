"""Amendments (调整): proposed by one administrator with authority and document, decided by another.

What the report says is never touched: the original stays in the passage and the target, and the public
page shows both. Only the deadline in force moves with an approval, and its first date is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from ..choices import AmendmentKind, Comparator, Kind, Via
from ..models import Amendment, Commitment, User
from . import fields
from .changes import Change, log, raise_data_version
from .refusals import Invalid, NotAllowed, Problem
from .standing import lock_commitment

ACTS = {True: "amendment.approved", False: "amendment.refused"}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is to change, why, and on whose authority. Only the fields of its kind count."""

    kind: str
    reason: str
    authority: str
    document_number: str
    new_wording: str = ""
    new_comparator: str = ""
    new_value: Decimal | None = None
    new_deadline: dt.date | None = None


@transaction.atomic
def propose(commitment: Commitment, *, by: User, proposal: Proposal, now: dt.datetime) -> Amendment:
    """Record what one administrator proposes; the public sees nothing of it yet.

    Raises NotAllowed; Invalid with the fields of the proposal, and "" when one of its kind waits already.
    """
    _require_administrator(by)
    locked = lock_commitment(commitment.pk)
    found: dict[str, list[Problem]] = {}
    for field, problem in _problems(locked, proposal):
        found.setdefault(field, []).append(problem)
    if found:
        raise Invalid(found)
    if locked.amendments.waiting().filter(kind=proposal.kind).exists():
        raise Invalid.one("", "waiting", _("An amendment of this kind is waiting for a decision already."))
    amendment = _unsaved(locked, proposal)
    amendment.proposed_by, amendment.proposed_by_name, amendment.proposed_at = by, str(by), now
    amendment.is_demo = by.is_demo
    amendment.save()
    log(
        Change(act="amendment.proposed", row=amendment, after=_content(amendment)),
        by=by,
        now=now,
        reason=amendment.reason,
    )
    return amendment


@transaction.atomic
def decide(amendment: Amendment, *, by: User, approve: bool, note: str, now: dt.datetime) -> Amendment:
    """Approve or refuse what another administrator proposed; a refusal says why.

    Raises NotAllowed (also for one's own proposal), Invalid (no reason; decided already).
    """
    _require_administrator(by)
    commitment = lock_commitment(amendment.commitment_id)
    locked = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if locked.proposed_by_id == by.pk:
        raise NotAllowed(_("A second administrator decides about an amendment."))
    if locked.decided_at is not None:
        raise Invalid.one("", "decided", _("This amendment has been decided already."))
    if not approve and not note.strip():
        raise Invalid.one("note", "required", _("Say why the amendment is refused."))
    locked.decided_by, locked.decided_by_name, locked.decided_at = by, str(by), now
    locked.decision_note, locked.is_approved = note.strip(), approve
    locked.save(update_fields=["decided_by", "decided_by_name", "decided_at", "decision_note", "is_approved"])
    change = Change(
        act=ACTS[approve], row=locked, commitment=commitment, before=_before(locked), after=_content(locked)
    )
    log(change, by=by, now=now, reason=locked.decision_note)
    if approve:
        moved = locked.kind == AmendmentKind.DEADLINE and _move_deadline(commitment, locked, by=by, now=now)
        if not moved:
            raise_data_version(commitment.report_id, now=now, only=[commitment.pk])
    return locked


def _unsaved(commitment: Commitment, proposal: Proposal) -> Amendment:
    kind = proposal.kind
    is_target, is_deadline = kind == AmendmentKind.TARGET, kind == AmendmentKind.DEADLINE
    return Amendment(
        commitment=commitment,
        kind=kind,
        new_wording=proposal.new_wording.strip() if kind == AmendmentKind.WORDING else "",
        new_comparator=proposal.new_comparator if is_target else "",
        new_value=proposal.new_value if is_target else None,
        old_deadline=commitment.due_on if is_deadline else None,
        new_deadline=proposal.new_deadline if is_deadline else None,
        reason=proposal.reason.strip(),
        authority=proposal.authority.strip(),
        document_number=proposal.document_number.strip(),
    )


def _move_deadline(commitment: Commitment, amendment: Amendment, *, by: User, now: dt.datetime) -> int:
    """Move the deadline in force as every other change is written, so that the log tells each revision.

    Returns 0 when it was there already.
    """
    if commitment.first_deadline is None:
        # Without a deadline of its own it was due at the end of the year: that is what slips.
        commitment.first_deadline = commitment.due_on
        Commitment.objects.filter(pk=commitment.pk).update(first_deadline=commitment.due_on)
    planned = fields.RowPlan(
        commitment, {"deadline": commitment.deadline}, {"deadline": amendment.new_deadline}
    )
    if amendment.new_deadline == commitment.deadline:
        return 0
    return fields.write([planned], by=by, now=now, via=Via.PAGE, reason=amendment.reason, amends=True)


def _problems(commitment: Commitment, proposal: Proposal) -> Iterator[tuple[str, Problem]]:
    if proposal.kind not in AmendmentKind.values:
        yield "kind", Problem("unknown", _("Choose what the amendment changes."))
    for field, sentence in (
        ("reason", _("Say why the commitment is amended.")),
        ("authority", _("Name the authority that approved it, such as a meeting of the government.")),
        ("document_number", _("Give the number of the document.")),
    ):
        if not getattr(proposal, field).strip():
            yield field, Problem("required", sentence)
    if proposal.kind == AmendmentKind.WORDING and not proposal.new_wording.strip():
        yield "new_wording", Problem("required", _("Write the new wording."))
    if proposal.kind == AmendmentKind.TARGET:
        yield from _target_problems(commitment, proposal)
    if proposal.kind == AmendmentKind.DEADLINE:
        yield from _deadline_problems(commitment, proposal)


def _target_problems(commitment: Commitment, proposal: Proposal) -> Iterator[tuple[str, Problem]]:
    if commitment.kind != Kind.TARGET:
        yield "kind", Problem("not_a_target", _("Only a target takes a figure."))
        return
    if proposal.new_comparator not in Comparator.values:
        yield "new_comparator", Problem("required", _("Choose how the figure compares."))
    if proposal.new_value is None:
        yield "new_value", Problem("required", _("Give the new figure."))
    elif (proposal.new_value, proposal.new_comparator) == (
        commitment.target.value,
        commitment.target.comparator,
    ):
        yield "new_value", Problem("same", _("This is what the report promises already."))


def _deadline_problems(commitment: Commitment, proposal: Proposal) -> Iterator[tuple[str, Problem]]:
    if proposal.new_deadline is None:
        yield "new_deadline", Problem("required", _("Give the new deadline."))
    elif proposal.new_deadline == commitment.due_on:
        yield "new_deadline", Problem("same", _("This is the deadline already."))
    elif proposal.new_deadline < dt.date(commitment.report.year, 1, 1):
        yield "new_deadline", Problem("before_year", _("The deadline lies before the report's year."))


def _content(amendment: Amendment) -> dict[str, object]:
    names = (*Proposal.__dataclass_fields__, "decision_note")
    return {name: value for name in names if (value := getattr(amendment, name)) not in (None, "")}


def _before(amendment: Amendment) -> dict[str, object]:
    return {"new_deadline": amendment.old_deadline} if amendment.old_deadline else {}


def _require_administrator(by: User) -> None:
    if not by.is_administrator:
        raise NotAllowed(_("Only administrators amend commitments."))
