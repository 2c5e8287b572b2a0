"""Rule 2: a number, a rank or a benchmark is always a commitment of its own."""

from decimal import Decimal

import pytest

from .excerpts import outline_of, rows_of


@pytest.mark.parametrize(
    "clause",
    ["力争软件收入突破400亿元", "平安建设走在全市前列", "持续提升基层诊疗占比", "与13所高校共建孵化基地"],
)
def test_a_closing_figure_or_rank_is_a_target(clause):
    rows = rows_of(f"实施培育行动,建立协作机制,{clause}。")

    assert [(row.kind, row.quote) for row in rows][-1] == ("target", clause)


def test_a_number_that_names_a_list_is_no_target():
    assert [row.kind for row in rows_of("落实十大便捷行动。")] == ["measure"]


def test_several_figures_share_a_passage_and_have_a_row_each():
    rows = rows_of("新增高新企业50家、科技企业150家。")

    assert [(row.value, row.unit, row.comparator) for row in rows] == [
        (Decimal(50), "家", "equal"),
        (Decimal(150), "家", "equal"),
    ]
    assert len({row.span for row in rows}) == 1


def test_a_purpose_before_a_closing_figure_does_not_swallow_it():
    assert outline_of("建立项目清单,提升招商质效,资金到位额250亿元以上。") == [
        ("commitment", "建立项目清单,提升招商质效"),
        ("commitment", "资金到位额250亿元以上"),
    ]
