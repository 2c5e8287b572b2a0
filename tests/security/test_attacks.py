"""Attacks on requests, forms and sign-in, each tried. Sign-in limits: tests/staff/test_signing_in.py."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_user

from .test_matrix import addresses, expected
from .world import TODAY, World, make_world

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
EVIL = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "///evil.example",
    "https:evil.example", "javascript:alert(1)", " https://evil.example", "\thttps://evil.example",
    "http://testserver@evil.example/", "https://testserver.evil.example/", "%2f%2fevil.example", "/%09/evil.example",
]  # fmt: skip


@pytest.fixture
def world(settings) -> World:
    settings.TRACKER_TODAY = TODAY
    return make_world()


def leads_away(address: str) -> bool:
    """Say whether a browser at http://testserver would leave it by this Location."""
    seen = re.sub(r"[\t\r\n]", "", address).strip().replace("\\", "/")
    inside = seen.startswith("http://testserver/")
    return not inside and (seen.startswith("//") or re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", seen) is not None)


class TestRequests:
    @pytest.mark.parametrize(
        "host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "a b"]
    )
    @pytest.mark.parametrize(
        "url", ["/", "/api/v1/", "/accounts/password/reset/", "/sitemap.xml", "/updates/feed.atom"]
    )
    def test_another_host_name_is_refused(self, host, url, world):
        response = Client().get(url, headers={"host": host})

        assert response.status_code == 400
        assert b"evil" not in response.content

    def test_a_forwarded_host_is_not_believed(self, world):
        Client().post(
            "/accounts/password/reset/",
            {"email": world.people["reporter"].email},
            headers={
                "x-forwarded-host": "evil.example",
                "x-host": "evil.example",
                "forwarded": "host=evil.example",
            },
        )

        assert len(mail.outbox) == 1
        assert "evil.example" not in mail.outbox[0].body

    @pytest.mark.parametrize("target", EVIL)
    def test_no_switch_and_no_door_leads_to_another_site(self, target, world):
        password = "shan-cheng-2024"
        make_user(username="daohang", email="daohang@example.cn", password=password)
        asked = [
            ("/preferences/language/", {"language": "en", "next": target}),
            ("/preferences/type/", {"type": "large", "next": target}),
            ("/i18n/setlang/", {"language": "en", "next": target}),
            ("/accounts/login/", {"login": "daohang", "password": password, "next": target}),
            (f"/accounts/login/?next={quote(target)}", {"login": "daohang", "password": password}),
        ]
        for url, posted in asked:
            response = Client().post(url, posted, headers={"referer": "https://evil.example/x"})
            assert response.status_code == 302, url
            assert not leads_away(response["Location"]), (url, response["Location"])

    @pytest.mark.parametrize("target", EVIL)
    def test_a_saved_filter_and_an_htmx_address_lead_nowhere_else(self, target, world):
        client = world.client("administrator")

        saved = client.post("/staff/bulk/filters/", {"name": "x", "query": target})
        notice = Client().get("/staff/", headers={**HTMX, "hx-current-url": target})

        assert saved["Location"].startswith("/staff/bulk/?")
        links = re.findall(r'href="([^"]*)"', notice.content.decode())
        assert not any(leads_away(link) for link in links)

    def test_no_header_can_be_smuggled_in(self, world):
        client, tail = world.client("administrator"), "x\r\nSet-Cookie: a=b\r\n\r\n<script>"
        answers = [
            Client().post("/preferences/type/", {"type": "large", "next": f"/{tail}"}),
            Client().post("/preferences/language/", {"language": "en", "next": f"/{tail}"}),
            client.post("/staff/bulk/filters/", {"name": tail, "query": tail}),
            Client().get(f"/commitments/?q={quote(tail)}"),
            Client().get("/staff/", {"next": tail}),
        ]

        for response in answers:
            assert "a" not in response.cookies
            for name, value in response.items():
                assert "\r" not in value, name
                assert "\n" not in value, name

    @pytest.mark.parametrize(
        "path",
        [
            "/commitments/%00/", "/commitments/%ff%fe/", "/commitments/../../etc/passwd", "/departments/%00/",
            "/departments/x%00/feed.atom", "/scorecards/%00/", "/updates/?department=%00", "/updates/?area=%00",
            "/api/v1/commitments/%00", "/api/v1/commitments?report=%00", "/api/v1/updates?department=a%00b",
            "/?%00=%00", "/commitments/?q=%00", "/commitments/?q=%ff%fe", "/commitments/?page=%ff", "/data/%00.csv",
        ],
    )  # fmt: skip
    def test_null_bytes_and_broken_utf_8_are_no_error_of_ours(self, path, world):
        for client in (Client(), world.client("administrator")):
            assert client.get(path).status_code in (200, 400, 404, 422)

    @pytest.mark.parametrize(
        "number", ["9223372036854775808", "99999999999999999999999", "9" * 400, "9" * 5000, "٣"]
    )
    def test_numbers_beyond_what_a_database_holds_are_no_error_of_ours(self, number, world):
        client, n = world.client("administrator"), quote(number)
        paths = [
            f"/report/passages/{n}/", f"/areas/{n}/", f"/areas/{n}/feed.atom", f"/themes/{n}.{n}/", f"/evidence/{n}/",
            f"/updates/?area={n}&page={n}", f"/commitments/?page={n}&area={n}&theme={n}.1&since={n}",
            f"/api/v1/updates?area={n}&page_size={n}", f"/api/v1/commitments?page={n}", f"/staff/updates/{n}/",
            f"/staff/evidence/{n}/", f"/staff/review/{n}/", f"/staff/batches/{n}/", f"/staff/amendments/{n}/",
            f"/staff/chases/{n}/reply/", f"/staff/?area={n}&page={n}", f"/staff/bulk/?tag={n}&page={n}",
            f"/staff/changes/?page={n}&batch={n}&commitment={n}", f"/staff/commitments/2024-1.1-01/update/?corrects={n}",
            f"/admin/commitments/tag/{n}/change/",
        ]  # fmt: skip
        for path in paths:
            assert client.get(path).status_code < 500, path
        posts = [
            (f"/staff/batches/{world.batch.pk}/revert/", {"also": number, "reason": "x"}),
            ("/staff/bulk/", {"pk": [number, "²", "1"], "step": "preview", "reason": "x"}),
            ("/staff/review/", {"pk": number, "update": number, "decision": "published"}),
            (f"/staff/commitments/{world.waiting.code}/update/", {"remove": number}),
            (
                f"/staff/commitments/{world.waiting.code}/update/",
                {"based_on": number, "draft_version": number},
            ),
            (f"/staff/commitments/{world.approved.code}/update/", {"value": number, "invested": number}),
            (f"/staff/bulk/filters/{n}/delete/", {}),
        ]
        for path, posted in posts:
            assert client.post(path, posted).status_code < 500, path

    def test_huge_filters_ask_the_database_no_more_often_than_small_ones(self, world):
        queries = [
            "q=" + quote("的" * 5000), "q=" + quote(" ".join(["的"] * 3000)), "&".join(["area=1"] * 4000),
            "&".join(f"area={n}" for n in range(4000)), "&".join(f"x{n}=1" for n in range(4900)),
            "q=" + quote("(a+)+$" * 16), "q=" + quote("\\" * 100), "q=" + quote("%_" * 50),
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as small:
            Client().get("/commitments/?q=a&area=1")

        for query in queries:
            with CaptureQueriesContext(connection) as asked:
                response = Client().get(f"/commitments/?{query}")
            assert response.status_code in (200, 400), query[:40]
            assert len(asked) <= len(small), query[:40]
            assert sum(len(one["sql"]) for one in asked) < 60_000, query[:40]

    def test_forms_with_too_many_fields_are_refused(self, world):
        client = world.client("administrator")

        response = client.post("/staff/bulk/", {f"x{n}": "1" for n in range(6000)})

        assert response.status_code == 400

    def test_a_body_too_large_for_a_form_is_refused(self, world):
        client = world.client("reporter")

        response = client.post(
            f"/staff/commitments/{world.waiting.code}/update/draft/", {"account": "字" * 1_000_000}
        )

        assert response.status_code == 400


class TestForgery:
    def test_every_page_that_writes_asks_for_the_token(self, world):
        """With htmx and without; only the reader's two switches are open, and write nothing but a cookie."""
        open_to_all = {"public:language-set", "public:type-set"}
        client, tried = world.client("administrator", enforce_csrf_checks=True), set()
        for name, url in addresses(world).items():
            # Where a POST without anything leads somewhere, or to a form that says what is missing.
            if expected()[name].get("POST", [405])[-1] in (404, 405) or name in open_to_all:
                continue
            if name.startswith("api:"):  # reads only, whatever the method
                continue
            for headers in ({}, HTMX):
                assert client.post(url, headers=headers).status_code == 403, name
            tried.add(name)

        assert {
            "staff:update-edit",
            "staff:bulk-edit",
            "account_login",
            "admin:commitments_user_add",
        } <= tried

    def test_a_submission_from_another_site_writes_nothing(self, world):
        client = world.client("reporter", enforce_csrf_checks=True)
        client.cookies["csrftoken"] = "a" * 32
        url = f"/staff/commitments/{world.waiting.code}/unchanged/"

        answers = [
            client.post(url),
            client.post(url, headers=HTMX),
            client.post(url, {"csrfmiddlewaretoken": "a" * 32}, headers={"origin": "https://evil.example"}),
            client.post(url, headers={"x-csrftoken": "b" * 32}),
        ]

        assert {answer.status_code for answer in answers} == {403}
        assert world.waiting.updates.count() == 1

    def test_the_session_has_another_key_after_signing_in(self, world):
        make_user(username="xinren", email="xinren@example.cn", password="shan-cheng-2024")
        client = Client()
        session = client.session
        session["planted"] = "x"
        session.save()
        before = session.session_key
        client.cookies["sessionid"] = before

        client.post("/accounts/login/", {"login": "xinren", "password": "shan-cheng-2024"})

        assert client.cookies["sessionid"].value != before
        stranger = Client()
        stranger.cookies["sessionid"] = before
        assert stranger.get("/staff/").status_code == 302

    def test_a_made_up_session_opens_nothing(self, world):
        for key in ("", "x", "0" * 32, "../../etc/passwd", "' OR 1=1 --", "\udcff"[:0] + "%00"):
            client = Client()
            client.cookies["sessionid"] = key
            assert client.get("/staff/").status_code == 302

    def test_cookies_are_closed_to_scripts_and_other_sites(self, world):
        make_user(username="xinren", email="xinren@example.cn", password="shan-cheng-2024")
        client = Client()
        client.get("/accounts/login/")
        client.post("/accounts/login/", {"login": "xinren", "password": "shan-cheng-2024"})
        client.post("/preferences/type/", {"type": "large"})
        client.post("/preferences/language/", {"language": "en"})

        for name in ("sessionid", "tracker_type", "django_language"):
            assert client.cookies[name]["httponly"], name
        for name, cookie in client.cookies.items():
            assert cookie["samesite"] == "Lax", name


class TestWhoIsThere:
    """Signing in and asking for a new password say the same, and do as much, whether or not the account exists."""

    def test_wrong_names_and_wrong_passwords_are_told_alike(self, world):
        make_user(username="zaizhi", email="zaizhi@example.cn", password="shan-cheng-2024")
        make_user(username="lizhi", email="lizhi@example.cn", password="shan-cheng-2024", is_active=False)
        pages = {}
        for name in ("zaizhi", "lizhi", "wumingshi"):
            response = Client().post("/accounts/login/", {"login": name, "password": "cuowu-de-mima"})
            text = re.sub(
                r'name="csrfmiddlewaretoken" value="[^"]*"|x-csrftoken[^>]*', "", response.content.decode()
            )
            pages[name] = (response.status_code, text.replace(name, "NAME"))

        assert pages["zaizhi"] == pages["wumingshi"] == pages["lizhi"]

    def test_a_wrong_name_costs_as_much_hashing_as_a_wrong_password(self, world, monkeypatch):
        make_user(username="zaizhi", email="zaizhi@example.cn", password="shan-cheng-2024")
        hasher, counts = type(get_hasher("default")), {}
        original = hasher.encode

        def counted(self, *args, **kwargs):
            counts[name] = counts.get(name, 0) + 1
            return original(self, *args, **kwargs)

        monkeypatch.setattr(hasher, "encode", counted)
        for name in ("zaizhi", "wumingshi"):
            Client().post("/accounts/login/", {"login": name, "password": "cuowu-de-mima"})

        assert counts["zaizhi"] == counts["wumingshi"] >= 1

    def test_resetting_answers_alike(self, world):
        answers = {
            address: Client().post("/accounts/password/reset/", {"email": address})
            for address in (world.people["reporter"].email, "nobody@example.cn")
        }

        assert {(given.status_code, given.get("Location")) for given in answers.values()} == {
            (302, "/accounts/password/reset/done/")
        }
        assert len(mail.outbox) == 1
