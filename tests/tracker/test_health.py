"""What a monitor is told: alive, ready or why not, and figures for those who may read them."""

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.factories import make_commitment, make_update
from tracker import health, metrics

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ask_again(monkeypatch):
    monkeypatch.setattr(health, "_applied", False)


def database_is_gone(*_):
    raise connection.Database.OperationalError("gone")


class TestLive:
    def test_asks_nothing_of_the_database(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            response = client.get("/health/live")

        assert (response.status_code, response.json()) == (200, {"status": "alive"})

    def test_answers_under_any_name_and_without_encryption(self, client, settings):
        settings.SECURE_SSL_REDIRECT = True
        settings.ALLOWED_HOSTS = ["chengnuo.example.gov.cn"]

        assert client.get("/health/live", headers={"Host": "10.0.0.7:8000"}).status_code == 200

    def test_is_not_kept_by_caches_and_not_posted_to(self, client):
        assert client.get("/health/live")["Cache-Control"] == "no-store"
        assert client.post("/health/live").status_code == 404


class TestReady:
    def test_when_all_is_well(self, client):
        response = client.get("/health/ready")

        assert response.status_code == 200
        assert response.json() == {"status": "ready", "database": "ok", "migrations": "ok", "cache": "ok"}

    def test_not_without_the_database(self, client, monkeypatch):
        monkeypatch.setattr(connection, "cursor", database_is_gone)

        response = client.get("/health/ready")

        assert (response.status_code, response.json()["database"]) == (503, "failed")

    def test_not_before_the_migrations(self, client, transactional_db):
        (latest,) = MigrationLoader(connection).graph.leaf_nodes("commitments")
        MigrationRecorder(connection).record_unapplied(*latest)
        try:
            response = client.get("/health/ready")
        finally:
            MigrationRecorder(connection).record_applied(*latest)

        assert (response.status_code, response.json()["migrations"]) == (503, "failed")

    def test_not_without_the_cache(self, client, monkeypatch):
        monkeypatch.setattr(LocMemCache, "set", lambda *_, **__: None)
        cache.clear()

        assert client.get("/health/ready").json()["cache"] == "failed"

    def test_looks_at_the_files_of_migrations_once(self, client, monkeypatch):
        client.get("/health/ready")
        monkeypatch.setattr(MigrationExecutor, "__init__", lambda *_: 1 / 0)

        assert client.get("/health/ready").status_code == 200


class TestMetrics:
    @pytest.fixture(autouse=True)
    def _on(self, settings, tmp_path, monkeypatch):
        settings.METRICS = True
        settings.METRICS_DIR = tmp_path / "metrics"
        monkeypatch.setattr(metrics, "_made", None)
        monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))

    def test_count_and_time_requests_by_page(self, client):
        client.get("/accounts/login/")
        client.get("/accounts/login/?q=secret-word")
        client.get("/nowhere/secret-path/")

        text = client.get("/metrics").content.decode()

        assert 'tracker_requests_total{method="GET",page="account_login",status="200"} 2.0' in text
        assert 'tracker_requests_total{method="GET",page="none",status="404"} 1.0' in text
        assert 'tracker_request_seconds_count{page="account_login"} 2.0' in text
        assert "secret" not in text

    def test_tell_what_waits(self, client):
        make_update(make_commitment())

        assert "tracker_updates_awaiting_review 1\n" in client.get("/metrics").content.decode()

    def test_are_off_by_default(self, client, settings):
        settings.METRICS = False

        assert client.get("/metrics").status_code == 404

    @pytest.mark.parametrize(
        ("address", "forwarded", "status"),
        [
            ("127.0.0.1", "", 200),
            ("203.0.113.9", "", 404),
            ("127.0.0.1", "203.0.113.9", 404),
            ("127.0.0.1", "127.0.0.1, 203.0.113.9", 404),
        ],
    )
    def test_are_for_allowed_addresses(self, client, settings, address, forwarded, status):
        settings.TRUSTED_PROXIES = 1
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}

        assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status

    def test_are_for_whoever_has_the_token_when_one_is_set(self, client, settings):
        settings.METRICS_TOKEN = "figures"

        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
        right = {"Authorization": "Bearer figures"}
        assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers=right).status_code == 200
