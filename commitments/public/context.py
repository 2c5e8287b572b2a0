"""The context processor: gives every template `site`."""

from django.http import HttpRequest

from .site import Site, site_of


def site(request: HttpRequest) -> dict[str, Site]:
    """Return what base.html needs; nothing is asked of the database until a template does."""
    return {"site": site_of(request)}
