"""A replica is read only while it has what the primary has, by the public only, and its failing is nobody's.

The last test has real streaming replication: a standby copied from the server of this run.
"""

import os
import signal
import time
from types import SimpleNamespace

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from commitments import reads
from commitments.choices import Decision, Role
from commitments.models import Commitment, Report
from tests.factories import make_commitment, make_department, make_report, make_user
from tests.progress.acts import review, submit
from tests.tracker.test_kept import ACCOUNT, LIST, SHOWN, database_url, server_process
from tracker import kept, replica
from tracker.databases import databases
from tracker.devtools.postgres import running_standby
from tracker.models import RateCount

POSTGRESQL = "django.db.backends.postgresql"


@pytest.fixture(autouse=True)
def _awake(monkeypatch):
    monkeypatch.setattr(replica, "_rests_until", 0.0)
    yield
    reads.read_primary()


class TestRouting:
    def test_reads_follow_the_request_and_writes_go_to_the_primary(self):
        router = replica.Router()
        assert router.db_for_read(Commitment) == "default"

        reads.read_replica()

        assert router.db_for_read(Commitment) == "replica"
        assert router.db_for_write(Commitment) == "default"
        assert router.db_for_read(RateCount) == "default", "counts are read where they are written"
        assert router.allow_migrate("replica", "commitments") is False
        assert router.allow_migrate("default", "commitments") is None

    @pytest.mark.parametrize("path", ["/health/live", "/commitments/", "/nothing/"])
    def test_no_request_begins_with_what_the_one_before_left(self, client, db, path):
        reads.read_replica()

        client.get(path)

        assert reads.reads_from() == "default"

    @pytest.mark.parametrize(
        ("there", "state"),
        [
            ([(1, 5), (2, 3)], "ok"),
            ([(1, 6), (2, 3)], "ok"),
            ([(1, 4), (2, 3)], "behind"),
            ([(1, 5), (2, 2)], "behind"),
            ([(1, 5)], "behind"),
            ([(1, 5), (3, 9)], "behind"),
        ],
    )
    def test_a_replica_counts_that_has_every_version_of_the_primary(self, monkeypatch, there, state):
        monkeypatch.setattr(replica, "versions_at", lambda using, slug: there)

        assert replica.state_of_replica([(1, 5), (2, 3)]) == state

    def test_one_that_fails_is_let_rest(self, monkeypatch):
        asked = []

        def fail(using, slug):
            asked.append(using)
            raise OperationalError

        monkeypatch.setattr(replica, "versions_at", fail)
        monkeypatch.setattr(replica, "connections", {"replica": SimpleNamespace(close=list)})

        assert [replica.state_of_replica([(1, 5)]) for _ in range(3)] == ["failed"] * 3
        assert asked == ["replica"]


def test_only_who_reads_as_nobody_is_sent_to_the_replica(client, db, monkeypatch):
    make_report(slug="nanan-2024")
    asked = []
    monkeypatch.setattr(kept, "prefer_replica", lambda versions, slug: asked.append((len(versions), slug)))
    stranger = client.__class__()
    client.force_login(make_user())

    client.get(LIST)
    client.get("/staff/")
    stranger.post("/preferences/", {"type": "large"})
    stranger.get("/accounts/login/")
    assert asked == []

    stranger.get(LIST)
    stranger.get("/api/v1/commitments?report=nanan-2024")
    assert asked == [(1, ""), (1, "nanan-2024")]


@pytest.mark.parametrize("engine", ["django.db.backends.sqlite3", POSTGRESQL])
def test_both_databases_must_be_postgresql(engine, tmp_path):
    primary, other = {"ENGINE": engine, "NAME": "a"}, {"ENGINE": "django.db.backends.sqlite3", "NAME": "b"}

    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URL"):
        databases(primary, other, folder=tmp_path, is_test=False)


def wait_until(ask, sql: str, values: list[int] | None = None) -> None:
    """Return when the standby says so; a test that waits for ever fails by the limit here."""
    for _ in range(500):
        if ask.execute(sql, values).fetchone()[0]:
            return
        time.sleep(0.02)
    pytest.fail(f"not so after ten seconds: {sql}")


class TestWithRealReplication:
    """A standby copied from the server of this run, which SQLite has not."""

    __test__ = connection.vendor == "postgresql"

    @pytest.mark.django_db(transaction=True)
    def test_nobody_reads_what_is_no_longer_true(self, monkeypatch):
        department = make_department()
        commitment = make_commitment(report=make_report(slug="nanan-2024"), lead=department)
        reporter, reviewer = make_user(departments=[department]), make_user(Role.REVIEWER)
        page = f"{LIST}?q=学校"

        def approve(account: str) -> None:
            review(submit(commitment, reporter, account=account), reviewer, Decision.PUBLISHED)

        with running_standby(database_url()) as standby:
            monkeypatch.setitem(os.environ, "DATABASE_REPLICA_URL", standby.url)
            with server_process() as one, psycopg.connect(standby.url, autocommit=True) as there:
                assert one(page, SHOWN) == ["200", "made", "lacks", "replica"]
                assert one(page, SHOWN) == ["200", "kept", "lacks", "primary"]

                there.execute("SELECT pg_wal_replay_pause()")
                wait_until(there, "SELECT pg_get_wal_replay_pause_state() = 'paused'")
                approve(ACCOUNT)
                assert one(page, SHOWN) == ["200", "made", "shows", "primary"], (
                    "a replica that lags is not read"
                )
                assert one(page, SHOWN) == ["200", "kept", "shows", "primary"], "nor what was kept before"

                there.execute("SELECT pg_wal_replay_resume()")
                approve("三个学校已经开学，一个在建。")
                version = Report.objects.get().data_version
                wait_until(there, "SELECT data_version = %s FROM commitments_report", [version])
                assert one(page, "一个在建") == ["200", "made", "shows", "replica"]

                os.kill(standby.pid, signal.SIGKILL)
                approve("四个学校已经开学。")
                assert one(page, "四个") == ["200", "made", "shows", "primary"], (
                    "without the replica all goes on"
                )
