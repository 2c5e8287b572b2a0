"""Glossary terms and where the report uses them."""

import pytest

from commitments.reading.document import read_document

from .excerpts import report


def terms(entries, plan="壮大产业。建设甲厂。"):
    text = report(plan).replace("“两张网”工程:即供水网、排水网。\n", entries)
    return read_document(text)


@pytest.mark.parametrize(
    ("entry", "term", "definition"),
    [
        ("“两张网”工程:即供水网、排水网。", "“两张网”工程", "即供水网、排水网。"),
        ("12.六稳：指稳就业等。", "六稳", "指稳就业等。"),
        ("〔3〕双碳：即“碳达峰：碳中和”。(见第9页)", "双碳", "即“碳达峰：碳中和”。(见第9页)"),
        ("六个一”体系：以链长制为抓手。", "六个一”体系", "以链长制为抓手。"),
    ],
)
def test_reads_an_entry(entry, term, definition):
    found = terms(entry + "\n").terms[0]

    assert (found.number, found.term, found.definition) == (1, term, definition)


def test_a_line_without_a_colon_is_noted():
    document = terms("没有冒号的一行。\n")

    assert document.terms == ()
    assert any("without a colon" in note.message for note in document.notes)


@pytest.mark.parametrize(
    ("term", "words", "used"),
    [
        ("“两张网”工程", "实施“两张网”工程", "“两张网”工程"),
        ("“两张网”工程", "落实“两张网”要求", "“两张网”"),
        ("“亩均评价”改革", "抓好“国企改革、亩均评价改革”", "亩均评价改革"),
        ("“五育”并举", "坚持“五育并举”", "“五育并举”"),
        ("党建统领“997”机制", "深化“997”机制", "“997”机制"),
        ("甲乙城市群建设十大重点任务", "落实十大重点任务", "十大重点任务"),
        ("“三保”“两改”", "统筹“两改”项目", "“两改”"),
    ],
)
def test_finds_a_use_in_another_form(term, words, used):
    document = terms(f"{term}:即说明。\n", plan=f"壮大产业。{words}。")

    assert [document.text[use.start : use.end] for use in document.term_uses] == [used]


def test_a_core_that_two_terms_share_names_neither_alone():
    document = terms("“246”工作体系:甲。\n“246”治理模式:乙。\n", plan="壮大产业。推广“246”治理模式。")

    assert [use.number for use in document.term_uses] == [2]
