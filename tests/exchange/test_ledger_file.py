"""The workbook as a person meets it: header, widths, filter, drop-downs, notes."""

import io

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from commitments.choices import Rhythm, SelfReport, Stage
from commitments.exchange.columns import comparable, titles_of
from commitments.exchange.department_list import COLUMNS as DEPARTMENT_COLUMNS
from commitments.exchange.ledger_columns import ASSIGNED_KEYS, COLUMNS, DOCUMENT, FACT_KEYS, TEMPLATE
from commitments.exchange.staff_list import COLUMNS as ACCOUNT_COLUMNS
from tests.exchange.ledgers import exported, make_ledger
from tests.factories import make_commitment, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def book():
    return load_workbook(io.BytesIO(exported(make_ledger())))


def place_of(sheet, title: str) -> str:
    return next(cell.column_letter for cell in sheet[1] if cell.value == title)


def test_the_header_stays_in_sight_can_be_filtered_and_prints_on_every_page(book):
    sheet = book.worksheets[0]

    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(COLUMNS)).column_letter}5"
    assert sheet.print_title_rows == "$1:$1"
    assert all(cell.font.bold for cell in sheet[1])


def test_every_column_has_a_width_and_texts_stay_texts(book):
    sheet = book.worksheets[0]

    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
    assert widths == [column.width for column in COLUMNS]
    assert sheet[f"{place_of(sheet, '联系人')}2"].number_format == "@"
    assert sheet[f"{place_of(sheet, '完成时限')}2"].number_format == "yyyy-mm-dd"


def test_drop_downs_offer_what_may_be_chosen(book):
    sheet, lists = book.worksheets[0], book["选项"]
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        letter = rule.formula1.split("$")[1]
        values = [cell.value for cell in lists[letter][1:] if cell.value is not None]
        offered[str(rule.sqref).split("2:")[0]] = (values, rule.showErrorMessage)

    assert lists.sheet_state == "hidden"
    assert offered[place_of(sheet, "自报状态")] == ([str(label) for label in SelfReport.labels], True)
    assert offered[place_of(sheet, "已达阶段")] == ([str(label) for label in Stage.labels], True)
    assert offered[place_of(sheet, "填报频率")] == ([str(label) for label in Rhythm.labels], True)
    assert "区财政局" in offered[place_of(sheet, "牵头单位")][0]
    # Several may stand in one cell: the list helps and does not forbid.
    assert offered[place_of(sheet, "配合单位")][1] is False
    assert offered[place_of(sheet, "八张报表")] == (["民生"], False)


def test_the_notes_explain_every_column_and_say_which_may_be_changed(book):
    lines = list(book["说明"].iter_rows(min_row=2, max_row=len(COLUMNS) + 1, values_only=True))

    assert [line[0] for line in lines] == [str(column.title) for column in COLUMNS]
    assert [line[1] for line in lines] == ["是" if column.is_editable else "否" for column in COLUMNS]
    assert all(line[2] for line in lines)


def test_everything_is_english_where_the_screen_is():
    report = make_ledger()
    with override("en"):
        book = load_workbook(io.BytesIO(exported(report)))

    assert book.sheetnames == ["Ledger", "Notes", "Lists"]
    assert [cell.value for cell in book.worksheets[0][1]][:3] == ["Code", "Area", "Theme"]


def test_invented_data_says_so_in_the_name_of_the_sheet():
    report = make_ledger()
    make_update(make_commitment(report), is_demo=True)

    assert load_workbook(io.BytesIO(exported(report))).sheetnames[0] == "台账（演示数据）"


@pytest.mark.parametrize("columns", [COLUMNS, TEMPLATE, DOCUMENT, DEPARTMENT_COLUMNS, ACCOUNT_COLUMNS])
def test_no_two_columns_answer_to_the_same_header(columns):
    known = [comparable(title) for column in columns for title in set(map(comparable, titles_of(column)))]

    assert sorted(known) == sorted(set(known))


def test_what_may_be_changed_is_what_the_doors_of_the_domain_take():
    assert [column.key for column in COLUMNS if column.is_editable] == [*ASSIGNED_KEYS, *FACT_KEYS, "link"]
