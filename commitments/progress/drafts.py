"""Updates being written: one draft per commitment, saved as it is typed, taken over on purpose."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ..models import Commitment, UpdateDraft, User
from .changes import Change, jsonable, log
from .evidence import remove_all
from .refusals import DraftConflict, NotAllowed
from .standing import lock_commitment, require_reporter


@transaction.atomic
def save_draft(
    commitment: Commitment,
    *,
    by: User,
    content: Mapping[str, Any],
    now: dt.datetime,
    version: int | None,
    based_on: int | None,
    token: uuid.UUID | None = None,
) -> UpdateDraft:
    """Keep what was typed, as typed (it need not be valid), and return the draft with its new version.

    `version` is the one the page holds, None when it knows of no draft; `token` is the form's. Raises
    NotAllowed; raises DraftConflict when a colleague owns the draft, or another window of one's own
    saved it meanwhile, or it was submitted or discarded there.
    """
    lock_commitment(commitment.pk)
    require_reporter(commitment, by)
    if token and commitment.updates.filter(token=token).exists():
        # Saved on the way, overtaken by the submission: no draft of what has been submitted.
        raise DraftConflict(None)
    draft = UpdateDraft.objects.filter(commitment=commitment).first()
    if draft is None:
        if version is not None:
            raise DraftConflict(None)
        return UpdateDraft.objects.create(
            commitment=commitment, owner=by, content=jsonable(content), based_on_id=based_on, saved_at=now
        )
    if draft.owner_id != by.pk or draft.version != version:
        raise DraftConflict(draft)
    draft.content, draft.based_on_id, draft.saved_at = jsonable(content), based_on, now
    draft.version += 1
    draft.save(update_fields=["content", "based_on", "saved_at", "version"])
    return draft


@transaction.atomic
def take_over_draft(draft: UpdateDraft, *, by: User, now: dt.datetime) -> UpdateDraft:
    """Make a colleague's draft one's own, with all that is in it; their open page can no longer save.

    Raises NotAllowed; DraftConflict when the draft has ended meanwhile.
    """
    lock_commitment(draft.commitment_id)
    require_reporter(draft.commitment, by)
    current = UpdateDraft.objects.filter(pk=draft.pk).select_related("owner", "commitment").first()
    if current is None:
        raise DraftConflict(None)
    if current.owner_id == by.pk:
        return current
    before, current.owner = current.owner, by
    current.version += 1
    current.saved_at = now
    current.save(update_fields=["owner", "version", "saved_at"])
    # The pieces travel with the draft, so that the new owner can submit or remove them.
    current.evidence.update(added_by=by)
    log(
        Change(act="draft.taken_over", row=current, before={"owner": before}, after={"owner": by}),
        by=by,
        now=now,
    )
    return current


@transaction.atomic
def discard_draft(draft: UpdateDraft, *, by: User, now: dt.datetime) -> None:
    """Throw one's own draft away, with the evidence added to it. Raises NotAllowed."""
    lock_commitment(draft.commitment_id)
    if draft.owner_id != by.pk:
        raise NotAllowed(_("This is a colleague's draft; take it over first."))
    log(Change(act="draft.discarded", row=draft, before={"content": draft.content}), by=by, now=now)
    remove_all(draft)
    draft.delete()
