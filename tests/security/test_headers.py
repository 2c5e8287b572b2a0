"""What every answer tells the browser: pages, files, errors, addresses for machines, in every role."""

from __future__ import annotations

import pytest
from django.conf import settings as site_settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tracker.headers import HEADERS, SafeHeadersMiddleware

from .test_matrix import addresses
from .world import TODAY, World, make_world

pytestmark = pytest.mark.django_db

ERRORS = [
    "/no-such-page/",
    "/commitments/none/",
    "/commitments.exe",
    "/evidence/999/",
    "/%00",
    "/?q=%00",
    "/media/x",
]


@pytest.fixture
def world(settings) -> World:
    settings.TRACKER_TODAY = TODAY
    return make_world()


def everything(world: World) -> list[str]:
    """Return the addresses of all pages; of the administration site, three."""
    named = addresses(world)
    admin = {"admin:index", "admin:commitments_user_changelist", "admin:commitments_commitment_change"}
    return [url for name, url in named.items() if not name.startswith("admin:") or name in admin] + ERRORS


def policy_of(response: HttpResponse) -> dict[str, list[str]]:
    """Return the Content-Security-Policy by directive."""
    parts = [part.split() for part in response["Content-Security-Policy"].split(";") if part.strip()]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("visitor", ["public", "administrator"])
def test_every_answer_has_them(visitor, world):
    client = world.client(visitor)

    for url in everything(world):
        response = client.get(url)
        missing = [name for name, _value in HEADERS if name not in response]
        assert missing == [], url
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in response["Permissions-Policy"]
        policy = policy_of(response)
        assert policy["default-src"] in (["'self'"], ["'none'"]), url
        assert "unsafe" not in response["Content-Security-Policy"]
        assert "*" not in response["Content-Security-Policy"]
        # A sandbox without a word is an origin of its own: nothing in it can reach the site.
        if "sandbox" not in policy:
            assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"], url
        assert "script-src" not in policy or policy["script-src"] == ["'self'"]


def test_no_answer_names_the_server_or_its_version(world):
    for url in everything(world):
        response = Client().get(url)
        assert not {"Server", "X-Powered-By"} & set(response.headers)


@pytest.mark.parametrize("visitor", ["reporter", "administrator"])
def test_what_is_one_person_s_stays_in_no_cache(visitor, world):
    client = world.client(visitor)

    for name, url in addresses(world).items():
        if name.startswith(("staff:", "account", "mfa_", "usersessions")):
            assert "no-store" in client.get(url)["Cache-Control"], name


def test_what_a_signed_in_person_reads_of_the_public_pages_stays_in_no_shared_cache(world):
    client = world.client("reporter")

    for name, url in addresses(world).items():
        if name.startswith("public:"):
            assert "private" in client.get(url).headers.get("Cache-Control", "private"), name
    assert "private" in client.get("/")["Cache-Control"]
    assert "private" not in Client().get("/")["Cache-Control"]


def test_not_modified_does_not_take_the_page_s_policy_away(world):
    page = Client().get("/")

    again = Client().get("/", headers={"if-none-match": page["ETag"]})

    assert again.status_code == 304
    assert (
        "Content-Security-Policy" not in again
        or again["Content-Security-Policy"] == page["Content-Security-Policy"]
    )


def test_an_error_of_ours_has_them_too(world, monkeypatch):
    monkeypatch.setattr("commitments.public.areas.report_or_404", lambda request: 1 / 0)

    response = Client(raise_request_exception=False).get("/areas/")

    assert response.status_code == 500
    assert policy_of(response)["default-src"] == ["'self'"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_encryption_is_remembered_for_a_year_in_production(world, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 365 * 24 * 3600, True
    settings.SECURE_SSL_REDIRECT = True

    answer = Client().get("/", secure=True)
    plain = Client().get("/")

    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert plain.status_code == 301
    assert plain["Location"].startswith("https://")


def test_other_sites_may_read_the_api_and_nothing_else(world):
    named = addresses(world)
    client = world.client("administrator")
    allowed = {name for name, url in named.items() if "Access-Control-Allow-Origin" in client.get(url)}

    assert {name for name in allowed if not name.startswith(("api:", "public:"))} == set()
    for name in allowed:
        response = client.get(named[name], headers={"origin": "https://evil.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        # With a star, a browser sends and shows nothing of a person.
        assert "Access-Control-Allow-Credentials" not in response
        assert "标记管理丙" not in b"".join(response).decode("utf-8", "replace")


def test_a_page_keeps_the_stricter_policy_it_has_itself():
    def view(request):
        return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'; sandbox"})

    response = SafeHeadersMiddleware(view)(RequestFactory().get("/"))

    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_the_policy_of_pages_allows_only_this_site():
    directives = site_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    assert directives["default-src"] == ["'self'"]
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == ["'none'"]
    assert directives["form-action"] == ["'self'"]
