"""What the tests of the exchange share: a ledger with something in every column, files made and changed."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook

from commitments.choices import BaselineMatch, Decision, Rhythm, Role, SelfReport, Stage
from commitments.exchange import ledger_export, ledger_import, sheets
from commitments.exchange.ledger_apply import Confirmed, apply_ledger, applying_ledger
from commitments.exchange.plans import Plan
from commitments.models import Commitment, Report, Scorecard, Tag
from commitments.progress.bulk import Step
from commitments.progress.roll import judged
from tests.factories import (
    at,
    make_commitment,
    make_department,
    make_link,
    make_project,
    make_report,
    make_review,
    make_target,
    make_update,
    make_user,
)

TODAY = dt.date(2024, 10, 20)
NOW = at(2024, 10, 20)


def make_ledger() -> Report:
    """Make one commitment of each kind with everything filled in, one with nothing, one hostile."""
    report = make_report()
    lead, other = make_department("区住房城乡建委"), make_department("南坪街道（筹）、管委会")
    values: dict[str, Any] = {
        "lead": lead,
        "supports": [other, make_department("区财政局")],
        "deadline": dt.date(2024, 11, 30),
        "first_deadline": dt.date(2024, 9, 30),
        "rhythm": Rhythm.QUARTERLY,
        "finish_line": "建成，\n并投入使用；“三方”验收合格。",
        "contact": "+86 23 6290 0000",
    }
    baseline = {
        "baseline_value": Decimal("45.5"),
        "baseline_match": BaselineMatch.SAME,
        "baseline_start": 0,
        "baseline_end": 5,
    }
    target = make_target(report, hedge="力争", target=baseline, **values)
    project = make_project(report, **values)
    for commitment in (target, project):
        commitment.scorecards.set(Scorecard.objects.order_by("number")[:2] or [make_scorecard()])
        commitment.tags.set([Tag.objects.get_or_create(name=name)[0] for name in ("民生、实事", "重点")])
    reporter = make_user(Role.REPORTER, departments=[lead])
    update = make_update(
        target,
        reporter,
        value=Decimal("12345678901234.6"),  # 15 digits: as many as a spreadsheet keeps
        value_source="区统计局月报",
        expected_on=dt.date(2024, 12, 1),
        explanation="统计口径调整",
    )
    make_link(update)
    make_review(update, Decision.VERIFIED)
    make_update(
        project,
        reporter,
        status=SelfReport.BLOCKED,
        stage=Stage.STARTED,
        stage_on=dt.date(2024, 3, 1),
        invested=Decimal("1200.50"),
        obstacle="=征地未完成",
        help_needed="-协调用地",
    )
    make_commitment(report, supports=[])
    make_commitment(
        report,
        title="@SUM(1+1)*cmd|' /C calc'!A0",
        finish_line='=HYPERLINK("http://evil.example/","点")\t\r\n_x0041_ ＝1',
        contact="'=1+1",
    )
    return report


def make_scorecard() -> Scorecard:
    return Scorecard.objects.create(key="minsheng", number=8, name="民生", name_en="Livelihood")


def exported(report: Report, file_format: str = "xlsx") -> bytes:
    rows = ledger_export.rows_of(report, judged(report, today=TODAY))
    sheet = ledger_export.ledger_sheet(report, rows, ledger_export.names_of(rows))
    return b"".join(sheets.written(sheet, file_format))


def planned(report: Report, content: bytes, name: str = "ledger.xlsx") -> Plan:
    return ledger_import.plan_ledger(ledger_import.read_ledger(content, name), report, today=TODAY)


def changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Return the workbook after a person changed its first sheet."""
    book = load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    return saved(book)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write(content: bytes, code: str, **cells: Any) -> bytes:
    """Return the workbook with other values in the row of the code; columns by their keys."""
    titles = {column.key: str(column.title) for column in ledger_import.COLUMNS}

    def change(sheet: Any) -> None:
        places = {cell.value: cell.column for cell in sheet[1]}
        row = next(row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == code)
        for key, value in cells.items():
            sheet.cell(row, places[titles[key]]).value = value

    return changed(content, change)


def snapshot(report: Report) -> list[tuple[Any, ...]]:
    """Return everything about the commitments that an import could change."""
    return [
        (
            row.code, row.lead_id, sorted(row.supports.values_list("pk", flat=True)), row.deadline, row.rhythm,
            sorted(row.scorecards.values_list("pk", flat=True)), sorted(row.tags.values_list("pk", flat=True)),
            row.finish_line, row.contact, row.revision, list(row.updates.values_list("pk", flat=True)),
        )
        for row in Commitment.objects.of_report(report)
    ]  # fmt: skip


def steps(report: Report, content: bytes, *, by: Any) -> Iterator[Step]:
    """Confirm an uploaded ledger, to be gone through step by step."""
    tables = ledger_import.read_ledger(content, "a.xlsx")
    plan = ledger_import.plan_ledger(tables, report, today=TODAY)
    asked = Confirmed(seen=plan.fingerprint, reason="年初分解")
    return applying_ledger(tables, report, asked, by=by, now=NOW)


def applied(report: Report, content: bytes, *, by: Any = None, name: str = "a.xlsx", **options: Any) -> Any:
    """Read, plan and confirm an uploaded ledger, as an administrator would; return the batch."""
    tables = ledger_import.read_ledger(content, name)
    plan = ledger_import.plan_ledger(tables, report, today=TODAY)
    asked = Confirmed(**{"seen": plan.fingerprint, "reason": "年初分解", **options})
    return apply_ledger(tables, report, asked, by=by or make_user(Role.ADMINISTRATOR), now=NOW)
