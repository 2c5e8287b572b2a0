"""Characters as they are shown, sentences as they are cut, hits as they are marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.public.sentences import REACH, quotation
from commitments.selection.search import EXCERPT, excerpt, mark_hits, pattern_of, spellings, terms_of
from commitments.templatetags.tracker import headline
from commitments.typeset import FULL_WIDTH, typographic

TEXT = st.text(alphabet="推进增长,;:()!?，。 6a0%\n“”", max_size=80)


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("各位代表:", "各位代表："),
        ("(一)融入,加快", "（一）融入，加快"),
        ("增长6%,规上", "增长6%，规上"),
        ("共1,000个,其中", "共1,000个，其中"),
        ("上午10:30开会", "上午10:30开会"),
        ("试点(QDLP)", "试点（QDLP）"),
        ("2024!在南岸!", "2024！在南岸！"),
        ("Corridors, platforms (and ports)", "Corridors, platforms (and ports)"),
        ("“3+2”产业", "“3+2”产业"),
        ("", ""),
    ],
)
def test_half_width_marks_become_full_width_ones(printed, shown):
    assert typographic(printed) == shown


def test_a_piece_is_set_as_in_its_text():
    assert typographic(",", before="6%", after="规上") == "，"
    assert typographic("EOD", before="推进", after="模式") == "EOD"


@given(TEXT)
def test_one_character_maps_to_one(text):
    shown = typographic(text)

    assert len(shown) == len(text)
    assert all(new in (old, FULL_WIDTH.get(old)) for old, new in zip(text, shown, strict=True))


@given(TEXT)
def test_typesetting_twice_changes_nothing(text):
    assert typographic(typographic(text)) == typographic(text)


@given(st.data())
def test_a_quotation_holds_its_words(data):
    text = data.draw(TEXT.filter(bool))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    found = quotation(text, start, end)

    assert len(found.words) == end - start
    assert len(found.before) <= REACH + 2
    assert len(found.after) <= REACH + 2


def test_a_quotation_is_the_sentence_and_no_more():
    text = "前一句。今年,新增企业50家,力争60家;其他。后一句。"
    start = text.index("新增")

    found = quotation(text, start, start + 7)

    assert (found.before, found.words, found.after) == ("今年，", "新增企业50家", "，力争60家；其他。")


def test_long_sentences_are_cut_with_an_ellipsis():
    text = "长" * 300 + "要点" + "尾" * 300 + "。"

    found = quotation(text, 300, 302)

    assert found.before == "……" + "长" * REACH
    assert found.after == "尾" * REACH + "……"


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("污水", ["污水"]),
        ("污水  整治 污水", ["污水", "整治"]),
        ("", []),
        ("　污水　", ["污水"]),
        ("a " * 30, ["a"]),
    ],
)
def test_terms_of_a_query(query, terms):
    assert terms_of(query) == terms


def test_a_term_is_looked_for_in_either_punctuation():
    assert spellings("一单，严格") == ["一单，严格", "一单,严格"]
    assert spellings("污水") == ["污水"]


def test_hits_are_marked_and_the_rest_is_escaped():
    pattern = pattern_of(["水", "AEO"])

    assert (
        mark_hits("<i>污水</i>&aeo", pattern) == "&lt;i&gt;污<mark>水</mark>&lt;/i&gt;&amp;<mark>aeo</mark>"
    )
    assert mark_hits("<i>", None) == "&lt;i&gt;"


def test_no_query_is_a_pattern_of_its_own():
    assert mark_hits("a.b", pattern_of(["."])) == "a<mark>.</mark>b"
    assert pattern_of([]) is None


def test_an_excerpt_shows_the_first_hit():
    text = "前" * 200 + "污水" + "后" * 200

    found = excerpt(text, pattern_of(["污水"]))

    assert "污水" in found
    assert found.startswith("……")
    assert found.endswith("……")
    assert len(found) == EXCERPT + 4
    assert excerpt("短文", pattern_of(["污水"])) == "短文"


def test_a_reports_name_breaks_before_its_genre_and_is_escaped():
    assert headline("2031年江北区政府工作报告") == (
        '<span class="whole">2031年江北区</span><span class="whole">政府工作报告</span>'
    )
    assert "<b>" not in headline("<b>政府工作报告")
    assert headline("Report of 2031") == "Report of 2031"
