"""How close a draft comes: precision and recall."""

from dataclasses import replace
from decimal import Decimal

from commitments.reading.compare import Score, compare_tables, differences, report

from .excerpts import rows_of

ROWS = rows_of("落实联动机制,推广信用模式,提高运行效率。新增企业50家。启动建设麒麟大厦、鹭鸣中心等项目。")


def score(draft, name):
    return next(score for score in compare_tables(draft, ROWS) if score.name.strip() == name)


def test_a_table_agrees_with_itself():
    assert all(each.f1 == 1 for each in compare_tables(ROWS, ROWS))


def test_a_missed_commitment_costs_recall_and_a_false_one_precision():
    missed = score(ROWS[1:], "commitments (passage)")

    assert (missed.both, missed.drafted, missed.reviewed) == (4, 4, 5)
    assert missed.precision == 1
    assert missed.recall == 0.8


def test_a_target_agrees_by_value_unit_and_comparator():
    wrong = [replace(row, value=Decimal(51)) if row.kind == "target" else row for row in ROWS]

    assert score(wrong, "targets (value, unit, comparator)").both == 0


def test_a_project_agrees_by_name_and_stage():
    other = [replace(row, promised_stage="built") if row.kind == "project" else row for row in ROWS]

    assert score(other, "projects (name)").both == 2
    assert score(other, "projects (name, stage)").both == 0


def test_a_row_is_counted_once():
    doubled = [*ROWS, ROWS[0]]

    assert score(doubled, "commitments (passage)").both == 5


def test_roles_are_counted_by_character():
    heading = [replace(ROWS[0], role="heading"), *ROWS[1:]]
    agreed = score(heading, "roles (characters)")

    assert agreed.drafted - agreed.both == len(ROWS[0].quote)


def test_the_report_and_the_differences_can_be_read():
    assert "commitments (passage)" in report(ROWS, ROWS)
    assert differences(ROWS[1:], ROWS) == [f"- {ROWS[0].line} measure {ROWS[0].title}"]


def test_nothing_to_find_is_found_completely():
    empty = Score("x", 0, 0, 0)

    assert (empty.precision, empty.recall, empty.f1) == (1, 1, 1)
