"""The report's own division of the work: its areas, and the themes inside each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..models import ResponsibleArea, Theme
from ..progress.judging import Judged
from ..progress.roll import judged
from ..typeset import typographic
from .caching import public_page
from .drawings import Share, share
from .scope import within
from .site import report_or_404, site_of


@dataclass(frozen=True)
class AreaRow:
    """An area with its share of all commitments."""

    area: ResponsibleArea
    share: Share


@dataclass(frozen=True)
class ThemeRow:
    """A theme with its commitments."""

    theme: Theme
    share: Share


@public_page
def area_list(request: HttpRequest) -> HttpResponse:
    """List the areas in the report's order, each with its bar on one common scale."""
    report = report_or_404(request)
    rows = judged(report, today=site_of(request).today, commitments=within(report))
    groups: dict[int, list[Judged]] = defaultdict(list)
    for row in rows:
        groups[row.commitment.theme.area_id].append(row)
    longest = max((len(group) for group in groups.values()), default=0) or None
    areas = [
        AreaRow(area, share(groups[area.pk], uid=f"area-{area.number}", scale=longest))
        for area in report.areas.all()
    ]
    return render(request, "public/area_list.html", {"report": report, "areas": areas, "total": len(rows)})


@public_page
def area_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Show one area: its share, its themes and their commitments, and its neighbours."""
    report = report_or_404(request)
    area = get_object_or_404(ResponsibleArea, report=report, number=number)
    rows = judged(report, today=site_of(request).today, commitments=within(report, area))
    context = {
        "report": report,
        "area": area,
        "share": share(rows, uid="area"),
        "themes": by_theme(area.themes.select_related("area"), rows),
        "previous": report.areas.filter(number__lt=number).last(),
        "next": report.areas.filter(number__gt=number).first(),
    }
    return render(request, "public/area_detail.html", context)


@public_page
def theme_detail(request: HttpRequest, area: int, number: int) -> HttpResponse:
    """Show one theme: the report's paragraph, its share and its commitments."""
    report = report_or_404(request)
    themes = Theme.objects.select_related("area").filter(area__report=report)
    theme = get_object_or_404(themes, area__number=area, number=number)
    commitments = within(report).filter(theme=theme)
    rows = judged(report, today=site_of(request).today, commitments=commitments)
    context = {
        "report": report,
        "theme": theme,
        "area": theme.area,
        "paragraph": typographic(report.text[theme.start : theme.end]),
        "share": share(rows, uid="theme"),
        "previous": themes.filter(area=theme.area, number__lt=number).last(),
        "next": themes.filter(area=theme.area, number__gt=number).first(),
    }
    return render(request, "public/theme_detail.html", context)


def by_theme(themes: Iterable[Theme], rows: Iterable[Judged]) -> list[ThemeRow]:
    """Return each theme with its commitments, drawn on the scale of the largest."""
    groups: dict[int, list[Judged]] = defaultdict(list)
    for row in rows:
        groups[row.commitment.theme_id].append(row)
    longest = max((len(group) for group in groups.values()), default=0) or None
    return [
        ThemeRow(theme, share(groups[theme.pk], uid=f"theme-{theme.number}", scale=longest))
        for theme in themes
    ]
