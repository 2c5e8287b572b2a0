"""When an answer need not be made again, and who may read it: everybody, from any page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition

from ..answers import answer_name, fingerprint, is_watched, same_for_everyone
from ..models import Report
from ..reads import read_primary

View = Callable[..., HttpResponse]


def open_data(view: View) -> View:
    """Answer with the data of one report: compressed, 304 while nothing changed, readable by other sites.

    For callers without a session all but the last is done by tracker/kept.py, which also keeps the
    answer.
    """
    answer = _open(view)
    for_one = gzip_page(condition(etag_func=etag)(answer))

    @wraps(view)
    def choose(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_watched(request):
            return same_for_everyone(answer(request, *args, **kwargs))
        return for_one(request, *args, **kwargs)

    return choose


def open_data_of_all(view: View) -> View:
    """The same for an answer about all reports, which is not kept.

    Of how many reports a replica has the latest version was not asked: the primary has it of all.
    """
    answer = gzip_page(condition(etag_func=etag_of_all)(_open(view)))

    @wraps(view)
    def from_primary(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        read_primary()
        return answer(request, *args, **kwargs)

    return from_primary


def _open(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, no_cache=True)
        # Labels are in the reader's language.
        patch_vary_headers(response, ["Cookie"])
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str | None:
    """Return what names this state of an answer about the report that is asked for."""
    name = answer_name(request, language=get_language() or "", report=request.GET.get("report", ""))
    return f'"{name}"' if name else None


def etag_of_all(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    """Return what names this state of an answer about all reports; any change of one is another state."""
    versions = Report.objects.aggregate(Count("pk"), Max("pk"), Sum("data_version"))
    return f'"{fingerprint([etag(request), sorted(versions.items())])}"'
