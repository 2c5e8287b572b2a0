"""The change log: every write by a person or a command appends here, and nowhere else.

Values are kept as a reader needs them: names beside ids, so that a row still tells its story when
what it names has been renamed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Model, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from ..choices import Via
from ..models import BulkEdit, ChangeEntry, Commitment, Report, User
from ..quantities import plain_figure

# So many ids fit into one statement on either database.
PORTION = 500

ACTS = {
    "report.loaded": _("Report loaded"),
    "commitment.added": _("Commitment added"),
    "commitment.reworded": _("Commitment read anew"),
    "commitment.retired": _("Commitment retired"),
    "commitment.restored": _("Commitment restored"),
    "commitment.changed": _("Commitment changed"),
    "update.submitted": _("Update submitted"),
    "update.withdrawn": _("Update withdrawn"),
    "update.returned": _("Update returned"),
    "update.published": _("Update published as reported"),
    "update.verified": _("Update published as verified"),
    "draft.taken_over": _("Draft taken over"),
    "draft.discarded": _("Draft discarded"),
    "chase.asked": _("Chased"),
    "chase.replied": _("Chase answered"),
    "chase.closed": _("Chase closed"),
    "amendment.proposed": _("Amendment proposed"),
    "amendment.approved": _("Amendment approved"),
    "amendment.refused": _("Amendment refused"),
    "department.added": _("Department added"),
    "department.changed": _("Department changed"),
    "department.deleted": _("Department deleted"),
    "account.added": _("Account added"),
    "account.changed": _("Account changed"),
    "account.deleted": _("Account deleted"),
    "account.password": _("Password chosen"),
    "row.added": pgettext_lazy("change log", "Added"),
    "row.changed": pgettext_lazy("change log", "Changed"),
    "row.deleted": pgettext_lazy("change log", "Deleted"),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One write to one row, ready to be appended."""

    act: str
    row: Model
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    commitment: Commitment | None = None


def log(
    change: Change,
    *,
    by: User | None,
    now: dt.datetime,
    via: str = Via.PAGE,
    reason: str = "",
    bulk_edit: BulkEdit | None = None,
    name: str = "",
) -> ChangeEntry:
    """Append one change. `by` None means a command, which `name` then names."""
    return log_many([change], by=by, now=now, via=via, reason=reason, bulk_edit=bulk_edit, name=name)[0]


def log_many(
    changes: Iterable[Change],
    *,
    by: User | None,
    now: dt.datetime,
    via: str = Via.PAGE,
    reason: str = "",
    bulk_edit: BulkEdit | None = None,
    name: str = "",
) -> Sequence[ChangeEntry]:
    """Append the changes in few queries, in their order; names are kept as they are today.

    Rows written by or about demonstration data count as demonstration data, so that it can be
    removed without a trace.
    """
    is_demo_actor = by is not None and by.is_demo
    # A name is kept in the report's language, whatever language the person reads.
    with override(settings.LANGUAGE_CODE):
        entries = [_entry(change) for change in changes]
    for entry in entries:
        entry.at, entry.actor, entry.actor_name = now, by, name or str(by or "")
        entry.via, entry.reason, entry.bulk_edit = via, reason, bulk_edit
        entry.is_demo = entry.is_demo or is_demo_actor
    return ChangeEntry.objects.bulk_create(entries, batch_size=500)


def _entry(change: Change) -> ChangeEntry:
    commitment = change.commitment or getattr(change.row, "commitment", None)
    if isinstance(change.row, Commitment):
        commitment = change.row
    return ChangeEntry(
        act=change.act,
        model=change.row._meta.model_name or "",
        object_id=change.row.pk,
        object_label=str(commitment or change.row)[:200],
        commitment=commitment,
        before=jsonable(change.before),
        after=jsonable(change.after),
        is_demo=bool(getattr(change.row, "is_demo", False)),
    )


def raise_data_version(report_id: int, *, now: dt.datetime, only: Sequence[int] | None = None) -> None:
    """Say that the public can see something new; call it in the transaction of the change itself.

    `only`: the ids of the commitments that changed, already locked, if nothing else did; what was made
    of the others need not be made again (roll.py). The last write of a transaction, so that the report's
    row is locked briefly and in one order.
    """
    report = Report.objects.filter(pk=report_id)
    raised = F("data_version") + 1
    if only is None:
        report.update(data_version=raised, whole_version=raised, data_changed_at=now)
        return
    report.update(data_version=raised, data_changed_at=now)
    version = Subquery(report.values("data_version"))
    for start in range(0, len(only), PORTION):
        chosen = Commitment.objects.filter(pk__in=only[start : start + PORTION])
        chosen.update(public_version=version)


def day_of(now: dt.datetime) -> dt.date:
    """Return the calendar day of a moment where the district is."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def jsonable(value: Any) -> Any:
    """Return the value as JSON can hold it: exact decimals and dates as text, rows as id and name."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(item) for item in value]
    if isinstance(value, Model):
        return {"id": value.pk, "name": str(value)}
    if isinstance(value, Decimal):
        return plain_figure(value)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)


def act_label(act: str) -> str:
    """Return the name of an act for people; the act itself if it is not one of ours."""
    return str(ACTS.get(act, act))
