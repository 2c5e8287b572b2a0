"""The reviewed table as a file: CSV that Excel opens correctly, read and written without loss.

`check_table` is re-exported here, so this module is the one door to the table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from commitments.reading.check import check_table
from commitments.reading.rows import COLUMNS, Problem, Row

__all__ = ["Problem", "Row", "TableError", "check_table", "dump_table", "parse_table", "read_table",
           "write_table"]  # fmt: skip

#: Excel reads a CSV as UTF-8 only when it begins with this mark.
_BOM = "\ufeff"
_INTEGERS = ("line", "start", "end", "baseline_start")
_DECIMALS = ("value", "baseline_value")
_LISTS = ("scorecards", "same_as")


class TableError(ValueError):
    """The file is not a table of ours, or a cell cannot be read; `problems` names rows and columns."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def read_table(path: Path) -> list[Row]:
    """The rows of a table file. Raises `TableError` naming every cell that cannot be read."""
    return parse_table(path.read_text(encoding="utf-8-sig"))


def write_table(path: Path, rows: Iterable[Row]) -> None:
    """Write rows so that Excel, and `read_table`, read them back; the same rows give the same bytes."""
    path.write_bytes(dump_table(rows).encode("utf-8"))


def dump_table(rows: Iterable[Row]) -> str:
    """The table as text: byte order mark, header, one row a line, lines ended by CRLF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row, column) for column in COLUMNS])
    return _BOM + buffer.getvalue()


def parse_table(text: str) -> list[Row]:
    """Rows from the text of a table file; see `read_table`."""
    reader = csv.reader(io.StringIO(text.removeprefix(_BOM), newline=""))
    try:
        header = next(reader, [])
        missing = [column for column in COLUMNS if column not in header]
        unknown = [column for column in header if column not in COLUMNS]
        if missing or unknown or len(set(header)) != len(header):
            problems = [Problem(1, column, "column is missing") for column in missing]
            problems += [Problem(1, column, "column is not known") for column in unknown]
            raise TableError(problems or [Problem(1, "line", "a column is there twice")])
        rows: list[Row] = []
        problems = []
        for number, cells in enumerate(reader, 2):
            if not any(cells):
                continue
            if len(cells) != len(header):
                problems.append(Problem(number, header[0], f"{len(cells)} cells, not {len(header)}"))
                continue
            rows.append(_row(number, dict(zip(header, cells, strict=True)), problems))
    except csv.Error as error:
        raise TableError([Problem(reader.line_num, "line", str(error))]) from error
    if problems:
        raise TableError(problems)
    return rows


def _cell(row: Row, column: str) -> str:
    value = getattr(row, column)
    if column == "figures_exempt":
        return ";".join(f"{figure}={reason}" for figure, reason in value.items())
    if column in _LISTS:
        return ";".join(value)
    return "" if value is None else str(value)


def _row(number: int, cells: dict[str, str], problems: list[Problem]) -> Row:
    """A row from its cells; what cannot be read is reported and left at a harmless value."""
    values: dict[str, object] = dict(cells)
    for column in _INTEGERS:
        values[column] = _integer(number, column, cells[column], problems)
    for column in _DECIMALS:
        values[column] = _decimal(number, column, cells[column], problems)
    for column in _LISTS:
        values[column] = tuple(part.strip() for part in cells[column].split(";") if part.strip())
    exempt: dict[str, str] = {}
    for entry in filter(None, cells["figures_exempt"].split(";")):
        figure, equals, reason = entry.partition("=")
        if not equals or not figure.strip() or not reason.strip():
            problems.append(Problem(number, "figures_exempt", f"not figure=reason: {entry}"))
        exempt[figure.strip()] = reason.strip()
    values["figures_exempt"] = exempt
    return Row(**values)  # type: ignore[arg-type]


def _integer(number: int, column: str, cell: str, problems: list[Problem]) -> int | None:
    optional = column == "baseline_start"
    if optional and not cell:
        return None
    if cell.isascii() and cell.isdigit():
        return int(cell)
    problems.append(Problem(number, column, f"not a whole number: {cell!r}"))
    return None if optional else 0


def _decimal(number: int, column: str, cell: str, problems: list[Problem]) -> Decimal | None:
    if not cell:
        return None
    try:
        value = Decimal(cell)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        problems.append(Problem(number, column, f"not a number: {cell!r}"))
        return None
    return value
