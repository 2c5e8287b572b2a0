"""Each request has an id and one line; no line says who it was or what they searched for."""

import json
import logging
import sys

import pytest
from django.core import mail
from django.db import connection
from django.test import override_settings
from django.urls import path

from tests.factories import make_user
from tracker import errors, logs, urls

pytestmark = pytest.mark.django_db

SECRET = "张三的电话13812345678"


def broken(request, code):
    raise ValueError(f"cannot read {SECRET}")


urlpatterns = [path("broken/<str:code>/", broken, name="broken"), *urls.urlpatterns]


@pytest.fixture
def lines(monkeypatch):
    """What production would write, one object a line."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    handler = Kept()
    handler.setFormatter(logs.JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def failing(client):
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__, ADMINS=[("王工", "wang@example.cn")]):
        yield client


class TestRequestId:
    def test_is_made_and_returned(self, client):
        first, second = client.get("/health/live"), client.get("/accounts/login/")

        assert len(first["X-Request-ID"]) == 32
        assert first["X-Request-ID"] != second["X-Request-ID"]

    def test_is_taken_from_our_proxy_only(self, client, settings):
        given = {"X-Request-ID": "abcdef-0123456789"}

        assert client.get("/accounts/login/", headers=given)["X-Request-ID"] != given["X-Request-ID"]
        settings.TRUSTED_PROXIES = 1
        assert client.get("/accounts/login/", headers=given)["X-Request-ID"] == given["X-Request-ID"]

    @pytest.mark.parametrize("given", ["short", "x" * 65, 'abcdefgh"}\\n{"level": "INFO', "空空空空空空空空"])
    def test_is_not_taken_when_it_could_forge_a_line(self, client, settings, given):
        settings.TRUSTED_PROXIES = 1

        response = client.get("/accounts/login/", headers={"X-Request-ID": given})

        assert len(response["X-Request-ID"]) == 32


class TestLines:
    def test_tell_what_was_asked_and_how_it_went(self, client, lines):
        response = client.get("/staff/commitments/2024-1.1-01/update/")

        line = json.loads(lines[-1])
        assert line["request"] == response["X-Request-ID"]
        assert {name: line[name] for name in ("level", "logger", "method", "route", "row", "status")} == {
            "level": "INFO",
            "logger": "tracker.request",
            "method": "GET",
            "route": "/staff/commitments/<str:code>/update/",
            "row": "code=2024-1.1-01",
            "status": 302,
        }
        assert line["ms"] > 0

    def test_say_nothing_of_who_asked_or_for_what(self, client, lines):
        person = make_user(username="zhangsan", full_name="张三", password="正确的密码 yes")
        client.post(
            "/accounts/login/", {"login": "zhangsan", "password": "falsch"}, REMOTE_ADDR="203.0.113.9"
        )
        client.post(
            "/accounts/login/", {"login": "zhangsan", "password": "正确的密码 yes"}, REMOTE_ADDR="203.0.113.9"
        )
        client.get("/commitments/", {"q": SECRET}, headers={"User-Agent": "Opera/9.80"})
        client.get(f"/nowhere/{SECRET}/")
        client.get("/accounts/password/reset/key/abc-secret-token/")
        client.get("/", headers={"Host": "evil.example"})

        text = "\n".join(lines)
        assert len(lines) >= 6
        for secret in (person.username, person.full_name, person.email, "203.0.113.9", SECRET, "13812345678",
                       "Opera", "abc-secret", "evil.example", "falsch", "正确的密码"):  # fmt: skip
            assert secret not in text

    def test_of_an_error_name_its_type_and_place_but_not_its_message(self, failing, lines):
        response = failing.get("/broken/2024-1.1-01/", {"q": SECRET})

        found = [json.loads(line) for line in lines]
        error = next(line for line in found if "error" in line)
        assert error["error"] == "ValueError"
        assert error["where"][-1].endswith(".py:22 broken")
        assert error["message"].endswith("/broken/<str:code>/")
        assert {line["request"] for line in found} == {response["X-Request-ID"]}
        assert SECRET not in "\n".join(lines)

    def test_are_not_written_for_probes_and_static_files(self, client, lines):
        client.get("/health/live")
        client.get("/static/commitments/icon.svg")

        assert lines == []

    def test_are_one_line_each_whatever_the_message(self):
        record = logging.LogRecord("x", logging.INFO, "f", 1, "two\nlines %s", ("“x”",), None)

        assert "\n" not in logs.JsonFormatter().format(record)


class TestErrorMail:
    @pytest.fixture(autouse=True)
    def _nothing_sent_before(self):
        """Let the handler of the settings forget what other tests made it send."""
        (handler,) = [one for one in logging.getLogger().handlers if isinstance(one, errors.ErrorMailHandler)]
        handler.sent.clear()

    def test_reaches_the_admins_with_id_row_and_traceback(self, failing):
        response = failing.get("/broken/2024-1.1-01/")

        (message,) = mail.outbox
        assert message.to == ["wang@example.cn"]
        assert response["X-Request-ID"] in message.body
        assert "code=2024-1.1-01" in message.body
        assert "ValueError: cannot read" in message.body

    def test_has_no_cookie_form_or_address(self, failing):
        failing.cookies["sessionid"] = "cookie-of-somebody"

        failing.post("/broken/1/", {"account": "typed words"}, REMOTE_ADDR="203.0.113.9")

        for secret in ("cookie-of-somebody", "typed words", "203.0.113.9"):
            assert secret not in mail.outbox[0].body

    def test_is_sent_once_for_many_of_the_same(self, failing):
        for number in range(5):
            failing.get(f"/broken/{number}/")

        assert len(mail.outbox) == 1

    def test_that_cannot_leave_does_not_break_the_page(self, failing, settings, capsys):
        settings.EMAIL_BACKEND = "nowhere.Backend"

        assert failing.get("/broken/1/").status_code == 500


class TestSlowQueries:
    def test_are_written_down_without_their_parameters(self, lines, settings):
        settings.SLOW_QUERY_MS = 1
        watch = logs.SlowQueries(limit_ms=0)

        with connection.execute_wrapper(watch), connection.cursor() as cursor:
            cursor.execute("SELECT %s", [SECRET])

        line = json.loads(lines[-1])
        assert (line["logger"], line["sql"]) == ("tracker.slow_query", "SELECT %s")
        assert SECRET not in lines[-1]

    def test_fast_ones_are_not(self, lines):
        with connection.execute_wrapper(logs.SlowQueries(limit_ms=60_000)), connection.cursor() as cursor:
            cursor.execute("SELECT 1")

        assert lines == []

    def test_a_connection_is_watched_once_and_only_if_wanted(self, settings):
        class Fake:
            execute_wrappers: list = []

        logs.watch_queries(connection=Fake)
        assert Fake.execute_wrappers == []
        settings.SLOW_QUERY_MS = 100
        logs.watch_queries(connection=Fake)
        logs.watch_queries(connection=Fake)
        assert len(Fake.execute_wrappers) == 1


class TestSentry:
    def test_is_refused_while_the_package_is_missing(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "sentry_sdk", None)

        with pytest.raises(errors.ImproperlyConfigured, match="sentry-sdk"):
            errors.start_sentry("https://key@sentry.example.cn/1")

    def test_hears_nothing_of_persons(self):
        event = {
            "request": {"method": "POST", "url": "https://x/?q=1", "cookies": "c", "data": {}, "headers": {}},
            "user": {"ip_address": "203.0.113.9"},
            "server_name": "host",
            "exception": {"values": []},
        }

        assert errors.without_persons(event, {}) == {
            "request": {"method": "POST"},
            "exception": {"values": []},
            "tags": {"request_id": ""},
        }
