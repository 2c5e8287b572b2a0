"""The table as a file."""

from decimal import Decimal

import pytest

from commitments.reading.rows import COLUMNS, Row
from commitments.reading.table import TableError, dump_table, parse_table, read_table, write_table

from .excerpts import rows_of

ROW = Row(
    3, 10, 14, "增长6%", "commitment", code="2031-0.1-01", kind="target", title="增长,6%",
    scorecards=("经济", "民生"), same_as=("2031-1.1-01",), metric="增速", comparator="equal",
    value=Decimal("6.0"), unit="%", direction="up", figures_exempt={"5G": "part of a name"},
)  # fmt: skip


def test_it_opens_in_excel():
    text = dump_table([ROW])

    assert text.startswith("\ufeffline,start,end,quote")
    assert text.count("\r\n") == 2


def test_what_is_written_is_read_back(tmp_path):
    rows = [ROW, *rows_of("新增企业50家。落实“一网通办”,提高效率。")]
    write_table(tmp_path / "table.csv", rows)

    assert read_table(tmp_path / "table.csv") == rows


def test_a_decimal_keeps_its_digits():
    assert str(parse_table(dump_table([ROW]))[0].value) == "6.0"


def test_blank_lines_and_plain_line_ends_are_read():
    text = dump_table([ROW]).replace("\r\n", "\n") + "\n"

    assert parse_table(text) == [ROW]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("quote,role", "words,role", "row 1, quote: column is missing"),
        (",10,14,", ",ten,14,", "row 2, start: not a whole number"),
        (",6.0,", ",six,", "row 2, value: not a number"),
        (",6.0,", ",NaN,", "row 2, value: not a number"),
        ("5G=part of a name", "5G", "row 2, figures_exempt: not figure=reason"),
        ("commitment,", "commitment,,", "row 2, line: "),
    ],
)
def test_what_cannot_be_read_is_named(old, new, named):
    with pytest.raises(TableError) as error:
        parse_table(dump_table([ROW]).replace(old, new, 1))

    assert named in str(error.value)


def test_the_columns_are_the_agreed_ones():
    assert COLUMNS[:4] == ("line", "start", "end", "quote")
    assert len(COLUMNS) == 29
