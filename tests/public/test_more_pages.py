"""What holds for every page of targets, projects, areas, departments, updates, data and explanations."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.choices import Decision
from commitments.models import Report, UpdateDraft
from tests.factories import (
    at,
    make_amendment,
    make_commitment,
    make_department,
    make_link,
    make_project,
    make_report,
    make_review,
    make_target,
    make_update,
    make_user,
    make_withdrawal,
)

from .pages import COMPARING as PAGES
from .pages import body, well_formed
from .world import grow_world, make_world

pytestmark = pytest.mark.django_db

FILES = [
    "/updates/feed.atom",
    "/areas/9/feed.atom",
    "/departments/DEPARTMENT/feed.atom",
    "/deadlines.ics",
    "/data/datapackage.json",
    "/data/commitments.csv",
    "/data/updates.csv",
    "/data/evidence.csv",
    "/data/amendments.csv",
    "/data/commitments.zip",
    "/api/v1/reports",
    "/api/v1/areas",
    "/api/v1/commitments",
    "/api/v1/updates",
]


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


def address(path: str, report: Report) -> str:
    """Put the rows of the test in the place of the words."""
    first = report.commitments.first()
    return path.replace("DEPARTMENT", first.lead.slug if first and first.lead else "nobody").replace(
        "CARD", first.scorecards.first().key if first and first.scorecards.first() else "none"
    )


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_is_html_with_one_heading_a_title_and_a_language(client, settings, path, language):
    report = make_world(12)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    response = client.get(address(path, report))

    tree = well_formed(response, language)
    assert not [element for element in tree.iter() if element.get("style") or element.tag == "style"]


def test_costs_as_many_queries_for_thousands_of_rows_as_for_ten(client):
    report = make_world(10)
    addresses = [address(path, report) for path in [*PAGES, *FILES]]

    few = {path: queries(client, path) for path in addresses}
    grow_world(report, 1000)
    many = {path: queries(client, path) for path in addresses}

    assert "2010" in client.get("/areas/").content.decode()

    assert {path: count for path, count in many.items() if count > few[path]} == {}
    assert {path: count for path, count in few.items() if count > 24} == {}


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        body(client.get(path))
    return len(captured)


@pytest.mark.parametrize(
    "path", ["/targets/", "/projects/", "/areas/", "/departments/", "/scorecards/", "/updates/"]
)
def test_says_something_where_there_is_nothing(client, path):
    make_report()

    response = client.get(path)

    assert response.status_code == 200
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("path", ["/areas/77/", "/themes/1.77/", "/departments/nobody/", "/scorecards/none/"])
def test_is_not_found_when_it_does_not_exist(client, path):
    make_report()

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/targets/", "/updates/", "/data/", "/data/commitments.zip"])
def test_is_not_found_before_a_report_was_loaded(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_refuses_to_be_posted_to(client, path):
    report = make_world(3)

    assert client.post(address(path, report)).status_code == 405


@pytest.mark.parametrize("path", [*PAGES[:-1], *FILES])
def test_answers_304_until_the_data_change(client, path):
    report = make_world(3)
    address_of = address(path, report)
    first = client.get(address_of)

    again = client.get(address_of, headers={"if-none-match": first["ETag"]})
    report.data_version += 1
    report.save(update_fields=["data_version"])
    later = client.get(address_of, headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304
    assert later.status_code == 200


def json_or_text(response) -> str:
    """Return the text of an answer, JSON with its characters as they are read."""
    text = body(response).decode()
    if response["Content-Type"].startswith("application/json"):
        return json.dumps(json.loads(text), ensure_ascii=False)
    return text


class TestNothingUnapprovedLeaks:
    SECRET = "不应公开的内容"

    @pytest.fixture
    def report(self):
        """A target and a project with one approved update each, and everything else unapproved."""
        lead = make_department("区发展改革委")
        for commitment in (make_target(lead=lead), make_project(lead=lead), make_commitment(lead=lead)):
            make_link(
                make_update(commitment, account=self.SECRET, value_source=self.SECRET), title=self.SECRET
            )
            make_withdrawal(make_update(commitment, account=self.SECRET))
            make_review(make_update(commitment, account=self.SECRET), Decision.RETURNED, reason=self.SECRET)
            make_amendment(commitment, approved=False, reason=self.SECRET)
            make_amendment(commitment, is_approved=False, reason=self.SECRET, decision_note=self.SECRET)
            UpdateDraft.objects.create(
                commitment=commitment,
                owner=make_user(),
                content={"account": self.SECRET},
                saved_at=at(2024, 6, 1),
            )
            waiting = make_update(commitment, account=self.SECRET)
            correction = make_update(
                commitment, account="公开内容", corrects=waiting, author_name="不公开的姓名"
            )
            make_link(correction)
            make_review(correction, reviewer_name="不公开的姓名")
        return Report.objects.get()

    @pytest.mark.parametrize(
        "path",
        [
            *(
                path.replace("/areas/9/", "/areas/1/").replace("9.9", "1.1")
                for path in [*PAGES, *FILES]
                if "CARD" not in path
            ),
            "/commitments/2024-1.1-01/feed.atom",
            "/data/departments.csv",
            "/api/v1/commitments/2024-1.1-01",
            "/api/v1/commitments/2024-1.1-02",
        ],
    )
    def test_in_no_page_and_no_file(self, client, report, path):
        response = client.get(address(path, report))

        assert response.status_code == 200
        if path.endswith(".zip"):
            archive = zipfile.ZipFile(io.BytesIO(body(response)))
            text = "".join(archive.read(name).decode() for name in archive.namelist())
            assert "公开内容" in text
        else:
            text = json_or_text(response)
        assert self.SECRET not in text
        assert "不公开的姓名" not in text

    @pytest.mark.parametrize(
        "path",
        [
            "/updates/",
            "/updates/feed.atom",
            "/commitments/2024-1.1-01/feed.atom",
            "/data/updates.csv",
            "/api/v1/updates",
            "/api/v1/commitments/2024-1.1-01",
        ],
    )
    def test_while_what_was_approved_is_there(self, client, report, path):
        assert "公开内容" in json_or_text(client.get(path))

    def test_in_no_count(self, client, report):
        page = client.get("/updates/").content.decode()

        assert "3条动态" in page

    def test_nor_the_number_of_an_unapproved_update_that_was_corrected(self, client, report):
        waiting = Report.objects.get().commitments.first().updates.get(corrections__isnull=False)
        rows = body(client.get("/data/updates.csv")).decode("utf-8-sig").splitlines()

        found = client.get("/api/v1/updates").json()["items"]

        assert {item["update"]["corrects"] for item in found} == {None}
        assert all(f",{waiting.pk}," not in row for row in rows)
