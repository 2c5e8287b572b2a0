"""The first page: counts, the one rate, every commitment with its words."""

import datetime as dt
import json
import re

import pytest

from commitments.choices import Decision, SelfReport
from tests.factories import (
    make_commitment,
    make_link,
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


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_a_part_of_the_whole_is_not_the_word_for_handing_on(client):
    make_commitment(make_report())

    page = client.get("/").content.decode()

    assert '<th scope="col" class="num">占比</th>' in page
    assert ">分享</th>" not in page


def test_shows_every_commitment_with_code_title_and_exact_words(client):
    report = make_report()
    rows = [make_commitment(report, theme=make_theme(report, area=area)) for area in (0, 3, 3, 11)]

    page = client.get("/").content.decode()

    for row in rows:
        assert f'href="/commitments/{row.code}/"' in page
        assert row.title in page
        assert f'<q lang="zh-Hans">{row.passage.text.replace(",", "，")}</q>' in page
    assert page.count('<details class="disclosure area"') == 3
    assert page.index('id="area-0"') < page.index('id="area-3"') < page.index('id="area-11"')


def test_without_progress_everything_is_not_reported_and_no_blame_is_laid(client):
    make_target()
    make_commitment()

    shown = text_of(client.get("/"))

    assert "2项承诺中的0项" in shown
    assert "这不代表没有落实" in shown


def test_the_rate_stands_with_its_formula_and_its_denominator(client):
    report = make_report()
    kept, _open, _hedged = (
        make_commitment(report),
        make_commitment(report),
        make_commitment(report, hedge="力争"),
    )
    update = make_update(kept, status=SelfReport.COMPLETED)
    make_link(update)
    make_review(update, Decision.VERIFIED)

    shown = text_of(client.get("/"))

    assert "33.3%" in shown
    assert "3项承诺中的1项" in shown
    assert "÷" in shown
    assert "1项中0项" in shown


def test_retired_commitments_are_not_counted(client):
    make_commitment()
    make_commitment(is_retired=True, title="不再单列的事")

    page = client.get("/")

    assert "不再单列的事" not in page.content.decode()
    assert "作出1项承诺" in text_of(page)


def test_headline_targets_are_those_of_the_expected_targets(client):
    report = make_report()
    expected = make_target(report, theme=make_theme(report, area=0), target={"metric": "地区生产总值增速"})
    make_target(report, theme=make_theme(report, area=3), target={"metric": "停车位"})

    page = client.get("/").content.decode()

    assert f'class="card__title"><a href="/commitments/{expected.code}/">地区生产总值增速' in page
    assert "停车位</a></h3>" not in page


def test_the_latest_approved_update_is_shown(client):
    commitment = make_commitment(title="建设水厂")
    make_review(make_update(commitment, account="主体工程封顶。"))

    assert "主体工程封顶" in client.get("/").content.decode()


def test_describes_itself_as_a_data_set(client):
    make_report(title='报告</script><script>alert("x")</script>')
    make_commitment()

    page = client.get("/").content.decode()

    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    described = json.loads(found.group(1))
    assert described["@type"] == "Dataset"
    assert described["distribution"][0]["contentUrl"].endswith("/commitments.csv")
    assert "<script>alert" not in page
