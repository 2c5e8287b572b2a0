"""Structures of reports: each test one way of numbering or printing them, in made-up words."""

from datetime import date

import pytest

from commitments.reading.document import read_document

from .excerpts import HEAD, TAIL, report


def shape(text):
    document = read_document(text)
    return [(area.number, area.kind, area.title) for area in document.areas]


def themes(text):
    return [(theme.key, theme.title) for theme in read_document(text).themes]


def test_numbered_parts_with_areas_run_in():
    text = report("壮大产业。建设甲厂。", "促进消费。办好集市。")

    assert shape(text) == [
        (0, "targets", "预期目标"),
        (1, "plan", "推动产业升级,加快发展"),
        (2, "self", "坚持政治引领"),
    ]
    assert themes(text)[1:] == [("1.1", "壮大产业"), ("1.2", "促进消费"), ("2.1", "坚持政治引领")]


def test_title_year_and_day_come_from_the_head():
    document = read_document(report("壮大产业。建设甲厂。"))

    assert document.title == "2031年青禾区政府工作报告"
    assert document.year == 2031
    assert document.delivered == date(2031, 1, 15)


def test_review_and_plan_are_where_their_headings_are():
    text = report("壮大产业。建设甲厂。")
    document = read_document(text)

    assert document.review.of(text).startswith("一、2030年工作回顾\n过去一年")
    assert document.plan.of(text).startswith("二、2031年主要任务")
    assert document.plan.of(text).endswith("努力奋斗!")


def test_an_introduction_is_no_theme():
    text = report("壮大产业。建设甲厂。")
    document = read_document(text)
    area = document.area(1)

    assert area is not None
    assert area.intro.of(text) == "坚持创新驱动。"
    assert document.place(area.intro.start) == (1, 0)


@pytest.mark.parametrize("heading", ["2031年工作安排", "2031年工作目标任务", "2031年工作安排建议"])
def test_unnumbered_parts(heading):
    text = (
        report("壮大产业。建设甲厂。")
        .replace("一、2030年", "2030年")
        .replace("二、2031年主要任务", heading)
        .replace("三、加强", "加强")
    )
    document = read_document(text)

    assert [(part.kind, part.title) for part in document.parts] == [
        ("review", "2030年工作回顾"),
        ("plan", heading),
        ("self", "加强政府自身建设"),
    ]


def test_without_a_numbered_part_一_numbers_areas_and_括号_themes():
    text = """2031年政府工作报告
2030年工作回顾
一、产业起势
很好。
2031年工作安排
主要预期目标是：增长6%。
一、聚焦产业升级
坚持创新，着力做强做优。
（一）培育企业。新增企业20家。
（二）延伸链条。建设甲园。
各位代表，产业是根本！
二、聚焦民生改善
优化服务，增强获得感。
（一）强化就业。稳岗扩岗。
加强政府自身建设
我们重视自身建设。
一、坚持依法行政
深入开展普法。
各位代表！让我们努力奋斗！
"""

    assert shape(text) == [
        (0, "targets", "预期目标"),
        (1, "plan", "聚焦产业升级"),
        (2, "plan", "聚焦民生改善"),
        (3, "self", "坚持依法行政"),
    ]
    assert themes(text)[1:] == [
        ("1.1", "培育企业"),
        ("1.2", "延伸链条"),
        ("2.1", "强化就业"),
        ("3.1", "深入开展普法"),
    ]


def test_area_headings_on_a_line_of_their_own():
    text = report("壮大产业。建设甲厂。", area="（一）推动产业升级")

    assert shape(text)[1] == (1, "plan", "推动产业升级")
    assert themes(text)[1] == ("1.1", "壮大产业")


def test_a_long_run_in_area_is_its_own_theme():
    body = "壮大产业。" + "建设甲乙丙丁戊己庚辛工厂并完善各项配套设施。" * 12
    text = report(area=f"(一)推动产业升级。{body}")

    assert themes(text)[1] == ("1.1", "推动产业升级")


def test_self_construction_without_numbers_is_one_area_and_is_noted():
    text = report("壮大产业。建设甲厂。").replace("(一)坚持政治引领。", "坚持政治引领。")
    document = read_document(text)

    assert shape(text)[2] == (2, "self", "加强政府自身建设")
    assert any("without numbers" in note.message for note in document.notes)


def test_一要_二要_lead_themes():
    text = report("壮大产业。建设甲厂。").replace(
        "(一)坚持政治引领。巩固主题教育成果。",
        "(一)加强自身建设\n一要强化学习,提升能力。深入学习。\n二要狠抓落实。盯紧项目。",
    )

    assert [title for key, title in themes(text) if key.startswith("2.")] == [
        "一要强化学习,提升能力",
        "二要狠抓落实",
    ]


def test_a_closing_paragraph_on_livelihood_projects_is_the_last_theme_of_its_area():
    text = report("壮大产业。建设甲厂。", "各位代表!民生实事已形成报告。得票较高的8件将重点推进。")

    assert themes(text)[2] == ("1.2", "民生实事已形成报告")


def test_numbered_livelihood_projects_are_themes_without_their_numbers():
    text = report("壮大产业。建设甲厂。", "1.养老方面。新增床位100张。", "2.就业方面。培训500人。")

    assert [title for _key, title in themes(text)][2:4] == ["养老方面", "就业方面"]
    [note] = [note for note in read_document(text).notes if "numbered items" in note.message]
    assert text.split("\n")[note.line - 1].startswith("1.养老方面")


def test_a_part_on_several_years_is_not_the_plan():
    text = report("壮大产业。建设甲厂。").replace(
        "二、2031年主要任务", "二、“二十五五”时期的主要目标任务\n五年后更好。\n三、2031年重点工作", 1
    )
    document = read_document(text)

    assert document.plan.of(text).startswith("三、2031年重点工作")
    assert document.review.of(text).rstrip().endswith("12家。")


def test_the_closing_appeal_stays_outside_the_areas():
    text = report("壮大产业。建设甲厂。")
    document = read_document(text)

    assert document.closing.of(text) == "各位代表!让我们更加紧密团结,努力奋斗!"
    assert document.place(document.closing.start) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no heading of a plan"),
        ("各位代表：\n很好。\n", "no heading of a review"),
        (HEAD + TAIL, "no numbered areas"),
        (report("甲。乙。").replace("主要预期目标是:", ""), "no paragraph of expected targets"),
        (report("甲。乙。").replace("让我们更加紧密团结,努力奋斗", "谢谢"), "no closing appeal"),
    ],
)
def test_says_what_it_did_not_understand_and_where(text, message):
    notes = [note for note in read_document(text).notes if message in note.message]

    assert notes
    assert all(note.line >= 1 for note in notes)
