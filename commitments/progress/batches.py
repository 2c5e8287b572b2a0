"""Taking a batch back: as a whole, itself as a batch, leaving alone what changed since unless chosen."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils.translation import gettext as _

from ..choices import UpdateState, Via
from ..models import BulkEdit, ChangeEntry, Commitment, ProgressUpdate, User
from ..models.commitment import CommitmentQuerySet
from . import fields, record
from .bulk import STEP, Step, finished, newest, open_batch, submitting, with_kind
from .content import UpdateContent, content_of
from .fields import Names, RowPlan, Values
from .refusals import Invalid, NotAllowed


@dataclass
class RevertPreview:
    """What taking a batch back would do."""

    restored: list[RowPlan] = field(default_factory=list)
    changed_since: list[RowPlan] = field(default_factory=list)
    as_before: list[Commitment] = field(default_factory=list)
    refused: list[tuple[Commitment, str]] = field(default_factory=list)
    withdrawn: list[ProgressUpdate] = field(default_factory=list)
    resubmitted: list[ProgressUpdate] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    @property
    def restored_rows(self) -> list[tuple[Commitment, list[tuple[str, str, str]]]]:
        """Return each row that would be restored with its cells: label, now, then."""
        return [(row.commitment, row.cells(self.names)) for row in self.restored]

    @property
    def changed_rows(self) -> list[tuple[Commitment, list[tuple[str, str, str]]]]:
        """Return each row that changed since with its cells: label, now, what it would go back to."""
        return [(row.commitment, row.cells(self.names)) for row in self.changed_since]

    @property
    def is_empty(self) -> bool:
        return not (self.restored or self.changed_since or self.withdrawn or self.resubmitted)


def taken_back(batches: Mapping[int, int | None]) -> set[int]:
    """Return the batches that do not hold any more, given which batch each one takes back, if any.

    A batch that was taken back holds again once the reversal itself was taken back.
    """
    reversals: dict[int, list[int]] = defaultdict(list)
    for pk, reverts in batches.items():
        if reverts is not None:
            reversals[reverts].append(pk)
    found: set[int] = set()
    # A reversal is always younger than what it takes back.
    for pk in sorted(batches, reverse=True):
        if any(reversal not in found for reversal in reversals[pk]):
            found.add(pk)
    return found


def revert_preview(batch: BulkEdit, *, by: User) -> RevertPreview:
    """Return what `revert` would do now; writes nothing. Raises NotAllowed."""
    if not by.is_administrator:
        raise NotAllowed(_("Only administrators take a batch back."))
    entries = {
        entry.object_id: entry for entry in batch.entries.filter(act="commitment.changed").order_by("pk")
    }
    made = RevertPreview()
    _plan_rows(made, entries, [row for chunk in fields.chunks(list(entries)) for row in _rows(chunk)])
    _plan_withdrawals(made, batch, by)
    _plan_resubmissions(made, batch)
    return made


def _rows(pks: Collection[int]) -> CommitmentQuerySet:
    return with_kind(Commitment.objects.filter(pk__in=pks)).order_by("sequence", "pk")


def revert(
    batch: BulkEdit, *, by: User, reason: str, now: dt.datetime, also: Collection[int] = ()
) -> BulkEdit:
    """Take the batch back and return the batch that did so; taking that one back does it again.

    Rows that changed since are left alone unless their ids are in `also`. Updates that the batch
    submitted are withdrawn as far as they are the person's own and nobody has decided on them; those
    that it withdrew are submitted again, in the person's name, where nobody has reported since.
    Raises NotAllowed, Invalid (no reason; nothing to take back).
    """
    return finished(reverting(batch, by=by, reason=reason, now=now, also=also))


def reverting(
    batch: BulkEdit, *, by: User, reason: str, now: dt.datetime, also: Collection[int] = ()
) -> Iterator[Step]:
    """Do the same as `revert`, telling how far it has come; whoever stops listening leaves nothing half done."""
    if not reason.strip():
        raise Invalid.one("reason", "required", _("Give the reason for the change."))
    with transaction.atomic():
        _lock(batch)
        planned = revert_preview(batch, by=by)
        rows = [*planned.restored, *(row for row in planned.changed_since if row.commitment.pk in also)]
        updates = [*planned.withdrawn, *planned.resubmitted]
        if not rows and not updates:
            raise Invalid.one("", "nothing", _("There is nothing left to take back."))
        made = open_batch(
            batch.report,
            by=by,
            now=now,
            via=Via.REVERT,
            reason=reason,
            selection=batch.selection,
            count=len({row.commitment.pk for row in rows} | {update.commitment_id for update in updates}),
            reverts=batch,
        )
        done, total = 0, len(rows) + len(updates)
        yield Step(0, total)
        for done in fields.writing(rows, by=by, now=now, via=Via.REVERT, reason=made.reason, bulk_edit=made):
            yield Step(done, total)
        for start in range(0, len(planned.withdrawn), STEP):
            portion = planned.withdrawn[start : start + STEP]
            record.withdraw_many(portion, by=by, now=now, bulk_edit=made)
            done += len(portion)
            yield Step(done, total)
        for count in _submitting_again(planned.resubmitted, made, by=by, now=now):
            yield Step(done + count, total)
    yield Step(total, total, made)


def _lock(batch: BulkEdit) -> None:
    """Lock the rows of a batch in one order, so that two batches wait for each other."""
    touched = batch.entries.filter(commitment__isnull=False).order_by("commitment")
    pks = list(touched.values_list("commitment", flat=True).distinct())
    for chunk in fields.chunks(pks):
        list(
            Commitment.objects.select_for_update()
            .filter(pk__in=chunk)
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def _submitting_again(
    updates: Sequence[ProgressUpdate], batch: BulkEdit, *, by: User, now: dt.datetime
) -> Iterator[int]:
    """Submit what was withdrawn as new updates: alike ones together, those with evidence one by one."""
    done = 0
    shown = {update.pk: list(update.evidence.all()) for update in updates}
    alike: dict[UpdateContent, list[ProgressUpdate]] = defaultdict(list)
    for update in updates:
        content = replace(content_of(update, as_of=update.as_of), explanation=update.explanation)
        if not shown[update.pk]:
            alike[content].append(update)
            continue
        latest = record.latest_update(update.commitment)
        record.submit(
            update.commitment,
            by=by,
            content=content,
            token=uuid.uuid4(),
            now=now,
            based_on=latest.pk if latest else None,
            confirmed=True,
            evidence=shown[update.pk],
            bulk_edit=batch,
        )
        done += 1
        if done % STEP == 0:
            yield done
    for content, same in alike.items():
        rows = [update.commitment for update in same]
        for count in submitting(rows, content, True, batch, by=by, now=now):
            yield done + count
        done += len(same)


def _plan_rows(made: RevertPreview, entries: Mapping[int, ChangeEntry], rows: list[Commitment]) -> None:
    current, amended = fields.values_of(rows), fields.amended_deadlines(rows)
    for row in rows:
        entry = entries[row.pk]
        before, after = fields.from_log(entry.before), fields.from_log(entry.after)
        missing = _missing(before, made.names)
        planned = fields.plan(row, current[row.pk], before)
        if sentence := fields.moves_amended_deadline(planned, amended):
            # The deadline stays; what else the batch changed there can still be chosen.
            made.refused.append((row, sentence))
            planned = fields.without(planned, "deadline")
            if not planned.new:
                continue
        if not planned.new:
            made.as_before.append(row)
        elif missing:
            made.refused.append((row, _("%(name)s no longer exists.") % {"name": missing}))
        elif any(current[row.pk][name] != value for name, value in after.items()):
            made.changed_since.append(planned)
        else:
            made.restored.append(planned)


def _plan_withdrawals(made: RevertPreview, batch: BulkEdit, by: User) -> None:
    updates = (
        batch.updates.with_state().select_related("commitment__report").defer("commitment__report__text")
    )
    for update in updates.order_by("pk"):
        state = update.state
        if state == UpdateState.SUBMITTED and update.author_id == by.pk:
            made.withdrawn.append(update)
        elif state == UpdateState.SUBMITTED:
            made.refused.append((update.commitment, _("Only its author withdraws the submitted update.")))
        elif state != UpdateState.WITHDRAWN:
            made.refused.append(
                (update.commitment, _("The submitted update was decided; a correction is a new update."))
            )


def _plan_resubmissions(made: RevertPreview, batch: BulkEdit) -> None:
    pks = list(
        batch.entries.filter(act="update.withdrawn").order_by("pk").values_list("object_id", flat=True)
    )
    updates = ProgressUpdate.objects.prefetch_related("evidence")
    found = [update for chunk in fields.chunks(pks) for update in updates.filter(pk__in=chunk).order_by("pk")]
    rows = {
        row.pk: row
        for chunk in fields.chunks(list({update.commitment_id for update in found}))
        for row in _rows(chunk)
    }
    latest = newest(list(rows.values()))
    for update in found:
        update.commitment = rows[update.commitment_id]
        if update.commitment.is_retired:
            made.refused.append((update.commitment, _("It was retired from the reading.")))
        elif latest.get(update.commitment_id, 0) > update.pk:
            made.refused.append((update.commitment, _("Somebody has reported on it since.")))
        else:
            made.resubmitted.append(update)


def _missing(values: Values, names: Names) -> str:
    """Return a department, scorecard or tag that has been deleted since; nothing when all are there."""
    for name, value in values.items():
        ids = value if name in fields.SETS else {value} if name == "lead" and value else ()
        for pk in ids:
            if pk not in names.of(name):
                return f"{fields.LABELS[name]} {pk}"
    return ""
