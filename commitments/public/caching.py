"""When a page need not be made again: it is the same until the data, the day or the reader's choices change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from ..htmx import HTMX_HEADERS, wants_partial
from ..program import program_version
from .site import site_of

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """Make a view of public data answer GET and HEAD only, compressed, and 304 while nothing changed.

    Public pages carry no token of the reader (see public/preferences.py), so compressing them gives
    nothing away.
    """

    @require_safe
    @gzip_page
    @condition(etag_func=page_etag)
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, no_cache=True)
        patch_vary_headers(response, ["Cookie", "Accept-Language", *HTMX_HEADERS])
        return response

    return answer


def page_etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str | None:
    """Return what names this state of this page; None when the page must be made afresh."""
    site = site_of(request)
    if site.report is None or settings.DEBUG or len(get_messages(request)):
        return None
    parts = [
        program_version(),
        request.get_full_path(),
        site.report.pk,
        site.report.data_version,
        site.today,
        site.shows_demonstration,
        get_language(),
        site.large_type,
        wants_partial(request),
        request.user.pk if request.user.is_authenticated else "",
    ]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
