"""Rule 7: leading clauses belong to what they lead to."""

import pytest

from .excerpts import outline_of


@pytest.mark.parametrize(
    "leading",
    [
        "以麒麟港、鹭鸣园等为载体",
        "按照“446”工作体系",
        "围绕麒麟新城建设",
        "聚焦社会治理、应急动员等六大板块",
        "对标国际规则",
        "用好山城步道等资源",
        "学习运用“千万工程”经验",
        "用好试点成果",
        "以全民健身行动为抓手",
        "要以文明城市创建为载体",
        "聚焦“两建设、三改造”",
        "按照“做强县城、做优园区”的原则",
        "为支持企业减负",
        "今年",
    ],
)
def test_it_is_joined_to_the_next_clause(leading):
    assert outline_of(f"{leading},引育一批服务企业。") == [("commitment", f"{leading},引育一批服务企业")]


@pytest.mark.parametrize("own", ["用好企业清单、合伙人等机制", "用好麒麟教育智库", "用好“零距离”等平台"])
def test_using_what_somebody_runs_is_a_commitment(own):
    assert outline_of(f"{own},实施减证行动。")[0] == ("commitment", own)


def test_with_a_verb_and_object_of_its_own_it_leads_nowhere():
    assert outline_of("依托会展中心做优会展经济,培育演艺产业。")[0] == (
        "commitment",
        "依托会展中心做优会展经济",
    )
