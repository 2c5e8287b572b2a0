"""The only door to progress: each act locks the commitment, checks, appends and logs.

Submitting and withdrawing are written here; reviewing, drafts and chasing have modules of their own and
are offered here as well, so that a page needs one import.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ..choices import UpdateState, Via
from ..models import BulkEdit, Commitment, Department, Evidence, ProgressUpdate, UpdateDraft, User, Withdrawal
from .changes import Change, day_of, log, log_many
from .chasing import chase, chase_many, close_chase, recent_chases, reply_to_chase
from .content import FACTS, UpdateContent, content_of, is_said_by, problems, says_nothing_new
from .drafts import discard_draft, save_draft, take_over_draft
from .refusals import Conflict, Decided, DraftConflict, Invalid, NotAllowed, Problem
from .reviewing import Outcome, ReviewRequest, review, review_many
from .standing import (
    latest_and_standing,
    latest_update,
    lock_commitment,
    require_reporter,
    standing_update,
    state_of,
)

__all__ = [
    "Conflict",
    "Decided",
    "DraftConflict",
    "Invalid",
    "NotAllowed",
    "Outcome",
    "Problem",
    "ReviewRequest",
    "Row",
    "UpdateContent",
    "chase",
    "chase_many",
    "check",
    "check_against",
    "close_chase",
    "discard_draft",
    "latest_update",
    "recent_chases",
    "reply_to_chase",
    "review",
    "review_many",
    "save_draft",
    "standing_update",
    "submit",
    "submit_many",
    "submit_unchanged",
    "take_over_draft",
    "withdraw",
    "withdraw_many",
]


def check(
    commitment: Commitment,
    content: UpdateContent,
    *,
    today: dt.date,
    has_evidence: bool,
    confirmed: bool = False,
) -> dict[str, list[Problem]]:
    """Return what `submit` would object to in the content, without submitting."""
    standing = standing_update(commitment)
    return check_against(
        standing, commitment, content, today=today, has_evidence=has_evidence, confirmed=confirmed
    )


def check_against(
    standing: ProgressUpdate | None,
    commitment: Commitment,
    content: UpdateContent,
    *,
    today: dt.date,
    has_evidence: bool,
    confirmed: bool = False,
) -> dict[str, list[Problem]]:
    """Return the same when it is known which update stands; asks the database nothing."""
    return problems(
        content,
        commitment,
        standing,
        today,
        has_evidence=has_evidence,
        confirmed=confirmed,
        grace_days=settings.REPORTING_GRACE_DAYS,
    )


@transaction.atomic
def submit(
    commitment: Commitment,
    *,
    by: User,
    content: UpdateContent,
    token: uuid.UUID,
    now: dt.datetime,
    based_on: int | None,
    confirmed: bool = False,
    evidence: Iterable[Evidence] = (),
    bulk_edit: BulkEdit | None = None,
) -> ProgressUpdate:
    """Append an update and return it; the same again with the same token returns it and appends nothing.

    `based_on` is the id of the `latest_update` that the person saw (None: there was none). To go on
    after a Conflict, pass the id of its newer update: the person has now seen that one.
    The evidence of the person's own draft moves to the update and the draft ends. `evidence` adds what
    was given without a draft, and pieces of earlier updates of this commitment that show this one too:
    these are copied. What repeats the previous update keeps its evidence.
    Raises NotAllowed, Conflict, Invalid.
    """
    locked = lock_commitment(commitment.pk)
    require_reporter(locked, by)
    repeated = _repeated(token, locked, by)
    if repeated is not None and is_said_by(content, repeated):
        return repeated
    newest, previous = latest_and_standing(locked)
    if (newest.pk if newest else None) != based_on:
        raise Conflict(newest)
    if repeated is not None:
        raise _used()
    draft = UpdateDraft.objects.filter(commitment=locked, owner=by).first()
    moved, copied = _sorted_evidence(evidence, locked, by)
    moved += draft.evidence.all() if draft else []
    repeats = says_nothing_new(content, previous)
    if repeats and previous is not None:
        content = replace(content, account=previous.account)
        copied = copied or list(previous.evidence.all())
    has_evidence = bool(moved or copied)
    found = check_against(
        previous, locked, content, today=day_of(now), has_evidence=has_evidence, confirmed=confirmed
    )
    if found:
        raise Invalid(found)
    is_unchanged = repeats and not (moved and content.account)
    update = _append(locked, by, content, token, now, is_unchanged=is_unchanged, bulk_edit=bulk_edit)
    for piece in moved:
        piece.draft, piece.update = None, update
        piece.save(update_fields=["draft", "update"])
    _copy_evidence(copied, update)
    if draft:
        draft.delete()
    return update


@transaction.atomic
def submit_unchanged(
    commitment: Commitment,
    *,
    by: User,
    token: uuid.UUID,
    now: dt.datetime,
    based_on: int | None,
    bulk_edit: BulkEdit | None = None,
) -> ProgressUpdate:
    """Append "no change since last time", as of today: the last facts with their evidence, said again.

    In a year that is over (plus the grace) there is nothing to say again; the facts carry their dates.
    Raises NotAllowed, Conflict, Invalid (nothing was reported yet; the last update was returned).
    """
    locked = lock_commitment(commitment.pk)
    require_reporter(locked, by)
    if (repeated := _repeated(token, locked, by)) is not None:
        return repeated
    newest = latest_update(locked)
    if (newest.pk if newest else None) != based_on:
        raise Conflict(newest)
    if newest is None:
        raise Invalid.one(
            "", "nothing_yet", _("Nothing has been reported yet, so there is nothing that stayed the same.")
        )
    if newest != standing_update(locked):
        raise Invalid.one("", "returned", _("The last update was returned: correct it and submit it again."))
    content = replace(content_of(newest, as_of=day_of(now)), expected_on=_still_ahead(newest, now))
    pieces = list(newest.evidence.all())
    found = check(locked, content, today=day_of(now), has_evidence=bool(pieces), confirmed=False)
    if found:
        raise Invalid(found)
    update = _append(locked, by, content, token, now, is_unchanged=True, bulk_edit=bulk_edit)
    _copy_evidence(pieces, update)
    return update


@transaction.atomic
def withdraw(update: ProgressUpdate, *, by: User, now: dt.datetime) -> Withdrawal:
    """Take a submitted update back before anybody decided. Raises NotAllowed, Decided."""
    commitment = lock_commitment(update.commitment_id)
    if update.author_id != by.pk:
        raise NotAllowed(_("Only the author withdraws an update."))
    if (state := state_of(update)) != UpdateState.SUBMITTED:
        raise Decided(update, state)
    withdrawal = Withdrawal.objects.create(update=update, at=now, is_demo=update.is_demo)
    log(Change(act="update.withdrawn", row=update, commitment=commitment), by=by, now=now)
    return withdrawal


def withdraw_many(
    updates: Sequence[ProgressUpdate], *, by: User, now: dt.datetime, bulk_edit: BulkEdit
) -> None:
    """Take one's own undecided updates back in few queries, as the batch that takes back theirs.

    The caller holds the locks of their commitments and read their states under them.
    """
    made = [Withdrawal(update=update, at=now, is_demo=update.is_demo) for update in updates]
    Withdrawal.objects.bulk_create(made, batch_size=500)
    changes = [Change(act="update.withdrawn", row=update, commitment=update.commitment) for update in updates]
    log_many(changes, by=by, now=now, via=bulk_edit.via, reason=bulk_edit.reason, bulk_edit=bulk_edit)


@dataclass(frozen=True)
class Row:
    """One of many commitments on which the same is reported: what stands there, and who reports it."""

    commitment: Commitment
    standing: ProgressUpdate | None
    department: Department | None


def submit_many(
    rows: Sequence[Row],
    *,
    by: User,
    content: UpdateContent,
    now: dt.datetime,
    confirmed: bool,
    bulk_edit: BulkEdit,
) -> list[ProgressUpdate]:
    """Append the same update to many commitments, by the rules of a single one, in few queries.

    The caller holds the locks of the rows in its transaction and read `standing` under them, and has made
    sure that the person may report on all of them. A completion needs evidence of its own, so it is none
    of these. Raises Invalid, naming the commitment; then the whole transaction must not hold.
    """
    updates = []
    for row in rows:
        found = check_against(
            row.standing, row.commitment, content, today=day_of(now), has_evidence=False, confirmed=confirmed
        )
        if found:
            text = _("%(code)s: %(why)s Nothing was changed.")
            why = str(Invalid(found))
            raise Invalid.one("", "progress", text % {"code": row.commitment.code, "why": why})
        repeats = says_nothing_new(content, row.standing)
        said = replace(content, account=row.standing.account) if repeats and row.standing else content
        updates.append(
            _unsaved(
                row.commitment,
                by,
                said,
                uuid.uuid4(),
                now,
                row.department,
                is_unchanged=repeats,
                bulk_edit=bulk_edit,
            )
        )
    ProgressUpdate.objects.bulk_create(updates, batch_size=200)
    _log(updates, by=by, now=now, bulk_edit=bulk_edit)
    return updates


def _append(
    commitment: Commitment,
    by: User,
    content: UpdateContent,
    token: uuid.UUID,
    now: dt.datetime,
    *,
    is_unchanged: bool,
    bulk_edit: BulkEdit | None,
) -> ProgressUpdate:
    department = _department(commitment, by)
    update = _unsaved(
        commitment, by, content, token, now, department, is_unchanged=is_unchanged, bulk_edit=bulk_edit
    )
    update.save(force_insert=True)
    _log([update], by=by, now=now, bulk_edit=bulk_edit)
    return update


def _log(
    updates: Sequence[ProgressUpdate], *, by: User, now: dt.datetime, bulk_edit: BulkEdit | None
) -> None:
    """Log the submissions; what came with a batch carries its door and its reason."""
    via, reason = (bulk_edit.via, bulk_edit.reason) if bulk_edit else (Via.PAGE, "")
    changes = [_change(update) for update in updates]
    log_many(changes, by=by, now=now, via=via, reason=reason, bulk_edit=bulk_edit)


def _unsaved(
    commitment: Commitment,
    by: User,
    content: UpdateContent,
    token: uuid.UUID,
    now: dt.datetime,
    department: Department | None,
    *,
    is_unchanged: bool,
    bulk_edit: BulkEdit | None,
) -> ProgressUpdate:
    """Return the row to append, with the names of today."""
    return ProgressUpdate(
        commitment=commitment,
        author=by,
        author_name=str(by),
        department=department,
        department_name=department.name if department else "",
        submitted_at=now,
        as_of=content.as_of or day_of(now),
        is_unchanged=is_unchanged,
        value_source=content.value_source.strip(),
        account=content.account.strip(),
        explanation=content.explanation.strip(),
        corrects=content.corrects,
        bulk_edit=bulk_edit,
        token=token,
        is_demo=by.is_demo,
        **{name: getattr(content, name) for name in FACTS},
    )


def _change(update: ProgressUpdate) -> Change:
    """Return what the log keeps of a submission."""
    said = {name: getattr(update, name) for name in ("as_of", "is_unchanged", *FACTS, "account")}
    after = {name: value for name, value in said.items() if value not in (None, "")}
    return Change(act="update.submitted", row=update, after=after)


def _still_ahead(update: ProgressUpdate, now: dt.datetime) -> dt.date | None:
    """Return the expected completion unless it has passed, when it is no longer an expectation."""
    return update.expected_on if update.expected_on and update.expected_on >= day_of(now) else None


def _department(commitment: Commitment, by: User) -> Department | None:
    """Return the person's department that reports here: the lead before those that support."""
    ids = by.department_ids()
    if commitment.lead_id in ids:
        return commitment.lead
    return commitment.supports.filter(pk__in=ids).order_by("pk").first()


def _sorted_evidence(
    evidence: Iterable[Evidence], commitment: Commitment, by: User
) -> tuple[list[Evidence], list[Evidence]]:
    """Return what moves to the update (not submitted yet) and what is copied (from earlier updates)."""
    moved: list[Evidence] = []
    copied: list[Evidence] = []
    for piece in evidence:
        is_own = piece.added_by_id == by.pk or piece.update_id is not None
        if piece.commitment_id != commitment.pk or not is_own:
            raise NotAllowed(_("This evidence belongs to somebody else's update."))
        (moved if piece.update_id is None else copied).append(piece)
    return moved, copied


def _copy_evidence(pieces: Iterable[Evidence], update: ProgressUpdate) -> None:
    """Attach copies that show the same link or stored file; the originals stay where they are."""
    copies = list(pieces)
    for piece in copies:
        piece.pk, piece.draft, piece.update, piece.is_demo = None, None, update, update.is_demo
        piece._state.adding = True
    Evidence.objects.bulk_create(copies)


def _repeated(token: uuid.UUID, commitment: Commitment, by: User) -> ProgressUpdate | None:
    """Return what this token appended before, if it was the same person at the same commitment."""
    update = ProgressUpdate.objects.filter(token=token).first()
    if update is not None and (update.commitment_id, update.author_id) != (commitment.pk, by.pk):
        raise _used()
    return update


def _used() -> Invalid:
    return Invalid.one("", "token", _("This form was used already; open it again."))
