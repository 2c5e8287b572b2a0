"""The deadlines as a calendar (RFC 5545) that people subscribe to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from ..models import Commitment, Report
from ..progress.facts import facts_of, with_facts
from ..typeset import typographic
from .caching import public_page
from .feeds import noon, readable
from .scope import chosen, within
from .site import report_or_404, site_of

# Octets in a line, without its end (RFC 5545, 3.1).
LINE = 75


@public_page
def deadlines(request: HttpRequest) -> HttpResponse:
    """Answer with one all-day event for each deadline; `?area=` and `?department=` narrow it.

    Commitments without a deadline of their own end with the year: one event counts them all, for
    five hundred on one day would help nobody.
    """
    report = report_or_404(request)
    facts = [(row, facts_of(row)) for row in with_facts(within(report, *chosen(request, report)))]
    dated = [(row.due_on, commitment) for commitment, row in facts if commitment.deadline or row.is_extended]
    rest = len(facts) - len(dated)
    demonstration = site_of(request).shows_demonstration
    lines = calendar(report, dated, rest, demonstration=demonstration)
    response = HttpResponse("".join(folded(lines)), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    return response


def calendar(
    report: Report, dated: Iterable[tuple[dt.date, Commitment]], rest: int, *, demonstration: bool
) -> Iterator[tuple[str, str]]:
    """Yield the properties (name with parameters, value already escaped) of the whole calendar."""
    mark = gettext("[Demonstration data] ") if demonstration else ""
    name = escaped(mark + gettext("Deadlines of %(report)s") % {"report": report})
    stamp = f"{(report.data_changed_at or noon(report.delivered_on)).astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    yield "BEGIN", "VCALENDAR"
    yield "VERSION", "2.0"
    yield "PRODID", "-//Nan'an Commitments//Deadlines//ZH"
    yield "CALSCALE", "GREGORIAN"
    yield "METHOD", "PUBLISH"
    yield "NAME", name
    yield "X-WR-CALNAME", name
    yield "REFRESH-INTERVAL;VALUE=DURATION", "P1D"
    for day, commitment in sorted(dated, key=lambda row: (row[0], row[1].sequence, row[1].pk)):
        path = reverse("public:commitment-detail", args=[commitment.code])
        lead = str(commitment.lead) if commitment.lead else gettext("No department has been named yet")
        yield from _event(
            uid=commitment.code,
            day=day,
            stamp=stamp,
            summary=f"{mark}{commitment.code} {typographic(commitment.title)}",
            description=gettext("Lead department: %(name)s") % {"name": lead},
            path=path,
        )
    if rest:
        count = ngettext(
            "%(count)d commitment has no deadline of its own and ends with the year",
            "%(count)d commitments have no deadline of their own and end with the year",
            rest,
        )
        yield from _event(
            uid=f"{report.slug}-year-end",
            day=dt.date(report.year, 12, 31),
            stamp=stamp,
            summary=mark + count % {"count": rest},
            description=str(report),
            path=reverse("public:commitment-list"),
        )
    yield "END", "VCALENDAR"


def _event(
    *, uid: str, day: dt.date, stamp: str, summary: str, description: str, path: str
) -> Iterator[tuple[str, str]]:
    yield "BEGIN", "VEVENT"
    yield "UID", f"{uid}@{urlsplit(settings.SITE_URL).hostname}"
    yield "DTSTAMP", stamp
    yield "DTSTART;VALUE=DATE", f"{day:%Y%m%d}"
    yield "DTEND;VALUE=DATE", f"{day + dt.timedelta(days=1):%Y%m%d}"
    yield "SUMMARY", escaped(summary)
    yield "DESCRIPTION", escaped(description)
    yield "URL", f"{settings.SITE_URL}{path}"
    yield "TRANSP", "TRANSPARENT"
    yield "END", "VEVENT"


def escaped(text: str) -> str:
    """Return the text as a TEXT value: backslash, semicolon, comma and line ends escaped (3.3.11)."""
    plain = readable(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(properties: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield each property as a line of at most 75 octets, folded between characters, never inside one."""
    for name, value in properties:
        line, size = "", 0
        for char in f"{name}:{value}":
            octets = len(char.encode())
            if size + octets > LINE:
                yield f"{line}\r\n"
                # The blank that marks a continuation counts as well.
                line, size = " ", 1
            line, size = line + char, size + octets
        yield f"{line}\r\n"
