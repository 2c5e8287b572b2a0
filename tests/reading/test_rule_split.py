"""Rules 8 and 9: where clauses split, and where one verb holds everything together."""

import pytest

from .excerpts import outline_of, rows_of


def test_a_comma_parts_two_verbs_with_objects():
    assert [words for _role, words in outline_of("编制片区规划,完成排污口整治。")] == [
        "编制片区规划",
        "完成排污口整治",
    ]


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (
            "启动麒麟产业园二期建设、新增载体2万平方米。",
            ["启动麒麟产业园二期建设", "新增载体2万平方米"],
        ),
        ("提升中医服务能力、打造麒麟中药品牌。", ["提升中医服务能力", "打造麒麟中药品牌"]),
    ],
)
def test_an_enumeration_parts_where_one_side_is_named_or_counted(sentence, parts):
    assert [words for _role, words in outline_of(sentence)] == parts


@pytest.mark.parametrize(
    "sentence",
    [
        "创新成人教育、发展社区教育。",
        "新增、优化公交线路10条。",
        "推进“强村公司”改革、“三变”改革、畅通要素流动改革。",
        "防范打击电信诈骗、跨境赌博等违法犯罪。",
        "高水平举办麒麟马拉松赛、鹭鸣铁人三项比赛、公开水域游泳比赛等赛事。",
    ],
)
def test_other_enumerations_stay_whole(sentence):
    assert len(outline_of(sentence)) == 1


def test_one_verb_and_several_named_projects_are_one_passage_with_a_row_each():
    rows = rows_of("加快盘活麒麟大厦、鹭鸣酒店等载体。")

    assert [row.project_name for row in rows] == ["麒麟大厦", "鹭鸣酒店"]
    assert len({row.span for row in rows}) == 1
