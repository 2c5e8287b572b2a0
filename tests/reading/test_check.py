"""A table that is not true to its report is refused, naming row and column."""

from dataclasses import replace
from decimal import Decimal

import pytest

from commitments.reading.check import check_table
from commitments.reading.draft import draft_rows

from .excerpts import document_of

DOCUMENT = document_of(
    "壮大产业。实施“满天星”行动,新增高新企业50家,推广5G应用。启动建设麒麟大厦、鹭鸣中心等项目。"
)
ROWS = draft_rows(DOCUMENT)


def at(quote):
    """Index of the first row with this quote."""
    return next(index for index, row in enumerate(ROWS) if row.quote == quote)


FIGURE, MEASURE, PROJECT = (
    at("新增高新企业50家"),
    at("实施“满天星”行动"),
    at("启动建设麒麟大厦、鹭鸣中心等项目"),
)
LEAD, NAMED = at("壮大产业"), at("推广5G应用")
REVIEWED = "新增高新技术企业12家"
BASELINE = {
    "baseline_quote": REVIEWED,
    "baseline_start": DOCUMENT.text.index(REVIEWED),
    "baseline_value": Decimal(12),
    "baseline_unit": "家",
    "baseline_match": "same",
}


def problems(changes, complete=False):
    """Problems after some rows were changed, as (row, column)."""
    rows = [replace(row, **changes.get(index, {})) for index, row in enumerate(ROWS)]
    found = check_table(DOCUMENT.text, rows, DOCUMENT, complete=complete)
    return [(problem.row - 2, problem.column) for problem in found]


def test_a_draft_is_true_to_its_report():
    assert problems({}) == []


def test_a_good_baseline_is_accepted():
    assert problems({FIGURE: BASELINE}) == []


@pytest.mark.parametrize(
    ("index", "change", "column"),
    [
        (FIGURE, {"quote": "新增高新企业60家"}, "quote"),
        (FIGURE, {"line": 2}, "line"),
        (FIGURE, {"role": "promise"}, "role"),
        (FIGURE, {"kind": "aim"}, "kind"),
        (FIGURE, {"code": "2031-1-01"}, "code"),
        (FIGURE, {"code": "2030-1.1-02"}, "code"),
        (FIGURE, {"code": "2031-1.2-02"}, "code"),
        (FIGURE, {"code": "2031-1.1-01"}, "code"),
        (FIGURE, {"same_as": ("2031-9.9-99",)}, "same_as"),
        (FIGURE, {"same_as": (ROWS[PROJECT].code,)}, "same_as"),
        (FIGURE, {"title": ""}, "title"),
        (FIGURE, {"hedge": "力争"}, "hedge"),
        (FIGURE, {"scorecards": ("体育",)}, "scorecards"),
        (FIGURE, {"metric": ""}, "metric"),
        (FIGURE, {"direction": "sideways"}, "direction"),
        (FIGURE, {"value": Decimal(51)}, "value"),
        (FIGURE, {"unit": "个"}, "unit"),
        (FIGURE, {"unit": ""}, "unit"),
        (FIGURE, {"comparator": "about"}, "comparator"),
        (FIGURE, {"value": None}, "comparator"),
        (FIGURE, {"comparator": "at_most"}, "direction"),
        (NAMED, {"figures_exempt": {}}, "value"),
        (FIGURE, {"kind": "measure"}, "metric"),
        (FIGURE, {"project_name": "高新企业"}, "project_name"),
        (FIGURE, {"figures_exempt": {"99": "elsewhere"}}, "figures_exempt"),
        (FIGURE, BASELINE | {"baseline_quote": "新增高新技术企业13家"}, "baseline_quote"),
        (FIGURE, BASELINE | {"baseline_start": 0}, "baseline_quote"),
        (FIGURE, BASELINE | {"baseline_value": Decimal(13)}, "baseline_value"),
        (FIGURE, BASELINE | {"baseline_match": "near"}, "baseline_note"),
        (FIGURE, BASELINE | {"baseline_match": "alike"}, "baseline_match"),
        (FIGURE, {"baseline_note": "no quote"}, "baseline_quote"),
        (PROJECT, {"project_name": "麒麟厦大"}, "project_name"),
        (PROJECT, {"promised_stage": "begun"}, "promised_stage"),
        (PROJECT, {"promised_stage": ""}, "promised_stage"),
        (PROJECT, {"verb": "建成"}, "verb"),
        (PROJECT + 1, {"reason": "another"}, "reason"),
        (PROJECT + 1, {"figures_exempt": {"中心": "x"}}, "figures_exempt"),
        (LEAD, {"reason": ""}, "reason"),
        (LEAD, {"kind": "measure"}, "kind"),
        (LEAD, {"title": "壮大产业"}, "title"),
    ],
)
def test_a_wrong_cell_is_named(index, change, column):
    assert (index, column) in problems({index: change})


def test_a_baseline_from_the_plan_is_refused():
    quote = "新增高新企业50家"
    start = DOCUMENT.text.index(quote)
    change = BASELINE | {"baseline_quote": quote, "baseline_start": start, "baseline_value": Decimal(50)}

    assert (FIGURE, "baseline_start") in problems({FIGURE: change})


def test_a_gap_is_named_with_the_words_that_nobody_holds():
    rows = [row for index, row in enumerate(ROWS) if index != MEASURE]
    found = check_table(DOCUMENT.text, rows, DOCUMENT)

    assert [str(problem) for problem in found] == [
        f"row {MEASURE + 2}, start: before it no passage holds '。实施“满天星”行动,'"
    ]


def test_an_overlap_is_named():
    row = ROWS[FIGURE]
    wider = {"start": row.start - 2, "quote": DOCUMENT.text[row.start - 2 : row.end]}

    assert (FIGURE, "start") in problems({FIGURE: wider})


def test_rows_out_of_order_are_named():
    rows = [*ROWS[:-2], ROWS[-1], ROWS[-2]]

    assert any(problem.column == "start" for problem in check_table(DOCUMENT.text, rows, DOCUMENT))


def test_a_figure_in_no_target_needs_a_reason():
    silent = {
        "kind": "measure", "metric": "", "scope": "", "comparator": "", "value": None, "unit": "",
        "direction": "",
    }  # fmt: skip

    assert (FIGURE, "value") in problems({FIGURE: silent})
    assert problems({FIGURE: silent | {"figures_exempt": {"50家": "size of an old list"}}}) == []


def test_two_equal_figures_need_two_targets():
    document = document_of("优化教育。新增小学2所、幼儿园2所。")
    rows = draft_rows(document)
    pair = [row for row in rows if row.kind == "target" and row.value == 2]
    kept = [row for row in rows if row is not pair[1]]

    assert len(pair) == 2
    assert check_table(document.text, rows, document) == []
    assert {problem.column for problem in check_table(document.text, kept, document)} == {"value"}


def test_the_end_of_the_plan_is_held_too():
    found = check_table(DOCUMENT.text, ROWS[:-1], DOCUMENT)

    assert [(problem.row - 2, problem.column) for problem in found] == [(len(ROWS) - 2, "end")]


def test_a_complete_table_needs_scorecards_and_english_metrics():
    found = problems({}, complete=True)

    assert (FIGURE, "scorecards") in found
    assert (FIGURE, "metric_en") in found


def test_an_empty_table_is_refused():
    assert check_table(DOCUMENT.text, [], DOCUMENT)
