"""How a page answers htmx: the whole page, or only the region it asks for. The whole htmx layer."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

# What decides between page and region; caches must keep the two apart.
HTMX_HEADERS = ["HX-Request", "HX-Request-Type", "HX-Boosted", "HX-History-Restore-Request"]


class HtmxHttpRequest(HttpRequest):
    """A request that HtmxMiddleware has seen."""

    htmx: HtmxDetails


def wants_partial(request: HttpRequest) -> bool:
    """Say whether only a region is asked for: never when going back in history or for a whole body."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not (htmx.boosted or htmx.history_restore_request or htmx.request_type == "full")


def render_page(
    request: HttpRequest,
    template: str,
    *,
    partial: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page, or only its named partial when htmx asks for a region."""
    name = f"{template}#{partial}" if partial and wants_partial(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, HTMX_HEADERS)
    return response
