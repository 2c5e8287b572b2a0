"""From a page as received to the report's text."""

import pytest

from commitments.reading.page import NotAReport, report_text

PAGE = """网站首页 登录 注册
    2031年青禾区政府工作报告

  发表于 2031-2-1 | 只看该作者

    2031年青禾区政府工作报告
    2031年1月15日在青禾区人民代表大会会议上

    各位代表:
    现在,我报告工作。
\t  “两张网”工程:即供水网、排水网。
    您需要登录后才可以回帖
    Powered by something 3.4
"""


def test_keeps_the_report_and_leaves_the_page():
    assert report_text(PAGE) == (
        "2031年青禾区政府工作报告\n"
        "2031年1月15日在青禾区人民代表大会会议上\n"
        "各位代表:\n"
        "现在,我报告工作。\n"
        "“两张网”工程:即供水网、排水网。\n"
    )


def test_takes_the_title_nearest_to_the_salutation():
    assert report_text(PAGE).count("青禾区政府工作报告") == 1


def test_a_title_with_blanks_between_its_characters_is_a_title():
    page = "导航\n政 府 工 作 报 告\n各位代表：\n好。\n"

    assert report_text(page).startswith("政 府 工 作 报 告\n")


def test_without_a_title_the_text_begins_at_the_salutation():
    assert report_text("菜单\n各位代表：\n工作很好。\n页脚\n") == "各位代表：\n工作很好。\n"


def test_alters_nothing_inside_a_paragraph():
    paragraph = "增长6.5%,达到 1,000家;“一网通办”:好!"
    page = f"各位代表:\n    {paragraph}\n"

    assert paragraph in report_text(page)


def test_a_page_without_a_report_is_refused():
    with pytest.raises(NotAReport):
        report_text("今天天气很好。\n")
