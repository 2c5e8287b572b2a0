"""The pool of connections to a real PostgreSQL: when it asks the server, and what it does when the server is gone."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from tracker import pooling
from tracker.pooling import PooledConnection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no pool"),
]


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The queries that connections of the pool sent by `execute`."""
    sent: list[str] = []
    execute = psycopg.Connection.execute

    def noted(self, query, *arguments, **options):
        if isinstance(self, PooledConnection):
            sent.append(query)
        return execute(self, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", noted)
    return sent


@pytest.fixture
def pool() -> Iterator[ConnectionPool[PooledConnection]]:
    parameters = connection.get_connection_params()
    with ConnectionPool(
        kwargs={**parameters, "autocommit": True}, connection_class=PooledConnection,
        check=ConnectionPool.check_connection, min_size=1, max_size=1, timeout=10,
    ) as pool:  # fmt: skip
        yield pool


def process_of(pool: ConnectionPool[PooledConnection]) -> int:
    """Use a connection, and return the server's process behind it."""
    with pool.connection() as used:
        return used.info.backend_pid


def test_a_connection_that_was_good_a_moment_ago_is_not_asked(pool, asked):
    first = process_of(pool)
    asked.clear()

    assert process_of(pool) == first
    assert asked == []


def test_one_that_was_not_used_for_long_is_asked(pool, asked, monkeypatch):
    process_of(pool)
    monkeypatch.setattr(pooling, "TRUSTED_SECONDS", 0)
    asked.clear()

    process_of(pool)

    assert asked == [""]


def test_one_that_the_server_has_ended_is_replaced(pool):
    first = process_of(pool)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])

    with pool.connection() as used:
        assert used.execute("SELECT 1").fetchone() == (1,)
        assert used.info.backend_pid != first


def test_a_question_is_always_asked(pool, asked):
    with pool.connection() as used:
        asked.clear()
        used.execute("SELECT 1")

    assert asked == ["SELECT 1"]
