"""The read-only API: what each address answers, page by page, and what it refuses."""

import datetime as dt
from decimal import Decimal

import pytest

from commitments.api.docs import QUESTIONS
from commitments.api.words import WORDS
from commitments.choices import Decision, Stage
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
    make_theme,
    make_update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


def items(client, address: str) -> list[dict]:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return response.json()["items"]


def codes(client, query: str = "") -> list[str]:
    return [item["code"] for item in items(client, f"/api/v1/commitments{query}")]


class TestBeginning:
    def test_leads_to_everything(self, client):
        make_report()

        for address in client.get("/api/v1/").json().values():
            assert client.get(address.removeprefix("http://testserver")).status_code == 200

    def test_documentation_names_every_address_and_field(self, client):
        description = client.get("/api/v1/openapi.json").json()
        page = client.get("/api/v1/docs").content.decode()

        assert len(description["paths"]) == 5
        for path in description["paths"]:
            assert f"GET {path}" in page
        for field in description["components"]["schemas"]["CommitmentOut"]["properties"]:
            assert f"<code>{field}</code>" in page
        assert "返回已载入的每一份报告。" in page
        packed = client.get("/api/v1/docs", headers={"accept-encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"

    def test_documentation_has_every_word_of_the_description_to_translate(self, client):
        description = client.get("/api/v1/openapi.json").json()
        operations = [way for ways in description["paths"].values() for way in ways.values()]
        shapes = [
            shape
            for name, shape in description["components"]["schemas"].items()
            if "properties" in shape and name not in QUESTIONS
        ]

        said = {description["info"]["description"]}
        said |= {way[key] for way in operations for key in ("summary", "description")}
        said |= {line.get("description", "") for way in operations for line in way.get("parameters", ())}
        said |= {shape["description"] for shape in shapes}
        said |= {line.get("description", "") for shape in shapes for line in shape["properties"].values()}

        assert said - {""} == WORDS


class TestCommitments:
    def test_tell_figures_exactly_and_as_text(self, client):
        commitment = make_target(
            target={"value": Decimal("0.1"), "unit": "%"}, lead=make_department(slug="jiaowei")
        )
        update = make_update(commitment, value=Decimal("0.3"))
        make_review(update)

        item = items(client, "/api/v1/commitments")[0]

        assert item["target"]["value"] == "0.1"
        assert item["reported_value"] == "0.3"
        assert item["lead"]["slug"] == "jiaowei"
        assert item["as_of"] == "2024-05-31"
        assert item["words"] == commitment.passage.text

    def test_are_filtered_as_on_the_page(self, client):
        report = make_report()
        target, project = make_target(report), make_project(report, theme=make_theme(report, area=2))
        measure = make_commitment(report, lead=make_department(slug="jiaowei"), hedge="力争")
        make_review(make_update(project, stage=Stage.STARTED))

        assert codes(client) == [target.code, project.code, measure.code]
        assert codes(client, "?area=2") == [project.code]
        assert codes(client, "?kind=target&kind=measure") == [target.code, measure.code]
        assert codes(client, "?status=not_reported&department=jiaowei") == [measure.code]
        assert codes(client, "?lead=none&hedge=no") == [target.code, project.code]
        assert codes(client, "?sort=updated")[0] == project.code
        assert codes(client, "?since=2024-06-01") == [project.code]
        assert codes(client, "?q=不会有的词") == []

    def test_come_in_pages_that_lead_to_each_other(self, client):
        report = make_report()
        every = [make_commitment(report).code for _ in range(5)]

        read, address = [], "/api/v1/commitments?page_size=2"
        while address:
            answer = client.get(address).json()
            read += [item["code"] for item in answer["items"]]
            address = (answer["next"] or "").removeprefix("http://testserver")

        assert read == every
        assert (answer["count"], answer["page"], answer["pages"]) == (5, 3, 3)
        assert "page=2" in answer["previous"]

    def test_retired_ones_are_not_listed_but_can_be_read(self, client):
        retired = make_commitment(is_retired=True)

        assert codes(client) == []
        assert client.get(f"/api/v1/commitments/{retired.code}").json()["is_retired"] is True

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("status=bogus", "status"),
            ("kind=target&kind=x", "kind"),
            ("area=77", "area"),
            ("department=nobody", "department"),
            ("page=0", "page"),
            ("page_size=100000", "page_size"),
            ("since=yesterday", "since"),
            ("sort=x", "sort"),
        ],
    )
    def test_a_value_that_does_not_exist_is_refused_by_name(self, client, query, name):
        make_commitment()

        response = client.get(f"/api/v1/commitments?{query}")

        assert response.status_code == 422
        assert list(response.json()["errors"]) == [name]

    def test_a_report_that_does_not_exist_is_not_found(self, client):
        make_commitment()

        assert client.get("/api/v1/commitments?report=nowhere-1999").status_code == 404
        assert client.get("/api/v1/commitments?report=nanan-2024").status_code == 200


class TestOneCommitment:
    def test_tells_its_whole_public_record(self, client):
        commitment = make_project(promised=Stage.STARTED)
        first = make_update(commitment, stage=Stage.PLANNED)
        make_review(first, decided_at=at(2024, 6, 1))
        second = make_update(commitment, stage=Stage.STARTED, corrects=first, submitted_at=at(2024, 7, 1))
        make_link(second)
        make_review(second, Decision.VERIFIED, decided_at=at(2024, 7, 2))
        make_amendment(commitment)

        record = client.get(f"/api/v1/commitments/{commitment.code}").json()

        assert record["status"] == "done"
        assert [update["id"] for update in record["updates"]] == [second.pk, first.pk]
        assert record["updates"][0]["corrects"] == first.pk
        assert record["updates"][0]["decisions"][0]["method"] == "documents"
        assert record["updates"][0]["evidence"][0]["title"] == "区政府网站公告"
        assert record["amendments"][0]["new_deadline"] == "2025-03-31"
        assert record["explanation"][-1]["key"] == "rule"
        assert record["judged_on"] == "2024-10-20"

    def test_is_not_found_when_it_does_not_exist(self, client):
        make_report()

        assert client.get("/api/v1/commitments/2024-1.1-99").status_code == 404


class TestUpdates:
    def test_are_read_on_by_cursor(self, client):
        commitment = make_commitment()
        for day in range(1, 6):
            make_review(make_update(commitment), decided_at=at(2024, 6, day))

        read, address = [], "/api/v1/updates?page_size=2"
        while address:
            answer = client.get(address).json()
            read += [item["at"][:10] for item in answer["items"]]
            make_review(make_update(commitment), decided_at=at(2024, 8, 1))
            address = (answer["next"] or "").removeprefix("http://testserver")

        assert read == ["2024-06-05", "2024-06-04", "2024-06-03", "2024-06-02", "2024-06-01"]

    def test_can_be_narrowed(self, client):
        report = make_report()
        wanted = make_commitment(
            report, supports=[make_department(slug="jiaowei")], theme=make_theme(report, area=2)
        )
        for commitment in (wanted, make_commitment(report)):
            make_review(make_update(commitment), decided_at=at(2024, 6, 1))
            make_amendment(commitment)

        for query in ("department=jiaowei", "area=2", f"commitment={wanted.code}"):
            found = items(client, f"/api/v1/updates?{query}")
            assert {item["commitment"]["code"] for item in found} == {wanted.code}
            assert [item["kind"] for item in found] == ["amendment", "update"]
        assert [item["kind"] for item in items(client, "/api/v1/updates?since=2024-07-01")] == [
            "amendment"
        ] * 2

    @pytest.mark.parametrize("cursor", ["x", "!!!!", "MjAyNA", "承诺"])
    def test_a_cursor_that_was_not_given_is_refused(self, client, cursor):
        make_report()

        assert client.get("/api/v1/updates", {"cursor": cursor}).status_code == 422


class TestAreas:
    def test_tell_their_themes_and_counts(self, client):
        report = make_report()
        make_commitment(report)
        make_commitment(report, is_retired=True)

        area = client.get("/api/v1/areas").json()[0]

        assert area["total"] == 1
        assert area["themes"][0]["key"] == "1.1"
        assert {row["status"]: row["count"] for row in area["counts"]}["not_reported"] == 1


class TestManners:
    def test_answers_head_and_nothing_that_writes(self, client):
        make_report()

        assert client.head("/api/v1/commitments").status_code == 200
        for method in (client.post, client.put, client.patch, client.delete):
            assert method("/api/v1/commitments").status_code == 405

    def test_can_be_read_by_pages_of_other_sites(self, client):
        make_report()

        response = client.get("/api/v1/commitments")

        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response

    def test_says_304_until_something_changes(self, client):
        report = make_report()
        etag = client.get("/api/v1/commitments")["ETag"]

        assert client.get("/api/v1/commitments", headers={"if-none-match": etag}).status_code == 304

        report.data_version += 1
        report.save(update_fields=["data_version"])
        assert client.get("/api/v1/commitments", headers={"if-none-match": etag}).status_code == 200

    def test_sets_no_cookie(self, client):
        make_report()

        assert not client.get("/api/v1/commitments").cookies

    @pytest.mark.parametrize("address", ["nowhere", "commitments/", "commitments/2024-1.1-01/updates"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_address_that_it_does_not_have_is_refused_like_everything_else(self, client, address, method):
        make_commitment()

        response = getattr(client, method)(f"/api/v1/{address}")

        assert (response.status_code, response["Content-Type"]) == (404, "application/json; charset=utf-8")
        assert response.json() == {"detail": "There is nothing at this address.", "errors": {}}
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_says_404_before_a_report_was_loaded(self, client):
        assert client.get("/api/v1/reports").json() == []
        assert client.get("/api/v1/commitments").status_code == 404
