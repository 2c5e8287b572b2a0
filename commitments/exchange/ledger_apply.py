"""Writing what an import's preview showed: all of it or nothing, through the doors of the domain."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from commitments.choices import EvidenceKind, Via
from commitments.models import BulkEdit, Commitment, Evidence, Report, Tag, User
from commitments.progress import evidence, fields, record
from commitments.progress.bulk import Step, finished, open_batch
from commitments.progress.changes import day_of
from commitments.progress.refusals import Conflict, Invalid, NotAllowed

from .ledger_import import ASSIGNED_PART, REPORTED_PART, Reporting, plan_ledger
from .plans import Line, Moved, Plan
from .uploads import Table

# So many reports are appended, each by itself, between two signs of life.
REPORTED_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """What a person confirmed after the preview.

    `seen` is the fingerprint of the plan that the person saw; `mine` names the conflicts in which the
    file wins, the others stay as they are; `confirmed`: the odd figures are right.
    """

    reason: str
    seen: str
    mine: Collection[str] = ()
    confirmed: bool = False
    selection: str = ""


def apply_ledger(
    tables: Sequence[Table], report: Report, asked: Confirmed, *, by: User, now: dt.datetime
) -> BulkEdit:
    """Write the import and return its batch.

    Raises NotAllowed, Moved (something changed since the preview), Invalid (faults; no reason; nothing to do).
    """
    return finished(applying_ledger(tables, report, asked, by=by, now=now))


def applying_ledger(
    tables: Sequence[Table], report: Report, asked: Confirmed, *, by: User, now: dt.datetime
) -> Iterator[Step]:
    """Do the same, telling how far it has come; whoever stops listening leaves nothing half done."""
    if not by.is_administrator:
        raise NotAllowed(_("Only administrators import ledgers."))
    if not asked.reason.strip():
        raise Invalid.one("reason", "required", _("Give the reason for the change."))
    with transaction.atomic():
        _lock(report)
        plan = plan_ledger(tables, report, today=day_of(now))
        lines = _lines(plan, asked)
        batch = open_batch(
            report,
            by=by,
            now=now,
            via=Via.IMPORT,
            reason=asked.reason,
            selection=asked.selection,
            count=len({line.code for line in lines}),
        )
        done, total = 0, len(lines)
        yield Step(0, total)
        for done in _assigning(plan, lines, batch, by=by, now=now):
            yield Step(done, total)
        for count, line in enumerate((line for line in lines if line.part == REPORTED_PART), 1):
            _report(line, batch, by=by, now=now)
            if count % REPORTED_AT_ONCE == 0:
                yield Step(done + count, total)
    yield Step(total, total, batch)


def _lines(plan: Plan, asked: Confirmed) -> list[Line]:
    """Return what is to be written; raises Moved, Invalid."""
    if plan.fingerprint != asked.seen:
        raise Moved(plan)
    if plan.errors:
        raise Invalid.one("", "faults", _("There are still errors; nothing was changed."))
    if plan.odd and not asked.confirmed:
        raise Invalid.one("confirmed", "required", _("Confirm that the unusual figures are right."))
    lines = plan.chosen(asked.mine)
    if not lines:
        raise Invalid.one("", "nothing", _("Nothing would change."))
    return lines


def _lock(report: Report) -> None:
    """Lock the report's commitments in one order, so that two imports wait instead of deadlocking."""
    rows = Commitment.objects.filter(report=report).select_for_update().order_by("pk")
    list(rows.values_list("pk", flat=True))


def _assigning(
    plan: Plan, lines: Sequence[Line], batch: BulkEdit, *, by: User, now: dt.datetime
) -> Iterator[int]:
    chosen = [line.work for line in lines if line.part == ASSIGNED_PART]
    wanted = {pk for row in chosen for pk in row.new.get("tags", ()) if pk < 0}
    new = {pk: Tag.objects.create(name=name).pk for name, pk in plan.work.items() if pk in wanted}
    rows = [
        replace(row, new={**row.new, "tags": frozenset(new.get(pk, pk) for pk in row.new["tags"])})
        if "tags" in row.new
        else row
        for row in chosen
    ]
    yield from fields.writing(rows, by=by, now=now, via=Via.IMPORT, reason=batch.reason, bulk_edit=batch)


def _report(line: Line, batch: BulkEdit, *, by: User, now: dt.datetime) -> None:
    work: Reporting = line.work
    commitment = Commitment.objects.get(code=line.code, report=batch.report)
    newest = record.latest_update(commitment)
    pieces: list[Evidence] = []
    try:
        if work.link and work.is_new_link:
            pieces = [evidence.add_link(commitment, by=by, url=work.link, now=now)]
        elif work.link:
            earlier = Evidence.objects.filter(
                commitment=commitment, update__isnull=False, kind=EvidenceKind.LINK, url=work.link
            )
            pieces = list(earlier.order_by("-pk")[:1])
        record.submit(
            commitment,
            by=by,
            content=work.content,
            token=uuid.uuid4(),
            now=now,
            based_on=newest.pk if newest else None,
            confirmed=True,
            evidence=pieces,
            bulk_edit=batch,
        )
    except (Invalid, Conflict) as error:
        text = _("%(code)s: %(why)s Nothing was changed.")
        raise Invalid.one("", "progress", text % {"code": line.code, "why": error}) from error
