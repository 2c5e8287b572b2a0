"""Named projects: names, enumerations, verbs, promised stages."""

import pytest

from commitments.reading.projects import find_projects


def found(clause, places=("青禾",)):
    return [(project.name, project.stage) for project in find_projects(clause, places)]


@pytest.mark.parametrize(
    ("clause", "name", "stage"),
    [
        ("谋划打造青禾东站枢纽新城", "青禾东站枢纽新城", "planned"),
        ("启动建设麒麟湾综合文旅项目", "麒麟湾综合文旅项目", "started"),
        ("加快推进鹭鸣光电产业园建设", "鹭鸣光电产业园", "under_way"),
        ("完成骆驼坡综合治理二期工程", "骆驼坡综合治理二期工程", "built"),
        ("建成投用鹭鸣广场", "鹭鸣广场", "in_operation"),
        ("推动鹭鸣文化中心对外开放", "鹭鸣文化中心", "in_operation"),
        ("争取国家鹭鸣创新中心落户", "国家鹭鸣创新中心", "in_operation"),
        ("高水平举办青禾马拉松赛", "青禾马拉松赛", "held"),
        ("推动鹭鸣景区提档升级", "鹭鸣景区", "improved"),
        ("做大做强鹭鸣科技园", "鹭鸣科技园", "improved"),
        ("开展“书香青禾”全民阅读活动", "“书香青禾”全民阅读活动", "held"),
        ("加快推进与鹭鸣集团合作项目", "与鹭鸣集团合作项目", "under_way"),
        ("抓好“鹭鸣新城、鹭鸣岛”两项重点建设任务", "鹭鸣新城", "under_way"),
        ("力争启动鹭鸣大厦建设", "鹭鸣大厦", "started"),
        ("巩固提升鹭鸣旅游公路", "鹭鸣旅游公路", "improved"),
        ("建成启用第四实验幼儿园", "第四实验幼儿园", "in_operation"),
        ("加快推进县污水处理厂提标改造", "县污水处理厂", "improved"),
        ("加快鹭鸣机场改扩建", "鹭鸣机场", "under_way"),
        ("办好第二届鹭鸣博览会", "第二届鹭鸣博览会", "held"),
    ],
)
def test_the_verb_sets_the_stage(clause, name, stage):
    assert found(clause)[0] == (name, stage)


def test_every_member_of_an_enumeration_is_a_project_and_等_hides_none():
    names = [name for name, _stage in found("加快建设鹭鸣中心、骆驼里、麒麟外滩等项目")]

    assert names == ["鹭鸣中心", "骆驼里", "麒麟外滩"]


def test_shared_words_are_restored():
    assert [name for name, _stage in found("启动建设麒麟商务区4、6、7号地块")] == [
        "麒麟商务区4号地块",
        "麒麟商务区6号地块",
        "麒麟商务区7号地块",
    ]
    assert [name for name, _stage in found("加快建设轨道交通6号线东延伸段、24号线等项目")] == [
        "轨道交通6号线东延伸段",
        "轨道交通24号线",
    ]
    assert [name for name, _stage in found("推进麒麟旧址、鹭鸣碑群修缮工程")] == [
        "麒麟旧址修缮工程",
        "鹭鸣碑群修缮工程",
    ]


def test_one_works_for_each_firm_that_builds_it():
    assert [name for name, _stage in found("推进麒麟健康、鹭鸣医药等电商平台建设区域总部基地")] == [
        "麒麟健康区域总部基地",
        "鹭鸣医药区域总部基地",
    ]


@pytest.mark.parametrize(
    "clause",
    [
        "新建一批智能工厂、数字化车间",
        "推动保障性住房建设",
        "支持麒麟健康、鹭鸣医药等企业做大做强",
        "深入实施“满天星”行动计划",
        "打造“青禾服务”品牌",
        "推动麒麟老街争创国家级休闲旅游街区",
        "完善城市供排水管网",
        "加快推进重点项目建设",
        "落实鹭鸣湖保护条例",
        "开工建设“平急两用”公共基础设施",
        "支持鹭鸣大学、麒麟大学建设世界一流研究型大学",
        "支持开发区与鹭鸣开发区创新打造“飞地园区”",
        "推动麒麟片区、鹭鸣片区融合发展",
    ],
)
def test_classes_firms_programmes_and_titles_are_no_projects(clause):
    assert found(clause) == []


def test_a_body_of_the_districts_own_is_named_by_its_kind():
    assert found("建成区未成年人救助保护中心") == [("区未成年人救助保护中心", "built")]


def test_what_follows_the_name_can_change_the_stage_and_is_kept():
    (improved,) = find_projects("推动鹭鸣广场改造升级")
    (planned,) = find_projects("谋划推动鹭鸣广场改造升级")

    assert (improved.stage, improved.tail) == ("improved", "改造升级")
    assert (planned.stage, planned.tail) == ("planned", "")
