"""Nothing that was not approved reaches the public: by no page, format, feed, search, cache, count or error page."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.test import Client

from commitments.models import Evidence, ProgressUpdate, Report
from commitments.progress import record
from tests.factories import make_searchable
from tests.progress import acts

from .test_matrix import addresses
from .world import ALWAYS, ONCE_APPROVED, TODAY, WAITING, World, add_secrets, make_world

pytestmark = pytest.mark.django_db

# What differs from one making of a page to the next, and says nothing.
CHANCE = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|&quot;x-csrftoken&quot;: &quot;[^&]*&quot;', re.I
)
QUERIES = [
    "/commitments/?status=blocked", "/commitments/?status=in_progress&sort=updated", "/commitments/?since=2024-10-01",
    "/commitments.xlsx", "/commitments.json", "/commitments.csv?status=blocked", "/commitments.json?department=reform",
    "/targets/?department=reform", "/projects/?status=blocked", "/updates/?department=reform", "/updates/?area=1",
    "/report/?words=1&reasons=1", "/report/?only=reported",
    "/api/v1/commitments?status=blocked", "/api/v1/commitments?since=2024-10-01&page_size=200",
    "/api/v1/updates?page_size=200", "/api/v1/updates?department=reform",
    "/data/updates.csv", "/data/evidence.csv", "/data/amendments.csv", "/data/departments.csv",
]  # fmt: skip


@pytest.fixture
def world(settings) -> World:
    settings.TRACKER_TODAY = TODAY
    keeping = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "leaks"}
    settings.CACHES = {**settings.CACHES, "pages": keeping}
    caches["pages"].clear()
    return make_world()


def public_pages(world: World) -> list[str]:
    """Return every public address: all pages with the rows they can name, formats, feeds, searches, errors."""
    rooms = ("public:", "api:")
    named = [url for name, url in addresses(world).items() if name.startswith(rooms)]
    rows = [
        f"{place}{row.code}{end}"
        for row in (world.waiting, world.approved, world.silent)
        for place, end in (
            ("/commitments/", "/"),
            ("/commitments/", "/feed.atom"),
            ("/api/v1/commitments/", ""),
        )
    ]
    # What a stranger may guess, before there is anything and after.
    guesses = [f"/evidence/{number}/" for number in range(1, 12)] + ["/commitments/none/", "/no-such-page/"]
    return list(dict.fromkeys([*named, *rows, *guesses, *QUERIES]))


def searches() -> list[str]:
    """Return every way to search for each word."""
    places = (
        "/commitments/?q=",
        "/api/v1/commitments?q=",
        "/commitments.csv?q=",
        "/targets/?q=",
        "/projects/?q=",
    )
    return [f"{place}{quote(word)}" for word in (*WAITING, *ALWAYS) for place in places]


def answer(client: Client, address: str, **headers: str) -> tuple[int, str, bytes]:
    """Return status, ETag and all that can be read in the answer, archives unpacked."""
    response = client.get(address, **headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            # The time of writing stands in the properties.
            names = [name for name in archive.namelist() if not name.startswith("docProps/")]
            body = b"\n".join(archive.read(name) for name in names)
    return response.status_code, response.headers.get("ETag", ""), CHANCE.sub(b"", body)


def all_answers(client: Client, pages: Iterable[str]) -> dict[str, tuple[int, str, bytes]]:
    return {address: answer(client, address) for address in pages}


def found_in(answers: dict[str, tuple[int, str, bytes]], words: Iterable[str]) -> set[tuple[str, str]]:
    """Return where a word stands that should not."""
    spelled = [
        (word, form) for word in words for form in (word.encode(), quote(word).encode(), escaped(word))
    ]
    return {(page, word) for page, (_, _, body) in answers.items() for word, form in spelled if form in body}


def escaped(word: str) -> bytes:
    """Return the word as JSON may write it."""
    return word.encode("ascii", "backslashreplace")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("visitor", ["public", "elsewhere"])
def test_no_byte_of_any_public_page_changes_before_approval(visitor, language, world):
    client = world.client(visitor, language=language)
    # Searching is the same for everyone; once is enough.
    pages = [*public_pages(world), *(searches() if (visitor, language) == ("public", "zh-hans") else ())]
    before, version = all_answers(client, pages), Report.objects.get().data_version

    add_secrets(world)
    # To somebody who signed in nothing is given that was kept.
    kept = all_answers(client, pages) if visitor == "public" else before
    caches["pages"].clear()
    fresh = all_answers(client, pages)

    assert [page for page in pages if kept[page] != before[page]] == []
    assert [page for page in pages if fresh[page] != before[page]] == []
    assert Report.objects.get().data_version == version
    own_name = {"标记外局"} if visitor == "elsewhere" else set()
    shown = {page: fresh[page] for page in public_pages(world)}
    assert found_in(shown, {*WAITING, *ALWAYS} - own_name) == set()


def test_the_search_finds_none_of_it(world):
    add_secrets(world)
    make_searchable()

    for word in (*WAITING, *ALWAYS):
        assert Client().get("/api/v1/commitments", {"q": word}).json()["count"] == 0, word
    assert Client().get("/api/v1/commitments", {"q": "公开进展"}).json()["count"] == 1


def test_the_test_can_fail(world):
    """A word that is public is found, on pages, in feeds, archives and workbooks."""
    places = {page for page, _word in found_in(all_answers(Client(), public_pages(world)), ["公开进展"])}

    code = world.approved.code
    assert {
        f"/commitments/{code}/",
        "/updates/feed.atom",
        "/data/commitments.zip",
        "/api/v1/updates",
    } <= places
    assert f"/api/v1/commitments/{code}" in places


def test_another_bureau_reads_nothing_of_it_on_the_staff_pages_either(world):
    add_secrets(world)
    client = world.client("elsewhere")
    pages = [url for name, url in addresses(world).items() if name.startswith("staff:")]
    pages += ["/staff/?scope=all", "/staff/?q=标记", "/staff/?reset=1"]
    pages += [f"/staff/updates/{pk}/" for pk in ProgressUpdate.objects.values_list("pk", flat=True)]
    pages += [f"/staff/evidence/{pk}/" for pk in Evidence.objects.values_list("pk", flat=True)]

    answers = all_answers(client, pages)

    # A search says again what was searched for.
    shown = {page: given for page, given in answers.items() if "q=" not in page}
    assert found_in(shown, {*WAITING, *ALWAYS} - {"标记外局"}) == set()
    assert world.approved.title.encode() not in answers["/staff/?scope=all"][2]


def test_another_bureau_cannot_bring_it_up_by_posting(world):
    add_secrets(world)
    client = world.client("elsewhere")
    given = {}
    for name, url in addresses(world).items():
        if name.startswith("staff:"):
            given[name] = client.post(url, {"act": "take_over"}, HTTP_HX_REQUEST="true")

    answers = {name: (response.status_code, "", response.content) for name, response in given.items()}
    assert found_in(answers, {*WAITING, *ALWAYS} - {"标记外局"}) == set()
    assert world.silent.draft.owner == world.people["reporter"]


def test_files_are_not_served_before_approval_and_are_after(world):
    add_secrets(world)
    waiting = Evidence.objects.filter(kind="file").exclude(pk=world.file.pk)
    assert waiting.count() == 2

    for piece in waiting:
        assert Client().get(f"/evidence/{piece.pk}/").status_code == 404
        assert Client().get(f"/media/{piece.file.name}").status_code == 404

    record.review(world.submitted, by=world.people["reviewer"], decision="published", now=acts.NOW)
    shown = world.submitted.evidence.get()
    assert Client().get(f"/evidence/{shown.pk}/").status_code == 200
    assert Client().get(f"/evidence/{waiting.exclude(pk=shown.pk).get().pk}/").status_code == 404


def test_after_approval_appears_what_may_and_nothing_else(world):
    add_secrets(world)
    pages = public_pages(world)
    before = all_answers(Client(), pages)

    record.review(world.submitted, by=world.people["reviewer"], decision="published", now=acts.NOW)
    after = all_answers(Client(), pages)

    code = world.approved.code
    for word in ONCE_APPROVED:
        assert (f"/api/v1/commitments/{code}", word) in found_in(after, [word])
        assert (f"/commitments/{code}/", word) in found_in(after, [word])
    assert found_in(after, {*WAITING, *ALWAYS} - {*ONCE_APPROVED}) == set()
    assert after[f"/commitments/{code}/"][1] != before[f"/commitments/{code}/"][1]


def test_an_answer_that_is_kept_never_holds_the_frame_of_a_person(world):
    """Somebody signed in reads the page first; the next stranger must not get that page."""
    for visitor in ("reporter", "administrator"):
        client = world.client(visitor)
        for page in ("/", "/commitments/", f"/commitments/{world.approved.code}/", "/no-such-page/"):
            response = client.get(page)
            assert "private" in response.headers.get("Cache-Control", "")
            given = {page: answer(Client(), page)}
            assert found_in(given, ALWAYS) == set()


def test_an_error_page_says_nothing_of_what_went_wrong(world, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("标记待审词 SELECT secret")

    monkeypatch.setattr("commitments.public.areas.report_or_404", fail)
    client = Client(raise_request_exception=False)

    response = client.get("/areas/")

    assert response.status_code == 500
    assert "标记" not in response.content.decode()
    assert "SELECT" not in response.content.decode()
    assert "Traceback" not in response.content.decode()
