"""Bulk edit: see every row that would change before it does, then change all of them or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ..choices import Decision, Via
from ..models import BulkEdit, Commitment, Department, ProgressUpdate, Report, User
from ..models.commitment import CommitmentQuerySet
from . import fields, record
from .changes import day_of
from .content import UpdateContent
from .fields import Names, RowPlan, Values
from .refusals import Invalid, NotAllowed

# So many progress updates are appended between two signs of life.
STEP = 500


@dataclass(frozen=True)
class Edit:
    """What happens to one field: `op` is set, clear, add, remove or replace (the last three: sets)."""

    op: str
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a person asks for: edits of fields, an update for all, values row by row; and why.

    `each` holds the wanted values by row, and `revisions` which revision of the row they were typed on.
    """

    edits: Mapping[str, Edit] = field(default_factory=dict)
    each: Mapping[int, Values] = field(default_factory=dict)
    revisions: Mapping[int, int] = field(default_factory=dict)
    progress: UpdateContent | None = None
    confirmed: bool = False
    reason: str = ""
    selection: str = ""


@dataclass
class Preview:
    """What would happen: rows that change, rows that would stay as they are, rows that may not change."""

    changed: list[RowPlan] = field(default_factory=list)
    unchanged: list[Commitment] = field(default_factory=list)
    refused: list[tuple[Commitment, str]] = field(default_factory=list)
    latest: dict[int, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    @property
    def seen(self) -> str:
        """Return what the person saw, to be handed back on confirmation: row, revision, latest update."""
        return ",".join(
            f"{row.commitment.pk}.{row.commitment.revision}.{self.latest.get(row.commitment.pk) or 0}"
            for row in self.changed
        )

    @property
    def rows(self) -> list[tuple[Commitment, list[tuple[str, str, str]]]]:
        """Return each row that would change with its cells: label, old, new."""
        return [(row.commitment, row.cells(self.names)) for row in self.changed]

    def differing(self, seen: str) -> list[Commitment]:
        """Return the rows that are not as they were seen, whether they joined, left or changed."""
        now = dict(_parts(self.seen))
        then = dict(_parts(seen))
        pks = {pk for pk in now.keys() | then.keys() if now.get(pk) != then.get(pk)}
        return list(Commitment.objects.filter(pk__in=pks).order_by("sequence", "pk"))


class Changed(Exception):
    """Rows changed between preview and confirmation: the new preview, and the rows that differ."""

    def __init__(self, preview: Preview, differing: list[Commitment]) -> None:
        super().__init__("rows changed since the preview")
        self.preview = preview
        self.differing = differing


@dataclass(frozen=True)
class Step:
    """How far a batch has come; the last step carries the finished batch."""

    done: int
    total: int
    batch: BulkEdit | None = None


def finished(steps: Iterator[Step]) -> BulkEdit:
    """Go all the way and return the batch."""
    batch: BulkEdit | None = None
    for step in steps:
        batch = step.batch
    assert batch is not None  # the last step carries it
    return batch


def preview(commitments: CommitmentQuerySet, request: Request, *, by: User, now: dt.datetime) -> Preview:
    """Return what the request would do to the rows; writes nothing. Raises NotAllowed, Invalid."""
    _require_administrator(by)
    _require_sense(request)
    return _plan(list(with_kind(commitments).order_by("sequence", "pk")), request, by=by, now=now)


def with_kind(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """Join what the rules ask of a row, but not the report's text: it would come along with every row."""
    return commitments.select_related("report", "target", "project").defer("report__text")


def apply(
    commitments: CommitmentQuerySet, request: Request, *, by: User, now: dt.datetime, seen: str
) -> BulkEdit:
    """Do what was previewed, in one transaction, and return the batch.

    `seen` is the preview's. Raises NotAllowed, Invalid (also when nothing would change), Changed.
    """
    return finished(applying(commitments, request, by=by, now=now, seen=seen))


def applying(
    commitments: CommitmentQuerySet, request: Request, *, by: User, now: dt.datetime, seen: str
) -> Iterator[Step]:
    """Do the same as `apply`, telling how far it has come; whoever stops listening leaves nothing half done."""
    _require_administrator(by)
    _require_sense(request)
    if not request.reason.strip():
        raise Invalid.one("reason", "required", _("Give the reason for the change."))
    with transaction.atomic():
        pks = list(commitments.order_by("pk").values_list("pk", flat=True))
        # Locked in one order, so that two bulk edits wait for each other instead of deadlocking.
        locked = with_kind(Commitment.objects.select_for_update(of=("self",)))
        rows = [row for chunk in fields.chunks(pks) for row in locked.filter(pk__in=chunk).order_by("pk")]
        planned = _plan(sorted(rows, key=lambda row: (row.sequence, row.pk)), request, by=by, now=now)
        if planned.seen != seen:
            raise Changed(planned, planned.differing(seen))
        if not planned.changed:
            raise Invalid.one("", "nothing", _("Nothing would change."))
        total = len(planned.changed)
        batch = open_batch(
            planned.changed[0].commitment.report,
            by=by,
            now=now,
            via=Via.BULK,
            reason=request.reason,
            selection=request.selection,
            count=total,
        )
        yield Step(0, total)
        # Fields and progress are each half of the way where there are both.
        parts = 1 if request.progress is None or not (request.edits or request.each) else 2
        for done in fields.writing(
            planned.changed, by=by, now=now, via=Via.BULK, reason=batch.reason, bulk_edit=batch
        ):
            yield Step(done // parts, total)
        if request.progress is not None:
            rows = [row.commitment for row in planned.changed]
            for done in submitting(rows, request.progress, request.confirmed, batch, by=by, now=now):
                yield Step(total - (total - done) // parts, total)
    yield Step(total, total, batch)


def open_batch(
    report: Report,
    *,
    by: User,
    now: dt.datetime,
    via: str,
    reason: str,
    count: int,
    selection: str = "",
    reverts: BulkEdit | None = None,
) -> BulkEdit:
    """Record that a batch of changes begins; its rows refer to it."""
    return BulkEdit.objects.create(
        report=report,
        via=via,
        actor=by,
        actor_name=str(by),
        reason=reason.strip(),
        selection=selection[:500],
        changed_count=count,
        reverts=reverts,
        at=now,
        is_demo=by.is_demo,
    )


# --- Planning ---------------------------------------------------------------------------------


def _plan(rows: Sequence[Commitment], request: Request, *, by: User, now: dt.datetime) -> Preview:
    made = Preview()
    values, amended = fields.values_of(rows), fields.amended_deadlines(rows)
    if request.progress is not None:
        made.latest = newest(rows)
    standing = standing_updates(rows) if request.progress is not None else {}
    for row in rows:
        wanted = {**_wanted(values[row.pk], request.edits), **request.each.get(row.pk, {})}
        planned = fields.plan(row, values[row.pk], wanted)
        sentence = _refusal(planned, values[row.pk], request, amended, made.names)
        if not sentence and request.progress is not None:
            sentence = _progress_refusal(row, request.progress, standing.get(row.pk), request.confirmed, now)
        if sentence:
            made.refused.append((row, sentence))
        elif planned.new or request.progress is not None:
            made.changed.append(planned)
        else:
            made.unchanged.append(row)
    return made


def _wanted(old: Values, edits: Mapping[str, Edit]) -> Values:
    """Return the values after the edits; fields that no edit names are left out."""
    wanted: Values = {}
    for name, edit in edits.items():
        if edit.op == "clear":
            wanted[name] = fields.empty(name)
        elif edit.op == "add":
            wanted[name] = old[name] | edit.value
        elif edit.op == "remove":
            wanted[name] = old[name] - edit.value
        else:
            wanted[name] = edit.value
    return wanted


def _refusal(
    planned: RowPlan, old: Values, request: Request, amended: Mapping[int, str], names: Names
) -> str:
    """Return why the row may not change in this way; nothing when it may."""
    row = planned.commitment
    if row.is_retired:
        return _("It was retired from the reading.")
    if planned.new and request.revisions.get(row.pk, row.revision) != row.revision:
        return _("Somebody else changed it meanwhile; open it again and look.")
    if sentence := fields.moves_amended_deadline(planned, amended):
        return sentence
    edit = request.edits.get("supports")
    lead = request.edits["lead"].value if "lead" in request.edits else old["lead"]
    if edit and edit.op in ("add", "replace") and lead in edit.value and lead == old["lead"]:
        return _("%(department)s leads it already.") % {"department": names.text("lead", lead)}
    return ""


def _progress_refusal(
    row: Commitment,
    content: UpdateContent,
    standing: ProgressUpdate | None,
    confirmed: bool,
    now: dt.datetime,
) -> str:
    """Return what is wrong with the update for this row; a completion always is, as it needs its own evidence."""
    found = record.check_against(
        standing, row, content, today=day_of(now), has_evidence=False, confirmed=confirmed
    )
    return " ".join(str(problem) for of_field in found.values() for problem in of_field)


def newest(rows: Sequence[Commitment], *, but_returned: bool = False) -> dict[int, int]:
    """Return the id of the newest update that was not withdrawn by commitment, as record.latest_update does."""
    updates = ProgressUpdate.objects.filter(withdrawal__isnull=True)
    if but_returned:
        updates = updates.exclude(reviews__decision=Decision.RETURNED)
    found: dict[int, int] = {}
    for chunk in fields.chunks([row.pk for row in rows]):
        latest = (
            updates.filter(commitment_id__in=chunk)
            .order_by()
            .values("commitment_id")
            .annotate(newest=Max("pk"))
        )
        found |= {row["commitment_id"]: row["newest"] for row in latest}
    return found


def standing_updates(rows: Sequence[Commitment]) -> dict[int, ProgressUpdate]:
    """Return the standing update by commitment, as record.standing_update does for one."""
    pks = list(newest(rows, but_returned=True).values())
    updates = [
        update for chunk in fields.chunks(pks) for update in ProgressUpdate.objects.filter(pk__in=chunk)
    ]
    return {update.commitment_id: update for update in updates}


def submitting(
    rows: Sequence[Commitment],
    content: UpdateContent,
    confirmed: bool,
    batch: BulkEdit,
    *,
    by: User,
    now: dt.datetime,
) -> Iterator[int]:
    """Append the same update to each row, by the rules of a single one, telling how many it has come to.

    The caller holds the rows' locks.
    """
    standing, departments = standing_updates(rows), own_departments(rows, by)
    for start in range(0, len(rows), STEP):
        portion = [
            record.Row(row, standing.get(row.pk), departments.get(row.pk))
            for row in rows[start : start + STEP]
        ]
        record.submit_many(
            portion,
            by=by,
            content=content,
            now=now,
            confirmed=confirmed,
            bulk_edit=batch,
        )
        yield start + len(portion)


def own_departments(rows: Sequence[Commitment], by: User) -> dict[int, Department]:
    """Return for which of the person's departments they report: the lead before those that support."""
    own = {department.pk: department for department in by.departments.order_by("pk")}
    if not own:
        return {}
    values = fields.values_of(rows)
    found = {}
    for row in rows:
        reporting = [row.lead_id, *sorted(values[row.pk]["supports"])]
        if chosen := next((own[pk] for pk in reporting if pk in own), None):
            found[row.pk] = chosen
    return found


def _require_administrator(by: User) -> None:
    if not by.is_administrator:
        raise NotAllowed(_("Only administrators change many commitments at once."))


def _require_sense(request: Request) -> None:
    """Refuse a request that asks for nothing, or for what no row could take."""
    if not (request.edits or request.each) and request.progress is None:
        raise Invalid.one("", "nothing", _("Fill in at least one field, or tick one to be cleared."))
    named = {*request.edits, *(name for values in request.each.values() for name in values)}
    unknown = sorted(named - fields.LABELS.keys())
    if unknown:
        raise Invalid.one(unknown[0], "unknown", _("This field cannot be edited in bulk."))


def _parts(seen: str) -> Iterator[tuple[int, str]]:
    """Yield row and version of each part of `seen`; what is not of its form was never seen by anybody."""
    for part in filter(None, seen.split(",")):
        pk, dot, version = part.partition(".")
        if dot and pk.isascii() and pk.isdigit() and len(pk) < 19:
            yield int(pk), version
