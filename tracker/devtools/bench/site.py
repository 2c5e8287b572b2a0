"""What the benchmark serves: the production site, and beside it the bare response it is compared with."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

from django.core.wsgi import get_wsgi_application

application: Any = get_wsgi_application()

from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, path

from ... import urls

# Below an address that no answer is kept for: it pays for the middleware, not for our looking up.
BARE = "i18n/bare/"


def bare(request: HttpRequest) -> HttpResponse:
    """Answer with nothing but a word: what Django and its middleware cost without us."""
    return HttpResponse("ok")


urls.urlpatterns.insert(0, path(BARE, bare))
clear_url_caches()
