"""The list of departments with their contacts, out and in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.core.validators import validate_email, validate_slug
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from commitments.choices import DepartmentKind, Via
from commitments.models import Department, Report, User
from commitments.progress.changes import Change, log_many, raise_data_version

from .cells import BadCell, choice_of, text_of, yes_or_no
from .columns import VERSION, VERSION_NOTE, Column, recognise, sheet_of
from .lists import (
    ListPlanner,
    Values,
    Wanted,
    checked,
    require_administrator,
    settled,
    shown_value,
    version_of,
)
from .plans import Plan
from .sheets import written
from .uploads import Cell, Table, read_tables

FIELDS = (
    "name", "name_en", "slug", "district", "kind", "contact_name", "contact_email", "contact_phone",
    "second_contact_name", "second_contact_email", "is_active",
)  # fmt: skip

# How ledgers call the kinds beside our own words.
KINDS = {
    "部门": DepartmentKind.BUREAU.value,
    "区属部门": DepartmentKind.BUREAU.value,
    "委办局": DepartmentKind.BUREAU.value,
    "街道办事处": DepartmentKind.SUBDISTRICT.value,
    "乡镇": DepartmentKind.TOWN.value,
    "国企": DepartmentKind.COMPANY.value,
    "区属国企": DepartmentKind.COMPANY.value,
    "其他": DepartmentKind.OTHER.value,
}


def values_of(department: Department) -> Values:
    """Return what the list may change."""
    return {name: getattr(department, name) for name in FIELDS}


def _show(name: str) -> Any:
    def show(department: Department) -> Any:
        value = getattr(department, name)
        if name == "kind":
            return str(DepartmentKind(value).label)
        return shown_value(value)

    return show


def _column(
    name: str, title: Any, note: Any, width: int, options: str = "", aliases: tuple[str, ...] = ()
) -> Column[Department]:
    return Column(name, title, note, _show(name), width, True, options=options, aliases=aliases)


COLUMNS: list[Column[Department]] = [
    _column("name", gettext_lazy("Department"), gettext_lazy("The unit's full name. A new name makes a new unit, unless its address stands there too."), 28,
            aliases=("单位名称", "单位", "部门", "部门名称")),
    _column("name_en", gettext_lazy("Name in English"), gettext_lazy("Shown on English pages."), 28),
    _column("slug", pgettext_lazy("department", "Address"), gettext_lazy("The last part of its page's address: Latin letters, digits, hyphens. Empty for a new one: given by the tracker."), 16),
    _column("district", pgettext_lazy("department", "District"), gettext_lazy("Only where the tracker serves several districts: as in the title of the report."), 14),
    _column("kind", pgettext_lazy("department", "Kind of unit"), gettext_lazy("Bureau, sub-district, town, company or other."), 12, "kinds", ("类型", "类别", "单位性质")),
    _column("contact_name", pgettext_lazy("department", "Contact person"), gettext_lazy("Who is asked first; not shown to the public."), 14,
            aliases=("联络员", "联系人姓名")),
    _column("contact_email", pgettext_lazy("department", "Contact's e-mail"), gettext_lazy("Where reminders go."), 24,
            aliases=("邮箱", "电子邮箱", "联系邮箱")),
    _column("contact_phone", pgettext_lazy("department", "Contact's telephone"), gettext_lazy("Not shown to the public."), 16,
            aliases=("电话", "联系人电话", "手机", "手机号码", "联系方式")),
    _column("second_contact_name", pgettext_lazy("department", "Second contact"), gettext_lazy("Who is asked when the first does not answer."), 14),
    _column("second_contact_email", pgettext_lazy("department", "Second contact's e-mail"), gettext_lazy("Where the second reminder goes."), 24),
    _column("is_active", pgettext_lazy("department", "Active"), gettext_lazy("“no”: it keeps its history and is given no more work."), 8, "answers"),
    Column(VERSION, pgettext_lazy("ledger", "Version"), VERSION_NOTE, lambda row: version_of(values_of(row)), 12),
]  # fmt: skip


def is_header(names: Sequence[str]) -> bool:
    """Say whether a row is this list's header."""
    found = {column.key for column in recognise(names, COLUMNS).values()}
    return "name" in found and len(found) > 1


def export_departments(file_format: str) -> Iterator[bytes]:
    """Yield the file of all departments, by name."""
    return _written(Department.objects.order_by("name"), file_format, COLUMNS)


def template_departments() -> Iterator[bytes]:
    """Yield an empty .xlsx with the header, the drop-downs and the notes."""
    return _written((), "xlsx", COLUMNS[:-1])


def _written(rows: Any, file_format: str, columns: Sequence[Column[Department]]) -> Iterator[bytes]:
    lists = {
        "kinds": [str(label) for label in DepartmentKind.labels],
        "answers": [pgettext("answer", "yes"), pgettext("answer", "no")],
    }
    return written(sheet_of(pgettext("sheet", "Departments"), columns, rows, lists=lists), file_format)


def read_departments(content: bytes, name: str) -> list[Table]:
    """Return the sheets of an uploaded list. Raises uploads.Refused."""
    return read_tables(content, name, is_header=is_header)


class _Planner(ListPlanner[Department]):
    columns = COLUMNS
    keys = ("slug", "name")

    def __init__(self) -> None:
        super().__init__()
        self.districts = set(Report.objects.values_list("district", flat=True))
        for department in Department.objects.all():
            self.by_key["slug"][department.slug.casefold()] = department
            self.by_key["name"][department.name.casefold()] = department

    def values(self, thing: Department) -> Values:
        return values_of(thing)

    def empty(self, key: str) -> Any:
        return {"kind": DepartmentKind.BUREAU.value, "is_active": True}.get(key, "")

    def shown(self, key: str, value: Any) -> str:
        return str(DepartmentKind(value).label) if key == "kind" else shown_value(value)

    def parse(self, key: str, cell: Cell) -> Any:
        if key == "kind":
            return choice_of(cell, DepartmentKind, also=KINDS) or DepartmentKind.BUREAU.value
        if key == "is_active":
            answer = yes_or_no(cell)
            return True if answer is None else answer
        text = text_of(cell)
        limit = Department._meta.get_field(key).max_length or 0  # type: ignore[union-attr]
        if len(text) > limit:
            raise BadCell(
                _("At most %(limit)d characters; these are %(count)d.") % {"limit": limit, "count": len(text)}
            )
        if text and key.endswith("email"):
            checked(validate_email, text, _("This is not an e-mail address."))
        if text and key == "district" and text not in self.districts:
            raise BadCell(_("No report of this district is loaded."))
        if text and key == "slug":
            checked(validate_slug, text, _("Only Latin letters, digits, hyphens and underscores."))
        return text

    def problems(self, thing: Department | None, values: Values, new: Values) -> list[tuple[str, str]]:
        found = []
        for key in ("name", "slug"):
            if key in new and self.is_taken(key, new[key], thing):
                found.append((key, _("Another department has this already.")))
            if thing is not None and not values.get(key):
                found.append((key, _("This cannot be empty.")))
        return found


def plan_departments(tables: Sequence[Table]) -> Plan:
    """Return what the tables would change."""
    return _Planner().plan(tables)


@transaction.atomic
def apply_departments(
    tables: Sequence[Table],
    *,
    by: User,
    now: dt.datetime,
    reason: str,
    seen: str,
    mine: Collection[str] = (),
) -> int:
    """Write the list and return how many rows changed. Raises NotAllowed, Moved, Invalid."""
    require_administrator(by)
    list(Department.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    lines = settled(plan_departments(tables), seen, reason, mine)
    changes = []
    for wanted in (line.work for line in lines):
        changes.append(_write(wanted, is_demo=by.is_demo))
    log_many(changes, by=by, now=now, via=Via.IMPORT, reason=reason.strip())
    for report_id in Report.objects.order_by("pk").values_list("pk", flat=True):
        raise_data_version(report_id, now=now)
    return len(changes)


def _write(wanted: Wanted[Department], *, is_demo: bool) -> Change:
    if wanted.thing is None:
        values = {**wanted.new, "slug": wanted.new.get("slug") or free_slug()}
        made = Department.objects.create(**values, is_demo=is_demo)
        return Change(act="department.added", row=made, after=values)
    for name, value in wanted.new.items():
        setattr(wanted.thing, name, value)
    wanted.thing.save(update_fields=list(wanted.new))
    return Change(act="department.changed", row=wanted.thing, before=wanted.old, after=wanted.new)


def free_slug() -> str:
    """Return the next address of the form unit-7 that nobody has."""
    taken = [
        int(found[1])
        for slug in Department.objects.filter(slug__startswith="unit-").values_list("slug", flat=True)
        if (found := re.fullmatch(r"unit-(\d{1,9})", slug))
    ]
    return f"unit-{max(taken, default=0) + 1}"
