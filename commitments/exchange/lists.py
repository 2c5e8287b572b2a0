"""Lists of people and units coming back: what is common to departments and accounts.

A row is one object; without a match it is a new one. The version is a fingerprint of what was
exported, so that a row changed by somebody else meanwhile is a conflict here as well.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from commitments.models import User
from commitments.progress.refusals import Invalid, NotAllowed

from .cells import CLEARING, BadCell, is_same, short, text_of
from .columns import VERSION, Column, recognise
from .plans import CellChange, Fault, Line, Moved, Plan
from .sheets import plain, shown
from .uploads import Cell, Row, Table

Thing = TypeVar("Thing")
Values = dict[str, Any]


@dataclass(frozen=True)
class Wanted(Generic[Thing]):
    """One row to be written: the object, or None for a new one, and the values that change."""

    thing: Thing | None
    old: Values
    new: Values


def version_of(values: Mapping[str, Any]) -> str:
    """Return the fingerprint of a row's values."""
    stable = {key: sorted(value) if isinstance(value, frozenset) else value for key, value in values.items()}
    return "v" + hashlib.sha256(repr(sorted(stable.items())).encode()).hexdigest()[:8]


class ListPlanner(ABC, Generic[Thing]):
    """Goes through the rows of a list. A subclass knows the columns and what their cells mean."""

    columns: Sequence[Column[Thing]] = ()
    # The columns by which a row is recognised, in this order; the last one names it.
    keys: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.made = Plan()
        self.titles = {column.key: column for column in self.columns}
        self.by_key: dict[str, dict[str, Thing]] = {key: {} for key in self.keys}
        self.seen: dict[object, str] = {}
        self.claimed: set[tuple[str, str]] = set()

    # --- What a subclass says ----------------------------------------------------------------------

    @abstractmethod
    def values(self, thing: Thing) -> Values:
        """Return the values of what the list may change."""

    @abstractmethod
    def parse(self, key: str, cell: Cell) -> Any:
        """Return the value of a cell. Raises BadCell."""

    @abstractmethod
    def shown(self, key: str, value: Any) -> str:
        """Return a value as a person reads it."""

    def problems(self, thing: Thing | None, values: Values, new: Values) -> list[tuple[str, str]]:
        """Return column and sentence for what is wrong with a row as it would become."""
        return []

    def is_taken(self, key: str, value: Any, thing: Thing | None) -> bool:
        """Say whether another object, or another row of this list, has the value; claim it otherwise."""
        text = str(value or "").casefold()
        if not text:
            return False
        other = self.by_key[key].get(text)
        if (other is not None and other is not thing) or (key, text) in self.claimed:
            return True
        self.claimed.add((key, text))
        return False

    def empty(self, key: str) -> Any:
        """Return the value of a column of a new row in which nothing stands."""
        return ""

    # --- Going through -----------------------------------------------------------------------------

    def plan(self, tables: Sequence[Table]) -> Plan:
        for table in tables:
            columns: dict[str, int] = {}
            places = recognise(table.header, self.columns)
            for place, column in places.items():
                if column.key in columns:
                    self.fault(table, table.header_row, column.key, _("This column stands there twice."))
                columns[column.key] = place
            self.made.note_unknown(table.header, places)
            for row in table.rows:
                self.made.rows += 1
                self.read_row(table, row, {key: row.cells[place] for key, place in columns.items()})
        new = sum(line.is_new for line in self.made.changes)
        if new:
            text = ngettext("%(count)d row is new.", "%(count)d rows are new.", new)
            self.made.note(text % {"count": new})
        return self.made

    def read_row(self, table: Table, row: Row, cells: dict[str, Cell]) -> None:
        try:
            names = {key: text_of(cells.get(key)) for key in self.keys}
        except BadCell as bad:
            self.fault(table, row.number, self.keys[-1], str(bad))
            return
        thing = self.find(names)
        name = next((names[key] for key in reversed(self.keys) if names[key]), "")
        if not name:
            text = _("The row has no name, so it cannot be told what it is about.")
            self.fault(table, row.number, self.keys[-1], text)
            return
        identity: object = id(thing) if thing is not None else name.casefold()
        place = Fault("", table.sheet, row.number).place
        if identity in self.seen:
            text = _("“%(name)s” stands in two rows: the other is %(place)s.")
            self.fault(
                table, row.number, self.keys[-1], text % {"name": short(name), "place": self.seen[identity]}
            )
            return
        self.seen[identity] = place
        self.compare(table, row, thing, name, cells)

    def find(self, names: Mapping[str, str]) -> Thing | None:
        """Return the object that the row is about; None for a new one."""
        for key in self.keys:
            if names[key] and (thing := self.by_key[key].get(names[key].casefold())) is not None:
                return thing
        return None

    def compare(
        self, table: Table, row: Row, thing: Thing | None, name: str, cells: Mapping[str, Cell]
    ) -> None:
        old = self.values(thing) if thing is not None else {}
        version = plain(str(cells.get(VERSION) or ""))
        new: Values = {}
        in_file: Values = {}
        before = len(self.made.faults)
        for column in self.columns:
            if not column.is_editable or column.key not in cells:
                continue
            cell = cells[column.key]
            is_empty = cell is None or (isinstance(cell, str) and not cell.strip())
            if is_empty and not (version and thing is not None):
                continue
            if thing is not None and is_same(cell, column.show(thing)):
                in_file[column.key] = old[column.key]
                continue
            try:
                clears = isinstance(cell, str) and cell.strip() in CLEARING
                value = self.parse(column.key, None if clears else cell)
            except BadCell as bad:
                self.fault(table, row.number, column.key, str(bad))
                continue
            in_file[column.key] = value
            if value != old.get(column.key, self.empty(column.key)):
                new[column.key] = value
        # What was not touched since the export asks for nothing, whatever others wrote meanwhile.
        is_untouched = bool(version) and version == version_of(in_file)
        if thing is not None and (not new or is_untouched):
            self.made.unchanged += before == len(self.made.faults)
            return
        said = {fault.column for fault in self.made.faults[before:]}
        for key, sentence in self.problems(thing, {**old, **new}, new):
            if str(self.titles[key].title) not in said:
                self.fault(table, row.number, key, sentence)
        self.made.add(
            Line(
                key=f"row:{name}",
                code=name,
                label=str(thing) if thing is not None else name,
                sheet=table.sheet,
                row=row.number,
                cells=tuple(
                    CellChange(
                        str(self.titles[key].title),
                        self.shown(key, old[key]) if key in old else "",
                        self.shown(key, value),
                    )
                    for key, value in new.items()
                ),
                work=Wanted(thing, {key: old.get(key) for key in new}, new),
                is_new=thing is None,
                is_conflict=thing is not None and bool(version) and version != version_of(old),
            )
        )

    def fault(self, table: Table, number: int, key: str, message: str) -> None:
        self.made.faults.append(Fault(message, table.sheet, number, str(self.titles[key].title)))


def shown_value(value: Any) -> str:
    """Return a plain value as a person reads it."""
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    return shown(value)


def checked(validator: Any, text: str, sentence: str) -> None:
    """Raise BadCell with the sentence when the validator objects."""
    try:
        validator(text)
    except ValidationError as error:
        raise BadCell(sentence) from error


# --- Writing ---------------------------------------------------------------------------------------


def require_administrator(by: User) -> None:
    """Raise NotAllowed for everybody else."""
    if not by.is_administrator:
        raise NotAllowed(_("Only administrators import lists."))


def settled(plan: Plan, seen: str, reason: str, mine: Collection[str]) -> list[Line]:
    """Return the lines to be written. Raises Moved, Invalid."""
    if not reason.strip():
        raise Invalid.one("reason", "required", _("Give the reason for the change."))
    if plan.fingerprint != seen:
        raise Moved(plan)
    if plan.faults:
        raise Invalid.one("", "faults", _("There are still errors; nothing was changed."))
    if not (lines := plan.chosen(mine)):
        raise Invalid.one("", "nothing", _("Nothing would change."))
    return lines
