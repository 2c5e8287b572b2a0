"""Figures for Prometheus: requests by page, method and status, their duration, and what waits.

Every server process writes its own file below METRICS_DIR; whoever asks gets the sum of all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from commitments.models import Chase, ProgressUpdate, UpdateDraft

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_made: tuple[Counter, Histogram] | None = None


def instruments() -> tuple[Counter, Histogram]:
    """Return the counter and the histogram of this process, made when first asked for.

    Not at import: prometheus-client decides then, by a variable of the environment, whether it counts
    in memory or in a file for each process.
    """
    global _made
    if _made is None:
        Path(settings.METRICS_DIR).mkdir(parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.METRICS_DIR)
        from prometheus_client import CollectorRegistry, Counter, Histogram

        registry = CollectorRegistry()
        _made = (
            Counter(
                "tracker_requests",
                "Requests answered.",
                ["method", "page", "status"],
                registry=registry,
            ),
            Histogram(
                "tracker_request_seconds",
                "Seconds until a request was answered.",
                ["page"],
                buckets=SECONDS,
                registry=registry,
            ),
        )
    return _made


class MetricsMiddleware:
    """Counts and times every request, if METRICS is set."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.METRICS:
            return self.get_response(request)
        requests, seconds = instruments()
        started = time.perf_counter()
        response = self.get_response(request)
        match = getattr(request, "resolver_match", None)
        page = match.view_name if match else "none"
        method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
        requests.labels(method, page, str(response.status_code)).inc()
        seconds.labels(page).observe(time.perf_counter() - started)
        return response


def collected() -> bytes:
    """Return the sums over all processes, and what waits in the database now, in Prometheus' text format."""
    instruments()
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_DIR))  # type: ignore[no-untyped-call]
    page: bytes = generate_latest(registry)
    for name, (text, value) in waiting().items():
        page += f"# HELP {name} {text}\n# TYPE {name} gauge\n{name} {value}\n".encode()
    return page


def waiting() -> dict[str, tuple[str, Any]]:
    """Return what a person on duty would look at, each in one cheap query."""
    return {
        "tracker_updates_awaiting_review": (
            "Updates on which nobody has decided.",
            ProgressUpdate.objects.awaiting_review().count(),
        ),
        "tracker_chases_open": ("Chases not closed.", Chase.objects.filter(closed_at=None).count()),
        "tracker_drafts": ("Drafts begun and not submitted.", UpdateDraft.objects.count()),
    }
