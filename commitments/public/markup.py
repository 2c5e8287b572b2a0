"""The rows of the list and the boxes of its filters as HTML. Written in Python, not in templates: a page
holds some two hundred of them, and rendering is what a page costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from ..choices import Kind, Schedule
from ..progress.judging import Judged
from ..templatetags.tracker import kind_badge, promise_named, schedule_badge, status_badge
from .facets import Facet, Value

# Boxes that are open before anybody chose anything.
OPEN_AT_FIRST = 3


@dataclass(frozen=True)
class Line:
    """One commitment of the list, the hits of the search marked."""

    row: Judged
    title: SafeString
    words: SafeString
    name: SafeString
    account: SafeString


def commitment_lines(lines: Iterable[Line]) -> SafeString:
    """Draw commitments of the list: title, words, what the search hit, and the state of each."""
    base = reverse("public:commitment-list")  # the page of each is below it; asked for once
    return mark_safe("".join(_line(line, base) for line in lines))  # noqa: S308  escaped there


def _line(line: Line, base: str) -> str:
    own, verdict = line.row.commitment, line.row.verdict
    address = f"{base}{own.code}/"
    html = [
        f'<li>\n<p class="row__head"><a class="row__title" href="{address}" lang="zh-Hans">{line.title}</a>'
        f' <span class="code">{own.code}</span></p>\n'
    ]
    if line.words != line.title:
        html.append(f'<p class="row__words" lang="zh-Hans">{line.words}</p>\n')
    if line.name:
        html.append(_found(gettext("Project"), line.name))
    if line.account:
        html.append(_found(gettext("Reported"), line.account))
    html.append(f'<p class="row__facts">{status_badge(verdict.status)} {kind_badge(own.kind)}')
    if own.kind != Kind.MEASURE:
        html.append(f' <b class="promise">{escape(promise_named(own))}</b>')
    # The status often says the same in the same words.
    if verdict.schedule not in (Schedule.UNKNOWN, verdict.status.value):
        html.append(f" {schedule_badge(verdict.schedule)}")
    if own.hedge:
        html.append(f' <span class="kind">{escape(own.hedge)}</span>')
    lead = str(own.lead) if own.lead else gettext("No department named yet")
    html.append(f' <span class="muted large-hide">{escape(lead)}</span>')
    if own.approved_update:
        html.append(f' <span class="muted">{_as_of(own.approved_update.as_of, get_language() or "")}</span>')
    html.append("</p>\n</li>\n")
    return "".join(html)  # every text is escaped above, titles and words by listing.marked


def _found(what: str, words: SafeString) -> str:
    return f'<p class="small">{escape(what)}: <span lang="zh-Hans">{words}</span></p>\n'


# A list shows the same few days again and again.
@lru_cache(maxsize=512)
def _as_of(day: dt.date, language: str) -> str:
    return escape(gettext("as of %(day)s") % {"day": date_format(day, "DATE_FORMAT")})


def facet_boxes(facets: Iterable[Facet]) -> SafeString:
    """Draw the filters with their values, as check boxes or, where one excludes the others, radio buttons."""
    boxes = (_facet_box(facet, place) for place, facet in enumerate(facets, start=1))
    return mark_safe("".join(boxes))  # noqa: S308  escaped there


def _facet_box(facet: Facet, place: int) -> str:
    name, label = facet.name, escape(facet.label)
    is_open = " open" if facet.is_open or place <= OPEN_AT_FIRST else ""
    kind = "radio" if facet.is_single else "checkbox"
    every = ""
    if facet.is_single:
        checked = "" if facet.is_open else " checked"
        every = (
            f'<label class="choice"><input type="radio" form="filters" id="f-{name}-all" name="{name}" value=""'
            f"{checked}> {escape(gettext('All'))}</label>\n"
        )
    boxes = "".join(_box(name, kind, value) for value in facet.values)
    # Names are ours, keys and labels are escaped.
    return (
        f'<details id="f-{name}"{is_open}><summary>{label}</summary>\n<fieldset class="choices">'
        f'<legend class="visually-hidden">{label}</legend>\n{every}{boxes}</fieldset></details>\n'
    )


def _box(name: str, kind: str, value: Value) -> str:
    key = escape(value.key)
    return (
        f'<label class="choice{"" if value.count else " is-empty"}"><input type="{kind}" form="filters"'
        f' id="f-{name}-{key}" name="{name}" value="{key}"{" checked" if value.is_chosen else ""}>'
        f' {escape(str(value.label))} <span class="count">{value.count}</span></label>\n'
    )
