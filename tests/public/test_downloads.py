"""The rows of the list as files."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from commitments.public.cells import as_text, in_csv
from commitments.public.downloads import COLUMNS, csv_lines
from tests.factories import make_commitment, make_report, make_review, make_target, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_csv_opens_in_excel_and_holds_the_rows_of_the_query(client):
    report = make_report()
    target = make_target(report)
    make_commitment(report)

    response = client.get("/commitments.csv?kind=target")
    content = body(response)

    assert content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["code"] for row in rows] == [target.code]
    assert rows[0]["value"] == "50"
    assert rows[0]["status"] == "not_reported"
    assert response.headers["Content-Disposition"].endswith('.csv"')


def test_csv_and_page_agree_on_the_order(client):
    report = make_report()
    first, second = make_commitment(report), make_commitment(report)
    make_review(make_update(second))

    rows = list(
        csv.DictReader(io.StringIO(body(client.get("/commitments.csv?sort=updated")).decode("utf-8-sig")))
    )

    assert [row["code"] for row in rows] == [second.code, first.code]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "　＝1", "'=1"]
)
def test_no_text_can_be_a_formula(text):
    assert in_csv(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"), [(Decimal("-3.50"), "-3.5"), (-12, "-12"), ("增长6%", "增长6%"), ("", "")]
)
def test_figures_and_plain_words_stay_as_they_are(value, text):
    assert in_csv(value) == text


def test_a_title_that_looks_like_a_formula_is_text_in_both_files(client):
    make_commitment(title='=HYPERLINK("http://x")')

    lines = body(client.get("/commitments.csv")).decode()
    book = load_workbook(io.BytesIO(body(client.get("/commitments.xlsx"))))

    assert "'=HYPERLINK" in lines
    column = list(COLUMNS).index("title") + 1
    assert book.active.cell(2, column).data_type == "s"


def test_excel_gets_figures_as_figures_and_dates_as_dates(client):
    make_target()

    sheet = load_workbook(io.BytesIO(body(client.get("/commitments.xlsx")))).active

    cells = dict(zip(COLUMNS, (cell.value for cell in sheet[2]), strict=True))
    assert cells["value"] == 50
    assert cells["deadline"] == dt.datetime(2024, 12, 31)  # noqa: DTZ001  Excel has no time zones
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)


def test_json_is_one_object_with_exact_decimals(client):
    make_target(target={"value": Decimal("0.25")})

    found = json.loads(body(client.get("/commitments.json")))

    assert found["count"] == 1
    assert found["commitments"][0]["value"] == "0.25"
    assert found["judged_on"] == "2024-10-20"


def test_no_rows_still_make_a_file(client):
    make_report()

    assert json.loads(body(client.get("/commitments.json")))["commitments"] == []
    assert len(body(client.get("/commitments.csv")).splitlines()) == 1


def test_other_endings_do_not_exist(client):
    make_report()

    assert client.get("/commitments.exe").status_code == 404


def test_lines_are_made_one_by_one():
    made = []

    def records():
        for number in range(3):
            made.append(number)
            yield dict.fromkeys(COLUMNS, number)

    lines = csv_lines(records())
    next(lines)
    next(lines)

    assert made == [0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (Decimal("5.50"), "5.5"),
        (Decimal(100), "100"),
        (dt.date(2024, 2, 4), "2024-02-04"),
    ],
)
def test_cells_as_text(value, text):
    assert as_text(value) == text
