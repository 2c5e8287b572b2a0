"""The list of commitments: filter, search, sort, page; every view of it has an address of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ..htmx import render_page
from ..models import ProgressUpdate
from ..progress.judging import Judged
from ..selection.filters import SORT_CHOICES, CommitmentFilter
from ..selection.search import excerpt, mark_hits, pattern_of, terms_of
from ..typeset import typographic
from .caching import public_page
from .drawings import share
from .facets import Facet, facets
from .markup import Line, commitment_lines, facet_boxes
from .site import report_or_404, site_of

PER_PAGE = 50


@dataclass(frozen=True)
class Chip:
    """One thing that was chosen, with the address of the list without it."""

    label: str
    without: str


@public_page
def commitment_list(request: HttpRequest) -> HttpResponse:
    """Show fifty of the commitments that are asked for."""
    report = report_or_404(request)
    chosen = CommitmentFilter(request.GET, report=report, today=site_of(request).today)
    page = Paginator(chosen.selected, PER_PAGE).get_page(request.GET.get("page"))
    panel = facets(chosen) if chosen.chosen else []
    context = {
        "report": report,
        "filter": chosen,
        "boxes": facet_boxes(panel) if chosen.chosen else whole_panel(chosen),
        "chips": chips(request.GET, chosen, panel),
        "page": page,
        "lines": drawn(list(page), chosen),
        "share": share(chosen.selected, uid="selected") if chosen.chosen else None,
        "total": len(chosen.rows),
        "sorts": SORT_CHOICES,
        "query": query_without(request.GET, "page"),
        "links": page_links(page, request.path + (query_without(request.GET, "page") or "?")),
    }
    return render_page(request, "public/commitment_list.html", partial="browse", context=context)


def whole_panel(chosen: CommitmentFilter) -> SafeString:
    """Return the filters before anything is chosen, drawn once for each roll and language."""
    made, key = chosen.roll.made, ("panel", get_language())
    if key not in made:
        made[key] = facet_boxes(facets(chosen))
    boxes: SafeString = made[key]
    return boxes


def drawn(rows: Sequence[Judged], chosen: CommitmentFilter) -> SafeString:
    """Return the rows as HTML; without a search each is drawn once while nothing changes in it."""
    if chosen.chosen.get("q"):
        return commitment_lines(lines(rows, chosen))
    kept, language = chosen.roll.drawn, get_language() or ""
    pieces = []
    for row in rows:
        found = kept.get((row.commitment.pk, language))
        if found is None or found[0] is not row:
            found = kept[row.commitment.pk, language] = (row, commitment_lines(lines([row], chosen)))
        pieces.append(found[1])
    return mark_safe("".join(pieces))  # noqa: S308  made of escaped pieces


def lines(rows: Sequence[Judged], chosen: CommitmentFilter) -> list[Line]:
    """Return the rows with hits marked; one query more when there is something to mark in accounts."""
    terms = terms_of(chosen.chosen.get("q", ""))
    pattern = pattern_of(terms)
    accounts = matching_accounts(rows, pattern) if pattern else {}
    result = []
    for row in rows:
        commitment = row.commitment
        name = commitment.project.name if commitment.kind == "project" else ""
        hit_in_name = bool(name and pattern and pattern.search(name) and not pattern.search(commitment.title))
        result.append(
            Line(
                row,
                marked(commitment.title, pattern),
                marked(excerpt(commitment.passage.text, pattern), pattern),
                marked(name, pattern) if hit_in_name else SafeString(""),
                marked(excerpt(accounts.get(commitment.pk, ""), pattern), pattern),
            )
        )
    return result


def marked(text: str, pattern: re.Pattern[str] | None) -> SafeString:
    """Return the text typeset, with every hit marked."""
    return mark_hits(typographic(text), pattern)


def matching_accounts(rows: Iterable[Judged], pattern: re.Pattern[str]) -> dict[int, str]:
    """Return for each commitment its latest approved account that holds a hit."""
    found: dict[int, str] = {}
    accounts = (
        ProgressUpdate.objects.approved()
        .filter(commitment__in=[row.commitment.pk for row in rows])
        .order_by("-submitted_at", "-pk")
    )
    for commitment, account in accounts.values_list("commitment_id", "account"):
        if commitment not in found and pattern.search(account):
            found[commitment] = account
    return found


def chips(query: QueryDict, chosen: CommitmentFilter, panel: Iterable[Facet]) -> list[Chip]:
    """Return what was chosen in words, each with the address that leaves it out."""
    result = []
    if q := chosen.chosen.get("q"):
        result.append(Chip(f"“{q}”", query_without(query, "q", "page")))
    for facet in panel:
        for value in facet.values:
            if value.is_chosen:
                result.append(
                    Chip(str(value.label), query_without(query, "page", drop=(facet.name, value.key)))
                )
    if since := chosen.chosen.get("since"):
        label = str(chosen.filters["since"].label)
        result.append(Chip(f"{label} {since:%Y-%m-%d}", query_without(query, "since", "page")))
    return result


def page_links(page: Page[Judged], address: str) -> dict[str, Any]:
    """Return the addresses of the page before, of the next, and of those around: however many there are, few."""

    def link(number: int) -> str:
        return f"{address}{'' if address.endswith('?') else '&'}page={number}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=4, on_ends=1)
    return {
        "before": link(page.previous_page_number()) if page.has_previous() else "",
        "after": link(page.next_page_number()) if page.has_next() else "",
        "around": [(number, link(number) if isinstance(number, int) else "") for number in numbers],
    }


def query_without(query: QueryDict, *names: str, drop: tuple[str, str] | None = None) -> str:
    """Return the query without empty values, these names and this one value; with its question mark."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name not in names:
            rest = [value for value in values if value and (name, value) != drop]
            if rest:
                kept.setlist(name, rest)
    return f"?{kept.urlencode()}" if kept else ""
