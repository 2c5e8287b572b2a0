"""Rules 5 and 6: closing clauses of purpose, and where they go."""

import pytest

from .excerpts import outline_of


def test_after_one_commitment_it_belongs_to_that_passage():
    assert outline_of("用好六大应用系统,增强服务实效。") == [("commitment", "用好六大应用系统,增强服务实效")]


def test_after_two_it_is_a_passage_of_its_own():
    assert outline_of("落实联动机制,推广信用模式,提高运行效率。")[-1] == ("purpose", "提高运行效率")


@pytest.mark.parametrize(
    "closing",
    ["打造城市门户和新地标", "让绿色生活蔚然成风", "促进市场平稳健康发展", "抓存量、引增量、促转型"],
)
def test_it_reads_as_从而(closing):
    assert outline_of(f"建立甲机制,开展乙行动,{closing}。")[-1] == ("purpose", closing)


@pytest.mark.parametrize(
    "closing",
    [
        "打造“青禾服务”品牌",
        "推动数字资源全量化编目",
        "推动麒麟中心对外开放",
        "打造一批消费地标",
        "确保甲厂建成投产",
    ],
)
def test_a_named_thing_or_new_evidence_makes_it_a_commitment(closing):
    assert outline_of(f"建立甲机制,开展乙行动,{closing}。")[-1] == ("commitment", closing)


def test_what_a_single_project_is_to_become_belongs_to_it():
    assert len(outline_of("提速建设麒麟医疗器械产业园,打造医用耗材供给保障基地。")) == 1


def test_what_a_project_does_for_a_place_belongs_to_it():
    assert outline_of("谋划打造麒麟东站枢纽新城,带动鹭鸣片区加快发展,完善管网,优化布局。")[:2] == [
        ("commitment", "谋划打造麒麟东站枢纽新城,带动鹭鸣片区加快发展"),
        ("commitment", "完善管网"),
    ]
