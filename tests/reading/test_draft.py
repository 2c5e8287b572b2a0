"""The machine's draft: codes, titles, hedges, scope."""

import pytest

from commitments.reading.draft import draft_rows, short_title

from .excerpts import document_of, rows_of


def test_codes_count_within_a_theme():
    rows = draft_rows(document_of("壮大产业。建立甲机制。新增企业50家。", "促进消费。办好集市。"))

    assert [row.code for row in rows if row.is_commitment][:4] == [
        "2031-0.1-01",
        "2031-1.1-01",
        "2031-1.1-02",
        "2031-1.2-01",
    ]


def test_the_scope_is_the_reports_own_unless_the_words_say_so():
    rows = rows_of("麒麟经开区生产总值增长9%左右,进出口增长3%。")

    assert [row.scope for row in rows] == ["麒麟经开区", "全区"]


def test_a_clause_that_only_goes_on_measures_what_the_one_before_did():
    rows = rows_of("工业总产值增长7.5%,达到326亿元,新增企业3家。")

    assert [row.metric for row in rows] == ["工业总产值增长", "工业总产值", "新增企业"]


def test_a_count_of_parks_speaks_of_no_park():
    assert rows_of("启动建设零碳园区20个。")[0].scope == "全区"


def test_a_hedge_is_carried():
    assert [row.hedge for row in rows_of("力争启动建设麒麟大厦。")] == ["力争"]


def test_a_title_is_short_and_without_adverbs():
    assert short_title("全面深入落实“一网通办”,提高效率") == "落实“一网通办”"
    assert len(short_title("推动" + "甲乙丙丁、" * 20)) <= 24


@pytest.mark.parametrize("number", ["一是", "二要", "（3）", "4."])
def test_what_numbers_a_promise_in_a_list_changes_nothing_about_it(number):
    rows = rows_of(
        f"抓好三件事:{number}力争建成鹭鸣桥;{number}新增企业5家;{number}坚持创新;{number}以改革为抓手,推进试点。"
    )

    assert [(row.kind or row.role, row.title) for row in rows[1:]] == [
        ("project", "建成鹭鸣桥"),
        ("target", "新增企业5家"),
        ("framing", ""),
        ("measure", "推进试点"),
    ]
    assert [row.quote.startswith(number) for row in rows[1:]] == [True] * 4


def test_a_passage_without_a_promise_says_why():
    rows = draft_rows(document_of("壮大产业。坚持创新,建立甲机制。"))

    assert all(row.reason for row in rows if not row.is_commitment)
