"""Addresses of the API: its beginning, its documentation, and what endpoints.py offers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from . import docs
from .endpoints import api, nowhere

View = Callable[..., HttpResponseBase]


def also_head(view: View) -> View:
    """Let a view that knows only GET answer HEAD as well; the server leaves the body out."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "HEAD":
            request.method = "GET"
        return view(request, *args, **kwargs)

    # ninja's views are exempt, which a copy of the name alone would not say.
    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer


app_name = "api"

patterns = api.urls[0]
for pattern in patterns:
    if isinstance(pattern, URLPattern):
        pattern.callback = also_head(pattern.callback)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", docs.beginning, name="beginning"),
    path("docs", docs.docs, name="docs"),
    *patterns,
    path("<path:rest>", csrf_exempt(nowhere), name="nowhere"),
]
