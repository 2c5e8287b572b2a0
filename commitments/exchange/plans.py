"""What an import would do, as the preview shows it: per cell, with everything that is wrong at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .cells import short


@dataclass(frozen=True)
class CellChange:
    """One cell: what stands now, and what would. `base`: what the file was made from, if another."""

    title: str
    old: str
    new: str
    base: str | None = None


@dataclass(frozen=True)
class Line:
    """One row that would change. `key` names it in the form; `work` is what applying it takes."""

    key: str
    code: str
    label: str
    sheet: str
    row: int
    cells: tuple[CellChange, ...]
    work: Any = None
    is_new: bool = False
    is_conflict: bool = False
    part: str = ""
    others: tuple[CellChange, ...] = ()  # what somebody else changed since, and this file does not touch


@dataclass(frozen=True)
class Fault:
    """Something wrong in one place. `is_odd`: it may be right after all, and a person says so."""

    message: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    is_odd: bool = False

    @property
    def place(self) -> str:
        """Return where it is, in words: sheet, row, column."""
        parts = []
        if self.sheet:
            parts.append(_("sheet “%(name)s”") % {"name": self.sheet})
        if self.row:
            parts.append(_("row %(number)d") % {"number": self.row})
        if self.column:
            parts.append(_("column “%(name)s”") % {"name": self.column})
        return _(", ").join(parts)


@dataclass
class Plan:
    """What confirming would do. Nothing is written while there are faults."""

    changes: list[Line] = field(default_factory=list)
    conflicts: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchanged: int = 0
    rows: int = 0
    work: Any = None  # what applying needs besides the lines

    def add(self, line: Line) -> None:
        (self.conflicts if line.is_conflict else self.changes).append(line)

    def note(self, text: str) -> None:
        """Say something that the person should know before confirming, once."""
        if text not in self.notes:
            self.notes.append(text)

    def note_unknown(self, header: Sequence[str], places: Collection[int]) -> None:
        """Name the columns that stand at none of the recognised places: nothing of them is read."""
        unknown = [title for place, title in enumerate(header) if title and place not in places]
        if unknown:
            text = _("Columns that are not this list's are left out: %(names)s.")
            self.note(text % {"names": "、".join(short(title) for title in unknown)})

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if not fault.is_odd]

    @property
    def odd(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.is_odd]

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.conflicts)

    @property
    def changed_rows(self) -> int:
        """Return how many rows would change without a further decision."""
        return len({line.code for line in self.changes})

    @property
    def cleared_cells(self) -> int:
        return sum(not cell.new for line in (*self.changes, *self.conflicts) for cell in line.cells)

    @property
    def by_column(self) -> list[tuple[str, int]]:
        """Return how many cells of each column would change, most first."""
        return Counter(cell.title for line in self.changes for cell in line.cells).most_common()

    @property
    def fingerprint(self) -> str:
        """Return what a person saw, in short: the same again means that nothing moved in between."""
        seen = hashlib.sha256()
        for line in (*self.changes, *self.conflicts):
            cells = [(cell.title, cell.old, cell.new, cell.base) for cell in (*line.cells, *line.others)]
            seen.update(repr((line.key, line.is_conflict, cells)).encode("utf-8", "surrogatepass"))
        for fault in self.faults:
            seen.update(repr(fault).encode("utf-8", "surrogatepass"))
        return seen.hexdigest()[:32]

    def chosen(self, mine: Collection[str]) -> list[Line]:
        """Return the lines to be written: what nobody disputes, and the conflicts decided for this file."""
        return [*self.changes, *(line for line in self.conflicts if line.key in mine)]


class Moved(Exception):
    """The tracker changed between preview and confirmation; carries the plan as it would be now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the rows changed since the preview")
        self.plan = plan
