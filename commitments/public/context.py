"""The context processor: gives every template `tracker_site` (allauth has a `site` of its own)."""

from django.http import HttpRequest

from .site import Site, site_of


def site(request: HttpRequest) -> dict[str, Site]:
    """Return what base.html needs; nothing is asked of the database until a template does."""
    return {"tracker_site": site_of(request)}
