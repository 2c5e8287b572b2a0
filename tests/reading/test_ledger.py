"""Codes are given once: for the same words, for ever."""

import pytest

from commitments.reading.ledger import Entry, dump_ledger, entry_of, extend_ledger, read_ledger
from commitments.reading.rows import Row


def row(code, quote, metric=""):
    return Row(1, 0, len(quote), quote, "commitment", code=code, kind="measure", title=quote, metric=metric)


FIRST = row("2031-1.1-01", "建立甲机制")
SECOND = row("2031-1.1-02", "开展乙行动")
LEDGER = [entry_of(FIRST), entry_of(SECOND)]


def test_new_codes_are_appended_and_old_ones_kept():
    extended, problems = extend_ledger(LEDGER, [FIRST, row("2031-1.1-03", "完善丙制度")])

    assert problems == []
    assert extended == [*LEDGER, Entry("2031-1.1-03", "完善丙制度", "")]


def test_a_code_given_to_other_words_is_refused():
    _extended, problems = extend_ledger(LEDGER, [FIRST, row("2031-1.1-02", "完善丙制度")])

    assert [(problem.row, problem.column) for problem in problems] == [(3, "code")]


def test_the_same_words_under_another_code_are_refused():
    _extended, problems = extend_ledger(LEDGER, [FIRST, row("2031-1.1-03", "开展乙行动")])

    assert "2031-1.1-02" in str(problems[0])


def test_words_that_the_report_prints_twice_may_have_two_codes():
    twice = row("2031-2.1-01", "开展乙行动")

    assert extend_ledger(LEDGER, [FIRST, SECOND, twice])[1] == []


def test_targets_of_one_passage_are_told_apart_by_their_metric():
    rows = [row("2031-1.1-01", "新增甲5家、乙6家", "甲"), row("2031-1.1-02", "新增甲5家、乙6家", "乙")]
    extended, _problems = extend_ledger([], rows)
    swapped = [row("2031-1.1-01", "新增甲5家、乙6家", "乙"), rows[1]]

    assert extend_ledger(extended, rows)[1] == []
    assert extend_ledger(extended, swapped)[1]


def test_a_passage_that_promises_nothing_has_no_code():
    heading = Row(1, 0, 4, "壮大产业", "heading", "lead sentence")

    assert extend_ledger([], [heading]) == ([], [])


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_bytes(dump_ledger(LEDGER).encode())

    assert read_ledger(path) == LEDGER


def test_no_file_is_an_empty_ledger(tmp_path):
    assert read_ledger(tmp_path / "codes.csv") == []


@pytest.mark.parametrize("content", ["code,words\n", "code,quote,subject\na,b\n"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "codes.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ValueError, match=r"codes\.csv"):
        read_ledger(path)
