"""The site's addresses, and one more: the bare response."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from ...urls import urlpatterns as addresses_of_the_site
from . import places

# Below an address that no answer is kept for: it pays for the middleware, not for our looking up.
BARE = places.BARE.lstrip("/")


def bare(request: HttpRequest) -> HttpResponse:
    """Answer with nothing but a word: what server, Django and middleware cost without us."""
    return HttpResponse("ok")


urlpatterns = [path(BARE, bare), *addresses_of_the_site]
