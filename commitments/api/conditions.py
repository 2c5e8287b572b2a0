"""When an answer need not be made again, and who may read it: everybody, from any page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition

from .. import clock
from ..models import Report
from ..program import program_version

View = Callable[..., HttpResponse]


def open_data(view: View) -> View:
    """Answer compressed, with 304 while nothing changed, and readable by scripts of other sites."""

    @gzip_page
    @condition(etag_func=etag)
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, no_cache=True)
        # Labels are in the reader's language.
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    """Return what names this state of this answer: the data of all reports, the day, the program."""
    versions = list(Report.objects.order_by("pk").values_list("pk", "data_version"))
    parts = [
        program_version(),
        request.get_full_path(),
        request.get_host(),
        versions,
        clock.today(),
        get_language(),
    ]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
