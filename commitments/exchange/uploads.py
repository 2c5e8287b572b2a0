"""Tables coming in as files: what is refused, and the rows of what is not.

A file is examined before anything opens it: what it is, by content; how large it is once unpacked;
whether it carries macros, a password or a document type. Every refusal is a sentence for the person.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from commitments.progress.evidence import OLD_OFFICE

from .sheets import plain, unguarded

Raw = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

MEGABYTE = 1024 * 1024
# A ledger of 10,000 rows with every column is about 4 MB, and 60 MB unpacked.
MAX_FILE = 16 * MEGABYTE
MAX_UNPACKED = 120 * MEGABYTE
# Tables of words pack to a tenth; a repeated word to a fiftieth. Beyond this, it is made to swell.
MAX_RATIO = 250
MAX_ENTRIES = 500
MAX_ROWS = 20_000
MAX_COLUMNS = 100
# A title and a line of explanation may stand above the header.
HEADER_WITHIN = 10

_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff])_")
_EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)


class Refused(Exception):
    """The file is not read at all; the message says why and what to do."""


@dataclass(frozen=True)
class Formula:
    """A cell with a formula whose result the file does not hold."""

    text: str


@dataclass(frozen=True)
class ErrorValue:
    """A cell that shows one of Excel's error values."""

    text: str


Cell = Raw | Formula | ErrorValue


@dataclass(frozen=True)
class Row:
    """One row as it stands: its number as the person sees it, and its cells under the header."""

    number: int
    cells: Sequence[Cell]

    @property
    def is_empty(self) -> bool:
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """One sheet in which a header was found. `sheet` is empty for .csv."""

    sheet: str
    header: Sequence[str]
    header_row: int
    rows: Sequence[Row]


IsHeader = Callable[[Sequence[str]], bool]


def read_tables(content: bytes, name: str, *, is_header: IsHeader) -> list[Table]:
    """Return the visible sheets that have a header, with their rows; empty ones are left out.

    `is_header` recognises the header among the first rows. Raises Refused: for a file that cannot or
    must not be read, for one without the header, for too many rows or columns.
    """
    if not content:
        raise Refused(_("The file is empty."))
    if len(content) > MAX_FILE:
        raise Refused(_("The file is larger than %(limit)d MB.") % {"limit": MAX_FILE // MEGABYTE})
    kind = kind_of(content, name)
    sheets = _sheets_of_workbook(content) if kind == "xlsx" else _sheet_of_csv(content)
    tables = []
    for title, rows in sheets:
        if (table := _table(title, rows, is_header)) is not None:
            tables.append(table)
    if not tables:
        raise Refused(
            _(
                "No header was found in the first %(count)d rows of any sheet. "
                "Keep the header of the exported file, or begin with the template."
            )
            % {"count": HEADER_WITHIN}
        )
    return tables


# --- What the file is --------------------------------------------------------------------------------


def kind_of(content: bytes, name: str) -> str:
    """Return "xlsx" or "csv", by content. Raises Refused for everything else."""
    ending = PurePath(name.lower()).suffix
    if ending in (".xlsm", ".xltm", ".xlsb", ".xlam"):
        raise Refused(_macros())
    if content.startswith(OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused(_encrypted())
        raise Refused(
            _("This is a workbook of the old .xls kind, or another old office file. Save it as .xlsx.")
        )
    if content.startswith(b"PK"):
        examine_archive(content)
        return "xlsx"
    if ending not in (".csv", ".txt", ".tsv"):
        if ending == ".xlsx":
            raise Refused(_broken())
        raise Refused(_("Only .xlsx and .csv files are read."))
    return "csv"


def _macros() -> str:
    return _("The file contains macros or is of a kind that may. Save it as .xlsx, without macros.")


def _encrypted() -> str:
    return _("The file is protected by a password. Remove the password in Excel and save it again.")


def _broken() -> str:
    return _("The file is damaged and cannot be read. Open it in Excel, save it anew and try again.")


def examine_archive(content: bytes) -> None:
    """Look at an office file from outside, before it is unpacked. Raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except Exception as error:
        # A damaged directory makes zipfile raise a dozen kinds, NotImplementedError and struct.error among them.
        raise Refused(_broken()) from error
    with archive:
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused(_encrypted())
        _examine_sizes(entries)
        names = [entry.filename.lower() for entry in entries]
        if any(PurePath(name).name in ("vbaproject.bin", "vbadata.xml") for name in names) or any(
            "/macrosheets/" in name or "activex" in name for name in names
        ):
            raise Refused(_macros())
        if "xl/workbook.bin" in names:
            raise Refused(_("This is a binary workbook (.xlsb). Save it as .xlsx."))
        if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
            if "mimetype" in names:
                raise Refused(_("This is a LibreOffice file (.ods). Save it as .xlsx."))
            raise Refused(_("This archive is not an Excel workbook."))
        _examine_parts(archive, entries)


def _examine_sizes(entries: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    swells = any(
        entry.file_size > MEGABYTE and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or swells:
        raise Refused(_("The file would become too large once unpacked, and is not opened."))


def _examine_parts(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a document type in any part: entities, of the file's own or from elsewhere, begin there."""
    for entry in entries:
        name = entry.filename.lower()
        if not name.endswith((".xml", ".rels")):
            continue
        try:
            with archive.open(entry) as part:
                head = part.read(65_536)
        except Exception as error:
            # The decompressors let as many kinds out of a damaged entry.
            raise Refused(_broken()) from error
        if name == "[content_types].xml" and b"macroenabled" in head.lower():
            raise Refused(_macros())
        if _has_document_type(head):
            raise Refused(_("The file contains a document type declaration, which no workbook needs."))


def _has_document_type(head: bytes) -> bool:
    found = False

    def note(*arguments: Any) -> None:
        nonlocal found
        found = True
        raise StopIteration

    def stop(*arguments: Any) -> None:
        raise StopIteration

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = note
    parser.StartElementHandler = stop
    try:
        parser.Parse(head, False)
    except StopIteration:
        return found
    except expat.ExpatError as error:
        raise Refused(_broken()) from error
    # No element within so many bytes: what hides behind that much prologue is not looked for.
    return True if len(head) >= 65_536 else found


# --- What it holds -----------------------------------------------------------------------------------

Sheets = Iterator[tuple[str, Iterable[Sequence[Cell]]]]


def _sheets_of_workbook(content: bytes) -> Sheets:
    """Yield title and rows of the visible sheets; whatever goes wrong inside is a damaged file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that no import needs
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            results: Any = None
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                rows = list(_limited(sheet))
                if any(_is_formula(value) for row in rows for value in row):
                    results = results or load_workbook(
                        io.BytesIO(content), read_only=True, keep_links=False, data_only=True
                    )
                    rows = _with_results(rows, list(_limited(results[sheet.title])))
                yield sheet.title, [[_cell(value) for value in row] for row in rows]
    except Refused:
        raise
    except Exception as error:
        # openpyxl lets every kind of exception out of a file that is not as it should be.
        raise Refused(_broken()) from error


def _limited(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the values row by row, whatever size the file says it has."""
    sheet.reset_dimensions()
    empty = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = [_as_shown(cell) for cell in cells]
        if not row or all(value is None for value in row):
            # Formatting far below the table makes rows without content; they only count when one follows.
            empty += 1
            if empty > 100_000:
                return
            yield ()
            continue
        if number - empty > MAX_ROWS + HEADER_WITHIN:
            raise Refused(_too_many_rows())
        if len(row) > MAX_COLUMNS and any(value is not None for value in row[MAX_COLUMNS:]):
            raise Refused(_("A row has more than %(limit)d columns.") % {"limit": MAX_COLUMNS})
        yield tuple(row[:MAX_COLUMNS])


def _as_shown(cell: Any) -> Any:
    """Return the cell's value; a figure shown in per cent as what the person reads: 5.9% is stored as 0.059."""
    value = cell.value
    is_figure = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{value * 100:.15g}%" if is_figure and "%" in cell.number_format else value


def _too_many_rows() -> str:
    return _("The file has more than %(limit)d rows. Split it.") % {"limit": MAX_ROWS}


def _is_formula(value: Any) -> bool:
    # Our own texts never begin with "=", see sheets.guarded; arrays and data tables are objects.
    return (isinstance(value, str) and value.startswith("=")) or hasattr(value, "ref")


def _with_results(rows: list[Any], results: list[Any]) -> list[Any]:
    """Return the rows with each formula replaced by the result that the file holds, if it does."""
    found = []
    for row, seen in zip(rows, results, strict=True):
        cells = list(row)
        for place, value in enumerate(cells):
            if _is_formula(value):
                result = seen[place] if place < len(seen) else None
                cells[place] = Formula(str(value)) if result is None else result
        found.append(cells)
    return found


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return ErrorValue(value) if value in _EXCEL_ERRORS else _unescaped(value)
    if value is None or isinstance(value, (int, float, dt.datetime, dt.date, dt.time, dt.timedelta, Formula)):
        return value
    return str(value)


def _unescaped(text: str) -> str:
    """Return the characters that Excel writes as _x000D_ and the like, in one pass.

    Only control characters and the escaped underscore: LibreOffice writes the others as they are.
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _sheet_of_csv(content: bytes) -> Sheets:
    text = decoded(content)
    sample = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=sample.count)
    rows: list[Sequence[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(rows) > MAX_ROWS + HEADER_WITHIN:
                raise Refused(_too_many_rows())
            if len(row) > MAX_COLUMNS:
                raise Refused(_("A row has more than %(limit)d columns.") % {"limit": MAX_COLUMNS})
            rows.append([value or None for value in row])
    except csv.Error as error:
        raise Refused(
            _("The .csv file is damaged: quotation marks do not match, or a cell is too long.")
        ) from error
    yield "", rows


def decoded(content: bytes) -> str:
    """Return the text of a .csv file: UTF-8 with or without its mark, GB18030, or Excel's UTF-16."""
    candidates = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
        break
    raise Refused(_("The text of the file cannot be read. Save it as “CSV UTF-8”, or as .xlsx."))


def _table(title: str, rows: Iterable[Sequence[Cell]], is_header: IsHeader) -> Table | None:
    header: list[str] = []
    header_row, found = 0, []
    for number, cells in enumerate(rows, start=1):
        if header:
            row = Row(number, [*cells[: len(header)], *[None] * (len(header) - len(cells))])
            if not row.is_empty:
                found.append(row)
        elif number <= HEADER_WITHIN:
            names = [plain(unguarded(str(cell))) if cell is not None else "" for cell in cells]
            if is_header(names):
                header, header_row = names, number
        else:
            return None
    return Table(title, header, header_row, found) if header else None
