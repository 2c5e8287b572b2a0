"""What every page knows about the site: the report shown, its day, and the reader's two switches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from .. import clock
from ..answers import LARGE, TYPE_COOKIE, known_version
from ..models import Department, ProgressUpdate, Report
from .navigation import FOOTER, MAIN, Item, menu


class Site:
    """Facts for the frame of a page; each asked for at most once in a request, and only if shown."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def report(self) -> Report | None:
        """Return the report the site shows, None before one was loaded."""
        return self.facts.report

    @cached_property
    def facts(self) -> Facts:
        """Return what every page says of the data; asked for once while nothing changes."""
        version = known_version(self.request)
        if version is None or not settings.ROLLS_KEPT:
            return facts_now()
        return facts_at(version)

    @cached_property
    def shows_demonstration(self) -> bool:
        """Say whether invented rows are among the data; then every page says so."""
        return self.facts.shows_demonstration

    @cached_property
    def today(self) -> dt.date:
        """Return the day on which the page is read."""
        return clock.today()

    @property
    def held_day(self) -> dt.date | None:
        """Return the day at which the tracker is held, None when its clock runs."""
        held: dt.date | None = settings.TRACKER_TODAY
        return held

    @property
    def url(self) -> str:
        """Return the site's own address, without a slash at the end."""
        return str(settings.SITE_URL)

    @property
    def canonical(self) -> str:
        """Return the one address under which this page should be known, without its query."""
        return f"{settings.SITE_URL}{self.request.path}"

    @property
    def navigation(self) -> list[Item]:
        """Return the main menu, with the place of this page marked."""
        return menu(MAIN, self.request.path)

    @property
    def footer_navigation(self) -> list[Item]:
        """Return the menu at the foot of the page."""
        return menu(FOOTER, self.request.path)

    @property
    def large_type(self) -> bool:
        """Say whether this reader asked for large type."""
        return self.request.COOKIES.get(TYPE_COOKIE) == LARGE


@dataclass(frozen=True)
class Facts:
    """What every page says of the data it shows."""

    report: Report | None

    @cached_property
    def shows_demonstration(self) -> bool:
        """Say whether there is anything invented."""
        return (
            Department.objects.filter(is_demo=True).exists()
            or ProgressUpdate.objects.filter(is_demo=True).exists()
        )


def facts_now() -> Facts:
    """Return the facts as the database has them."""
    try:
        return Facts(Report.objects.default())
    except Report.DoesNotExist:
        return Facts(None)


@lru_cache(maxsize=8)
def facts_at(version: tuple[int, int]) -> Facts:
    """Return the facts of this report at this version of its data."""
    return facts_now()


def site_of(request: HttpRequest) -> Site:
    """Return the request's site facts, the same object each time."""
    site: Site | None = getattr(request, "tracker_site", None)
    if site is None:
        site = Site(request)
        request.tracker_site = site  # type: ignore[attr-defined]
    return site


def report_or_404(request: HttpRequest) -> Report:
    """Return the report the site shows; 404 with a plain sentence before one was loaded."""
    report = site_of(request).report
    if report is None:
        raise Http404(_("No report has been loaded yet."))
    return report
