"""Cells: safe from formulas, and back again as they were, whatever they hold."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from commitments.exchange.cells import BadCell, Directory, date_of, is_same, number_of
from commitments.exchange.sheets import (
    MAX_CELL,
    Head,
    Sheet,
    guarded,
    plain,
    unguarded,
    write_csv,
    write_xlsx,
)
from commitments.exchange.uploads import read_tables

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", " =1", "'=1", "''@x"]


def made(values, *, kind: str = "text", file_format: str = "xlsx") -> bytes:
    sheet = Sheet("台账", [Head("编号", 10), Head("值", 10, True, kind)], [("1", value) for value in values])
    if file_format == "csv":
        return b"".join(write_csv(sheet))
    buffer = io.BytesIO()
    write_xlsx(sheet, buffer)
    return buffer.getvalue()


def read_back(content: bytes, file_format: str):
    (table,) = read_tables(content, f"a.{file_format}", is_header=lambda names: "编号" in names)
    return [row.cells[1] for row in table.rows]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_begins_like_a_formula(text):
    sheet = load_workbook(io.BytesIO(made([text]))).active

    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].value.startswith("'")
    assert b",=" not in made([text], file_format="csv").replace(b'"', b"")
    assert unguarded(guarded(plain(text))) == plain(text)


@pytest.mark.parametrize("text", ["南岸区", "1-2", "a=b", "'引用'", "", "100%"])
def test_harmless_texts_are_left_as_they_are(text):
    assert guarded(text) == text


@given(st.text())
def test_the_guard_comes_off_again(text):
    assert unguarded(guarded(text)) == text


TEXTS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(DANGEROUS),
    st.text(alphabet="=+-@'\t\r\n _x0041\\\"，、,;", max_size=20),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.sampled_from(["xlsx", "csv"]))
@example(["_x000D_", "_x005F_", "a\r\nb", "\ud800", "x" * (MAX_CELL + 5)], "xlsx")
def test_texts_come_back_unchanged(texts, file_format):
    cells = read_back(made(texts, file_format=file_format), file_format)

    assert len(cells) == len(texts)
    assert all(is_same(cell, text) for cell, text in zip(cells, texts, strict=True))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.decimals(min_value=-(10**15), max_value=10**15, places=4) | st.none(), min_size=1, max_size=8
    ),
    st.sampled_from(["xlsx", "csv"]),
)
def test_figures_come_back_exact(values, file_format):
    cells = read_back(made(values, kind="number", file_format=file_format), file_format)

    assert [number_of(cell) for cell in cells] == values


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1)) | st.none(), min_size=1, max_size=8),
    st.sampled_from(["xlsx", "csv"]),
)
def test_dates_come_back(values, file_format):
    cells = read_back(made(values, kind="date", file_format=file_format), file_format)

    assert [date_of(cell) for cell in cells] == values


@pytest.mark.parametrize(
    "cell",
    ["2024-09-30", "2024/9/30", "2024.09.30", "2024年9月30日", "２０２４－０９－３０", "2024-09-30 00:00:00", 45565, 45565.0,
     dt.date(2024, 9, 30), dt.datetime(2024, 9, 30)],  # noqa: DTZ001  # as a workbook holds it
)  # fmt: skip
def test_dates_are_read_as_people_and_programs_write_them(cell):
    assert date_of(cell) == dt.date(2024, 9, 30)


@pytest.mark.parametrize("cell", ["年底前", "9/30/2024", "2024-13-01", "2024-02-30", 12, True])
def test_what_is_no_date_is_said_to_be_none(cell):
    with pytest.raises(BadCell):
        date_of(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,234.50", "1234.5"), (0.1 + 0.2, "0.3"), (50, "50"), ("５０", "50"), ("-3.5", "-3.5"), (None, None)],
)
def test_numbers_are_read_without_traces_of_binary_fractions(cell, value):
    assert number_of(cell) == (None if value is None else Decimal(value))


@pytest.mark.parametrize("cell", ["50家", "约50", "NaN", "Infinity", "1e999", "一百"])
def test_what_is_no_number_is_said_to_be_none(cell):
    with pytest.raises(BadCell):
        number_of(cell)


class TestDirectory:
    units = Directory.of(
        [(1, ("区教委", "Education")), (2, ("区住建委（人防办、地震局）", "")), (3, ("区财政局", "Finance")), (4, ("甲", "Finance"))],
        closed={3},
    )  # fmt: skip

    @pytest.mark.parametrize(
        "text",
        [
            "区教委、区住建委（人防办、地震局）",
            "区住建委（人防办、地震局）,Education",
            "区教委；区住建委（人防办、地震局）；区教委",
        ],
    )
    def test_names_may_hold_the_separator(self, text):
        assert self.units.several(text) == {1, 2}

    @pytest.mark.parametrize(
        ("text", "said"),
        [("区教委、没有", "没有"), ("Finance", "不止一个"), ("区财政局", "停用"), ("教委", "区教委")],
    )
    def test_says_what_is_wrong_with_a_name(self, text, said):
        with pytest.raises(BadCell, match=said):
            self.units.several(text)
