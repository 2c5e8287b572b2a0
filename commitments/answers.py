"""What public answers say about themselves, so that they can be kept (tracker/kept.py) and not made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from . import clock
from .htmx import HTMX_HEADERS
from .program import program_version
from .reads import reads_from

# The cookie in which a reader asks for large type, and what it says then.
TYPE_COOKIE, LARGE = "tracker_type", "large"
# Settings that show on pages; a program started with others must not give answers of the former.
SHOWN_SETTINGS = (
    "SITE_URL", "SITE_NAME", "SITE_NAME_EN", "DEFAULT_REPORT", "LANGUAGE_CODE", "SCHEDULE_TOLERANCE", "ABOUT_TOLERANCE", "SCHEDULE_CURVES",
    "STALE_DAYS", "REPORTING_RHYTHM", "REPORTING_DUE_DAY", "REPORTING_GRACE_DAYS", "RANK_DEPARTMENTS",
    "CONTENT_SECURITY_POLICY", "STATIC_URL",
)  # fmt: skip


Response = TypeVar("Response", bound=HttpResponseBase)


def same_for_everyone(response: Response) -> Response:
    """Mark a response that holds nothing of the reader: it may be kept and given to others."""
    response.is_same_for_everyone = True  # type: ignore[attr-defined]
    return response


def is_same_for_everyone(response: HttpResponseBase) -> bool:
    """Say whether the view marked its response so."""
    return getattr(response, "is_same_for_everyone", False)


def watch(request: HttpRequest) -> None:
    """Note on a request that what answers it will be named, compressed and kept further out."""
    request.is_watched = True  # type: ignore[attr-defined]


def is_watched(request: HttpRequest) -> bool:
    """Say whether a view may leave that to tracker/kept.py."""
    return getattr(request, "is_watched", False)


def known_versions(request: HttpRequest) -> Versions:
    """Return what `data_versions` told this request; empty if it did not ask."""
    return getattr(request, "data_versions", [])


def known_version(request: HttpRequest) -> tuple[int, int] | None:
    """Return (report, version) of the site's report as this request found it; None if it did not ask."""
    versions = known_versions(request)
    return versions[0] if len(versions) == 1 else None


def answer_name(request: HttpRequest, *, language: str, report: str = "", whose: object = "") -> str | None:
    """Return what names this state of this answer; None while no report is loaded. One query.

    Everything that an answer may depend on is in it: data, day, program, settings, address, language,
    and what the reader chose. `report`: the slug of another report that is asked for; `whose`: the
    person for whom the answer is made.
    """
    versions = data_versions(report)
    if not versions:
        return None
    request.data_versions = versions  # type: ignore[attr-defined]
    parts = [
        program_version(),
        [getattr(settings, setting, None) for setting in SHOWN_SETTINGS],
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        versions,
        clock.today(),
        clock.is_held(),
        language,
        request.COOKIES.get(TYPE_COOKIE) == LARGE,
        [request.headers.get(header, "") for header in HTMX_HEADERS],
        whose,
    ]
    return fingerprint(parts)


def fingerprint(parts: Iterable[object]) -> str:
    """Return a short name for these values, a different one for any other."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


# Plain SQL: asked with every request, and Django's builder would take longer than the database.
_VERSIONS = "SELECT id, data_version FROM commitments_report WHERE slug = %s OR slug = %s ORDER BY id"
_NEWEST = "SELECT id, data_version FROM commitments_report ORDER BY year DESC, slug LIMIT 1"

Versions = list[tuple[int, int]]
Connection = Any  # a backend's; what is asked of PostgreSQL's own is not in Django's stubs


def data_versions(slug: str = "") -> Versions:
    """Return (report, version) of the site's report, and of the named one if it is another: one query.

    From where the rows of this request are read, so that these are at least as new.
    """
    return versions_at(reads_from(), slug)


def versions_at(using: str, slug: str = "") -> Versions:
    """Return the same as one database has it.

    A connection that the database has closed meanwhile is opened anew: this query is the check of the
    connection that Django would otherwise make before it with one more.
    """
    connection: Connection = connections[using]
    connection.health_check_done = True
    try:
        return (not slug and _ask_libpq(connection)) or _ask_versions(connection, slug)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return _ask_versions(connection, slug)


def _ask_versions(connection: Connection, slug: str) -> Versions:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [settings.DEFAULT_REPORT, slug])
        found = cursor.fetchall()
        if not found or (slug and slug != settings.DEFAULT_REPORT and len(found) == 1):
            # The site's own is not there, or the named one: the newest stands in for the first.
            cursor.execute(_NEWEST)
            found += cursor.fetchall()
    return [(pk, version) for pk, version in found]


def _ask_libpq(connection: Connection) -> Versions:
    """Ask for the site's own report without the layers between: a third of the time.

    Nothing when there is no such report, no PostgreSQL, or anything unusual: the ordinary way tells.
    """
    if connection.vendor != "postgresql" or connection.execute_wrappers or connection.queries_logged:
        return []
    connection.ensure_connection()
    result = connection.connection.pgconn.exec_(_versions_text(settings.DEFAULT_REPORT))
    rows = range(result.ntuples)
    return [(int(result.get_value(row, 0)), int(result.get_value(row, 1))) for row in rows]


@lru_cache
def _versions_text(slug: str) -> bytes:
    from psycopg import sql

    return sql.SQL("SELECT id, data_version FROM commitments_report WHERE slug = {}").format(slug).as_bytes()
