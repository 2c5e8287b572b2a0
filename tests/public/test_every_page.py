"""What holds for the first page, the list, one commitment and the report alike."""

import datetime as dt
from itertools import pairwise

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.choices import Decision
from commitments.models import Report
from tests.factories import make_commitment, make_report, make_review, make_update

from .pages import body, well_formed
from .world import grow_world, make_world

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/commitments/",
    "/commitments/?q=前期&kind=target&sort=updated",
    "/commitments/CODE/",
    "/report/",
    "/report/?only=target&words=1&reasons=1",
    "/report/passages/START/",
]
FILES = ["/commitments.csv", "/commitments.json", "/sitemap.xml"]
LANGUAGES = ["zh-hans", "en"]


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


def address(path: str, report: Report) -> str:
    first = report.commitments.select_related("passage").first()
    return path.replace("CODE", first.code).replace("START", str(first.passage.start))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_is_html_with_one_heading_a_title_and_a_language(client, path, language):
    client.cookies["django_language"] = language
    response = client.get(address(path, make_world(12)))

    well_formed(response, language)


@pytest.mark.parametrize("path", PAGES)
def test_headings_leave_no_level_out(client, path):
    page = html5lib.parse(
        client.get(address(path, make_world(12))).content.decode(), namespaceHTMLElements=False
    )

    levels = [
        int(element.tag[1]) for element in page.iter() if str(element.tag) in ("h1", "h2", "h3", "h4", "h5")
    ]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_needs_no_style_no_script_and_no_other_host(client, path):
    page = client.get(address(path, make_world(12))).content.decode()

    assert " style=" not in page
    assert "<style" not in page
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    assert [
        s for s in tree.iter("script") if s.get("src") is None and s.get("type") != "application/ld+json"
    ] == []
    loaded = [
        e.get("src") or e.get("href") for e in tree.iter() if e.tag in ("script", "img", "link", "iframe")
    ]
    assert [
        url for url in loaded if url and "://" in url and not url.startswith("http://127.0.0.1:8000")
    ] == []


@pytest.mark.parametrize("path", PAGES)
def test_sets_no_cookie_and_holds_no_token(client, path):
    response = client.get(address(path, make_world(12)))

    assert response.cookies == {}
    assert "csrfmiddlewaretoken" not in response.content.decode()


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_costs_as_many_queries_for_five_hundred_rows_as_for_ten(client, path):
    report = make_world(10)
    where = address(path, report)
    body(client.get(where))

    with CaptureQueriesContext(connection) as few:
        body(client.get(where))
    grow_world(report, 495)
    with CaptureQueriesContext(connection) as many:
        body(client.get(where))

    # A download reads its rows in portions, each with six queries; 505 rows are two portions.
    more = 6 if path.startswith("/commitments.") else 0
    assert len(many) == len(few) + more
    assert len(few) <= 22


@pytest.mark.parametrize("path", [*PAGES, *FILES])
@pytest.mark.parametrize("decision", [None, Decision.RETURNED])
def test_says_nothing_of_what_was_not_approved(client, path, decision):
    report = make_world(9)
    commitment = report.commitments.get(sequence=2)
    update = make_update(commitment, account="机密进展不可外传", department_name="某某单位")
    if decision:
        make_review(update, decision, reason="请补充某某材料")
    where = address(path.replace("CODE", commitment.code), report)

    shown = body(client.get(where)).decode()

    assert "机密进展" not in shown
    assert "某某" not in shown


@pytest.mark.parametrize("path", PAGES)
def test_is_not_sent_again_until_something_changes(client, path, settings):
    report = make_world(9)
    where = address(path, report)
    etag = client.get(where).headers["ETag"]

    assert client.get(where, headers={"if-none-match": etag}).status_code == 304
    report.data_version += 1
    report.save()
    assert client.get(where, headers={"if-none-match": etag}).status_code == 200
    etag = client.get(where).headers["ETag"]
    settings.TRACKER_TODAY = dt.date(2024, 10, 21)
    assert client.get(where, headers={"if-none-match": etag}).status_code == 200
    etag = client.get(where).headers["ETag"]
    client.cookies["django_language"] = "en"
    assert client.get(where, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_answers_reading_only(client, path):
    assert client.post(address(path, make_world(9))).status_code == 405


def test_before_a_report_is_loaded_the_site_says_so(client):
    response = client.get("/")

    assert response.status_code == 404
    assert "<h1" in response.content.decode()


def test_demonstration_data_are_named_on_every_page(client):
    report = make_report()
    commitment = make_commitment(report)
    assert "演示数据" not in client.get("/").content.decode()

    make_update(commitment, is_demo=True)

    for path in PAGES:
        assert "演示数据" in client.get(address(path, report)).content.decode()


def test_a_held_day_is_named(client, settings):
    make_commitment()
    assert "2024年10月20日" in client.get("/").content.decode()

    settings.TRACKER_TODAY = None

    assert "日期固定" not in client.get("/").content.decode()


@pytest.mark.parametrize("path", [*PAGES, "/areas/", "/areas/1/", "/areas/1/feed.atom", "/updates/"])
def test_half_width_marks_of_the_source_are_shown_full_width(client, path):
    report = make_world(6)
    report.areas.update(title="扩大内需,稳投资")

    shown = client.get(address(path, report)).content.decode()

    assert "扩大内需,稳投资" not in shown


@pytest.mark.parametrize("path", [*PAGES, *FILES, "/areas/", "/targets/", "/about/"])
def test_of_two_reports_the_one_that_is_set_is_shown_alone(client, settings, path):
    ours = make_world(6)
    theirs = make_report(slug="qinghe-2024", district="青禾区", title="2024年青禾区政府工作报告")
    make_commitment(theirs, code="2024-9.9-01", title="青禾区的事")
    shown = {}

    for report in (ours, theirs):
        settings.DEFAULT_REPORT = report.slug
        response = client.get(address(path, report))
        assert response.status_code == 200
        shown[report] = body(response).decode()

    assert "青禾" not in shown[ours]
    assert not any(code in shown[theirs] for code in ours.commitments.values_list("code", flat=True))
    assert "南岸区" not in shown[theirs]
    assert path in FILES or "青禾区" in shown[theirs]
