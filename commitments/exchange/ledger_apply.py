"""Writing what an import's preview showed: all of it or nothing, through the doors of the domain."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from commitments.choices import EvidenceKind, Via
from commitments.models import BulkEdit, Commitment, Evidence, Report, Tag, User
from commitments.progress import evidence, fields, record
from commitments.progress.bulk import open_batch
from commitments.progress.changes import day_of
from commitments.progress.refusals import Conflict, Invalid, NotAllowed

from .ledger_import import ASSIGNED_PART, REPORTED_PART, Reporting, plan_ledger
from .plans import Line, Moved, Plan
from .uploads import Table


@transaction.atomic
def apply_ledger(
    tables: Sequence[Table],
    report: Report,
    *,
    by: User,
    now: dt.datetime,
    reason: str,
    seen: str,
    mine: Collection[str] = (),
    confirmed: bool = False,
    selection: str = "",
) -> BulkEdit:
    """Write the import and return its batch.

    `seen` is the fingerprint of the plan that the person saw; `mine` names the conflicts in which the
    file wins, the others stay as they are; `confirmed`: the odd figures are right.
    Raises NotAllowed, Moved (something changed since the preview), Invalid (faults; no reason; nothing to do).
    """
    if not by.is_administrator:
        raise NotAllowed(_("Only administrators import ledgers."))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("Give the reason for the change."))
    _lock(report)
    plan = plan_ledger(tables, report, today=day_of(now))
    if plan.fingerprint != seen:
        raise Moved(plan)
    if plan.errors:
        raise Invalid.one("", "faults", _("There are still errors; nothing was changed."))
    if plan.odd and not confirmed:
        raise Invalid.one("confirmed", "required", _("Confirm that the unusual figures are right."))
    lines = plan.chosen(mine)
    if not lines:
        raise Invalid.one("", "nothing", _("Nothing would change."))
    batch = open_batch(
        report,
        by=by,
        now=now,
        via=Via.IMPORT,
        reason=reason,
        selection=selection,
        count=len({line.code for line in lines}),
    )
    _assign(plan, lines, batch, by=by, now=now)
    for line in lines:
        if line.part == REPORTED_PART:
            _report(line, batch, by=by, now=now)
    return batch


def _lock(report: Report) -> None:
    """Lock the report's commitments in one order, so that two imports wait instead of deadlocking."""
    rows = Commitment.objects.filter(report=report).select_for_update().order_by("pk")
    list(rows.values_list("pk", flat=True))


def _assign(plan: Plan, lines: Sequence[Line], batch: BulkEdit, *, by: User, now: dt.datetime) -> None:
    chosen = [line.work for line in lines if line.part == ASSIGNED_PART]
    wanted = {pk for row in chosen for pk in row.new.get("tags", ()) if pk < 0}
    new = {pk: Tag.objects.create(name=name).pk for name, pk in plan.work.items() if pk in wanted}
    rows = [
        replace(row, new={**row.new, "tags": frozenset(new.get(pk, pk) for pk in row.new["tags"])})
        if "tags" in row.new
        else row
        for row in chosen
    ]
    fields.write(rows, by=by, now=now, via=Via.IMPORT, reason=batch.reason, bulk_edit=batch)


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
