"""Public pages read from a replica that is up to date; everything else from the primary.

A replica is always a little behind. So it is asked first, over the connection that will read the rows,
whether it has the data version that the primary has; only then is a page made from it. That holds
for everyone, not only for those who have just approved something: nobody reads what is no longer true, and no
answer is kept under a version that its rows had not reached (tracker/kept.py). Only requests whose answers
may be the same for everyone come here: people who signed in read the primary, and all writes go there.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, InterfaceError, connections
from django.db.models import Model

from commitments.answers import Versions, versions_at
from commitments.reads import PRIMARY, REPLICA, read_primary, read_replica, reads_from

# What public pages show. Accounts' sessions, counts of requests and the cache are read where they are written.
COPIED = ("commitments",)
# A replica that did not answer is not asked again for so many seconds; its failing must not slow each page.
REST = 10.0

log = logging.getLogger("tracker.replica")
_rests_until = 0.0

request_started.connect(read_primary, dispatch_uid="read the primary at first")
request_finished.connect(read_primary, dispatch_uid="read the primary afterwards")


class Router:
    """Sends reads where the request reads, and writes to the primary; both hold the same rows."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return reads_from() if model._meta.app_label in COPIED else PRIMARY

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Refuse the replica: what is migrated on the primary arrives there by itself."""
        return False if db == REPLICA else None


def prefer_replica(versions: Versions, slug: str = "") -> None:
    """Read the rest of this request from the replica if it is at these versions of these reports."""
    if settings.REPLICA_IS_SET and state_of_replica(versions, slug) == "ok":
        read_replica()


def state_of_replica(versions: Versions, slug: str = "") -> str:
    """Say whether the replica can stand in for the primary: ok, behind, or failed."""
    global _rests_until
    if time.monotonic() < _rests_until:
        return "failed"
    try:
        there = versions_at(REPLICA, slug)
    except (DatabaseError, InterfaceError) as error:
        _rests_until = time.monotonic() + REST
        connections[REPLICA].close()
        log.warning("the replica does not answer; pages are read from the primary: %s", type(error).__name__)
        return "failed"
    return "ok" if has_reached(there, versions) else "behind"


def has_reached(there: Versions, versions: Versions) -> bool:
    """Say whether one database has the same reports as the other at the same versions or later ones."""
    return [pk for pk, _ in there] == [pk for pk, _ in versions] and all(
        has >= wanted for (_, has), (_, wanted) in zip(there, versions, strict=True)
    )
