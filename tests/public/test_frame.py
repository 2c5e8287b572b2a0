"""The frame: switches, menus, pages for machines, pages for mistakes."""

import datetime as dt

import pytest
from defusedxml import ElementTree
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from commitments.choices import Role
from commitments.models import Report
from commitments.public.navigation import MAIN, menu
from tests.factories import make_commitment, make_department, make_report, make_user

pytestmark = pytest.mark.django_db


class TestSwitches:
    def test_large_type_is_remembered_and_can_be_taken_back(self, client):
        make_report()

        response = client.post("/preferences/type/", {"type": "large", "next": "/commitments/?kind=target"})

        assert response.headers["Location"] == "/commitments/?kind=target"
        assert 'class="is-large ' in client.get("/").content.decode()
        client.post("/preferences/type/", {"type": "normal", "next": "/"})
        assert "is-large" not in client.get("/").content.decode().split("<body")[0]

    def test_language_is_remembered(self, client):
        make_report()

        response = client.post("/preferences/language/", {"language": "en", "next": "/report/"})

        assert response.headers["Location"] == "/report/"
        assert '<html lang="en"' in client.get("/").content.decode()

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
    @pytest.mark.parametrize("switch", ["type", "language"])
    def test_never_leads_to_another_site(self, client, target, switch):
        response = client.post(f"/preferences/{switch}/", {"type": "large", "language": "en", "next": target})

        assert response.headers["Location"] == "/"

    def test_needs_no_token(self):
        strict = Client(enforce_csrf_checks=True)

        assert strict.post("/preferences/type/", {"type": "large", "next": "/"}).status_code == 302
        assert strict.post("/preferences/language/", {"language": "en", "next": "/"}).status_code == 302

    def test_is_a_form_and_not_a_link(self, client):
        assert client.get("/preferences/type/").status_code == 405
        assert client.get("/preferences/language/").status_code == 405


class TestMenu:
    def test_marks_the_page_and_the_pages_below_it(self):
        def here(path):
            return {item.href: item.is_here for item in menu(MAIN, path) if item.is_here}

        assert here("/commitments/") == {"/commitments/": "page"}
        assert here("/commitments/2024-3.2-07/") == {"/commitments/": "true"}
        assert here("/") == {"/": "page"}

    def test_staff_find_their_work_and_others_the_sign_in(self, client):
        make_report()
        assert 'href="/accounts/login/"' in client.get("/").content.decode()

        client.force_login(make_user())

        page = client.get("/").content.decode()
        assert 'href="/staff/"' in page
        assert 'href="/accounts/login/"' not in page


class TestMachines:
    def test_the_site_map_lists_published_pages_only(self, client, settings):
        settings.SITE_URL = "https://chengnuo.example.gov.cn"
        report = make_report()
        shown, hidden = make_commitment(report), make_commitment(report, is_retired=True)
        make_department(slug="keji")

        response = client.get("/sitemap.xml")

        places = [
            element.text
            for element in ElementTree.fromstring(response.content).iter()
            if element.tag.endswith("loc")
        ]
        assert f"https://chengnuo.example.gov.cn/commitments/{shown.code}/" in places
        assert f"https://chengnuo.example.gov.cn/commitments/{hidden.code}/" not in places
        assert "https://chengnuo.example.gov.cn/departments/keji/" in places
        assert not any("/staff/" in place for place in places)
        assert all(client.get(place.removeprefix(settings.SITE_URL)).status_code == 200 for place in places)

    def test_the_site_map_says_when_the_data_changed(self, client):
        make_report(data_changed_at=dt.datetime(2024, 6, 1, tzinfo=dt.UTC))

        assert b"<lastmod>2024-06-01</lastmod>" in client.get("/sitemap.xml").content

    def test_robots_are_told_where_the_map_is_and_what_to_leave(self, client, settings):
        settings.SITE_URL = "https://chengnuo.example.gov.cn"
        text = client.get("/robots.txt").content.decode()

        assert "Sitemap: https://chengnuo.example.gov.cn/sitemap.xml" in text
        assert "Disallow: /staff/" in text

    def test_every_page_has_one_canonical_address(self, client, settings):
        settings.SITE_URL = "https://chengnuo.example.gov.cn"
        make_report()

        page = client.get("/commitments/?kind=target").content.decode()

        assert '<link rel="canonical" href="https://chengnuo.example.gov.cn/commitments/">' in page

    def test_the_icon_is_at_the_old_place_too(self, client):
        assert "icon" in client.get("/favicon.ico").headers["Location"]


class TestMistakes:
    def test_nothing_at_the_address_helps_on(self, client):
        make_report()

        response = client.get("/kein/ort/")

        assert response.status_code == 404
        assert 'action="/commitments/"' in response.content.decode()

    def test_a_failure_is_told_in_both_languages(self, client, monkeypatch):
        monkeypatch.setattr(Report.objects, "default", lambda: 1 / 0)
        client.raise_request_exception = False

        response = client.get("/")

        assert response.status_code == 500
        assert "服务器出错了" in response.content.decode()
        assert "Something went wrong" in response.content.decode()

    @pytest.mark.parametrize("template", ["400.html", "500.html"])
    def test_pages_for_failures_need_no_context(self, template):
        page = render_to_string(template)

        assert "<h1>" in page
        assert 'href="/"' in page


def test_pages_of_signing_in_have_the_same_frame(client, db):
    """allauth gives its templates a `site` of its own, which once hid ours."""
    page = client.get("/accounts/login/").content.decode()

    assert f'<li><a href="{reverse("public:commitment-list")}"' in page
    assert 'rel="canonical" href="http' in page


def test_another_district_gives_the_site_its_own_name_everywhere(client, settings):
    settings.SITE_NAME, settings.SITE_NAME_EN = "巴南承诺", "Banan Commitments"
    make_report()
    client.force_login(make_user(Role.ADMINISTRATOR, is_superuser=True))

    pages = {
        path: client.get(path).content.decode() for path in ("/", "/updates/feed.atom", "/staff/", "/admin/")
    }
    pages |= {template: render_to_string(template) for template in ("400.html", "500.html")}

    assert [path for path, page in pages.items() if "巴南承诺" not in page or "南岸承诺" in page] == []
    client.post("/preferences/language/", {"language": "en", "next": "/"})
    assert "Banan Commitments" in client.get("/").content.decode()
