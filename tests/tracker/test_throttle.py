"""Searching and downloading too often is refused for a while; an office behind one address is not locked out."""

import threading

import pytest
from django.db import DatabaseError, connection
from django.urls import URLPattern, get_resolver

from tests.factories import make_report, make_user
from tracker import throttle
from tracker.models import RateCount

pytestmark = pytest.mark.django_db

SEARCH, DOWNLOAD = "/commitments/?q=学校", "/commitments.csv"


@pytest.fixture(autouse=True)
def _limits(settings, monkeypatch):
    settings.SEARCHES_PER_MINUTE, settings.DOWNLOADS_PER_MINUTE = 6, 3
    settings.TRUSTED_PROXIES = 1
    make_report()
    monkeypatch.setattr(throttle.time, "time", lambda: 1_000_000_040.0)


def statuses(client, path, times, *, address="203.0.113.9"):
    return [client.get(path, headers={"X-Forwarded-For": address}).status_code for _ in range(times)]


class TestByAddress:
    @pytest.mark.parametrize(("path", "allowed"), [(SEARCH, 6), (DOWNLOAD, 3), ("/api/v1/commitments", 6)])
    def test_the_limit_is_kept(self, client, path, allowed):
        assert statuses(client, path, allowed + 2) == [200] * allowed + [429] * 2

    def test_other_addresses_go_on(self, client):
        statuses(client, SEARCH, 8)

        assert statuses(client, SEARCH, 1, address="203.0.113.10") == [200]

    def test_a_new_minute_is_a_new_count(self, client, monkeypatch):
        statuses(client, SEARCH, 8)
        monkeypatch.setattr(throttle.time, "time", lambda: 1_000_000_080.0)

        assert statuses(client, SEARCH, 1) == [200]

    def test_a_made_up_address_further_left_is_not_believed(self, client):
        for number in range(6):
            statuses(client, SEARCH, 1, address=f"198.51.100.{number}, 203.0.113.9")

        assert statuses(client, SEARCH, 1, address="198.51.100.99, 203.0.113.9") == [429]

    def test_the_addresses_of_one_network_of_ipv6_count_as_one(self, client):
        for number in range(6):
            statuses(client, SEARCH, 1, address=f"2001:db8:1:2::{number}")

        assert statuses(client, SEARCH, 1, address="2001:db8:1:2:ffff::1") == [429]
        assert statuses(client, SEARCH, 1, address="2001:db8:1:3::1") == [200]

    def test_reading_is_not_counted(self, client):
        assert statuses(client, "/commitments/", 8) == [200] * 8
        assert not RateCount.objects.exists()


class TestByPerson:
    def test_an_office_behind_one_address_is_not_locked_out(self, client):
        statuses(client, SEARCH, 8)

        client.force_login(make_user())

        assert statuses(client, SEARCH, 3) == [200, 200, 429]

    def test_colleagues_are_counted_apart(self, client):
        for _ in range(3):
            client.force_login(make_user())
            assert statuses(client, SEARCH, 2) == [200, 200]


class TestRefusal:
    def test_says_when_to_try_again_in_the_readers_language(self, client):
        statuses(client, SEARCH, 6)

        response = client.get(SEARCH, headers={"X-Forwarded-For": "203.0.113.9"})

        assert response["Retry-After"] == "40"
        assert response["Cache-Control"] == "no-store"
        page = response.content.decode()
        assert page.count("<h1") == 1
        assert "请在40秒后重试" in page
        client.cookies["django_language"] = "en"
        assert (
            "Try again in 40 seconds"
            in client.get(SEARCH, headers={"X-Forwarded-For": "203.0.113.9"}).content.decode()
        )

    def test_reaches_htmx_as_the_pages_content(self, client):
        statuses(client, SEARCH, 6)

        response = client.get(SEARCH, headers={"X-Forwarded-For": "203.0.113.9", "HX-Request": "true"})

        assert (response.status_code, response["HX-Retarget"]) == (429, "#main")
        assert "<html" not in response.content.decode()

    def test_reaches_programs_as_json(self, client):
        statuses(client, "/api/v1/commitments", 6)

        response = client.get("/api/v1/commitments", headers={"X-Forwarded-For": "203.0.113.9"})

        assert (response.status_code, response["Content-Type"]) == (429, "application/json")

    def test_does_not_happen_when_the_count_cannot_be_kept(self, client, monkeypatch):
        def fails(*_):
            raise DatabaseError

        monkeypatch.setattr(type(RateCount.objects), "add", fails)

        assert statuses(client, SEARCH, 8) == [200] * 8


class TestCounts:
    def test_tell_nobody_who_was_here(self, client):
        statuses(client, SEARCH, 1)

        (row,) = RateCount.objects.all()
        assert "203" not in row.key
        assert len(row.key) == 64

    def test_are_swept(self, monkeypatch):
        RateCount.objects.add("old", 5)
        monkeypatch.setattr("tracker.models.random.random", lambda: 0.0)

        RateCount.objects.add("new", 10)

        assert list(RateCount.objects.values_list("key", flat=True)) == ["new"]

    @pytest.mark.django_db(transaction=True)
    def test_none_is_lost_when_many_count_at_once(self):
        def add():
            for _ in range(20):
                RateCount.objects.add("k", 7)
            connection.close()

        threads = [threading.Thread(target=add) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert RateCount.objects.get().count == 80


# Pages that send a file without making one: a stored text, a feed that readers poll, a proof of evidence.
NOT_DOWNLOADS = {
    "public:data-descriptor", "public:report-text", "public:robots", "public:sitemap", "public:favicon",
    "public:deadlines", "public:evidence-file", "staff:evidence-file", "staff:ledger-template",
}  # fmt: skip


def test_every_page_that_makes_a_file_is_limited():
    def pages(resolver, namespace="", route=""):
        for entry in resolver.url_patterns:
            here = route + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield f"{namespace}{entry.name}", here
            else:
                yield from pages(
                    entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace, here
                )

    ours = {name: route for name, route in pages(get_resolver()) if name.startswith(("public:", "staff:"))}
    files = {
        name
        for name, route in ours.items()
        if not name.endswith("feed")
        and ("." in route.rsplit("/", 1)[-1] or "-file" in name or "download" in name)
    }

    assert files - throttle.DOWNLOADS - NOT_DOWNLOADS == set()
    assert throttle.DOWNLOADS - set(ours) == set()
    assert throttle.SEARCHES - set(ours) == set()
