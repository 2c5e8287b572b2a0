"""Targets, projects, areas, departments, updates, data and API documentation in a real browser."""

import datetime as dt

import pytest
from playwright.sync_api import Browser, Page, expect

from commitments.models import Report
from tests.factories import make_amendment, make_target, make_theme
from tests.public.pages import COMPARING as PAGES
from tests.public.world import make_world

from .accessibility import broken_rules

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _held(settings) -> None:
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


@pytest.fixture
def report() -> Report:
    report = make_world(24)
    make_amendment(report.commitments.first())
    return report


def address(path: str, report: Report) -> str:
    first = report.commitments.first()
    return path.replace("DEPARTMENT", first.lead.slug).replace("CARD", first.scorecards.get().key)


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [(1280, "zh-hans", "light"), (375, "en", "dark")],
)
def test_no_page_breaks_a_rule_of_accessibility(
    browser: Browser, live_server, report, width, language, scheme
):
    paths = [address(path, report) for path in PAGES]

    found = broken_rules(browser, live_server.url, paths, width=width, language=language, scheme=scheme)

    assert found == []


def test_every_page_stays_on_this_site_and_within_the_policy(page: Page, live_server, report):
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda call: None if call.url.startswith(live_server.url) else problems.append(call.url)
    )

    for path in PAGES:
        page.goto(address(path, report))
        expect(page.locator("h1")).to_have_count(1)

    assert problems == []


def test_a_choice_changes_the_table_and_the_way_back_restores_it(page: Page, report):
    make_target(report, theme=make_theme(report, area=2))
    page.goto("/targets/")
    page.evaluate("window.stays = true")

    page.get_by_label("排序").select_option("schedule")
    page.wait_for_url("**order=schedule*")

    assert page.evaluate("window.stays") is True
    expect(page.locator("#live")).to_have_text("9项指标")
    page.go_back()
    page.wait_for_url("**/targets/")
    # The old choice leaves when the old page has come.
    expect(page.get_by_label("排序")).to_have_value("report")
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_role("heading", name="9项指标")).to_be_visible()
    page.locator("#narrow-area").select_option("2")
    expect(page.locator("#live")).to_contain_text("1项指标")


def test_without_scripts_a_button_does_the_same(browser: Browser, live_server, report):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/projects/")

    page.get_by_label("承诺阶段", exact=True).select_option("held")
    page.get_by_role("button", name="显示").click()

    assert "stage=held" in page.url
    assert page.get_by_text("没有符合条件的项目").is_visible()
    page.get_by_role("link", name="显示全部项目").click()
    assert page.locator("table.comparison tbody tr").count() == 8
    context.close()


def test_a_wide_table_is_scrolled_with_the_keyboard(browser: Browser, live_server, report):
    context = browser.new_context(base_url=live_server.url, viewport={"width": 760, "height": 700})
    page = context.new_page()
    page.goto("/targets/")
    region = page.get_by_role("region", name="量化指标表")

    region.focus()
    page.keyboard.press("ArrowRight")

    expect(region).to_be_focused()
    # Scrolling takes a moment; the browser's own waiting would evaluate a string, which the policy forbids.
    for _ in range(100):
        if region.evaluate("element => element.scrollLeft") > 0:
            break
        page.wait_for_timeout(100)
    assert region.evaluate("element => element.scrollLeft") > 0
    context.close()


def test_the_package_can_be_downloaded(page: Page, report):
    page.goto("/data/")

    with page.expect_download() as download:
        page.get_by_role("link", name="下载全部数据（zip）").click()

    assert download.value.suggested_filename == "commitments-nanan-2024-20241020.zip"
