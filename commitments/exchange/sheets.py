"""Tables going out as files: .xlsx with drop-downs and notes, .csv with a byte order mark.

Knows cells, not commitments. Every text is made safe from being read as a formula; `unguarded`, used by
the reading in uploads.py, takes the protection off again, so that a round trip changes nothing.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from commitments.quantities import plain_figure

# The content type of each format in which a table goes out.
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
Value = str | int | Decimal | dt.date | None

# What Excel, LibreOffice, WPS or a Chinese input method may take for the start of a formula.
_TRIGGERS = "=+\\-@\t\r\n＝＋－＠"
_NEEDS_GUARD = re.compile(rf"'*[ 　]*[{_TRIGGERS}]")
_GUARDED = re.compile(rf"''*[ 　]*[{_TRIGGERS}]")
# What XML cannot carry. Surrogates and the two non-characters are refused by Excel as well.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ inside a text as an escaped character, so a literal one has to be escaped itself.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# A cell holds so many characters and no more.
MAX_CELL = 32_767
CUT = "……"
# The height of a line in points, and how many lines a row may show.
LINE, MAX_LINES = 15, 8
# Excel calculates with so many digits; a longer figure travels as text.
MAX_DIGITS = 15


def guarded(text: str) -> str:
    """Return the text with an apostrophe before what could start a formula."""
    return f"'{text}" if _NEEDS_GUARD.match(text) else text


def unguarded(text: str) -> str:
    """Return the text as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


def plain(text: str) -> str:
    """Return the text as a cell can hold it: known line ends, nothing invisible, no blanks at the ends."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def cell_text(text: str) -> str:
    """Return the text as it is written: guarded, and cut where a cell ends."""
    text = guarded(plain(text))
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - len(CUT)]}{CUT}"


def as_text(value: Value) -> str:
    """Return the cell as .csv holds it; None is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return cell_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return plain_figure(Decimal(value))


def shown(value: Value) -> str:
    """Return the cell as a screen shows it: no spreadsheet is near that could calculate with it."""
    return unguarded(as_text(value))


# --- A table and its columns -----------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """How one column looks: its header, its width in characters, what its cells are."""

    title: str
    width: int
    is_editable: bool = False
    kind: str = "text"  # text, date, number
    options: str = ""  # the list of the Lists sheet that its drop-down offers
    is_open: bool = False  # other entries than those offered are fine: several at once
    is_hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """One table with everything around it."""

    title: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Value]]
    notes_title: str = ""
    notes: Sequence[Sequence[str]] = ()
    lists: dict[str, Sequence[str]] = field(default_factory=dict)
    frozen_columns: int = 1
    # Room for rows that a person adds below: the drop-downs reach so far.
    spare_rows: int = 500
    # How many rows there are, where it is known beforehand: readers need not look for the end.
    row_count: int | None = None


def written(sheet: Sheet, file_format: str) -> Iterator[bytes]:
    """Yield the file piece by piece, written to disk first: nothing is computed while it is being sent."""
    with tempfile.TemporaryFile() as file:
        if file_format == "csv":
            file.writelines(write_csv(sheet))
        else:
            write_xlsx(sheet, file)
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(64 * 1024):
        yield piece


def write_csv(sheet: Sheet) -> Iterator[bytes]:
    """Yield the table as UTF-8 with a byte order mark, without which Excel garbles Chinese."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    writer.writerow([guarded(head.title) for head in sheet.heads])
    for row in sheet.rows:
        writer.writerow([as_text(value) for value in row])
        if buffer.tell() > 60_000:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_xlsx(sheet: Sheet, target: IO[bytes]) -> None:
    """Write the workbook row by row, so that its size costs time and no memory."""
    book = Workbook(write_only=True)
    styles = _styles(book)
    page = book.create_sheet(sheet.title)
    page.freeze_panes = f"{get_column_letter(sheet.frozen_columns + 1)}2"
    page.print_title_rows = "1:1"
    if sheet.row_count is not None:
        area = f"A1:{get_column_letter(len(sheet.heads))}{sheet.row_count + 1}"
        page.calculate_dimension = lambda: area
    page.page_setup.orientation = "landscape"
    # On A3, as many pages wide as keeps the words legible, with the first column on each.
    page.page_setup.paperSize = 8
    page.page_setup.fitToWidth = max(1, round(sum(head.width for head in sheet.heads) / 220))
    page.page_setup.fitToHeight = 0
    page.print_title_cols = f"A:{get_column_letter(sheet.frozen_columns)}"
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for number, head in enumerate(sheet.heads, start=1):
        dimension = page.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.hidden = head.width, head.is_hidden
        # Also the rows that a person adds below keep texts texts: a telephone number stays one.
        dimension._style = styles[_style_of(head)]
    page.append([_cell(page, head.title, styles[_head_style(head)]) for head in sheet.heads])
    count = 1
    named = [styles[_style_of(head)] for head in sheet.heads]
    widths = [head.width for head in sheet.heads]
    for row in sheet.rows:
        page.row_dimensions[count + 1].height = LINE * lines_of(row, widths)
        page.append([_cell(page, value, style) for value, style in zip(row, named, strict=True)])
        count += 1
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.heads))}{count}"
    _drop_downs(page, sheet, count + sheet.spare_rows)
    if sheet.notes:
        _notes_sheet(book, sheet, styles)
    if sheet.lists:
        _lists_sheet(book, sheet)
    book.save(target)


def lines_of(row: Sequence[Value], widths: Sequence[int]) -> int:
    """Return how many lines the row needs, a handful at most: not every program works that out itself."""
    most = 1
    for value, width in zip(row, widths, strict=True):
        if isinstance(value, str) and 2 * len(value) > width:
            # A Chinese character is as wide as two digits, and a column's width is counted in digits.
            columns = [sum(2 if ord(char) > 0x2E80 else 1 for char in line) for line in value.split("\n")]
            most = max(most, sum(-(-count // width) or 1 for count in columns))
    return min(most, MAX_LINES)


def _cell(page: object, value: Value, style: object) -> WriteOnlyCell:
    cell = WriteOnlyCell(page)
    if isinstance(value, str):
        cell._value = _ESCAPE.sub("_x005F_", cell_text(value))
        cell.data_type = "s"
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) > MAX_DIGITS:
        cell._value, cell.data_type = plain_figure(value), "s"
    elif value is not None:
        cell.value = value
    cell._style = style
    return cell


# --- Looks ---------------------------------------------------------------------------------------


def _styles(book: Workbook) -> dict[str, object]:
    """Return the few styles of the workbook, each registered once: styling cell by cell is slow."""
    line = Side(style="thin", color="D0D7D9")
    border = Border(left=line, right=line, top=line, bottom=line)
    given, fill_in = PatternFill("solid", fgColor="F1F4F4"), PatternFill()
    found: dict[str, object] = {}

    def style(name: str, *, font: Font, fill: PatternFill, shape: str = "General", wrap: bool = True) -> None:
        named = NamedStyle(name=f"tracker-{name}", font=font, fill=fill, border=border, number_format=shape)
        named.alignment = Alignment(vertical="top", wrap_text=wrap)
        named.protection = Protection(locked=False)
        book.add_named_style(named)
        cell = WriteOnlyCell(book.active or book.create_sheet("styles"))
        cell.style = named.name
        found[name] = cell._style

    sheet = book.create_sheet("styles")
    book.active = 0
    body = Font(name="Noto Sans CJK SC", size=10)
    for owner, fill in (("given", given), ("open", fill_in)):
        for kind, shape in (("text", "@"), ("date", "yyyy-mm-dd"), ("number", "General")):
            style(f"{owner}-{kind}", font=body, fill=fill, shape=shape)
    style("head-given", font=Font(bold=True, color="FFFFFF"), fill=PatternFill("solid", fgColor="5B6B6E"))
    style("head-open", font=Font(bold=True, color="FFFFFF"), fill=PatternFill("solid", fgColor="0B5A60"))
    book.remove(sheet)
    return found


def _style_of(head: Head) -> str:
    return f"{'open' if head.is_editable else 'given'}-{head.kind}"


def _head_style(head: Head) -> str:
    return "head-open" if head.is_editable else "head-given"


def _drop_downs(page: object, sheet: Sheet, last_row: int) -> None:
    names = list(sheet.lists)
    for number, head in enumerate(sheet.heads, start=1):
        if head.options not in sheet.lists or not sheet.lists[head.options]:
            continue
        letter = get_column_letter(names.index(head.options) + 1)
        source = f"{quote_sheetname(pgettext('sheet', 'Lists'))}!${letter}$2:${letter}${len(sheet.lists[head.options]) + 1}"
        rule = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=not head.is_open)
        rule.errorTitle, rule.error = head.title[:32], _("Choose one of the entries of the list.")
        rule.add(f"{get_column_letter(number)}2:{get_column_letter(number)}{last_row}")
        page.data_validations.append(rule)  # type: ignore[attr-defined]


def _notes_sheet(book: Workbook, sheet: Sheet, styles: dict[str, object]) -> None:
    page = book.create_sheet(sheet.notes_title)
    for letter, width in zip("ABCD", (24, 16, 72, 40), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    for number, line in enumerate(sheet.notes):
        style = styles["head-given" if number == 0 else "given-text"]
        page.append([_cell(page, text, style) for text in line])


def _lists_sheet(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(pgettext("sheet", "Lists"))
    page.sheet_state = "hidden"
    page.append([_cell(page, name, WriteOnlyCell(page)._style) for name in sheet.lists])
    plain_style = WriteOnlyCell(page)._style
    for number in range(max(len(entries) for entries in sheet.lists.values())):
        row = [entries[number] if number < len(entries) else None for entries in sheet.lists.values()]
        page.append([_cell(page, value, plain_style) for value in row])
