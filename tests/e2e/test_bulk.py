"""Many commitments at once, in a real browser: assign an area, take it back, do it again; the grid by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from commitments.choices import Role
from commitments.models import Commitment
from commitments.progress.bulk import Edit, Request
from commitments.staff import telling
from tests.factories import make_commitment, make_department, make_report, make_theme, make_user
from tests.progress.bulk_acts import apply

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PASSWORD = "shan-cheng-2024"


@pytest.fixture
def admin():
    report = make_report()
    make_commitment(report)
    for theme in (make_theme(report, area=2), make_theme(report, area=3)):
        make_commitment(report, theme=theme)
        make_commitment(report, theme=theme)
    make_department("区教委")
    return make_user(Role.ADMINISTRATOR, username="zhou", full_name="周管理", password=PASSWORD)


def sign_in(page: Page, address: str) -> None:
    page.goto(f"/accounts/login/?next={address}")
    page.get_by_label("用户名或邮箱").fill("zhou")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(f"**{address}")


def led() -> int:
    return Commitment.objects.filter(lead__isnull=False).count()


def test_an_area_is_assigned_taken_back_and_assigned_again(page: Page, admin):
    sign_in(page, "/staff/bulk/")
    page.locator("#filter-area").select_option("2")
    page.get_by_label("符合当前筛选条件的全部2个承诺事项").check()
    page.locator("#id_lead").select_option(label="区教委")
    page.get_by_label("修改理由").fill("年初分解")
    page.get_by_role("button", name="查看将作的更改").click()
    page.get_by_role("button", name="修改2个承诺事项").click()
    expect(page.locator(".messages")).to_contain_text("已修改2个承诺事项")
    assert led() == 2

    for act, left in (("撤销本批次", 0), ("恢复执行（撤销本次撤销）", 2)):
        page.get_by_role("link", name=act).click()
        page.get_by_label("修改理由").fill(act)
        page.get_by_role("button", name="撤销", exact=True).click()
        expect(page.locator(".messages")).to_contain_text("已恢复2项")
        assert led() == left


def test_ticks_last_under_another_filter_and_unfinished_work_is_asked_about(page: Page, admin):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    sign_in(page, "/staff/bulk/")
    page.locator("#results [name=pk]").first.check()
    page.locator("#filter-area").select_option("3")
    expect(page.locator("#ticked-elsewhere")).to_contain_text("1")
    page.locator("#results [name=pk]").first.check()

    page.get_by_role("link", name="批次记录").click()
    page.locator("#id_contact").fill("张三")
    page.get_by_label("修改理由").fill("补充联系人")
    page.get_by_role("button", name="查看将作的更改").click()

    expect(page.locator(".counts")).to_contain_text("2 将修改")
    assert asked == ["beforeunload"]


def test_the_grid_is_walked_through_by_keyboard(page: Page, admin):
    sign_in(page, "/staff/bulk/grid/")
    contacts = page.locator("input[name$=-contact]")
    contacts.first.focus()

    page.keyboard.type("张三")
    page.keyboard.press("Enter")
    page.keyboard.type("李四")
    page.keyboard.press("Control+ArrowUp")
    expect(contacts.first).to_be_focused()
    page.keyboard.press("Control+ArrowLeft")
    page.keyboard.type("重点")
    page.get_by_label("修改理由").fill("补充联系人")
    page.get_by_role("button", name="查看将作的更改").click()
    # The tag is not known, and nothing that was typed is lost.
    expect(page.locator(".errorlist")).to_contain_text("重点")
    page.locator("input[name$=-tags]").first.fill("")
    page.get_by_role("button", name="查看将作的更改").click()
    page.get_by_role("button", name="修改2个承诺事项").click()

    expect(page.locator(".messages")).to_contain_text("已修改2个承诺事项")
    assert list(Commitment.objects.order_by("pk").values_list("contact", flat=True)[:2]) == ["张三", "李四"]


def test_an_amendment_asks_for_what_belongs_to_its_kind(page: Page, admin):
    code = Commitment.objects.first().code
    sign_in(page, f"/staff/commitments/{code}/amend/")
    deadline, wording = page.locator("#id_new_deadline"), page.locator("#id_new_wording")
    expect(page.get_by_label("理由")).to_be_visible()
    expect(deadline).to_be_hidden()

    page.get_by_label("完成时限", exact=True).check()
    expect(deadline).to_be_visible()
    page.get_by_label("表述", exact=True).check()
    expect(wording).to_be_visible()
    expect(deadline).to_be_hidden()
    page.get_by_role("button", name="提出").click()

    # What is missing is said where it is asked for.
    expect(page.locator(".amend__new_wording .errorlist")).to_be_visible()


def test_a_large_batch_is_taken_back_in_sight(page: Page, admin, monkeypatch):
    monkeypatch.setattr(telling, "SHOW_PROGRESS_FROM", 1)
    bureau = make_department("区民政局")
    asked = Request(edits={"lead": Edit("set", bureau.pk)}, reason="年初分解")
    batch = apply(asked, admin)
    sign_in(page, f"/staff/batches/{batch.pk}/revert/")

    page.get_by_label("修改理由").fill("选错")
    page.get_by_role("button", name="撤销", exact=True).click()

    expect(page.locator(".steps li").first).to_have_text("0 / 5")
    page.get_by_role("link", name="已恢复5项").click()
    expect(page.locator("h1")).to_contain_text("选错")
    assert led() == 0
