"""When a page need not be made again: it is the same until the data, the day or the reader's choices change."""

from __future__ import annotations

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

from ..answers import answer_name, is_watched, same_for_everyone
from ..htmx import HTMX_HEADERS

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """Make a view of public data answer GET and HEAD only, compressed, and 304 while nothing changed.

    Public pages carry no token of the reader (see public/preferences.py), so compressing them gives
    nothing away. For readers without a session all of it is done further out, by tracker/kept.py, which
    also keeps what is answered here; for the others it is done here.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, no_cache=True)
        patch_vary_headers(response, ["Cookie", *HTMX_HEADERS])
        return response

    for_one = gzip_page(condition(etag_func=page_etag)(answer))

    @require_safe
    @wraps(view)
    def choose(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_watched(request):
            return same_for_everyone(answer(request, *args, **kwargs))
        return for_one(request, *args, **kwargs)

    return choose


def page_etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str | None:
    """Return what names this state of this page; None when the page must be made afresh."""
    if settings.DEBUG or len(get_messages(request)):
        return None
    whose = request.user.pk if request.user.is_authenticated else ""
    name = answer_name(request, language=get_language() or "", whose=whose)
    return f'"{name}"' if name else None
