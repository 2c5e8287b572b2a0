"""Atom feeds of what was published: everything, an area, a department, a commitment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from ..choices import AmendmentKind, SelfReport, Stage, UpdateState
from ..models import Commitment, Department, Report, ResponsibleArea
from ..progress import news
from ..quantities import quantity
from ..templatetags.tracker import site_name
from ..typeset import typographic
from .caching import public_page
from .charts import SIGNS
from .scope import within
from .site import report_or_404, site_of

ENTRIES = 50


class _Feed(Atom1Feed):
    """A feed that is dated even while it is empty: Django would date it now, anew at each request."""

    def latest_post_date(self) -> dt.datetime:
        """Return the newest entry's moment; without entries the moment of the last public change."""
        return super().latest_post_date() if self.items else self.feed["empty_since"]


def noon(day: dt.date) -> dt.datetime:
    """Return the middle of that day in China."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


@public_page
def feed_all(request: HttpRequest) -> HttpResponse:
    """Answer with everything that was published."""
    report = report_or_404(request)
    return _feed(
        request, report, within(report), title=gettext("All updates"), link=reverse("public:update-list")
    )


@public_page
def feed_of_area(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with what was published on one area."""
    report = report_or_404(request)
    area = get_object_or_404(ResponsibleArea, report=report, number=number)
    link = reverse("public:area-detail", args=[number])
    return _feed(request, report, within(report, area), title=str(area), link=link)


@public_page
def feed_of_department(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with what was published on the commitments that the department leads or supports."""
    report = report_or_404(request)
    department = get_object_or_404(Department.objects.of_report(report), slug=slug)
    link = reverse("public:department-detail", args=[slug])
    return _feed(request, report, within(report, None, department), title=str(department), link=link)


@public_page
def feed_of_commitment(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with what was published on one commitment."""
    report = report_or_404(request)
    commitment = get_object_or_404(Commitment.objects.published(), report=report, code=code)
    link = reverse("public:commitment-detail", args=[code])
    title = f"{code} {typographic(commitment.title)}"
    return _feed(request, report, within(report).filter(pk=commitment.pk), title=title, link=link)


def _feed(
    request: HttpRequest, report: Report, commitments: QuerySet[Commitment], *, title: str, link: str
) -> HttpResponse:
    """Write the newest entries as Atom. Addresses come from SITE_URL, so that copies stay the same."""
    items = news.load(news.entries(commitments)[:ENTRIES])
    mark = gettext("[Demonstration data] ") if site_of(request).shows_demonstration else ""
    feed = _Feed(
        title=f"{mark}{typographic(title)} · {site_name()}",
        link=f"{settings.SITE_URL}{link}",
        description=str(report),
        subtitle=str(report),
        language="en" if get_language() == "en" else "zh-Hans",
        feed_url=f"{settings.SITE_URL}{request.path}",
        feed_guid=f"{settings.SITE_URL}{request.path}",
        author_name=site_name(),
        empty_since=report.data_changed_at or noon(report.delivered_on),
    )
    for item in items:
        address = f"{settings.SITE_URL}{reverse('public:commitment-detail', args=[item.commitment.code])}"
        feed.add_item(
            title=readable(f"{item.commitment.code} {typographic(item.commitment.title)}: {headline(item)}"),
            link=f"{address}#{anchor(item)}",
            unique_id=f"{address}#{item.key}",
            description=readable(content(item)),
            pubdate=item.at,
            updateddate=item.at,
            categories=[typographic(str(item.commitment.theme.area))],
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    feed.write(response, "utf-8")
    return response


def anchor(item: news.NewsItem) -> str:
    """Return the place of the entry on the page of its commitment."""
    return f"update-{item.update.pk}" if item.update else "amendments-title"


def headline(item: news.NewsItem) -> str:
    """Return in a few words what the entry says."""
    if item.amendment:
        return gettext("amended: %(kind)s") % {"kind": AmendmentKind(item.amendment.kind).label}
    assert item.update is not None
    return f"{SelfReport(item.update.status).label} ({UpdateState(item.state).label})"


def facts(item: news.NewsItem) -> list[tuple[str, str]]:
    """Return the facts of an entry as (name, value), in the order in which a reader wants them."""
    return _amendment_facts(item) if item.amendment else _update_facts(item)


def _update_facts(item: news.NewsItem) -> list[tuple[str, str]]:
    update, commitment = item.update, item.commitment
    assert update is not None
    unit = commitment.target.unit if hasattr(commitment, "target") else ""
    rows = [(gettext("As of"), date_format(update.as_of))]
    if update.value is not None:
        rows.append((gettext("Figure"), quantity(update.value, unit)))
    if update.stage:
        rows.append((gettext("Stage reached"), str(Stage(update.stage).label)))
    if update.account:
        rows.append((gettext("Account"), update.account))
    elif update.is_unchanged:
        rows.append((gettext("Account"), gettext("No change since the last update.")))
    if update.obstacle:
        rows.append((gettext("Obstacle"), update.obstacle))
    if update.department_name:
        rows.append((gettext("Reported by"), update.department_name))
    if update.evidence.all():
        rows.append((gettext("Evidence"), "；".join(evidence.title for evidence in update.evidence.all())))
    return rows


def _amendment_facts(item: news.NewsItem) -> list[tuple[str, str]]:
    amendment = item.amendment
    assert amendment is not None
    rows: list[tuple[str, str]] = []
    if amendment.new_value is not None:
        unit = item.commitment.target.unit if hasattr(item.commitment, "target") else ""
        sign = SIGNS.get(amendment.new_comparator, "")
        rows.append((gettext("New target"), sign + quantity(amendment.new_value, unit)))
    if amendment.new_deadline:
        rows.append((gettext("New deadline"), date_format(amendment.new_deadline)))
    if amendment.new_wording:
        rows.append((gettext("New wording"), amendment.new_wording))
    rows.append((gettext("Reason"), amendment.reason))
    rows.append((gettext("Authority"), f"{amendment.authority} {amendment.document_number}".strip()))
    return rows


def content(item: news.NewsItem) -> SafeString:
    """Return the entry's facts as the HTML that feed readers show."""
    return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", _pairs(facts(item))))


def readable(text: str) -> str:
    """Return the text without the control characters that XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def _pairs(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in rows]
