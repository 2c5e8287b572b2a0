"""A citizen at the tracker: on a phone and a desktop, with and without scripts, in Chinese and English."""

import datetime as dt
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from commitments.choices import Decision, SelfReport, Stage
from commitments.models import GlossaryTerm, Report, TermUse
from tests.factories import (
    make_amendment,
    make_commitment,
    make_commitments,
    make_department,
    make_link,
    make_project,
    make_report,
    make_review,
    make_searchable,
    make_target,
    make_theme,
    make_update,
)

from .accessibility import broken_rules

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PAGES = ["/", "/commitments/", "/commitments/CODE/", "/report/", "/report/?words=1&reasons=1", "/nowhere/"]


@pytest.fixture(autouse=True)
def _a_day_in_october(settings) -> None:
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


@pytest.fixture
def report() -> Report:
    """Make a report with commitments of every kind and in many states, and more than one page of them."""
    report = make_report()
    lead = make_department("区发展改革委")
    target = make_target(report, theme=make_theme(report, area=0), title="新增高新技术企业50家", lead=lead)
    make_review(make_update(target, value=30))
    plant = make_project(report, theme=make_theme(report, area=3), title="建成江南水厂", lead=lead)
    update = make_update(plant, status=SelfReport.COMPLETED, stage=Stage.BUILT, account="通水运行。")
    make_link(update)
    make_review(update, Decision.VERIFIED)
    blocked = make_commitment(
        report, theme=make_theme(report, area=3), title="整治污水排口", passage=plant.passage
    )
    make_review(make_update(blocked, status=SelfReport.BLOCKED, obstacle="征地未完成"))
    make_amendment(blocked, kind="deadline", new_deadline=dt.date(2025, 3, 31))
    term = GlossaryTerm.objects.create(
        report=report, number=1, term="四张清单", definition="四类清单。", start=0, end=4
    )
    TermUse.objects.create(
        term=term, passage=plant.passage, start=plant.passage.start, end=plant.passage.start + 4
    )
    make_commitments(60, report=report)
    make_searchable()
    return report


def address(path: str, report: Report) -> str:
    return path.replace("CODE", report.commitments.get(title="建成江南水厂").code)


@pytest.mark.parametrize(("width", "language", "scheme"), [(1280, "zh-hans", "dark"), (375, "en", "light")])
def test_no_page_breaks_a_rule_of_accessibility(
    browser: Browser, live_server, report, scheme, width, language
):
    paths = [address(path, report) for path in PAGES]

    found = broken_rules(browser, live_server.url, paths, width=width, language=language, scheme=scheme)

    assert found == []


def test_a_filter_a_search_and_the_way_back(page: Page, report):
    page.goto("/commitments/")
    title = page.locator("#results-title")
    expect(title).to_have_text("63项承诺")

    page.locator("#f-kind-project").focus()
    page.keyboard.press("Space")
    expect(title).to_have_text("63项承诺中的1项")
    expect(page).to_have_url(re.compile(r"/commitments/\?kind=project$"))
    expect(page.locator("#f-kind-project")).to_be_focused()
    expect(page.locator("#live")).to_have_text("找到1项承诺。")

    page.get_by_role("searchbox").fill("污水")
    page.keyboard.press("Enter")
    expect(title).to_have_text("63项承诺中的0项")
    page.locator(".chip", has_text="项目").click()
    expect(title).to_have_text("63项承诺中的1项")
    expect(page.locator("#results mark").first).to_have_text("污水")
    shared = page.url

    page.go_back()
    expect(title).to_have_text("63项承诺中的0项")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.locator("#f-kind-project")).to_be_checked()
    page.go_back()
    expect(title).to_have_text("63项承诺")
    expect(page.locator("#f-kind-project")).not_to_be_checked()
    page.go_forward()
    expect(title).to_have_text("63项承诺中的1项")

    page.goto(shared)
    expect(title).to_have_text("63项承诺中的1项")
    expect(page.get_by_role("searchbox")).to_have_value("污水")


def test_turning_a_page_moves_the_reader_to_its_top(page: Page, report):
    page.goto("/commitments/")

    page.get_by_role("link", name="下一页").click()

    expect(page).to_have_url(re.compile(r"page=2$"))
    expect(page.locator("#results-title")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("第2页，共2页")
    page.locator(".row__title").first.click()
    page.go_back()
    expect(page).to_have_url(re.compile(r"page=2$"))
    expect(page.locator(".row__title")).to_have_count(13)


def test_a_passage_opens_in_place_and_closes_again(page: Page, report):
    start = report.commitments.get(title="建成江南水厂").passage.start
    page.goto("/report/")
    mark = page.locator(f"#p-{start} .mk")

    mark.focus()
    page.keyboard.press("Enter")
    panel = page.locator(".panel")
    expect(panel).to_contain_text("整治污水排口")
    expect(panel).to_contain_text("受阻")
    expect(mark).to_have_attribute("aria-expanded", "true")
    expect(page).to_have_url(re.compile(r"/report/$"))
    panel.get_by_role("button", name="关闭").click()
    expect(panel).to_have_count(0)
    expect(mark).to_be_focused()


def test_the_reader_shows_apart_what_is_asked_for_and_keeps_it_in_the_address(page: Page, report):
    page.goto("/report/")

    page.get_by_label("突出显示").select_option("trouble")

    expect(page).to_have_url(re.compile(r"/report/\?only=trouble$"))
    expect(page.locator("#book")).to_have_attribute("data-only", "trouble")
    expect(page.locator("#live")).to_contain_text("1个")
    page.get_by_label("用文字注明状态").check()
    expect(page.locator(".mk__w").first).to_be_visible()


def test_a_term_explains_itself_by_keyboard(page: Page, report):
    page.goto("/report/")

    page.locator(".note-mark").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#term-1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#term-1")).to_be_hidden()
    expect(page.locator(".note-mark").first).to_be_focused()
    page.locator(".gloss").first.click()
    expect(page.locator("#term-1")).to_be_visible()


def test_everything_works_without_scripts(browser: Browser, live_server, report):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()

    page.goto("/")
    page.locator("#area-3 > summary").click()
    page.locator("#area-3").get_by_text("原文").first.click()
    expect(page.locator("#area-3 q").first).to_be_visible()

    page.goto("/commitments/")
    page.locator("#f-kind-target").check()
    page.get_by_role("button", name="应用").click()
    expect(page.locator("#results-title")).to_have_text("63项承诺中的1项")

    page.goto("/report/")
    page.get_by_label("突出显示").select_option("target")
    page.get_by_role("button", name="应用").click()
    expect(page.locator("#book")).to_have_attribute("data-only", "target")
    page.locator(".mk:not(.mk--why)").first.click()
    expect(page.locator("h1")).to_have_text("报告原文片段")

    page.get_by_role("button", name="大字版").click()
    expect(page.locator("html")).to_have_class(re.compile("is-large"))
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("A passage of the report")
    context.close()


def test_large_type_is_really_larger(page: Page, report):
    page.goto("/commitments/")
    size = "parseFloat(getComputedStyle(document.querySelector('.row__title')).fontSize)"
    before = page.evaluate(size)

    page.get_by_role("button", name="大字版").click()
    page.wait_for_load_state()

    assert page.evaluate(size) >= 1.3 * before


def test_the_browser_has_nothing_to_complain_of_and_asks_nobody_else(page: Page, live_server, report):
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda asked: complaints.append(asked.url) if live_server.url not in asked.url else None
    )
    for path in PAGES[:-1]:
        page.goto(address(path, report), wait_until="networkidle")

    assert complaints == []


def test_nothing_moves_while_a_page_is_loading(page: Page, report):
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => "
        "{ if (!entry.hadRecentInput) window.moved += entry.value })).observe({ type: 'layout-shift', buffered: true })"
    )
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 800})
        for path in PAGES[:-1]:
            page.goto(address(path, report), wait_until="networkidle")
            assert page.evaluate("window.moved") < 0.02, (path, width)


def test_a_link_into_the_report_leads_to_its_passage_and_everything_is_laid_out(page: Page, report):
    start = report.commitments.order_by("sequence").last().passage.start

    page.goto(f"/report/#p-{start}")

    expect(page.locator(f"#p-{start}")).to_be_in_viewport()
    page.goto("/about/")
    page.goto("/report/")
    expect(page.locator(".book .para:not(.is-laid)")).to_have_count(0)
