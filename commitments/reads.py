"""Which database the present request reads: the primary, which takes every change, or a replica of it.

Every write goes to the primary whatever is said here. tracker/replica.py decides; without a replica
there is nothing to decide.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

PRIMARY, REPLICA = "default", "replica"

_reads: ContextVar[str] = ContextVar("reads", default=PRIMARY)


def reads_from() -> str:
    """Return the name of the database from which rows are read now."""
    return _reads.get()


def read_replica() -> None:
    """Read from the replica until the request ends: an answer that is sent in pieces is still reading."""
    _reads.set(REPLICA)


def read_primary(**_signal: Any) -> None:
    """Read from the primary, as when nothing was said."""
    _reads.set(PRIMARY)
