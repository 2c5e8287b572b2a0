"""Chasing many at once in a real browser: narrowed without losing the words, sent, answered in the worklist."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from commitments.choices import Role
from commitments.models import Chase
from tests.factories import make_commitment, make_department, make_report, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PASSWORD = "shan-cheng-2024"


def test_what_is_overdue_is_asked_for_in_one_go(page: Page, settings):
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)
    report, bureau, office = make_report(), make_department("区发展改革委"), make_department("区教委")
    asked = [make_commitment(report, lead=bureau) for _ in range(2)]
    make_commitment(report, lead=office)
    make_user(Role.REVIEWER, username="chen", password=PASSWORD)
    page.goto("/accounts/login/?next=/staff/periods/")
    page.get_by_label("用户名或邮箱").fill("chen")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("link", name="催办逾期未报事项").click()
    expect(page.locator("[name=pk]:checked")).to_have_count(3)

    page.get_by_label("催办内容").fill("请于本周报送。")
    page.get_by_label("牵头单位").select_option(label="区发展改革委")
    expect(page.locator("[name=pk]:checked")).to_have_count(2)
    page.get_by_role("button", name="对已勾选事项发出催办").click()

    expect(page.locator(".messages")).to_contain_text("已向1个单位催办2个事项")
    assert set(Chase.objects.values_list("commitment", "message")) == {
        (row.pk, "请于本周报送。") for row in asked
    }
