"""The first page: what was promised and what became of it, down to every single commitment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext_lazy

from ..choices import Kind, PublicStatus
from ..models import Commitment, Report, ResponsibleArea, Theme
from ..progress import news, summaries
from ..progress.judging import Judged
from ..progress.roll import judged
from ..progress.summaries import Tally
from .caching import public_page
from .charts import ElapsedChart, TargetChart, elapsed_chart
from .drawings import Share, share, target_drawing
from .metadata import dataset
from .site import report_or_404, site_of

NEWS_SHOWN = 5
STALE_SHOWN = 5
# The area that holds the year's expected targets, the report's own headline figures.
HEADLINE_AREA = 0
MANY = {
    Kind.TARGET: pgettext_lazy("menu", "Targets"),
    Kind.PROJECT: pgettext_lazy("menu", "Projects"),
    Kind.MEASURE: pgettext_lazy("several", "Measures"),
}


@dataclass(frozen=True)
class ThemeSection:
    """A theme with its commitments, in the report's order."""

    theme: Theme
    rows: list[Judged]


@dataclass(frozen=True)
class AreaSection:
    """An area with its share of everything, and its themes."""

    area: ResponsibleArea
    share: Share
    themes: list[ThemeSection]


@dataclass(frozen=True)
class HeadlineTarget:
    """One of the year's expected targets with its drawing; None where the report states no figure."""

    row: Judged
    chart: TargetChart | None


@public_page
def overview(request: HttpRequest) -> HttpResponse:
    """Show the whole tracker on one page."""
    report = report_or_404(request)
    today = site_of(request).today
    rows = judged(report, today=today)
    context = {"report": report, "today": today, **figures(report, rows, today), **sections(rows)}
    context["dataset"] = dataset(report, site_url=site_of(request).url, total=len(rows))
    context["words_label"] = gettext("Exact words")
    context["news"] = news.load(news.entries(Commitment.objects.published().of_report(report))[:NEWS_SHOWN])
    return render(request, "public/overview.html", context)


def figures(report: Report, rows: Sequence[Judged], today: dt.date) -> dict[str, object]:
    """Return the counts of the page, each computed from the same rows."""
    tally = summaries.tally(rows)
    elapsed = summaries.elapsed_of_year(report, today=today)
    stale = summaries.stale(rows, today=today)
    return {
        "tally": tally,
        "headline": summaries.headline(rows),
        "kinds": [(kind, MANY[kind], count) for kind, count in summaries.by_kind(rows).items()],
        "not_reported": tally.by_status[PublicStatus.NOT_REPORTED],
        "status_chart": share(rows, uid="all").bar,
        "year_chart": year_chart(elapsed, tally),
        "year_is_over": today > dt.date(report.year, 12, 31),
        "unassigned": summaries.unassigned_count(rows),
        "stale": stale[:STALE_SHOWN],
        "stale_count": len(stale),
        "headline_targets": headline_targets(rows),
    }


def year_chart(elapsed: Decimal, tally: Tally) -> ElapsedChart:
    """Return how much of the year has passed beside how much was delivered."""
    return elapsed_chart(uid="year", elapsed=elapsed, delivered=tally.kept, total=tally.total)


def headline_targets(rows: Iterable[Judged]) -> list[HeadlineTarget]:
    """Return the year's expected targets, drawn where a figure was promised."""
    expected = [
        row
        for row in rows
        if row.commitment.theme.area.number == HEADLINE_AREA and row.commitment.kind == Kind.TARGET
    ]
    return [HeadlineTarget(row, target_drawing(row)) for row in expected]


def sections(rows: Sequence[Judged]) -> dict[str, object]:
    """Return areas and themes with every commitment, in the report's order."""
    areas = []
    for area, inside in groupby(rows, key=lambda row: row.commitment.theme.area):
        members = list(inside)
        themes = [
            ThemeSection(theme, list(few))
            for theme, few in groupby(members, key=lambda r: r.commitment.theme)
        ]
        areas.append(AreaSection(area, share(members, uid=f"area-{area.number}"), themes))
    return {"areas": areas}
