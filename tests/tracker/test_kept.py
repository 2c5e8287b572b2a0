"""Answers are kept while nothing changes, given to nobody they are not for, and never stale in any process."""

import os
import subprocess
import sys
from contextlib import contextmanager

import brotli
import pytest
from django.db import connection
from django.http import HttpResponse

from commitments.choices import Decision, Role
from commitments.models import Report
from tests.factories import at, make_commitment, make_department, make_report, make_user
from tests.progress.acts import review, submit
from tracker import kept

LIST = "/commitments/"
ACCOUNT = "三个学校已经开学。"
# What stands behind the marked hit of a search for 学校.
SHOWN = "已经开学"


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "test of keeping"}
    }
    kept.caches["pages"].clear()
    yield
    kept.caches["pages"].clear()


@pytest.fixture
def made(monkeypatch):
    """Return the list of the pages that were made, not given again."""
    from commitments.public import listing

    seen = []
    render = listing.render_page
    monkeypatch.setattr(
        listing,
        "render_page",
        lambda request, *args, **kwargs: seen.append(request.path) or render(request, *args, **kwargs),
    )
    return seen


def raise_version() -> None:
    report = Report.objects.get()
    report.data_version += 1
    report.save(update_fields=["data_version"])


@pytest.mark.django_db
class TestKeeping:
    @pytest.fixture(autouse=True)
    def _report(self, db):
        self.report = make_report()
        self.commitment = make_commitment(report=self.report, title="新建学校3所")

    def test_the_second_reader_gets_the_same_bytes_for_one_query(
        self, client, made, django_assert_num_queries
    ):
        first = client.get(LIST)

        with django_assert_num_queries(1):
            second = client.get(LIST)

        assert second.content == first.content
        assert second.headers["Content-Type"] == first.headers["Content-Type"]
        assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
        assert made == [LIST]

    def test_who_has_it_is_told_so_for_one_query(self, client, made, django_assert_num_queries):
        etag = client.get(LIST).headers["ETag"]

        with django_assert_num_queries(1):
            response = client.get(LIST, headers={"If-None-Match": etag})

        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == etag
        assert response.headers["Cache-Control"] == "no-cache"
        assert made == [LIST]

    def test_a_change_makes_it_anew_under_another_name(self, client, made):
        etag = client.get(LIST).headers["ETag"]
        raise_version()

        response = client.get(LIST, headers={"If-None-Match": etag})

        assert response.status_code == 200
        assert response.headers["ETag"] != etag
        assert made == [LIST, LIST]

    def test_a_new_day_makes_it_anew(self, client, made, settings):
        settings.TRACKER_TODAY = at(2024, 6, 1).date()
        client.get(LIST)
        settings.TRACKER_TODAY = at(2024, 6, 2).date()
        client.get(LIST)

        assert made == [LIST, LIST]

    def test_another_threshold_makes_it_anew(self, client, made, settings):
        client.get(LIST)
        settings.SCHEDULE_TOLERANCE = 0.2
        client.get(LIST)

        assert made == [LIST, LIST]

    @pytest.mark.parametrize(
        "change",
        [
            {"cookie": ("tracker_type", "large")},
            {"cookie": ("django_language", "en")},
            {"headers": {"HX-Request": "true"}},
            {"query": {"kind": "target"}},
        ],
        ids=["large type", "language", "a region for htmx", "query"],
    )
    def test_what_the_page_depends_on_keeps_answers_apart(self, client, made, change):
        plain = client.get(LIST).content
        if "cookie" in change:
            name, value = change["cookie"]
            client.cookies[name] = value

        other = client.get(LIST, change.get("query"), headers=change.get("headers"))

        assert other.content != plain
        assert len(made) == 2

    def test_other_cookies_do_not_matter(self, client, made):
        client.get(LIST)
        client.cookies["somebody_elses"] = "1"
        client.get(LIST)

        assert made == [LIST]

    @pytest.mark.parametrize(
        ("accepts", "coding"),
        [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", None), ("zstd", None)],
    )
    def test_is_sent_in_the_smallest_form_the_reader_takes(self, client, accepts, coding):
        for _ in "once", "again":
            response = client.get(LIST, headers={"Accept-Encoding": accepts})

            assert response.headers.get("Content-Encoding") == coding
            assert "Accept-Encoding" in response.headers["Vary"]
            assert int(response.headers["Content-Length"]) == len(response.content)
        if coding == "br":
            assert "新建学校3所" in brotli.decompress(response.content).decode()

    def test_a_person_who_signed_in_gets_a_page_of_their_own(self, client, made):
        client.get(LIST)
        client.force_login(make_user())

        response = client.get(LIST)

        assert "/accounts/logout/" in response.content.decode()
        assert "/accounts/logout/" not in client.__class__().get(LIST).content.decode()
        assert made == [LIST, LIST]

    def test_a_waiting_message_is_shown_to_its_reader_alone(self, client, made):
        client.get(LIST)
        client.cookies["messages"] = "something"
        client.get(LIST)

        assert made == [LIST, LIST]

    def test_a_stranger_host_is_refused_though_the_page_is_kept(self, client):
        client.get(LIST)

        assert client.get(LIST, headers={"Host": "elsewhere.example"}).status_code == 400

    def test_encryption_is_asked_for_first(self, client, settings):
        client.get(LIST)
        settings.SECURE_SSL_REDIRECT = True

        assert client.__class__().get(LIST).status_code == 301

    def test_head_gives_the_headers_and_keeps_nothing(self, client, made):
        assert client.head(LIST).status_code == 200
        assert client.get(LIST).content
        assert made == [LIST, LIST]

    @pytest.mark.parametrize("path", ["/commitments/nothing/", "/accounts/login/", "/staff/"])
    def test_nothing_else_is_kept(self, client, path):
        client.get(path)
        client.get(path)

        assert len(kept.caches["pages"]._cache) == 0

    def test_the_api_is_kept_under_the_version_of_the_report_it_is_asked_for(self, client):
        other = make_report(slug="other-2023", year=2023)
        path = "/api/v1/commitments?report=other-2023"
        etag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304

        Report.objects.filter(pk=other.pk).update(data_version=9)

        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200

    def test_the_list_of_reports_changes_with_each_of_them(self, client):
        other = make_report(slug="other-2023", year=2023)
        etag = client.get("/api/v1/reports").headers["ETag"]
        assert client.get("/api/v1/reports", headers={"If-None-Match": etag}).status_code == 304

        Report.objects.filter(pk=other.pk).update(data_version=9)

        assert client.get("/api/v1/reports", headers={"If-None-Match": etag}).status_code == 200


def test_without_a_report_nothing_is_kept(client, db):
    assert client.get(LIST).status_code == 404


class TestWhatMayBeKept:
    def answer(self, **headers):
        response = HttpResponse("x" * 300, headers=headers)
        response.is_same_for_everyone = True
        return response

    def test_what_the_view_says_is_the_same_for_everyone(self):
        assert kept.may_be_kept(self.answer(Vary="Cookie, HX-Request"))

    def test_not_what_it_does_not(self):
        assert not kept.may_be_kept(HttpResponse("x"))

    def test_not_what_sets_a_cookie(self):
        response = self.answer()
        response.set_cookie("a", "b")

        assert not kept.may_be_kept(response)

    def test_not_what_varies_by_something_else(self):
        assert not kept.may_be_kept(self.answer(Vary="Cookie, Accept-Language"))

    def test_not_an_error(self):
        response = self.answer()
        response.status_code = 404

        assert not kept.may_be_kept(response)


# --- Several processes ------------------------------------------------------------------------------


@contextmanager
def server_process():
    """Yield a function that asks another process, with a memory of its own, for a page."""
    environment = os.environ | {
        "TRACKER_MODE": "local",
        "DATABASE_URL": database_url(),
        "SEARCHES_PER_MINUTE": "1000",
        "PYTHONWARNINGS": "ignore",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tracker.reader"],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def ask(path: str, wanted: str = "") -> list[str]:
        process.stdin.write(f"{path} {wanted}\n")
        process.stdin.flush()
        return process.stdout.readline().split()

    try:
        assert process.stdout.readline() == "ready\n"
        yield ask
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    return (
        f"postgresql://{settings['USER']}{password}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    )


@pytest.mark.django_db(transaction=True)
def test_no_process_gives_a_stale_or_an_unapproved_page():
    department = make_department()
    commitment = make_commitment(report=make_report(slug="nanan-2024"), lead=department)
    reporter, reviewer = make_user(departments=[department]), make_user(Role.REVIEWER)
    page = f"{LIST}?q=学校"
    with server_process() as one, server_process() as other:
        for process in (one, other):
            assert process(page, SHOWN) == ["200", "made", "lacks", "primary"]
            assert process(page, SHOWN) == ["200", "kept", "lacks", "primary"]

        update = submit(commitment, reporter, account=ACCOUNT)
        for process in (one, other):
            assert process(page, SHOWN) == ["200", "kept", "lacks", "primary"], (
                "a submitted update is nobody's to read"
            )

        review(update, reviewer, Decision.PUBLISHED)
        for process in (one, other):
            assert process(page, SHOWN) == ["200", "made", "shows", "primary"], "an approval is seen at once"
            assert process(page, SHOWN) == ["200", "kept", "shows", "primary"]
