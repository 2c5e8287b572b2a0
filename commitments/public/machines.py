"""What search engines and browsers ask for: the list of pages, what not to crawl, the icon."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..models import Commitment, Department, Report, Scorecard, Theme
from .site import report_or_404, site_of

PAGES = [
    "overview",
    "report",
    "commitment-list",
    "target-list",
    "project-list",
    "area-list",
    "department-list",
    "scorecard-list",
    "update-list",
    "glossary",
    "method",
    "data",
    "accessibility",
    "about",
]
# Every choice of a filter is an address; crawling all of them would only say the same again.
ROBOTS = """User-agent: *
Disallow: /staff/
Disallow: /admin/
Disallow: /accounts/
Disallow: /preferences/
Disallow: /commitments/?
Disallow: /report/?
Disallow: /*.csv?
Disallow: /*.xlsx?
Disallow: /*.json?

Sitemap: {site}/sitemap.xml
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Say what need not be crawled."""
    return HttpResponse(ROBOTS.format(site=site_of(request).url), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every public page, with the day of the last public change."""
    report = report_or_404(request)
    changed = f"<lastmod>{report.data_changed_at:%Y-%m-%d}</lastmod>" if report.data_changed_at else ""
    site = site_of(request).url
    entries = "\n".join(f"<url><loc>{escape(site + path)}</loc>{changed}</url>" for path in addresses(report))
    return HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}\n</urlset>\n',
        content_type="application/xml; charset=utf-8",
    )


def addresses(report: Report) -> Iterator[str]:
    """Yield the addresses of the public pages; published commitments only."""
    for name in PAGES:
        yield reverse(f"public:{name}")
    for number in report.areas.order_by("number").values_list("number", flat=True):
        yield reverse("public:area-detail", args=[number])
    themes = Theme.objects.filter(area__report=report).order_by("area__number", "number")
    for area, number in themes.values_list("area__number", "number"):
        yield reverse("public:theme-detail", args=[area, number])
    for slug in Department.objects.of_report(report).order_by("slug").values_list("slug", flat=True):
        yield reverse("public:department-detail", args=[slug])
    for key in Scorecard.objects.order_by("number").values_list("key", flat=True):
        yield reverse("public:scorecard-detail", args=[key])
    published = Commitment.objects.published().of_report(report)
    for code in published.values_list("code", flat=True):
        yield reverse("public:commitment-detail", args=[code])


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that look for an icon at the old place to the drawn one."""
    return HttpResponseRedirect(static("commitments/icon.svg"))
