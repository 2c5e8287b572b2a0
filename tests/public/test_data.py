"""The data package: what its description says is what its tables hold."""

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from decimal import Decimal

import pytest

from commitments.choices import Decision
from commitments.models import Report
from commitments.public.datatables import TABLES
from tests.factories import (
    make_amendment,
    make_commitment,
    make_link,
    make_project,
    make_review,
    make_target,
    make_update,
)

from .world import make_world

pytestmark = pytest.mark.django_db

READERS = {
    "integer": int,
    "number": Decimal,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
    "string": str,
}


@pytest.fixture
def archive(client) -> zipfile.ZipFile:
    make_world(6)
    for commitment in (make_target(), make_project(), make_commitment()):
        first = make_update(commitment, invested=Decimal("12.50"))
        make_review(first)
        second = make_update(commitment, corrects=first, account="=1+1")
        make_link(second)
        make_review(second, Decision.VERIFIED)
        make_amendment(commitment)
    response = client.get("/data/commitments.zip")
    assert response.streaming
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"), newline="")))


def test_holds_every_table_the_report_and_the_sums(archive):
    assert archive.testzip() is None
    assert set(archive.namelist()) == {
        "datapackage.json",
        "report.txt",
        "SHA256SUMS",
        *(table.path for table in TABLES),
    }
    for line in archive.read("SHA256SUMS").decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest


def test_columns_and_types_are_as_described(archive):
    package = json.loads(archive.read("datapackage.json"))

    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    for resource in package["resources"]:
        rows = table(archive, resource["name"])
        fields = resource["schema"]["fields"]
        assert archive.read(resource["path"]).decode("utf-8-sig").split("\r\n")[0] == ",".join(
            field["name"] for field in fields
        )
        for row in rows:
            for field in fields:
                text = row[field["name"]]
                assert field["description"]
                assert text or not field.get("constraints", {}).get("required"), (
                    resource["name"],
                    field["name"],
                )
                if text:
                    READERS[field["type"]](text)


def test_keys_are_unique_and_lead_to_their_rows(archive):
    package = json.loads(archive.read("datapackage.json"))
    tables = {resource["name"]: table(archive, resource["name"]) for resource in package["resources"]}

    for resource in package["resources"]:
        key = resource["schema"]["primaryKey"]
        found = [tuple(row[name] for name in key) for row in tables[resource["name"]]]
        assert len(found) == len(set(found)) > 0, resource["name"]
        for foreign in resource["schema"].get("foreignKeys", ()):
            there = {row[foreign["reference"]["fields"]] for row in tables[foreign["reference"]["resource"]]}
            here = {row[foreign["fields"]] for row in tables[resource["name"]]} - {""}
            assert here <= there, (resource["name"], foreign)


def test_words_are_where_the_offsets_say(archive):
    text = archive.read("report.txt").decode()

    rows = table(archive, "passages")
    assert rows
    for row in rows:
        assert text[int(row["start"]) : int(row["end"])] == row["text"]


def test_history_is_whole(archive):
    updates = table(archive, "updates")
    corrected = [row for row in updates if row["corrects"]]

    assert len(corrected) == 3
    assert all(row["verified_at"] and row["method"] == "documents" for row in corrected)
    assert {row["invested"] for row in updates if row["invested"]} == {"12.5"}


def test_no_text_can_run_in_a_spreadsheet(archive):
    assert {row["account"] for row in table(archive, "updates") if "1+1" in row["account"]} == {"'=1+1"}


def test_equal_data_make_equal_bytes(client):
    make_world(6)

    first = b"".join(client.get("/data/commitments.zip").streaming_content)
    second = b"".join(client.get("/data/commitments.zip").streaming_content)

    assert first == second


def test_a_single_table_is_the_one_of_the_package(client, archive):
    alone = client.get("/data/updates.csv")

    assert alone.content == archive.read("updates.csv")
    assert alone.content.startswith(b"\xef\xbb\xbf")


def test_a_table_that_does_not_exist_is_not_found(client):
    make_world(3)

    assert client.get("/data/users.csv").status_code == 404


def test_invented_data_are_marked(client):
    make_world(3)
    commitment = Report.objects.get().commitments.first()
    make_review(make_update(commitment, is_demo=True), is_demo=True)

    assert client.get("/data/datapackage.json").json()["title"].startswith("【演示数据】")


class TestMethod:
    def test_shows_the_values_in_force(self, client, settings):
        settings.SCHEDULE_TOLERANCE, settings.STALE_DAYS = 0.075, 45
        make_world(3)

        page = client.get("/method/").content.decode()

        assert "7.5%" in page
        assert "45天" in page

    def test_shows_the_rate_with_numerator_and_denominator(self, client):
        make_world(4)

        assert "0 ÷ 4 = 0" in client.get("/method/").content.decode()
