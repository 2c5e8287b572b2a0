"""What the system checks of the database say, and the test mail."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.utils import timezone

from commitments.models import ChangeEntry
from commitments.models.guards import remove_guards
from tracker import checks

pytestmark = pytest.mark.django_db


def record(at) -> None:
    ChangeEntry.objects.create(
        at=at, actor_name="x", via="page", act="x", model="x", object_id=1, object_label="x"
    )


def found(check) -> list[str]:
    return [warning.id for warning in check(None, databases=["default"])]


def test_a_curve_that_does_not_exist_stops_every_command(settings):
    settings.SCHEDULE_CURVES = {"投资": "late"}
    assert found(checks.curves_are_known) == []

    settings.SCHEDULE_CURVES = {"投资": "zigzag"}
    with pytest.raises(SystemCheckError, match="zigzag"):
        call_command("check")


class TestClock:
    def test_is_right_by_default(self):
        record(timezone.now())

        assert found(checks.clock_is_right) == []

    def test_behind_the_newest_record_is_named(self):
        record(timezone.now() + dt.timedelta(hours=1))

        assert found(checks.clock_is_right) == ["tracker.W004"]

    def test_held_for_a_demonstration_is_not_compared(self, settings):
        settings.TRACKER_TODAY = dt.date(2024, 10, 20)
        record(timezone.now() + dt.timedelta(hours=1))

        assert found(checks.clock_is_right) == []

    def test_unlike_the_databases_is_named(self, monkeypatch):
        monkeypatch.setattr(checks, "database_clock", lambda using: timezone.now() - dt.timedelta(minutes=9))

        assert found(checks.clock_is_right) == ["tracker.W005"]

    def test_of_the_database_is_read_where_it_has_one(self):
        clock = checks.database_clock("default")

        assert (clock is None) == (connection.vendor == "sqlite")


class TestGuards:
    def test_that_stand_are_not_mentioned(self):
        assert found(checks.guards_stand) == []

    def test_that_are_missing_are(self):
        remove_guards()

        assert found(checks.guards_stand) == ["tracker.W006"]

    def test_are_not_asked_for_before_the_tables_exist(self, monkeypatch):
        monkeypatch.setattr(type(connection.introspection), "table_names", lambda *_, **__: [])

        assert found(checks.guards_stand) == []
        assert found(checks.clock_is_right) == []


class TestTestMail:
    def test_is_sent(self, capsys):
        call_command("send_test_mail", "wang@example.cn")

        assert mail.outbox[0].to == ["wang@example.cn"]
        assert "for wang@example.cn" in capsys.readouterr().out

    @pytest.mark.parametrize("address", ["nobody", "a@b", "a@example.cn\nBcc: b@example.cn"])
    def test_is_not_sent_to_what_is_no_address(self, address):
        with pytest.raises(CommandError, match="no address"):
            call_command("send_test_mail", address)

    def test_says_why_it_could_not_leave(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2

        with pytest.raises(CommandError, match=r"127\.0\.0\.1:1: .*refused"):
            call_command("send_test_mail", "wang@example.cn")
