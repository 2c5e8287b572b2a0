"""The ledger going out: .xlsx with drop-downs and notes, .csv with a byte order mark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commitments.choices import UpdateState
from commitments.models import ProgressUpdate, Report
from commitments.progress import fields
from commitments.progress.fields import Names
from commitments.progress.judging import Judged
from commitments.progress.roll import judged
from commitments.progress.summaries import is_demo

from .columns import sheet_of
from .history import History, links_of
from .ledger_columns import COLUMNS, DOCUMENT, TEMPLATE, LedgerColumn, LedgerRow, lists_of
from .sheets import Sheet, written


def streamed_rows(report: Report, portions: Iterable[Sequence[Judged]], names: Names) -> Iterator[LedgerRow]:
    """Yield the rows of a long list, read a portion at a time."""
    for found in portions:
        history = History(report, [row.commitment.pk for row in found])
        yield from _rows(found, history, names)


def rows_of(report: Report, found: Sequence[Judged]) -> list[LedgerRow]:
    """Return the rows of judged commitments, in their order; a constant number of queries.

    What was reported is what stands, reviewed or not: this ledger is the administration's own.
    """
    return _rows(found, History(report), Names())


def _rows(found: Sequence[Judged], history: History, names: Names) -> list[LedgerRow]:
    values = fields.values_of([row.commitment for row in found])
    states = _states(history.latest.values())
    rows = []
    for row in found:
        pk = row.commitment.pk
        update = history.standing.get(pk)
        rows.append(
            LedgerRow(
                row.commitment,
                row.verdict,
                values[pk],
                names,
                update=update,
                link=history.links.get(update.pk, "") if update else "",
                latest_id=history.latest.get(pk, 0),
                review=states.get(pk, ""),
            )
        )
    return rows


def _states(update_ids: Iterable[int]) -> dict[int, str]:
    """Return by commitment where its newest update stands between its author and the public, in words."""
    found: dict[int, str] = {}
    for chunk in fields.chunks(list(update_ids)):
        rows = ProgressUpdate.objects.filter(pk__in=chunk).with_state()
        found |= {row.commitment_id: str(UpdateState(row.state).label) for row in rows}
    return found


# --- Files -------------------------------------------------------------------------------------------


def ledger_sheet(
    report: Report,
    rows: Iterable[LedgerRow],
    names: Names,
    columns: Sequence[LedgerColumn] = COLUMNS,
    *,
    count: int | None = None,
) -> Sheet:
    """Return the table in the language of the screen; invented data says so in the name of the sheet.

    `count`: how many rows there are, if `rows` do not tell.
    """
    title = pgettext("sheet", "Ledger")
    if is_demo(report):
        title = _("Ledger (demonstration data)")
    sheet = sheet_of(title, columns, rows, lists=lists_of(names, report))
    return sheet if count is None else replace(sheet, row_count=count)


def names_of(rows: Sequence[LedgerRow]) -> Names:
    """Return the names that the rows were made with, so that they are read once."""
    return rows[0].names if rows else Names()


def template_ledger() -> Iterator[bytes]:
    """Yield an empty .xlsx with the header, the drop-downs and the notes."""
    names = Names()
    sheet = sheet_of(pgettext("sheet", "Ledger"), TEMPLATE, [], lists=lists_of(names))
    return written(sheet, "xlsx")


def document_ledger(report: Report, *, today: dt.date) -> Iterator[bytes]:
    """Yield the full ledger as a document: approved facts only, nothing internal."""
    found = judged(report, today=today)
    values, names = fields.values_of([row.commitment for row in found]), Names()
    updates = [row.commitment.approved_update_id for row in found if row.commitment.approved_update_id]
    links = links_of(updates)
    rows = [
        LedgerRow(
            row.commitment,
            row.verdict,
            values[row.commitment.pk],
            names,
            update=row.commitment.approved_update,
            link=links.get(row.commitment.approved_update_id or 0, ""),
        )
        for row in found
    ]
    return written(ledger_sheet(report, rows, names, DOCUMENT), "xlsx")


def file_name(report: Report, what: str, day: dt.date, file_format: str) -> str:
    """Return a name that tells files apart in a folder: what, which year, of which day."""
    return (
        _("%(district)s %(year)d %(what)s %(day)s")
        % {
            "district": report.district,
            "year": report.year,
            "what": what,
            "day": day.isoformat(),
        }
        + f".{file_format}"
    )
