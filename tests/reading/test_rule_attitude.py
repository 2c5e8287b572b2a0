"""Rule 3: an attitude or a standard delivers nothing."""

import pytest

from .excerpts import outline_of


@pytest.mark.parametrize(
    "clause",
    [
        "坚持“两个毫不动摇”",
        "牢固树立正确政绩观",
        "抢抓国家战略机遇",
        "严格规范公正文明执法",
        "恪守契约精神",
        "始终把政治建设放在首位",
    ],
)
def test_it_is_framing(clause):
    assert outline_of(f"{clause},落实执法“三项制度”,健全清单机制。")[0] == ("framing", clause)


def test_neighbouring_attitudes_are_one_passage():
    assert outline_of("勇于直面问题,立说立行,健全沟通协调机制。") == [
        ("framing", "勇于直面问题,立说立行"),
        ("commitment", "健全沟通协调机制"),
    ]


@pytest.mark.parametrize(
    "clause", ["企业家是青禾最稀缺的资源", "也是全社会最宝贵的财富", "守底线是干出来的", "符合青禾实际"]
)
def test_what_is_so_is_framing(clause):
    assert outline_of(f"实施培育行动,{clause}。")[-1] == ("framing", clause)


@pytest.mark.parametrize("clause", ["重点是推进试点", "特别是支持小微企业", "建设是非曲直调解室"])
def test_a_promise_with_是_in_it_stays_one(clause):
    assert outline_of(f"{clause}。")[0][0] == "commitment"


def test_a_promise_about_what_has_been_built_is_no_fact():
    assert outline_of("鼓励支持已建成养老设施社会化运营。")[0][0] == "commitment"


def test_what_is_done_strictly_is_still_done():
    assert outline_of("严格落实执法“三项制度”。") == [("commitment", "严格落实执法“三项制度”")]


def test_a_call_on_people_is_a_call():
    assert outline_of("全体工作人员要明大德、守公德,永葆本色。")[0][0] == "call"
