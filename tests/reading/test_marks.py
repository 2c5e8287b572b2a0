"""Separators, and what protects text from them."""

import pytest

from commitments.reading.marks import (
    CLAUSE_ENDS,
    SEGMENT_ENDS,
    Span,
    enclosed,
    quotations,
    split,
    without_enumerator,
)


def pieces(text, ends=CLAUSE_ENDS):
    return [span.of(text) for span in split(text, ends)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("抓投资，促消费。", ["抓投资", "促消费"]),
        ("抓投资,促消费;稳外贸", ["抓投资", "促消费", "稳外贸"]),
        ("落实“有号令,有行动。”要求，抓好", ["落实“有号令,有行动。”要求", "抓好"]),
        ("甲中心(含乙,丙)建成，投用", ["甲中心(含乙,丙)建成", "投用"]),
        ("新增1,200个，8:30开放", ["新增1,200个", "8:30开放"]),
        ("少了右边“引号，照样分开。好", ["少了右边“引号", "照样分开", "好"]),
        ("多了右边”引号，照样分开", ["多了右边”引号", "照样分开"]),
        ("，。；", []),
    ],
)
def test_splits_at_clauses(text, expected):
    assert pieces(text) == expected


def test_a_comma_is_no_end_of_a_segment():
    assert pieces("一是甲,乙;二是丙:丁", SEGMENT_ENDS) == ["一是甲,乙", "二是丙", "丁"]


def test_a_pair_never_reaches_over_a_line_end():
    assert enclosed("“甲\n乙”") == frozenset()


def test_finds_outermost_quotations():
    text = "“甲‘乙’”和“丙”"

    assert [span.of(text) for span in quotations(text)] == ["“甲‘乙’”", "“丙”"]


def test_a_span_cuts_its_text():
    assert Span(1, 3).of("甲乙丙丁") == "乙丙"


@pytest.mark.parametrize("number", ["一是", "二要", "十一是", "（3）", "(12)", "4.", "5、", "⑥"])
def test_what_numbers_a_clause_is_no_word_of_it(number):
    assert without_enumerator(f"{number}新增企业5家") == "新增企业5家"


@pytest.mark.parametrize("text", ["5.2万人", "一是否", "三区共建", "3家企业", "新增（3）家"])
def test_what_only_looks_like_an_enumerator_stays(text):
    assert without_enumerator(text) == text
