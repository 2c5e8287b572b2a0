"""Takes the demonstration set out again, and puts back what stood before it."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.dateparse import parse_date

from ..models import (
    Amendment,
    BulkEdit,
    ChangeEntry,
    Chase,
    Commitment,
    Department,
    Evidence,
    ProgressUpdate,
    Reminder,
    Report,
    Review,
    UpdateDraft,
    User,
    Withdrawal,
)
from ..progress import fields, words
from ..progress.changes import raise_data_version

BATCH = 500


class NotRemovable(Exception):
    """Something real stands on the demonstration set."""


@transaction.atomic
def remove(*, now: dt.datetime) -> int:
    """Delete every demonstration row and return how many updates went. Raises NotRemovable.

    What demonstration accounts did on the pages goes as well; what real accounts did stays.
    """
    people = list(User.objects.filter(is_demo=True).values_list("pk", flat=True))
    _require_nothing_real(people)
    reports = set(
        Commitment.objects.filter(updates__is_demo=True).values_list("report_id", flat=True).distinct()
    ) | set(BulkEdit.objects.filter(is_demo=True).values_list("report_id", flat=True))
    restored = _restore_commitments()
    Commitment.objects.filter(approved_update__is_demo=True).update(
        approved_update=None, approved_is_verified=False
    )
    _delete_drafts(people)
    _delete_evidence()
    count = _delete_progress()
    ChangeEntry.objects.filter(is_demo=True).delete()
    BulkEdit.objects.filter(is_demo=True, reverts__isnull=False).delete()
    BulkEdit.objects.filter(is_demo=True).delete()
    addresses = _addresses()
    Reminder.objects.filter(recipient__in=addresses).delete()
    _delete_people(people)
    Department.objects.filter(is_demo=True).delete()
    for report in Report.objects.filter(pk__in=reports | restored):
        words.index_report(report.pk)
        # The number never falls: a page kept by a browser must not look new again.
        raise_data_version(report.pk, now=now)
        Report.objects.filter(pk=report.pk).update(data_changed_at=_last_real_change(report))
    return count


def _require_nothing_real(people: list[int]) -> None:
    leaning = ProgressUpdate.objects.filter(is_demo=False)
    if (
        leaning.filter(corrects__is_demo=True).exists()
        or leaning.filter(department__is_demo=True).exists()
        or leaning.filter(author__in=people).exists()
        or Amendment.objects.filter(is_demo=False, proposed_by__in=people).exists()
    ):
        raise NotRemovable("Real updates refer to the demonstration data; it can no longer be taken out.")


def _delete_drafts(people: list[int]) -> None:
    UpdateDraft.objects.filter(based_on__is_demo=True).exclude(owner__in=people).update(based_on=None)
    Evidence.objects.filter(draft__owner__in=people, update__isnull=True).update(is_demo=True)
    UpdateDraft.objects.filter(owner__in=people).delete()


def _delete_evidence() -> None:
    """Delete the rows now and their files once the transaction holds."""
    for piece in Evidence.objects.filter(is_demo=True).exclude(file=""):
        transaction.on_commit(partial(piece.file.storage.delete, piece.file.name))
    Evidence.objects.filter(is_demo=True).delete()


def _delete_progress() -> int:
    Review.objects.filter(is_demo=True).delete()
    Withdrawal.objects.filter(is_demo=True).delete()
    Amendment.objects.filter(is_demo=True).delete()
    Chase.objects.filter(is_demo=True).delete()
    rows = ProgressUpdate.objects.filter(is_demo=True)
    count = rows.count()
    # From the last correction back to the first: a correction protects what it corrects.
    while rows.filter(corrects__isnull=False).exists():
        correcting = rows.filter(corrects__isnull=False)
        corrected = correcting.values_list("corrects_id", flat=True)
        correcting.exclude(pk__in=list(corrected)).delete()
    rows.delete()
    return count


def _addresses() -> set[str]:
    people = User.objects.filter(is_demo=True).values_list("email", flat=True)
    contacts = Department.objects.filter(is_demo=True).values_list("contact_email", "second_contact_email")
    return {address for address in [*people, *(one for pair in contacts for one in pair)] if address}


def _delete_people(people: list[int]) -> None:
    owners = {str(pk) for pk in people}
    for session in Session.objects.all():
        if session.get_decoded().get(SESSION_KEY) in owners:
            session.delete()
    User.objects.filter(pk__in=people).delete()


def _last_real_change(report: Report) -> dt.datetime | None:
    """Return when the public last saw something real change."""
    last = ChangeEntry.objects.filter(commitment__report=report).order_by("-at").first()
    return last.at if last else None


# --- What the administration had decided before ---------------------------------------------------


@dataclass(frozen=True)
class _Turn:
    """One change of one field, as the log tells it."""

    is_demo: bool
    before: Any
    after: Any


def _restore_commitments() -> set[int]:
    """Put back what demonstration accounts changed, unless a real account changed it since."""
    history, invented = _history()
    rows = {row.pk: row for row in Commitment.objects.filter(pk__in=invented)}
    for pk, commitment in rows.items():
        commitment.revision = max(1, commitment.revision - invented[pk])
        for name, turns in history[pk].items():
            if turns[-1].is_demo:
                _put_back(commitment, name, _real_value(name, turns))
        if "deadline" in history[pk]:
            _put_back_first_deadline(commitment, history[pk]["deadline"])
    columns = ["lead", "deadline", "first_deadline", "rhythm", "finish_line", "contact", "revision"]
    Commitment.objects.bulk_update(rows.values(), columns, batch_size=BATCH)
    return {row.report_id for row in rows.values()}


def _history() -> tuple[dict[int, dict[str, list[_Turn]]], Counter[int]]:
    """Return the turns of each field of each commitment in order, and how many changes were invented."""
    history: dict[int, dict[str, list[_Turn]]] = defaultdict(lambda: defaultdict(list))
    invented: Counter[int] = Counter()
    changes = ChangeEntry.objects.filter(commitment__isnull=False, act="commitment.changed")
    for entry in changes.order_by("pk"):
        invented[entry.commitment_id or 0] += entry.is_demo
        for name, value in entry.after.items():
            turn = _Turn(entry.is_demo, entry.before[name], value)
            history[entry.commitment_id or 0][name].append(turn)
    return history, +invented


def _put_back_first_deadline(commitment: Commitment, turns: list[_Turn]) -> None:
    """The first real deadline is the first one; without any, what stood before the log began is kept."""
    real = [turn.after for turn in turns if not turn.is_demo and turn.after]
    if real or commitment.deadline is None:
        commitment.first_deadline = parse_date(real[0]) if real else None


def _real_value(name: str, turns: list[_Turn]) -> Any:
    """Return the value that the last real change left, or what stood before the first invented one."""
    real = [turn for turn in turns if not turn.is_demo]
    kept = real[-1].after if real else turns[0].before
    if name == "lead":
        return kept["id"] if kept else None
    if name in fields.SETS:
        return [item["id"] for item in kept]
    if name != "deadline":
        return kept
    return parse_date(kept) if kept else None


def _put_back(commitment: Commitment, name: str, value: Any) -> None:
    if name == "lead":
        commitment.lead_id = value
    elif name in fields.SETS:
        getattr(commitment, name).set(value)
    else:
        setattr(commitment, name, value)
