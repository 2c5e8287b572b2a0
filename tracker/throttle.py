"""How often one visitor may search and download. Counted in the database: all processes share the count.

Sign-in has limits of its own (ACCOUNT_RATE_LIMITS in the settings, counted in the cache, which is a
table as well). A person who signed in is counted alone, whatever address they share; people who did
not are counted by address, generously, because a whole office may stand behind one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from commitments.htmx import wants_partial

from .models import RateCount
from .visitors import client_address, network_of

GetResponse = Callable[[HttpRequest], HttpResponse]

PERIOD = 60
log = logging.getLogger("tracker.throttle")


@dataclass(frozen=True)
class Limit:
    """How many requests in PERIOD seconds: by one address without a person, and by one person."""

    name: str
    by_address: int
    by_person: int


# Which pages count as what. A list counts as a search when anything is asked of it.
SEARCHES = frozenset(
    {
        "public:commitment-list",
        "public:project-list",
        "public:target-list",
        "public:update-list",
        "staff:bulk-edit",
        "staff:change-log",
    }
)
DOWNLOADS = frozenset(
    {
        "public:commitment-download",
        "public:data-package",
        "public:data-table",
        "staff:document-file",
        "staff:ledger-file",
        "staff:ledger-list-file",
    }
)


def limit_for(view_name: str, *, has_query: bool) -> Limit | None:
    """Return the limit that a request for this page counts towards; None for most pages."""
    if view_name in DOWNLOADS:
        name, most = "download", settings.DOWNLOADS_PER_MINUTE
    elif view_name.startswith("api:") or (has_query and view_name in SEARCHES):
        name, most = "search", settings.SEARCHES_PER_MINUTE
    else:
        return None
    return Limit(name, most, max(most // 3, 1)) if most else None


class ThrottleMiddleware:
    """Answers 429 with Retry-After to whoever has used up a limit."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(PERIOD))
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Count the request; return the refusal, or None to go on."""
        match = request.resolver_match
        limit = limit_for(match.view_name, has_query=bool(request.GET)) if match else None
        if limit is None:
            return None
        who, allowed = visitor(request, limit)
        now = time.time()
        if not who or count(f"{limit.name}:{who}", int(now // PERIOD)) <= allowed:
            return None
        return refusal(request, seconds=PERIOD - int(now) % PERIOD)


def visitor(request: HttpRequest, limit: Limit) -> tuple[str, int]:
    """Return whom the request counts for, and how much they may. Nobody ("") without an address."""
    # Asking for the person without the cookie would read the session on every public page.
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return f"person:{request.user.pk}", limit.by_person
    address = client_address(request)
    return (f"address:{network_of(address)}" if address else ""), limit.by_address


def count(who: str, period: int) -> int:
    """Return how many requests this one makes in the period; 0 when the count cannot be kept.

    Kept under a keyed fingerprint: the table tells nobody who was here. A site whose database takes no
    count goes on serving.
    """
    try:
        return RateCount.objects.add(
            salted_hmac("tracker.throttle", who, algorithm="sha256").hexdigest(), period
        )
    except DatabaseError:
        log.warning("a request could not be counted")
        return 0


def refusal(request: HttpRequest, *, seconds: int) -> HttpResponse:
    """Return 429 as a page, as the page's content for htmx, or as JSON for programs."""
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"detail": _("Too many requests.")}, status=429)
    else:
        partial = "#refused" if wants_partial(request) else ""
        response = render(request, f"429.html{partial}", {"seconds": seconds}, status=429)
        if partial:
            response["HX-Retarget"], response["HX-Reswap"] = "#main", "innerHTML"
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
