"""Addresses for machines: is the process alive, can it serve, and its figures. No page for people.

Answered before host names, encryption and sessions are looked at: a monitor asks 127.0.0.1.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.utils.crypto import constant_time_compare

from commitments.answers import data_versions

from . import metrics
from .replica import state_of_replica
from .visitors import client_address

GetResponse = Callable[[HttpRequest], HttpResponse]


class MachineAddressesMiddleware:
    """Answers /health/live, /health/ready and, if METRICS is set, /metrics."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answers: dict[str, Callable[[HttpRequest], HttpResponse]] = {
            "/health/live": live,
            "/health/ready": ready,
            "/metrics": figures,
        }
        answer = answers.get(request.path_info)
        if answer is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        request.is_probe = True  # type: ignore[attr-defined]
        response = answer(request)
        response["Cache-Control"] = "no-store"
        return response


def live(request: HttpRequest) -> HttpResponse:
    """Say that this process answers. Asks nothing of the database: a restart would not mend that."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> HttpResponse:
    """Say whether this process can serve: 200, or 503 with what is in the way."""
    found = {"database": database_answers(), "migrations": False, "cache": False}
    if found["database"]:
        found |= {"migrations": all_migrations_are_applied(), "cache": cache_keeps()}
    is_ready = all(found.values())
    body = {
        "status": "ready" if is_ready else "not ready",
        **{name: "ok" if fine else "failed" for name, fine in found.items()},
    }
    if settings.REPLICA_IS_SET and found["database"]:
        # Told, but no reason to be taken out of service: without it pages are read from the primary.
        body["replica"] = state_of_replica(data_versions())
    return JsonResponse(body, status=200 if is_ready else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except Exception:  # whatever it is, this process cannot serve
        return False


# The files of migrations do not change while a process runs; once applied they are not asked for again.
_applied = False


def all_migrations_are_applied() -> bool:
    """Say whether the database is as new as this program."""
    global _applied
    try:
        if not _applied:
            executor = MigrationExecutor(connection)
            _applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:
        return False
    return _applied


def cache_keeps() -> bool:
    """Say whether the cache gives back what it was given: sign-in attempts are counted there."""
    try:
        cache.set("health", "ok", 60)
        return bool(cache.get("health") == "ok")
    except Exception:
        return False


def figures(request: HttpRequest) -> HttpResponse:
    """Return the figures to those who may read them; to others there is nothing at this address."""
    if not settings.METRICS or not may_read_figures(request):
        return HttpResponseNotFound()
    return HttpResponse(metrics.collected(), content_type=metrics.CONTENT_TYPE)


def may_read_figures(request: HttpRequest) -> bool:
    """Say whether the request carries METRICS_TOKEN or, without one set, comes from an allowed address."""
    if settings.METRICS_TOKEN:
        return constant_time_compare(
            request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
        )
    return client_address(request) in settings.METRICS_ADDRESSES
