"""The list of commitments: filter, search, sort, page; every view of it has an address of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.safestring import SafeString

from ..htmx import render_page
from ..models import ProgressUpdate
from ..progress.summaries import Judged, tally
from ..selection.filters import SORT_CHOICES, CommitmentFilter
from ..selection.search import excerpt, mark_hits, pattern_of, terms_of
from ..typeset import typographic
from .caching import public_page
from .drawings import share
from .facets import Facet, facets
from .site import report_or_404, site_of

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One commitment of the list, the hits of the search marked."""

    row: Judged
    title: SafeString
    words: SafeString
    name: SafeString
    account: SafeString


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
    panel = facets(chosen)
    context = {
        "report": report,
        "filter": chosen,
        "facets": panel,
        "chips": chips(request.GET, chosen, panel),
        "page": page,
        "lines": lines(list(page), chosen),
        "share": share(chosen.selected, uid="selected"),
        "total": tally(chosen.rows).total,
        "sorts": SORT_CHOICES,
        "query": query_without(request.GET, "page"),
    }
    return render_page(request, "public/commitment_list.html", partial="browse", context=context)


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


def query_without(query: QueryDict, *names: str, drop: tuple[str, str] | None = None) -> str:
    """Return the query without empty values, these names and this one value; with its question mark."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name not in names:
            rest = [value for value in values if value and (name, value) != drop]
            if rest:
                kept.setlist(name, rest)
    return f"?{kept.urlencode()}" if kept else ""
