"""Public answers kept as they were sent: compressed once, given again until data, day or program change.

The name under which an answer is kept holds the data version of its report, read from the database with
every request. That version is raised in the same transaction as what changed, so nobody is given what
is no longer true or not yet approved, however many processes serve; nothing has to be emptied in time.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import brotli
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils.cache import cc_delim_re, patch_vary_headers
from django.utils.http import parse_etags

from commitments.answers import answer_name, is_same_for_everyone, known_versions, watch
from commitments.htmx import HTMX_HEADERS

from .languages import chosen_language
from .replica import prefer_replica

GetResponse = Callable[[HttpRequest], HttpResponseBase]

CACHE = "pages"
# What is below these is for one person.
NEVER = ("/staff/", "/admin/", "/accounts/", "/preferences/", "/i18n/")
# What an answer may depend on besides data, day and address; one that varies by more is not kept.
MAY_VARY = frozenset({"accept-encoding", "cookie", *map(str.lower, HTMX_HEADERS)})
# Larger answers are asked for rarely enough to be made anew.
LARGEST = 1_000_000
# Below this a compressed answer is hardly smaller.
WORTH_COMPRESSING = 200
COMPRESSIBLE = (
    "text/", "application/json", "application/ld+json", "application/atom+xml", "application/xml",
    "image/svg+xml",
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """An answer as it was sent, without what the outer middleware adds to every answer."""

    headers: list[tuple[str, str]]
    body: bytes


class KeptAnswersMiddleware:
    """Gives what was kept, or "not modified", before session, language and view are asked: one query.

    Requests with a session or with messages waiting pass through.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = None if is_personal(request) else name_of(request)
        if name is None:
            return self.get_response(request)
        etag = f'W/"{name}"'
        if has_already(request, etag):
            request.resolver_match = match_of(request.path_info)
            return HttpResponseNotModified(headers={"ETag": etag, "Cache-Control": "no-cache"})
        encoding = encoding_for(request)
        kept: Kept | None = caches[CACHE].get(f"{name}.{encoding}")
        if kept is not None:
            request.resolver_match = match_of(request.path_info)
            return HttpResponse(kept.body, headers=dict(kept.headers))
        watch(request)
        prefer_replica(known_versions(request), report_asked_for(request))
        response = self.get_response(request)
        if may_be_kept(response):
            pack(response, etag, encoding)
            if request.method == "GET":
                kept = Kept(list(response.items()), getattr(response, "content", b""))
                caches[CACHE].set(f"{name}.{encoding}", kept, timeout=None)
        return response


# --- What is asked for ------------------------------------------------------------------------------


def is_personal(request: HttpRequest) -> bool:
    """Say whether the answer may be this reader's alone: signed in, told something, or not just reading."""
    return (
        request.method not in ("GET", "HEAD")
        or settings.SESSION_COOKIE_NAME in request.COOKIES
        or "messages" in request.COOKIES
        or request.path_info.startswith((*NEVER, settings.STATIC_URL, settings.MEDIA_URL))
        or settings.DEBUG
    )


def name_of(request: HttpRequest) -> str | None:
    """Return the name of the answer as the data stand now."""
    return answer_name(request, language=chosen_language(request), report=report_asked_for(request))


def report_asked_for(request: HttpRequest) -> str:
    """Return the name of another report than the site's own, which only the API shows."""
    return request.GET.get("report", "") if request.path_info.startswith("/api/") else ""


@lru_cache(maxsize=4096)
def match_of(path: str) -> ResolverMatch:
    """Return the page behind a path that was answered before, for the log and the figures."""
    return resolve(path)


def has_already(request: HttpRequest, etag: str) -> bool:
    """Say whether the reader holds this very answer."""
    asked = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(asked) and etag in parse_etags(asked)


def encoding_for(request: HttpRequest) -> str:
    """Return br or gzip, the smaller of those that the reader takes; "identity" for neither."""
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "").lower()
    for coding in ("br", "gzip"):
        if coding in accepted and takes(accepted, coding):
            return coding
    return "identity"


def takes(accepted: str, coding: str) -> bool:
    """Say whether an Accept-Encoding names the coding, and not with q=0."""
    for part in accepted.split(","):
        name, _, quality = part.partition(";")
        if name.strip() == coding:
            return quality.replace(" ", "").rstrip("0.") != "q="
    return False


# --- What is kept -----------------------------------------------------------------------------------


def may_be_kept(response: HttpResponseBase) -> bool:
    """Say whether the view said that its answer is the same for everyone, and nothing speaks against it."""
    return (
        is_same_for_everyone(response)
        and isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and len(response.content) <= LARGEST
        and {name.lower() for name in cc_delim_re.split(response.get("Vary", "")) if name} <= MAY_VARY
    )


def pack(response: HttpResponseBase, etag: str, encoding: str) -> None:
    """Name the answer and compress it, in place.

    Public answers hold nothing secret (see commitments/public/preferences.py), so that their length
    gives nothing away.
    """
    assert isinstance(response, HttpResponse)
    response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    is_text = response.get("Content-Type", "").startswith(COMPRESSIBLE) and "Content-Encoding" not in response
    if encoding != "identity" and is_text and len(response.content) >= WORTH_COMPRESSING:
        body = response.content
        response.content = (
            brotli.compress(body, quality=5) if encoding == "br" else gzip.compress(body, 6, mtime=0)
        )
        response["Content-Encoding"] = encoding
    response["Content-Length"] = str(len(response.content))
