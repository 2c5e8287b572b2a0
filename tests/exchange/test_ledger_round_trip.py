"""Out and in again, nothing changes: in every column, both formats, both languages."""

import csv
import io

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from commitments.exchange.ledger_columns import ASSIGNED, COLUMNS, REPORTED
from tests.exchange.ledgers import exported, make_ledger, planned

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_export_then_import_changes_nothing(file_format, language):
    report = make_ledger()

    with override(language):
        plan = planned(report, exported(report, file_format), f"ledger.{file_format}")

    assert plan.faults == []
    assert [(line.code, line.cells) for line in plan.changes + plan.conflicts] == []
    assert plan.unchanged == plan.rows == 4


@pytest.mark.parametrize(("out", "back"), [("zh-hans", "en"), ("en", "zh-hans")])
def test_a_file_made_in_one_language_comes_back_in_the_other(out, back):
    report = make_ledger()

    with override(out):
        content = exported(report)
    with override(back):
        plan = planned(report, content)

    assert (plan.faults, plan.changes, plan.conflicts) == ([], [], [])


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_every_column_is_filled_so_that_the_round_trip_proves_something(column):
    report = make_ledger()
    with override("en"):
        sheet = load_workbook(io.BytesIO(exported(report))).worksheets[0]
        place = next(cell.column for cell in sheet[1] if cell.value == str(column.title))

    assert any(sheet.cell(row, place).value not in (None, "") for row in range(2, sheet.max_row + 1))


@pytest.mark.parametrize("column", [*ASSIGNED, *REPORTED], ids=lambda column: column.key)
def test_leaving_a_column_out_changes_nothing(column):
    report = make_ledger()
    rows = list(csv.reader(io.StringIO(exported(report, "csv").decode("utf-8-sig"))))
    place = rows[0].index(str(column.title))
    for row in rows:
        del row[place]
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)

    plan = planned(report, buffer.getvalue().encode(), "ledger.csv")

    assert (plan.faults, plan.changes, plan.conflicts) == ([], [], [])


def test_columns_and_rows_may_stand_in_any_order():
    report = make_ledger()
    header, *rows = csv.reader(io.StringIO(exported(report, "csv").decode("utf-8-sig")))
    buffer = io.StringIO()
    csv.writer(buffer).writerows(row[::-1] for row in [header, *rows[::-1]])

    plan = planned(report, buffer.getvalue().encode(), "ledger.csv")

    assert (plan.faults, plan.changes, plan.conflicts, plan.unchanged) == ([], [], [], 4)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_comes_back_in_what_excel_makes_of_it(encoding):
    report = make_ledger()
    text = exported(report, "csv").decode("utf-8-sig")

    plan = planned(report, text.encode(encoding), "ledger.csv")

    assert (plan.faults, plan.changes, plan.conflicts, plan.unchanged) == ([], [], [], 4)
