"""Chasing (催办): a reviewer asks for news with a term for reply; the department answers; it is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ..models import Chase, Commitment, Report, User
from .changes import Change, day_of, log, log_many
from .refusals import Invalid, NotAllowed

# Who was asked within so many days is not asked again unless somebody says so.
RECENT_DAYS = 7


def chase(commitment: Commitment, *, by: User, message: str, reply_by: dt.date, now: dt.datetime) -> Chase:
    """Ask the departments of a commitment for news until `reply_by`. Raises NotAllowed, Invalid."""
    return chase_many([commitment], by=by, message=message, reply_by=reply_by, now=now)[0]


@transaction.atomic
def chase_many(
    commitments: Sequence[Commitment], *, by: User, message: str, reply_by: dt.date, now: dt.datetime
) -> list[Chase]:
    """Ask the departments of each commitment for news until `reply_by`: all of them or none, in few queries.

    Raises NotAllowed, Invalid.
    """
    _require_reviewer(by)
    if not message.strip():
        raise Invalid.one("message", "required", _("Say what is asked for."))
    if reply_by < day_of(now):
        raise Invalid.one("reply_by", "past", _("The term for reply has passed already."))
    chases = [
        Chase(
            commitment=commitment,
            asked_by=by,
            asked_by_name=str(by),
            asked_at=now,
            message=message.strip(),
            reply_by=reply_by,
            is_demo=by.is_demo,
        )
        for commitment in commitments
    ]
    made = Chase.objects.bulk_create(chases, batch_size=500)
    changes = [
        Change(act="chase.asked", row=chase, after={"message": chase.message, "reply_by": reply_by})
        for chase in made
    ]
    log_many(changes, by=by, now=now)
    return made


def recent_chases(report: Report, *, now: dt.datetime) -> dict[int, Chase]:
    """Return the newest chase of each commitment that is not closed yet or was asked in the last days."""
    since = now - dt.timedelta(days=RECENT_DAYS)
    found = Chase.objects.filter(
        Q(closed_at__isnull=True) | Q(asked_at__gte=since), commitment__report=report
    )
    return {chase.commitment_id: chase for chase in found.order_by("asked_at", "pk")}


@transaction.atomic
def reply_to_chase(chase: Chase, *, by: User, reply: str, now: dt.datetime) -> Chase:
    """Answer for a department that leads or supports the commitment. Raises NotAllowed, Invalid."""
    locked = _lock(chase)
    if not Commitment.objects.reportable_by(by).filter(pk=locked.commitment_id).exists():
        raise NotAllowed(_("Your departments neither lead nor support this commitment."))
    if locked.reply or locked.closed_at:
        raise Invalid.one("", "answered", _("This chase has been answered or closed already."))
    if not reply.strip():
        raise Invalid.one("reply", "required", _("Write a reply."))
    locked.reply, locked.replied_by_name, locked.replied_at = reply.strip(), str(by), now
    locked.save(update_fields=["reply", "replied_by_name", "replied_at"])
    log(Change(act="chase.replied", row=locked, after={"reply": locked.reply}), by=by, now=now)
    return locked


@transaction.atomic
def close_chase(chase: Chase, *, by: User, now: dt.datetime) -> Chase:
    """Close a chase, answered or not; closing it twice changes nothing. Raises NotAllowed."""
    _require_reviewer(by)
    locked = _lock(chase)
    if locked.closed_at is None:
        locked.closed_by_name, locked.closed_at = str(by), now
        locked.save(update_fields=["closed_by_name", "closed_at"])
        log(Change(act="chase.closed", row=locked), by=by, now=now)
    return locked


def _require_reviewer(by: User) -> None:
    if not by.is_reviewer:
        raise NotAllowed(_("Only reviewers chase."))


def _lock(chase: Chase) -> Chase:
    return Chase.objects.select_for_update(of=("self",)).select_related("commitment__report").get(pk=chase.pk)
