"""The rows of the list as files: what the page shows, in the same order, for the same query."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from ..choices import Kind
from ..exchange.sheets import FORMATS
from ..progress.judging import Judged
from ..selection.filters import CommitmentFilter
from .cells import BYTE_ORDER_MARK, Cell, as_text, in_csv
from .site import report_or_404, site_of


def _target(name: str) -> Callable[[Judged, str], Cell]:
    def value(row: Judged, site_url: str) -> Cell:
        found: Cell = getattr(row.commitment.target, name) if row.commitment.kind == Kind.TARGET else None
        return found

    return value


def _project(name: str) -> Callable[[Judged, str], Cell]:
    def value(row: Judged, site_url: str) -> Cell:
        found: Cell = getattr(row.commitment.project, name) if row.commitment.kind == Kind.PROJECT else None
        return found

    return value


def _reported(name: str) -> Callable[[Judged, str], Cell]:
    def value(row: Judged, site_url: str) -> Cell:
        update = row.commitment.approved_update
        found: Cell = getattr(update, name) if update else None
        return found

    return value


def _names(rows: Iterable[Any]) -> str:
    return "、".join(row.name for row in rows)


# The names are those of docs/data.md and the API; they do not change with the reader's language.
COLUMNS: dict[str, Callable[[Judged, str], Cell]] = {
    "code": lambda row, _site: row.commitment.code,
    "area_number": lambda row, _site: row.commitment.theme.area.number,
    "area": lambda row, _site: row.commitment.theme.area.title,
    "theme_number": lambda row, _site: row.commitment.theme.key,
    "theme": lambda row, _site: row.commitment.theme.title,
    "kind": lambda row, _site: row.commitment.kind,
    "title": lambda row, _site: row.commitment.title,
    "words": lambda row, _site: row.commitment.passage.text,
    "start": lambda row, _site: row.commitment.passage.start,
    "end": lambda row, _site: row.commitment.passage.end,
    "hedge": lambda row, _site: row.commitment.hedge,
    "metric": _target("metric"),
    "scope": _target("scope"),
    "comparator": _target("comparator"),
    "value": _target("value"),
    "unit": _target("unit"),
    "direction": _target("direction"),
    "baseline_value": _target("baseline_value"),
    "baseline_unit": _target("baseline_unit"),
    "baseline_match": _target("baseline_match"),
    "project": _project("name"),
    "promised_stage": _project("promised_stage"),
    "lead": lambda row, _site: row.commitment.lead.name if row.commitment.lead else "",
    "supports": lambda row, _site: _names(row.commitment.supports.all()),
    "scorecards": lambda row, _site: _names(row.commitment.scorecards.all()),
    "deadline": lambda row, _site: row.verdict.facts.due_on,
    "status": lambda row, _site: row.verdict.status.value,
    "status_label": lambda row, _site: str(row.verdict.status.label),
    "schedule": lambda row, _site: row.verdict.schedule.value,
    "self_report": _reported("status"),
    "as_of": _reported("as_of"),
    "reported_value": _reported("value"),
    "reported_stage": _reported("stage"),
    "account": _reported("account"),
    "verified": lambda row, _site: row.commitment.approved_is_verified,
    "demonstration": lambda row, _site: bool(
        row.commitment.approved_update and row.commitment.approved_update.is_demo
    ),
    "url": lambda row, site: f"{site}/commitments/{row.commitment.code}/",
}


@require_safe
def commitment_download(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Send the rows that the list shows for the same query as csv, xlsx or json."""
    site = site_of(request)
    report = report_or_404(request)
    rows = CommitmentFilter(request.GET, report=report, today=site.today, streamed=True).portions()
    records = records_of(rows, site.url)
    if ending == "csv":
        response = _sent(csv_lines(records), FORMATS["csv"])
    elif ending == "json":
        head = {"report": report.slug, "judged_on": site.today.isoformat(), "count": len(rows)}
        response = _sent(json_pieces(head, records), "application/json")
    elif ending == "xlsx":
        response = _sent(workbook(records), FORMATS["xlsx"])
    else:
        raise Http404
    response["Content-Disposition"] = (
        f'attachment; filename="{report.slug}-commitments-{site.today}.{ending}"'
    )
    return response


def records_of(portions: Iterable[list[Judged]], site_url: str) -> Iterator[dict[str, Cell]]:
    """Yield the rows as flat records: two queries more for each portion."""
    for rows in portions:
        prefetch_related_objects([row.commitment for row in rows], "supports", "scorecards")
        yield from (record(row, site_url) for row in rows)


def record(row: Judged, site_url: str) -> dict[str, Cell]:
    """Return one commitment as a flat record."""
    return {name: value(row, site_url) for name, value in COLUMNS.items()}


def _sent(pieces: Iterable[str | bytes], content_type: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(pieces, content_type=content_type)


def csv_lines(records: Iterable[dict[str, Cell]]) -> Iterator[str]:
    """Yield a CSV file line by line, with the mark by which Excel knows UTF-8 and without formulas."""
    line = io.StringIO()
    writer = csv.writer(line)

    def written(cells: Iterable[Any]) -> str:
        line.seek(0)
        line.truncate()
        writer.writerow(cells)
        return line.getvalue()

    yield BYTE_ORDER_MARK + written(COLUMNS)
    for cells in records:
        yield written(in_csv(cell) for cell in cells.values())


def json_pieces(head: dict[str, Any], records: Iterable[dict[str, Cell]]) -> Iterator[str]:
    """Yield one JSON object: the head, then `commitments`, one record a line; exact decimals as text."""
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "commitments": [\n'
    for number, cells in enumerate(records):
        yield (",\n" if number else "") + json.dumps(cells, ensure_ascii=False, default=as_text)
    yield "\n]}\n"


def workbook(records: Iterable[dict[str, Cell]]) -> Iterator[bytes]:
    """Yield an Excel file, written to disk first; texts are texts, so that none can be a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("commitments")
    sheet.freeze_panes = "B2"

    def cell(value: Cell, *, bold: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, None)
        if isinstance(value, str):
            made.value = _printable(value)
            made.data_type = "s"
        else:
            made.value = value
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(name, bold=True) for name in COLUMNS])
    for cells in records:
        sheet.append([cell(value) for value in cells.values()])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(64 * 1024):
            yield piece


def _printable(text: str) -> str:
    """Return the text without control characters, which Excel files may not hold."""
    return "".join(char for char in text if char >= " " or char in "\n\t")
