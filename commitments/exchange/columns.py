"""What the columns of every list have in common: a header in two languages, a note, a cell, its looks."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from .sheets import Head, Sheet, Value

Row = TypeVar("Row")

VERSION = "version"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `show` returns the cell of a row; `note` tells a person what to write there."""

    key: str
    title: Promise
    note: Promise
    show: Callable[[Row], Value]
    width: int = 14
    is_editable: bool = False
    kind: str = "text"
    options: str = ""
    is_open: bool = False
    # Other headers under which the column is recognised, as people shorten them.
    aliases: tuple[str, ...] = ()

    @property
    def head(self) -> Head:
        return Head(
            title=str(self.title),
            width=self.width,
            is_editable=self.is_editable,
            kind=self.kind,
            options=self.options,
            is_open=self.is_open,
        )


def sheet_of(
    title: str,
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    *,
    lists: Mapping[str, Sequence[str]],
) -> Sheet:
    """Return the table with its notes, ready to be written in the language of the screen."""
    shows = [column.show for column in columns]
    return Sheet(
        title=title,
        heads=[column.head for column in columns],
        rows=([show(row) for show in shows] for row in rows),
        row_count=len(rows) if isinstance(rows, Sized) else None,
        notes_title=pgettext("sheet", "Notes"),
        notes=notes_of(columns),
        lists={name: entries for name, entries in lists.items() if any(c.options == name for c in columns)},
    )


def notes_of(columns: Sequence[Column[Row]]) -> list[list[str]]:
    """Return the sheet that explains every column and says which may be changed."""
    lines = [[_("Column"), _("May be changed"), _("What it holds"), _("Also recognised as")]]
    for column in columns:
        other = [name for name in titles_of(column) if name != str(column.title)]
        is_editable = pgettext("answer", "yes") if column.is_editable else pgettext("answer", "no")
        lines.append([str(column.title), is_editable, str(column.note), "、".join(other)])
    return [*lines, ["", "", "", ""], *([line, "", "", ""] for line in _hints())]


def _hints() -> list[str]:
    return [
        _("Dark headers: columns that may be changed. Grey cells: for reading only; what is typed there changes nothing."),
        _("Rows and columns may be moved, sorted, filtered or left out. Keep the header, the code and the version."),
        _("Emptying a cell in a row that has a version removes the value. In a row without one, an empty cell changes nothing."),
        _("An apostrophe before =, + , - or @ keeps Excel from calculating with a text; it is taken off when the file comes back."),
    ]  # fmt: skip


def titles_of(column: Column[Row]) -> list[str]:
    """Return every header under which the column is recognised, in both languages."""
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append(str(column.title))
    return list(dict.fromkeys([*found, *column.aliases]))


def comparable(header: str) -> str:
    """Return the header without what people vary: case, width, blanks, marks, a remark in brackets."""
    text = unicodedata.normalize("NFKC", header).casefold()
    text = text.split("(")[0] if not text.startswith("(") else text
    return "".join(char for char in text if char.isalnum())


def recognise(header: Sequence[str], columns: Sequence[Column[Row]]) -> dict[int, Column[Row]]:
    """Return which column stands at which place; a header that no column has is left out.

    A column that stands there twice is returned twice: the caller says so.
    """
    known = _known(tuple(columns))
    return {
        place: known[comparable(title)] for place, title in enumerate(header) if comparable(title) in known
    }


@lru_cache(maxsize=8)
def _known(columns: tuple[Column[Row], ...]) -> dict[str, Column[Row]]:
    return {comparable(title): column for column in columns for title in titles_of(column)}


VERSION_NOTE = gettext_lazy(
    "Do not change: it tells what somebody else has changed since this file was made. "
    "In rows that you add, leave it empty."
)
