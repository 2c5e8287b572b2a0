"""The ledger coming back: what each cell would change, what is wrong, what somebody else changed since.

Nothing is written here; ledger_apply.py does that, through the doors of the domain.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.choices import Kind
from commitments.models import Commitment, ProgressUpdate, Report
from commitments.models.commitment import CODE_PATTERN
from commitments.progress import fields
from commitments.progress.content import FACTS, UpdateContent
from commitments.progress.fields import Names, Values
from commitments.progress.record import check_against

from .cells import BadCell, is_same, short, text_of
from .columns import VERSION, recognise
from .history import History
from .ledger_columns import (
    ASSIGNED_KEYS,
    CODE,
    COLUMNS,
    FACT_KEYS,
    LINK,
    TITLE,
    WORDS,
    LedgerColumn,
    LedgerRow,
    Version,
    shown_fact,
)
from .ledger_values import NOTHING, AssignedReader, fact_value, is_address, merged, shown_content
from .plans import CellChange, Fault, Line, Plan
from .sheets import shown
from .uploads import Cell, Row, Table, read_tables

ASSIGNED_PART, REPORTED_PART = "assigned", "reported"
_TITLES: dict[str, LedgerColumn] = {column.key: column for column in COLUMNS}


@dataclass(frozen=True)
class Reporting:
    """A progress update to be submitted: its content, and the update that the person has seen."""

    content: UpdateContent
    link: str
    is_new_link: bool


@dataclass(frozen=True)
class _Entry:
    """One row of the file whose commitment is known, with the cells that may ask for something."""

    table: Table
    row: Row
    commitment: Commitment
    version: Version | None
    cells: Mapping[str, Cell]

    def line(
        self,
        part: str,
        cells: Iterable[CellChange],
        *,
        work: Any,
        is_conflict: bool,
        others: Iterable[CellChange] = (),
    ) -> Line:
        """Return what the row would change in this part."""
        return Line(
            key=f"{self.commitment.code}:{part}",
            code=self.commitment.code,
            label=self.commitment.title,
            sheet=self.table.sheet,
            row=self.row.number,
            cells=tuple(cells),
            work=work,
            is_conflict=is_conflict,
            part=part,
            others=tuple(others),
        )


def is_header(names: Sequence[str]) -> bool:
    """Say whether a row is our header: the code and at least one column that can change."""
    found = {column.key for column in recognise(names, COLUMNS).values()}
    return CODE.key in found and bool(found & {*ASSIGNED_KEYS, *FACT_KEYS, LINK.key})


def read_ledger(content: bytes, name: str) -> list[Table]:
    """Return the sheets of an uploaded ledger. Raises uploads.Refused."""
    return read_tables(content, name, is_header=is_header)


def plan_ledger(tables: Sequence[Table], report: Report, *, today: dt.date) -> Plan:
    """Return what the tables would change in the report's commitments; few queries for each 500 rows."""
    return _Planner(tables, report, today).plan()


def codes_in(tables: Iterable[Table]) -> set[str]:
    """Return the codes that the tables name: of a long list only these are read."""
    found = set()
    for table in tables:
        places = [place for place, column in recognise(table.header, COLUMNS).items() if column is CODE]
        for row in table.rows:
            for place in places:
                with contextlib.suppress(BadCell):
                    found.add(text_of(row.cells[place]))
    return {code for code in found if re.fullmatch(CODE_PATTERN, code)}


class _Planner:
    """Goes through the rows of one import."""

    def __init__(self, tables: Sequence[Table], report: Report, today: dt.date) -> None:
        self.tables, self.report, self.today = tables, report, today
        self.made = Plan()
        self.names = Names()
        self.commitments: dict[str, Commitment] = {}
        for codes in fields.chunks(sorted(codes_in(tables))):
            named = Commitment.objects.filter(report=report, code__in=codes)
            rows = named.select_related("target", "project", "passage")
            self.commitments |= {row.code: row for row in rows}
        for row in self.commitments.values():
            row.report = report
        self.values = fields.values_of(list(self.commitments.values()))
        self.amended = fields.amended_deadlines(self.commitments.values())
        self.history = History(report)
        self.reader = AssignedReader(report, self.names)
        self.seen: dict[str, str] = {}
        self.same_day: list[str] = []
        self.unversioned = 0

    def plan(self) -> Plan:
        for table in self.tables:
            self.read(table)
        self.say_what_to_know()
        self.made.work = self.reader.directories["tags"].new
        return self.made

    # --- Sheets and rows -------------------------------------------------------------------------

    def read(self, table: Table) -> None:
        places = recognise(table.header, COLUMNS)
        columns: dict[str, int] = {}
        for place, column in places.items():
            if column.key in columns:
                text = _("This column stands there twice.")
                self.fault(table, table.header_row, column, text)
            columns[column.key] = place
        self.made.note_unknown(table.header, places)
        self.history.load(self.versions(table, columns), list(self.values))
        for row in table.rows:
            self.made.rows += 1
            self.read_row(table, row, columns)

    def versions(self, table: Table, columns: Mapping[str, int]) -> list[Version]:
        if VERSION not in columns:
            return []
        cells = (row.cells[columns[VERSION]] for row in table.rows)
        found = (Version.read(str(cell)) for cell in cells if cell is not None)
        return [version for version in found if version]

    def read_row(self, table: Table, row: Row, columns: Mapping[str, int]) -> None:
        commitment = self.commitment_of(table, row, columns)
        if commitment is None:
            return
        version_cell = row.cells[columns[VERSION]] if VERSION in columns else None
        version = Version.read(str(version_cell or ""))
        if version_cell is not None and str(version_cell).strip() and version is None:
            text = _("This is not the version that was exported. Restore it, or empty the cell.")
            self.fault(table, row.number, _TITLES[VERSION], text)
            return
        self.unversioned += version is None
        cells = {
            key: row.cells[place]
            for key, place in columns.items()
            if not self.is_left_out(row.cells[place], version)
        }
        before = len(self.made.changes) + len(self.made.conflicts) + len(self.made.faults)
        entry = _Entry(table, row, commitment, version, cells)
        self.assignments(entry)
        self.progress(entry)
        if before == len(self.made.changes) + len(self.made.conflicts) + len(self.made.faults):
            self.made.unchanged += 1

    def is_left_out(self, cell: Cell, version: Version | None) -> bool:
        """Say whether an empty cell asks for nothing: in a row that nobody exported."""
        return version is None and (cell is None or (isinstance(cell, str) and not cell.strip()))

    def commitment_of(self, table: Table, row: Row, columns: Mapping[str, int]) -> Commitment | None:
        """Return the row's commitment; None, with a fault, when it cannot be told or may not change."""
        try:
            code = text_of(row.cells[columns[CODE.key]])
        except BadCell as bad:
            self.fault(table, row.number, CODE, str(bad))
            return None
        place = Fault("", table.sheet, row.number).place
        if not code:
            text = _("The row has no code, so it cannot be told which commitment it is.")
        elif code not in self.commitments:
            text = _("There is no commitment with the code “%(code)s”.") % {"code": short(code)}
        elif self.commitments[code].is_retired:
            text = _("It was retired from the reading.")
        elif code in self.seen:
            text = _("The code %(code)s stands in two rows: the other is %(place)s.")
            text %= {"code": code, "place": self.seen[code]}
        else:
            self.seen[code] = place
            commitment = self.commitments[code]
            return commitment if self.belongs(table, row, columns, commitment) else None
        self.fault(table, row.number, CODE, text)
        return None

    def belongs(self, table: Table, row: Row, columns: Mapping[str, int], commitment: Commitment) -> bool:
        """Say whether title and words are this code's: a sheet of which a part was sorted is caught here."""
        shown = LedgerRow(commitment, None, {}, self.names)
        for column in (TITLE, WORDS):
            cell = row.cells[columns[column.key]] if column.key in columns else None
            if cell is None or is_same(cell, column.show(shown)):
                continue
            text = _(
                "It does not belong to the code %(code)s, which is “%(title)s”. Was only a part of the sheet "
                "sorted? If the code is right, empty this cell."
            )
            self.fault(
                table, row.number, column, text % {"code": commitment.code, "title": short(commitment.title)}
            )
            return False
        return True

    # --- What the administration decides -----------------------------------------------------------

    def assignments(self, entry: _Entry) -> None:
        """Add what the row would change in what the administration decides."""
        commitment, version = entry.commitment, entry.version
        current = self.values[commitment.pk]
        base = self.history.values_at(commitment, current, version)
        reference = current if base is None else base
        planned = fields.plan(commitment, current, self.assigned(entry, reference))
        if not planned.new:
            return
        if sentence := fields.moves_amended_deadline(planned, self.amended):
            self.fault(entry.table, entry.row.number, _TITLES["deadline"], sentence)
            return
        is_conflict = version is not None and version.revision != commitment.revision and base != current
        text = self.reader.text
        cells = [
            CellChange(
                str(_TITLES[key].title),
                text(key, current[key]),
                text(key, planned.new[key]),
                text(key, base[key]) if is_conflict and base is not None else None,
            )
            for key in ASSIGNED_KEYS
            if key in planned.new
        ]
        others = [
            CellChange(str(_TITLES[key].title), text(key, reference[key]), text(key, current[key]))
            for key in ASSIGNED_KEYS
            if reference[key] != current[key] and key not in planned.new
        ]
        self.made.add(entry.line(ASSIGNED_PART, cells, work=planned, is_conflict=is_conflict, others=others))

    def assigned(self, entry: _Entry, reference: Values) -> Values:
        """Return the values that the row's cells ask for, where they differ from what the file was made from."""
        shown = LedgerRow(entry.commitment, None, reference, self.names)
        mine: Values = {}
        for key in ASSIGNED_KEYS:
            column = _TITLES[key]
            if key not in entry.cells or is_same(entry.cells[key], column.show(shown)):
                continue
            try:
                value = self.reader.value(key, entry.cells[key])
            except BadCell as bad:
                self.fault(entry.table, entry.row.number, column, str(bad))
                continue
            if value != reference[key]:
                mine[key] = value
        return mine

    # --- What the department reports ----------------------------------------------------------------

    def progress(self, entry: _Entry) -> None:
        """Add the progress update that the row would submit."""
        commitment, version = entry.commitment, entry.version
        standing = self.history.standing.get(commitment.pk)
        base = self.history.updates.get(version.standing) if version else standing
        if base is not None and base.commitment_id != commitment.pk:
            base = None
        faults = len(self.made.faults)
        facts, link = self.facts(entry, base), self.link(entry)
        if len(self.made.faults) > faults:
            return
        old_link = self.history.links.get(base.pk, "") if base else ""
        is_new_link = LINK.key in entry.cells and link != old_link
        if not facts and not (is_new_link and link):
            return
        content = merged(base, facts)
        if is_new_link and link and not is_address(link):
            text = _("This is not a complete address; it begins with https:// or http://.")
            self.fault(entry.table, entry.row.number, LINK, text)
        self.check(entry, content, has_evidence=bool(link))
        if base is not None and "as_of" not in facts and any(key in FACTS for key in facts):
            self.same_day.append(commitment.code)
        seen = (self.history.latest.get(commitment.pk, 0), standing.pk if standing else 0)
        is_conflict = version is not None and (version.latest, version.standing) != seen
        changes = [
            (key, shown_fact(key, standing), shown_content(key, content), shown_fact(key, base))
            for key in FACT_KEYS
            if key in facts
        ]
        if is_new_link:
            now_link = self.history.links.get(standing.pk, "") if standing else ""
            changes.append((LINK.key, now_link, link, old_link))
        cells = [
            CellChange(str(_TITLES[key].title), shown(old), shown(new), shown(was) if is_conflict else None)
            for key, old, new, was in changes
        ]
        work = Reporting(content, link, is_new_link)
        self.made.add(entry.line(REPORTED_PART, cells, work=work, is_conflict=is_conflict))

    def facts(self, entry: _Entry, base: ProgressUpdate | None) -> dict[str, Any]:
        """Return the facts that the row's cells state, where they differ from the update they were made from."""
        commitment = entry.commitment
        unit = commitment.target.unit if commitment.kind == Kind.TARGET else ""
        found: dict[str, Any] = {}
        for key in FACT_KEYS:
            if key not in entry.cells or is_same(entry.cells[key], shown_fact(key, base)):
                continue
            try:
                value = fact_value(key, entry.cells[key], unit)
            except BadCell as bad:
                self.fault(entry.table, entry.row.number, _TITLES[key], str(bad))
                continue
            if value != getattr(base or NOTHING, key):
                found[key] = value
        return found

    def link(self, entry: _Entry) -> str:
        """Return the link to the evidence that the row gives; empty, with a fault, when it cannot be read."""
        try:
            return text_of(entry.cells[LINK.key]) if LINK.key in entry.cells else ""
        except BadCell as bad:
            self.fault(entry.table, entry.row.number, LINK, str(bad))
            return ""

    def check(self, entry: _Entry, content: UpdateContent, *, has_evidence: bool) -> None:
        """Note what the door to progress would object to."""
        standing = self.history.standing.get(entry.commitment.pk)
        found = check_against(
            standing, entry.commitment, content, today=self.today, has_evidence=has_evidence
        )
        for key, items in found.items():
            column = LINK if key == "evidence" else _TITLES.get(key, CODE)
            for item in items:
                self.fault(entry.table, entry.row.number, column, item.message, is_odd=item.can_be_confirmed)

    # --- Saying so -----------------------------------------------------------------------------------

    def fault(
        self, table: Table, number: int, column: LedgerColumn, message: str, *, is_odd: bool = False
    ) -> None:
        self.made.faults.append(Fault(message, table.sheet, number, str(column.title), is_odd))

    def say_what_to_know(self) -> None:
        if new := self.reader.directories["tags"].new:
            self.made.note(_("New tags: %(names)s.") % {"names": "、".join(new)})
        if self.unversioned and not self.made.is_empty:
            text = ngettext(
                "%(count)d row has no version: whether somebody else changed it meanwhile cannot be told.",
                "%(count)d rows have no version: whether somebody else changed them meanwhile cannot be told.",
                self.unversioned,
            )
            self.made.note(text % {"count": self.unversioned})
        if self.same_day:
            text = ngettext(
                "In %(count)d row the facts changed and their date did not: %(codes)s.",
                "In %(count)d rows the facts changed and their date did not: %(codes)s.",
                len(self.same_day),
            )
            self.made.note(text % {"count": len(self.same_day), "codes": "、".join(self.same_day[:10])})
