"""Rule 4: an opening clause is a heading unless it names a thing or holds evidence of its own."""

import pytest

from .excerpts import outline_of


def first_role(sentence):
    return outline_of(sentence)[0][0]


@pytest.mark.parametrize(
    "sentence",
    [
        "推进文旅融合发展,合作开发旅游线路,共建文化旅游走廊。",
        "优化学前教育资源供给,新增公办幼儿园2所。",
        "强化规划引领,完善规划数据库,保护城市天际线。",
        "支持民营企业做优做强,实施“龙头引领”行动,培育优质企业。",
    ],
)
def test_a_broad_opener_is_a_heading(sentence):
    assert first_role(sentence) == "heading"


@pytest.mark.parametrize(
    "sentence",
    [
        "打赢国企改革攻坚战,深化国企重组,强化考核。",
        "深入实施“满天星”行动计划,布局数字产业,培育企业。",
        "健全风险管控机制,防范化解金融风险,开展专项整治。",
        "提速建设麒麟湾智创生态城,推进园区发展,做强麒麟港。",
        "加强妇女儿童权益保障,建成区未成年人救助保护中心,完成改造。",
        "推动国防动员发展,加强双拥工作。",
    ],
)
def test_a_named_thing_or_own_evidence_makes_it_a_commitment(sentence):
    assert first_role(sentence) == "commitment"


def test_a_place_with_an_abstract_noun_names_nothing():
    assert first_role("积极推动麒麟片区有机更新,建成鹭鸣广场,盘活鹭鸣大厦。") == "heading"


def test_a_label_before_a_colon_is_a_heading():
    assert outline_of("智能终端产业:推进麒麟研发中心建设。") == [
        ("heading", "智能终端产业"),
        ("commitment", "推进麒麟研发中心建设"),
    ]


def test_a_member_of_the_set_in_the_lead_sentence_is_a_commitment():
    from commitments.reading.passages import read_passages

    from .excerpts import document_of

    document = document_of("推动“三攻坚一盘活”突破。推动国有资产盘活取得成果,加大统筹力度,引进企业参与。")
    roles = {p.of(document.text): p.role for p in read_passages(document)}

    assert roles["推动国有资产盘活取得成果"] == "commitment"
