"""Evidence files: the public reads those of approved updates and no others."""

import hashlib

import pytest
from django.core.files.base import ContentFile

from commitments.choices import Decision, EvidenceKind
from commitments.models import Evidence
from tests.factories import make_commitment, make_review, make_update, make_withdrawal

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF"


def make_file(update, *, title: str = "验收报告.pdf", content_type: str = "application/pdf") -> Evidence:
    return Evidence.objects.create(
        commitment=update.commitment,
        update=update,
        kind=EvidenceKind.FILE,
        title=title,
        file=ContentFile(PDF, name=title),
        content_type=content_type,
        size=len(PDF),
        sha256=hashlib.sha256(PDF).hexdigest(),
        added_by=update.author,
        added_at=update.submitted_at,
    )


@pytest.fixture
def update():
    return make_update(make_commitment())


def test_is_read_once_its_update_is_approved(client, update):
    piece = make_file(update)
    make_review(update)

    response = client.get(f"/evidence/{piece.pk}/")

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")


def test_what_a_browser_could_run_is_only_downloaded(client, update):
    piece = make_file(update, title="表.html", content_type="text/html")
    make_review(update)

    assert client.get(f"/evidence/{piece.pk}/")["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("fate", ["waiting", "returned", "withdrawn", "draft"])
def test_is_not_found_until_then(client, update, fate):
    piece = make_file(update)
    if fate == "returned":
        make_review(update, Decision.RETURNED)
    elif fate == "withdrawn":
        make_withdrawal(update)
    elif fate == "draft":
        other = make_update(update.commitment)
        make_review(other)
        piece = make_file(update)

    assert client.get(f"/evidence/{piece.pk}/").status_code == 404


def test_is_sent_once_while_it_stays(client, update):
    piece = make_file(update)
    make_review(update)
    address = f"/evidence/{piece.pk}/"
    etag = client.get(address)["ETag"]

    assert client.get(address, headers={"if-none-match": etag}).status_code == 304


def test_a_sum_that_is_known_does_not_open_what_is_not_approved(client, update):
    piece = make_file(update)

    response = client.get(f"/evidence/{piece.pk}/", headers={"if-none-match": f'"{piece.sha256}"'})

    assert response.status_code == 404


def test_a_file_that_was_lost_is_not_found(client, update):
    piece = make_file(update)
    make_review(update)
    piece.file.storage.delete(piece.file.name)

    assert client.get(f"/evidence/{piece.pk}/").status_code == 404


def test_tables_and_the_api_lead_to_it(client, update):
    piece = make_file(update)
    make_review(update)

    assert f"/evidence/{piece.pk}/" in client.get("/data/evidence.csv").content.decode()
    assert f"/evidence/{piece.pk}/" in client.get("/api/v1/updates").content.decode()
