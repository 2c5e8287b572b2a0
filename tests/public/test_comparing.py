"""Targets, projects, areas, themes, departments, scorecards: what each page compares."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from commitments.choices import BaselineMatch, Comparator, Decision, Stage
from commitments.models import Scorecard
from tests.factories import (
    make_amendment,
    make_commitment,
    make_department,
    make_link,
    make_project,
    make_report,
    make_review,
    make_target,
    make_theme,
    make_update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


def words(response) -> str:
    """Return what a reader reads, without markup and line ends."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def verified(commitment, **facts):
    update = make_update(commitment, **facts)
    make_link(update)
    make_review(update, Decision.VERIFIED)
    return update


class TestTargets:
    def test_shows_baseline_with_its_words_promise_and_latest_figure(self, client):
        report = make_report()
        start = report.text.index("地区生产总值增长5.1%")
        commitment = make_target(
            report,
            target={
                "metric": "地区生产总值增速",
                "comparator": Comparator.ABOUT,
                "value": Decimal(6),
                "unit": "%",
                "baseline_value": Decimal("5.1"),
                "baseline_unit": "%",
                "baseline_start": start,
                "baseline_end": start + 12,
                "baseline_match": BaselineMatch.SAME,
            },
        )
        verified(commitment, value=Decimal("5.8"))

        response = client.get("/targets/")

        page = words(response)
        assert "5.1%" in page
        assert "“地区生产总值增长5.1%”" in page
        assert "同一指标" in page
        assert "6%左右" in page
        assert "5.8%" in page
        assert f'href="/report/#b-{start}"' in response.content.decode()

    def test_a_baseline_of_another_metric_is_told_but_not_drawn(self, client):
        report = make_report()
        make_target(
            report,
            target={
                "value": Decimal(50),
                "baseline_value": Decimal(900),
                "baseline_start": 0,
                "baseline_end": 5,
                "baseline_match": BaselineMatch.LEVEL,
            },
        )

        page = client.get("/targets/").content.decode()

        assert "900" in page
        assert "chart-baseline" not in page

    def test_a_target_without_a_figure_is_judged_by_a_person(self, client):
        make_target(target={"value": None, "comparator": "", "unit": ""})

        response = client.get("/targets/")

        assert "无数值，由人评判" in words(response)
        assert "chart-target" not in response.content.decode()

    def test_an_amended_figure_stands_beside_the_printed_one(self, client):
        commitment = make_target()
        make_amendment(
            commitment,
            kind="target",
            new_value=Decimal(40),
            new_comparator=Comparator.AT_LEAST,
            old_deadline=None,
            new_deadline=None,
        )

        page = words(client.get("/targets/"))

        assert "不低于50家" in page
        assert "经批准调整为 40家" in page

    def test_can_be_narrowed_to_an_area_and_ordered_by_need(self, client):
        report = make_report()
        make_target(report, theme=make_theme(report, area=2), target={"metric": "甲指标"})
        on_time = make_target(report, target={"metric": "乙指标"})
        late = make_target(report, target={"metric": "丙指标"})
        verified(on_time, value=Decimal(45))
        verified(late, value=Decimal(1))

        page = words(client.get("/targets/?area=1&order=schedule"))

        assert "甲指标" not in page
        assert page.index("丙指标") < page.index("乙指标")

    def test_an_order_that_does_not_exist_is_the_reports_own(self, client):
        make_target()

        assert client.get("/targets/?order=nonsense").status_code == 200

    @pytest.mark.parametrize("area", ["x", "٣", "99999999999999999999", "-1"])
    def test_an_area_that_does_not_exist_is_not_found(self, client, area):
        make_target()

        assert client.get("/targets/", {"area": area}).status_code == 404

    def test_nothing_found_leads_back_to_everything(self, client):
        report = make_report()
        make_target(report)
        make_theme(report, area=2)

        page = client.get("/targets/?area=2").content.decode()

        assert "没有符合条件的指标" in page
        assert 'href="/targets/"' in page

    def test_htmx_gets_only_the_results(self, client):
        make_target()

        response = client.get("/targets/", headers={"hx-request": "true", "hx-request-type": "partial"})

        page = response.content.decode()
        assert page.lstrip().startswith('<div id="results"')
        assert "<h1" not in page
        assert "HX-Request" in response["Vary"]


class TestProjects:
    def test_stands_on_its_ladder(self, client):
        commitment = make_project(promised=Stage.BUILT)
        verified(commitment, stage=Stage.STARTED)

        page = client.get("/projects/").content.decode()

        assert page.count("chart-rung is-reached") == 2
        assert page.count("is-beyond") == 1
        assert "江南水厂" in page

    def test_can_be_narrowed_to_a_promised_stage(self, client):
        report = make_report()
        make_project(report, promised=Stage.BUILT)
        held = make_project(report, promised=Stage.HELD)

        page = client.get("/projects/?stage=held").content.decode()

        assert held.code in page
        assert page.count("<tr>") == 1 + 1 + 1 + 1  # heads of legend and table, one status, one project


class TestAreasAndThemes:
    def test_list_counts_what_each_area_holds(self, client):
        report = make_report()
        make_commitment(report)
        verified(make_commitment(report), status="completed")
        make_commitment(report, theme=make_theme(report, area=2))
        make_commitment(report, is_retired=True)

        page = words(client.get("/areas/"))

        assert re.search(r"1 责任领域1 2 1 0 1", page)
        assert re.search(r"2 责任领域2 1 0 0 1", page)

    def test_page_of_an_area_lists_its_themes_and_neighbours(self, client):
        report = make_report()
        for number in (1, 2, 3):
            make_commitment(report, theme=make_theme(report, area=number), title=f"领域{number}的事")

        page = client.get("/areas/2/").content.decode()

        assert "领域2的事" in page
        assert "领域1的事" not in page
        assert 'rel="prev" href="/areas/1/"' in page
        assert 'rel="next" class="push" href="/areas/3/"' in page

    def test_page_of_a_theme_quotes_the_report(self, client):
        report = make_report()
        make_commitment(report, theme=make_theme(report, area=1, number=2))

        page = client.get("/themes/1.2/").content.decode()

        assert "推进第00000件" in page


class TestDepartments:
    def test_what_nobody_leads_is_a_finding(self, client):
        report = make_report()
        make_commitment(report)
        make_commitment(report, lead=make_department("区教委"))

        page = words(client.get("/departments/"))

        assert "2项承诺中有1项（50%）尚未明确责任单位" in page

    def test_are_listed_by_name_and_not_ranked(self, client):
        report = make_report()
        best, worst = make_department("B局"), make_department("A局")
        verified(make_commitment(report, lead=best), status="completed")
        make_commitment(report, lead=worst)

        page = words(client.get("/departments/"))

        assert page.index("A局") < page.index("B局")
        assert "不对责任单位排名" in page

    def test_are_ranked_only_where_the_setting_says_so(self, client, settings):
        settings.RANK_DEPARTMENTS = True
        report = make_report()
        best, worst = make_department("B局"), make_department("A局")
        verified(make_commitment(report, lead=best), status="completed")
        make_commitment(report, lead=worst)

        page = words(client.get("/departments/"))

        assert page.index("B局") < page.index("A局")
        assert "不对责任单位排名" not in page

    def test_page_parts_what_it_leads_from_what_it_supports(self, client):
        report = make_report()
        department = make_department("区教委", slug="jiaowei")
        led = make_commitment(report, lead=department, supports=[department])
        supported = make_commitment(report, supports=[department])
        other = make_commitment(report)

        page = client.get("/departments/jiaowei/").content.decode()

        leads, supports = page.split('id="supported-title"')
        assert led.code in leads
        assert led.code not in supports
        assert "区教委" not in leads.split('id="led-title"')[1]
        assert supported.code in supports
        assert other.code not in page

    def test_contacts_stay_inside(self, client):
        make_commitment(
            lead=make_department("区教委", slug="jiaowei", contact_name="王五", contact_phone="62800000")
        )

        for path in (
            "/departments/",
            "/departments/jiaowei/",
            "/data/departments.csv",
            "/api/v1/commitments",
        ):
            page = client.get(path).content.decode()
            assert "王五" not in page
            assert "62800000" not in page

    def test_one_that_is_closed_and_holds_nothing_is_not_listed(self, client):
        make_commitment()
        make_department("已撤销的局", is_active=False)

        assert "已撤销的局" not in client.get("/departments/").content.decode()


class TestScorecards:
    def test_say_what_counts_under_none(self, client):
        report = make_report()
        card, _ = Scorecard.objects.get_or_create(key="economy", defaults={"number": 90, "name": "经济"})
        card.commitments.add(make_commitment(report))
        make_commitment(report)

        assert "1项承诺尚未计入任何报表" in words(client.get("/scorecards/"))

    def test_page_lists_only_its_own(self, client):
        report = make_report()
        card, _ = Scorecard.objects.get_or_create(key="economy", defaults={"number": 90, "name": "经济"})
        inside, outside = make_commitment(report), make_commitment(report)
        card.commitments.add(inside)

        page = client.get("/scorecards/economy/").content.decode()

        assert inside.code in page
        assert outside.code not in page
