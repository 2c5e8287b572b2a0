"""Random queries, forms, files and paths: never an error of ours. The API: tests/api/test_against_its_description.py."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .world import TODAY, make_world

pytestmark = pytest.mark.django_db

# The same examples each time: what fails here fails everywhere.
BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
FINE = {200, 201, 204, 301, 302, 304, 400, 403, 404, 405, 409, 410, 413, 422}


@pytest.fixture
def visitors(settings):
    """One site for all examples; each example takes back what it did."""
    settings.TRACKER_TODAY = TODAY
    world = make_world()
    names = ("public", "reporter", "reviewer", "administrator")
    return world, {name: world.client(name) for name in names}


LISTS = [
    "/", "/commitments/", "/commitments.csv", "/commitments.json", "/targets/", "/projects/", "/updates/", "/report/",
    "/areas/", "/departments/", "/scorecards/", "/deadlines.ics", "/glossary/", "/api/v1/commitments",
    "/api/v1/updates", "/api/v1/areas", "/staff/", "/staff/review/", "/staff/periods/", "/staff/bulk/",
    "/staff/bulk/grid/", "/staff/batches/", "/staff/changes/", "/staff/amendments/", "/staff/ledger/export/",
    "/staff/documents/notice/", "/admin/commitments/commitment/", "/admin/commitments/changeentry/",
]  # fmt: skip
NAMES = [
    "q", "page", "page_size", "area", "theme", "kind", "status", "schedule", "scorecard", "department", "lead", "hedge",
    "since", "sort", "report", "cursor", "commitment", "tag", "deadline", "selection", "group", "scope", "period",
    "only", "words", "act", "via", "who", "from", "to", "until", "batch", "actor", "row", "corrects", "reset", "o", "p",
    "show", "view", "columns",
]  # fmt: skip
# Values that mean something, values that nearly do, and anything.
KNOWN = ["1", "0", "-1", "1.1", "target", "behind", "none", "yes", "2024-10-01", "2024-13-45", "0001-01-01", "9999-12-31",
         "reform", "admin", "nanan-2024", "2024-1.1-01", "updated", "9" * 30, "%", "_", "\\", "'", '"', "²", "1e400", "nan", "[]", "{}"]  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
VALUES = st.sampled_from(KNOWN) | TEXT


@BOUNDED
@given(
    path=st.sampled_from(LISTS),
    query=st.lists(st.tuples(st.sampled_from(NAMES) | TEXT, VALUES), max_size=6),
    htmx=st.booleans(),
)
def test_any_filter(visitors, path, query, htmx):
    _world, clients = visitors
    client = clients["administrator" if path.startswith(("/staff", "/admin")) else "public"]
    headers = (
        {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}?{urlencode(query)}"}
        if htmx
        else {}
    )

    with transaction.atomic():
        response = client.get(f"{path}?{urlencode(query)}", headers=headers)
        transaction.set_rollback(True)

    assert response.status_code in FINE


@BOUNDED
@given(
    room=st.sampled_from(["", "commitments/", "departments/", "areas/", "themes/", "scorecards/", "data/", "evidence/",
                          "report/passages/", "api/v1/", "staff/commitments/", "staff/updates/", "staff/ledger/import/",
                          "staff/documents/", "admin/commitments/", "accounts/confirm-email/",
                          "accounts/password/reset/key/"]),
    rest=st.text(st.characters(codec="utf-8"), max_size=30),
    end=st.sampled_from(["", "/", ".csv", "/feed.atom", "/update/"]),
)  # fmt: skip
def test_any_path(visitors, room, rest, end):
    _world, clients = visitors
    cache.clear()

    for name in ("public", "administrator"):
        assert clients[name].get(f"/{room}{quote(rest, safe='')}{end}").status_code in FINE


FIELDS = {
    "/staff/commitments/{approved}/update/": [
        "act", "status", "as_of", "value", "value_source", "account", "obstacle", "help_needed", "explanation",
        "expected_on", "invested", "stage", "stage_on", "link_url", "link_title", "link_archived", "token", "based_on",
        "draft_version", "confirmed", "corrects", "remove",
    ],
    "/staff/commitments/{silent}/update/draft/": ["status", "as_of", "stage", "stage_on", "account", "draft_version"],
    "/staff/commitments/{approved}/update/preview/": ["status", "as_of", "value", "account", "invested"],
    "/staff/commitments/{waiting}/unchanged/": ["token", "based_on"],
    "/staff/commitments/{waiting}/chase/": ["message", "reply_by"],
    "/staff/chases/{chase}/reply/": ["reply"],
    "/staff/review/": ["decision-1", "decision-2", "reason-2", "decision-²"],
    "/staff/review/{submitted}/": ["decision", "method", "reason"],
    "/staff/bulk/": ["pk", "step", "reason", "lead", "deadline", "seen", "everything", "supports", "tags", "edit"],
    "/staff/bulk/filters/": ["name", "query"],
    "/staff/batches/{batch}/revert/": ["reason", "also"],
    "/staff/commitments/{silent}/amend/": ["kind", "new_wording", "new_value", "new_comparator", "new_deadline",
                                            "reason", "authority", "document_number"],
    "/staff/amendments/{amendment}/": ["decision", "decide", "note", "act"],
    "/admin/commitments/tag/add/": ["name"],
    "/accounts/login/": ["login", "password", "next", "remember"],
    "/accounts/password/reset/": ["email"],
    "/preferences/language/": ["language", "next"],
    "/preferences/type/": ["type", "next"],
}  # fmt: skip
WRITTEN = st.sampled_from([*KNOWN, "completed", "blocked", "in_progress", "built", "started", "verified", "returned",
                           "documents", "draft", "evidence", "preview", "apply", "https://x.example/", "a\x00b",
                           "1.1", "2"]) | TEXT  # fmt: skip


@BOUNDED
@given(path=st.sampled_from(list(FIELDS)), data=st.data(), htmx=st.booleans())
def test_any_form(visitors, path, data, htmx):
    world, clients = visitors
    cache.clear()
    keys = {
        "approved": world.approved.code, "silent": world.silent.code, "waiting": world.waiting.code,
        "chase": world.chase.pk, "submitted": world.submitted.pk, "batch": world.batch.pk,
        "amendment": world.amendment.pk,
    }  # fmt: skip
    posted = data.draw(st.dictionaries(st.sampled_from(FIELDS[path]), WRITTEN, max_size=8))
    client = clients["administrator"] if path.startswith(("/staff", "/admin")) else Client()

    with transaction.atomic():
        response = client.post(path.format(**keys), posted, headers={"HX-Request": "true"} if htmx else {})
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)

    assert response.status_code in FINE


@settings(BOUNDED, max_examples=30)
@given(
    key=st.sampled_from(["ledger", "departments", "accounts"]),
    rows=st.lists(st.lists(VALUES, max_size=6), max_size=5),
    header=st.booleans(),
    name=st.sampled_from(["a.csv", "a.xlsx", "a.txt", "", "../a.csv"]) | TEXT,
)
def test_any_file_to_import(visitors, key, rows, header, name):
    _world, clients = visitors
    client = clients["administrator"]
    lines = [["编号", "名称", "用户名", "联系人", "状态"], *rows] if header else rows
    content = "\n".join(",".join(line) for line in lines).encode("utf-8", "replace")

    with transaction.atomic():
        response = client.post(
            f"/staff/ledger/import/{key}/", {"file": SimpleUploadedFile(name or "x", content)}
        )
        if response.status_code == 302 and "/preview/" in response["Location"]:
            response = client.get(response["Location"])
        transaction.set_rollback(True)

    assert response.status_code in FINE
