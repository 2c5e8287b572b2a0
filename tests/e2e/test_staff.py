"""A month's work of a bureau in a real browser, with scripts and without, and what may go wrong on the way."""

import datetime as dt
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from commitments.choices import Decision, Role
from commitments.models import Commitment, ProgressUpdate, UpdateDraft
from tests.factories import (
    make_commitments,
    make_department,
    make_link,
    make_project,
    make_report,
    make_review,
    make_target,
    make_update,
    make_user,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PASSWORD = "shan-cheng-2024"


@pytest.fixture(autouse=True)
def _a_day_in_october(settings) -> None:
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


@pytest.fixture
def people():
    """Make a bureau with forty commitments, its reporter wang and the reviewer chen."""
    report, bureau = make_report(), make_department("区发展改革委")
    wang = make_user(username="wang", departments=[bureau], full_name="王晓", password=PASSWORD)
    chen = make_user(Role.REVIEWER, username="chen", full_name="陈督查", password=PASSWORD)
    make_target(report, lead=bureau, title="新增高新技术企业50家")
    make_project(report, lead=bureau, title="建成江南水厂")
    for commitment in make_commitments(38, report=report, lead=bureau):
        make_review(make_update(commitment, wang), reviewer=chen)
    return wang, chen


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/?next=/staff/")
    page.get_by_label("用户名或邮箱").fill(name)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/staff/**")


def row(title: str) -> str:
    code = Commitment.objects.get(title=title).code
    return f"#row-{code.replace('.', '-')}"


def saved_in_time(page: Page, account: str) -> bool:
    """Say whether the draft comes to hold these words before long; it may be saved in steps."""
    for _ in range(60):
        draft = UpdateDraft.objects.first()
        if draft and draft.content["account"] == account:
            return True
        page.wait_for_timeout(300)
    return False


def report_target(page: Page, scope: str, value: str) -> None:
    form = page.locator(scope)
    form.get_by_label("推进中").check()
    form.get_by_label(re.compile("^完成数")).fill(value)
    form.get_by_label("数据来源").fill("区科技局台账")
    form.get_by_label("进展情况").fill("前三季度新增企业稳步增长。")
    form.get_by_role("button", name="提交", exact=True).click()


def test_a_reporter_clears_forty_commitments_and_the_public_status_follows(page: Page, people):
    sign_in(page, "wang")
    buttons = page.get_by_role("button", name=re.compile("无变化"))
    expect(buttons).to_have_count(38)
    for left in range(38, 0, -1):
        buttons.first.click()
        expect(buttons).to_have_count(left - 1)

    plant, firms = row("建成江南水厂"), row("新增高新技术企业50家")
    page.locator(f"{firms} .work__link").click()
    expect(page.locator(firms).get_by_label("未启动")).to_be_focused()
    report_target(page, firms, "45")
    expect(page.locator(f"{firms}:not(.is-open) .work__link")).to_be_focused()
    expect(page.locator("#live")).to_have_text("已提交，等待审核。")
    page.locator(f"{plant} .work__link").click()
    form = page.locator(plant)
    form.get_by_label("已完成").check()
    form.get_by_label("已达阶段").select_option("built")
    form.get_by_label("达到该阶段日期").fill("2024-09-30")
    form.get_by_label("进展情况").fill("水厂已竣工验收。")
    form.get_by_text("添加链接或文件").click()
    form.get_by_label("网页链接").fill("https://www.example.gov.cn/shuichang")
    form.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".count--overdue strong")).to_have_text("0")
    expect(page.locator(".count--waiting strong")).to_have_text("40")
    assert ProgressUpdate.objects.filter(reviews__isnull=True).count() == 40

    page.context.clear_cookies()
    sign_in(page, "chen")
    for title, decide in (("建成江南水厂", "核验并发布"), ("新增高新技术企业50家", "退回填报人")):
        update = ProgressUpdate.objects.get(commitment__title=title)
        page.goto(f"/staff/review/{update.pk}/")
        page.get_by_label(decide).check()
        if decide == "核验并发布":
            page.get_by_label("现场核实").check()
        else:
            page.get_by_label("理由或备注").fill("请附企业名单。")
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.locator(".messages")).to_contain_text("已记录")

    page.context.clear_cookies()
    code = {commitment.title: commitment.code for commitment in Commitment.objects.all()}
    page.goto(f"/commitments/{code['建成江南水厂']}/")
    expect(page.locator("main .s-done").first).to_contain_text("已完成")
    page.goto(f"/commitments/{code['新增高新技术企业50家']}/")
    expect(page.locator("main")).not_to_contain_text("前三季度新增企业")
    expect(page.locator("main .s-not_reported").first).to_be_visible()


def test_the_same_without_javascript(browser: Browser, live_server, people):
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    firms = Commitment.objects.get(title="新增高新技术企业50家")
    sign_in(page, "wang")
    page.get_by_role("button", name=re.compile("无变化")).first.click()
    expect(page.locator(".messages")).to_contain_text("已记录：无变化。")
    page.goto("/staff/")
    page.get_by_role("link", name=firms.title).click()
    page.wait_for_url("**/update/")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".error-summary")).to_be_visible()
    report_target(page, "main", "45")
    page.wait_for_url("**/staff/**")
    expect(page.locator(".messages")).to_contain_text("已提交")

    context.clear_cookies()
    sign_in(page, "chen")
    page.goto("/staff/review/")
    waiting = ProgressUpdate.objects.get(commitment=firms)
    page.locator(f"#decision-{waiting.pk}").select_option("documents")
    page.get_by_role("button", name="提交以上审核意见").click()
    expect(page.locator(".messages")).to_contain_text("已记录1项")

    context.clear_cookies()
    page.goto(f"/commitments/{firms.code}/")
    expect(page.locator("main")).to_contain_text("前三季度新增企业稳步增长。")
    context.close()


def test_what_was_chosen_stays_chosen_when_the_form_comes_back(page: Page, people):
    sign_in(page, "wang")
    commitment = Commitment.objects.exclude(title__in=("新增高新技术企业50家", "建成江南水厂")).first()
    form = page.locator(f"#row-{commitment.code.replace('.', '-')}")
    form.locator(".work__link").click()
    form.get_by_label("受阻").check()
    form.get_by_role("button", name="提交", exact=True).click()

    expect(form.locator("[aria-invalid=true]").first).to_be_focused()
    expect(form.get_by_label("受阻")).to_be_checked()


def test_an_obstacle_that_is_overcome_is_not_published_unseen(page: Page, people):
    wang, _chen = people
    commitment = Commitment.objects.exclude(title__in=("新增高新技术企业50家", "建成江南水厂")).first()
    make_update(commitment, wang, status="blocked", obstacle="资金未到位", help_needed="无", value=None)
    sign_in(page, "wang")
    page.goto(f"/staff/commitments/{commitment.code}/update/")
    expect(page.get_by_label("受阻", exact=True)).to_be_checked()
    expect(page.locator("[name=obstacle]")).to_have_value("资金未到位")

    page.get_by_label("推进中").check()
    expect(page.locator("[name=obstacle]")).to_be_hidden()
    page.get_by_label("进展情况").fill("资金已到位，已复工。")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/staff/#*")

    assert commitment.updates.latest("pk").obstacle == ""


def test_a_form_opens_and_closes_by_keyboard_alone(page: Page, people):
    sign_in(page, "wang")
    firms = row("新增高新技术企业50家")
    link = page.locator(f"{firms} .work__link")
    link.focus()

    page.keyboard.press("Enter")
    expect(page.locator(f"{firms}.is-open")).to_be_visible()
    expect(page.locator(firms).get_by_label("未启动")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(firms).get_by_label("推进中")).to_be_checked()
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("Escape")

    expect(page.locator(f"{firms}:not(.is-open)")).to_be_visible()
    expect(link).to_be_focused()


def test_what_is_typed_becomes_a_draft_and_survives_a_closed_tab(page: Page, people):
    sign_in(page, "wang")
    firms = row("新增高新技术企业50家")
    page.locator(f"{firms} .work__link").click()
    page.locator(firms).get_by_label("进展情况").fill("写到一半")
    expect(page.locator(f"{firms}-draft")).to_contain_text("草稿已于")

    again = page.context.new_page()
    again.goto("/staff/")
    again.locator(f"{firms} .work__link").click()

    expect(again.locator(firms).get_by_label("进展情况")).to_have_value("写到一半")


def test_what_is_typed_while_a_draft_is_on_its_way_is_saved_too(page: Page, people):
    sign_in(page, "wang")
    firms = row("新增高新技术企业50家")
    page.locator(f"{firms} .work__link").click()
    account = page.locator(firms).get_by_label("进展情况")
    on_the_way: list[Route] = []
    page.route("**/draft/", lambda route: on_the_way.append(route), times=1)
    with page.expect_request("**/draft/"):
        account.fill("先写的话")

    account.fill("先写的话，又写")
    on_the_way[0].continue_()

    assert saved_in_time(page, "先写的话，又写")


def test_a_lost_connection_loses_no_word(page: Page, people):
    sign_in(page, "wang")
    firms = row("新增高新技术企业50家")
    page.locator(f"{firms} .work__link").click()
    account = page.locator(firms).get_by_label("进展情况")
    expect(account).to_be_visible()

    page.context.set_offline(True)
    account.fill("断网时写的话")
    expect(page.locator("#notices")).to_contain_text("网络连接已断开")
    page.locator(firms).get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("网络连接已断开")
    page.context.set_offline(False)
    expect(page.locator(f"{firms}-draft")).to_contain_text("草稿已于")

    assert saved_in_time(page, "断网时写的话")


def test_words_that_never_reached_the_server_are_offered_again(page: Page, people):
    sign_in(page, "wang")
    firms = row("新增高新技术企业50家")
    page.locator(f"{firms} .work__link").click()
    expect(page.locator(f"{firms}.is-open")).to_be_visible()
    page.route("**/draft/", lambda route: route.abort())
    page.locator(firms).get_by_label("进展情况").fill("没有保存的话")
    page.wait_for_timeout(300)
    page.close(run_before_unload=False)

    again = people_page(page)
    again.goto("/staff/")
    again.locator(f"{firms} .work__link").click()
    again.locator(firms).get_by_role("button", name="恢复").click()

    expect(again.locator(firms).get_by_label("进展情况")).to_have_value("没有保存的话")


def test_words_that_arrived_are_not_offered_again(page: Page, people):
    firms = Commitment.objects.get(title="新增高新技术企业50家")
    sign_in(page, "wang")
    page.goto(f"/staff/commitments/{firms.code}/update/")
    page.route("**/draft/", lambda route: route.abort())
    report_target(page, "main", "45")
    page.wait_for_url("**/staff/#*")

    page.goto(f"/staff/commitments/{firms.code}/update/")

    expect(page.get_by_label("进展情况")).to_have_value("")
    expect(page.locator("[data-restore]")).to_be_hidden()


def people_page(page: Page) -> Page:
    """Return a new tab of the same browser."""
    return page.context.new_page()


def test_what_is_refused_stands_in_the_form_and_is_not_offered_again(page: Page, people):
    wang, chen = people
    plant = Commitment.objects.get(title="建成江南水厂")
    make_review(make_update(plant, wang, stage="under_way"), reviewer=chen)
    sign_in(page, "wang")
    page.goto(f"/staff/commitments/{plant.code}/update/")
    page.get_by_label("推进中").first.check()
    page.locator("[name=stage]").select_option("planned")
    page.get_by_label("进展情况").fill("重新选址。")

    page.get_by_role("button", name="提交", exact=True).click()

    # It asks for something that was not asked before.
    expect(page.locator("[name=explanation]")).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value("重新选址。")
    expect(page.locator("[data-restore]")).to_be_hidden()


def test_an_expired_session_says_so_and_goes_on_after_signing_in_again(page: Page, people):
    sign_in(page, "wang")
    firms = row("新增高新技术企业50家")
    page.locator(f"{firms} .work__link").click()
    account = page.locator(firms).get_by_label("进展情况")
    page.context.clear_cookies(name="sessionid")
    account.fill("登录过期时写的话")
    expect(page.locator("#notices")).to_contain_text("您已退出登录")
    page.context.clear_cookies()
    account.fill("登录过期时写的话，再写")
    expect(page.locator("#notices")).to_contain_text("期间您重新登录或退出过")
    expect(account).to_be_visible()

    other = people_page(page)
    sign_in(other, "wang")
    account.fill("登录过期时写的话，续写")
    expect(page.locator(f"{firms}-draft")).to_contain_text("草稿已于")

    assert saved_in_time(page, "登录过期时写的话，续写")


def test_the_verdict_is_previewed_as_the_figure_is_typed(page: Page, people):
    sign_in(page, "wang")
    firms = row("新增高新技术企业50家")
    page.locator(f"{firms} .work__link").click()
    form = page.locator(firms)
    form.get_by_label("推进中").check()

    form.get_by_label(re.compile("^完成数")).fill("5")
    expect(page.locator(f"{firms}-preview")).to_contain_text("未达序时")
    form.get_by_label(re.compile("^完成数")).fill("45")
    expect(page.locator(f"{firms}-preview")).to_contain_text("按序时推进")


def pages_of(waiting: ProgressUpdate) -> dict[str, list[str]]:
    code = Commitment.objects.get(title="新增高新技术企业50家").code
    return {
        "wang": ["/staff/", f"/staff/commitments/{code}/update/", f"/staff/updates/{waiting.pk}/", "/accounts/2fa/"],
        "chen": ["/staff/", "/staff/review/", f"/staff/review/{waiting.pk}/", "/staff/periods/",
                 f"/staff/commitments/{code}/chase/", "/staff/chases/?group=due", "/accounts/sessions/"],
    }  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_no_page_breaks_a_rule_of_accessibility_or_runs_over(
    browser: Browser, live_server, people, width, scheme
):
    wang, chen = people
    first, second = Commitment.objects.order_by("pk")[2:4]
    waiting = make_update(first, wang, status="completed", value=None)
    make_link(waiting)
    make_review(make_update(second, wang), Decision.RETURNED, reviewer=chen)
    context = browser.new_context(
        base_url=live_server.url, locale="zh-CN", color_scheme=scheme, bypass_csp=True,
        viewport={"width": width, "height": 900},
    )  # fmt: skip
    page = context.new_page()
    found = []
    for name, addresses in pages_of(waiting).items():
        context.clear_cookies()
        sign_in(page, name)
        for address in addresses:
            page.goto(address)
            answer = Axe().run(
                page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
            )
            found += [
                (address, problem["id"], problem["nodes"][0]["html"][:200])
                for problem in answer.response["violations"]
            ]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((address, "runs over", ""))
    context.close()

    assert found == []
