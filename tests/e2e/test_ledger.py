"""The ledger goes to Excel and comes back, in a real browser, with and without JavaScript."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from commitments.choices import Role, Via
from commitments.models import BulkEdit, Commitment
from commitments.progress import fields
from tests.exchange.ledgers import NOW, make_ledger
from tests.factories import make_department, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PASSWORD = "shan-cheng-2024"
MEASURE, PROJECT = "2024-1.1-03", "2024-1.1-02"


@pytest.fixture(autouse=True)
def _a_day_in_october(settings) -> None:
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


@pytest.fixture
def admin():
    make_ledger()
    make_department("区教委")
    return make_user(Role.ADMINISTRATOR, username="zhou", full_name="周管理", password=PASSWORD)


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/?next=/staff/ledger/export/")
    page.get_by_label("用户名或邮箱").fill("zhou")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/staff/ledger/export/**")


def downloaded(page: Page, target: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel（.xlsx）").click()
    download.value.save_as(target)
    return target


def changed_in_excel(path: Path, code: str, **cells: Any) -> None:
    book = load_workbook(path)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    row = next(row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == code)
    for title, value in cells.items():
        sheet.cell(row, places[title]).value = value
    book.save(path)


def brought_back(page: Page, path: Path) -> None:
    page.goto("/staff/ledger/import/")
    page.get_by_label("文件（.xlsx或.csv）").set_input_files(path)
    page.get_by_role("button", name="查看将作的更改").click()


def test_the_ledger_goes_out_is_changed_and_comes_back(page: Page, admin, tmp_path):
    sign_in(page)
    path = downloaded(page, tmp_path / "台账.xlsx")
    changed_in_excel(path, MEASURE, 牵头单位="区教委", 联系人="李四")
    changed_in_excel(path, PROJECT, 联系人="王五")
    project = Commitment.objects.get(code=PROJECT)
    old = fields.values_of([project])[project.pk]
    fields.write(
        [fields.plan(project, old, {"contact": "赵六"})], by=admin, now=NOW, via=Via.PAGE, reason="更正"
    )

    brought_back(page, path)
    expect(page.get_by_role("heading", name="导出后他人已改动")).to_be_visible()
    page.get_by_label("理由").fill("年初分解交办")
    page.get_by_role("button", name="全部写入").click()
    expect(page.locator(".error-summary")).to_contain_text("还有1处冲突待决定")
    page.get_by_label("保留系统现有").check()
    page.get_by_label("理由").fill("年初分解交办")
    page.get_by_role("button", name="全部写入").click()

    expect(page.locator(".messages")).to_contain_text("已更改1项承诺事项")
    measure = Commitment.objects.get(code=MEASURE)
    assert (measure.lead.name, measure.contact) == ("区教委", "李四")
    assert Commitment.objects.get(code=PROJECT).contact == "赵六"
    assert BulkEdit.objects.get(via=Via.IMPORT).changed_count == 1


def test_it_works_without_javascript_and_a_wrong_cell_is_named(
    browser: Browser, live_server, admin, tmp_path
):
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    path = downloaded(page, tmp_path / "台账.xlsx")
    changed_in_excel(path, MEASURE, 牵头单位="没有的局", 完成时限="年底")

    brought_back(page, path)

    rows = page.get_by_role("row").filter(has_text="第4行")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("button", name="全部写入")).to_have_count(0)
    page.get_by_role("button", name="放弃文件").click()
    expect(page.locator(".messages")).to_contain_text("文件已放弃")
    assert Commitment.objects.get(code=MEASURE).lead is None
    context.close()
