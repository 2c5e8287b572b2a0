"""Connections of the pool to PostgreSQL, checked before each use without asking where that is not needed."""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg

# What was last checked longer ago than this is asked: a firewall may have dropped it in silence.
TRUSTED_SECONDS = 30


class PooledConnection(psycopg.Connection[Any]):
    """A connection whose check by the pool asks the server only if something speaks against it.

    Before it hands a connection out, the pool runs `execute("")`: a round trip with every request, which
    took a seventh of a kept answer's time (`bin/bench`). A server that ends a connection says so on its
    socket, so while nothing has arrived there the connection is good. Were the pool to check in another
    way, it would ask the server again, and nothing else would change.
    """

    _checked_at = 0.0

    def execute(self, query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:
        """Run the query; the empty one only if the connection is not known to be good.

        Raises psycopg.OperationalError when the connection is closed.
        """
        if query == "":
            last, self._checked_at = self._checked_at, time.monotonic()
            if self._checked_at - last < TRUSTED_SECONDS and self._is_silent():
                return self.cursor()
        return super().execute(query, *arguments, **options)

    def _is_silent(self) -> bool:
        """Say whether the server has sent nothing: between two uses it only speaks to say goodbye."""
        socket = select.poll()
        socket.register(self.fileno(), select.POLLIN)
        return not socket.poll(0)
