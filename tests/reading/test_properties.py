"""What holds for every text, found by trying many."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from commitments.reading.check import check_table
from commitments.reading.document import read_document
from commitments.reading.draft import draft_rows
from commitments.reading.figures import find_figures
from commitments.reading.marks import SEPARATORS
from commitments.reading.passages import read_passages
from commitments.reading.rows import COMPARATORS, KINDS, ROLES, STAGES, Row
from commitments.reading.table import dump_table, parse_table

from .excerpts import report

_WORDS = [
    "推进", "建设", "打造", "提升", "麒麟", "大厦", "项目", "等", "“满天星”", "行动", "新增", "企业", "50家", "6%左右",
    "力争", "谋划", "启动", "坚持", "用好", "资源", "能力", "机制", "各位代表", "2031年", "4、6、7号", "地块", "和", "的",
    "走在全市前列", "以", "为载体", "让", "(", ")", "“", "”", "，", ",", "。", "；", "：", "、", "！", " ", "\n", "一、",
    "(一)", "名词解释\n", "预期目标是:", "二、2031年主要任务\n", "1.", "①", "〔1〕", "——", "民生实事", "自身建设",
]  # fmt: skip
fragments = st.lists(st.sampled_from(_WORDS), max_size=60).map("".join)
texts = st.one_of(st.text(max_size=300), fragments, fragments.map(report))
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0;="), max_size=12)


@settings(max_examples=100, deadline=None)
@given(texts)
def test_reading_never_fails_and_notes_name_a_line(text):
    document = read_document(text)

    assert all(1 <= note.line <= text.count("\n") + 1 for note in document.notes)
    for span in (document.plan, document.review, document.closing):
        assert 0 <= span.start <= span.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(texts)
def test_passages_tile_the_plan(text):
    document = read_document(text)
    position = document.plan.start

    for passage in read_passages(document):
        between = text[position : passage.start]
        assert all(char in SEPARATORS or char == "、" for char in between)
        assert passage.start < passage.end
        assert passage.role in ROLES
        position = passage.end
    rest = text[position : document.plan.end]
    assert all(char in SEPARATORS or char == "、" for char in rest)


@settings(max_examples=100, deadline=None)
@given(texts)
def test_a_draft_is_true_to_its_text(text):
    document = read_document(text)
    rows = draft_rows(document)

    assert all(row.quote == text[row.start : row.end] for row in rows)
    assert all(row.kind in ("", *KINDS) and row.promised_stage in ("", *STAGES) for row in rows)
    coded = [row for row in rows if not row.is_commitment or row.code]
    problems = check_table(text, rows, document) if coded == rows else []
    assert [str(problem) for problem in problems] == []


@settings(max_examples=100, deadline=None)
@given(texts)
def test_areas_and_themes_nest_and_are_in_order(text):
    document = read_document(text)
    position = 0

    for theme in document.themes:
        area = document.area(theme.area)
        assert area is not None
        assert area.span.start <= theme.span.start < theme.span.end <= area.span.end
        assert position <= theme.span.start
        position = theme.span.end


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_figure_stands_where_it_says(text):
    for figure in find_figures(text):
        assert text[figure.start : figure.end] == figure.surface
        assert figure.comparator in COMPARATORS


@st.composite
def table_rows(draw):
    return Row(
        draw(st.integers(1, 999)),
        draw(st.integers(0, 99999)),
        draw(st.integers(0, 99999)),
        draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)),
        draw(cells),
        title=draw(cells),
        scorecards=tuple(draw(st.lists(st.sampled_from(["经济", "民生"]), unique=True))),
        value=draw(st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3)),
        baseline_start=draw(st.none() | st.integers(0, 999)),
        figures_exempt={"5G": "part of a name"} if draw(st.booleans()) else {},
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(table_rows(), max_size=4))
def test_a_table_survives_being_written_and_read(rows):
    read = parse_table(dump_table(rows))

    assert read == rows
    assert [type(row.value) for row in read] == [
        Decimal if row.value is not None else type(None) for row in rows
    ]
