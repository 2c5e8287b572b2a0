"""Finding words in commitments, two-character Chinese ones above all, and marking them where they stand.

An index of pairs of characters (models/search.py) names the commitments in which all pairs of the words
occur; a plain search in those few decides. A word without a pair, such as a single character, is looked
for in every commitment of the report.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ..models import ProgressUpdate, Report
from ..progress.words import HALF_WIDTH, pairs_of, report_key
from ..typeset import FULL_WIDTH

MAX_TERMS = 8
MAX_LENGTH = 100
TO_FULL_WIDTH = {ord(half): full for half, full in FULL_WIDTH.items()}
# How much of a text stands before the first hit in an excerpt, and how long the excerpt is.
LEAD_IN = 24
EXCERPT = 120


def terms_of(query: str) -> list[str]:
    """Return the words of a query: parted by spaces, each once, at most eight."""
    return list(dict.fromkeys(query[:MAX_LENGTH].split()))[:MAX_TERMS]


def spellings(term: str) -> list[str]:
    """Return the term as typed, with half-width and with full-width punctuation: the page shows the latter."""
    return list(dict.fromkeys([term, term.translate(HALF_WIDTH), term.translate(TO_FULL_WIDTH)]))


def matching(query: str, report: Report) -> Q:
    """Return the condition that every term occurs in title, words, names, code or an approved account.

    Of the report's commitments; those of others are not looked at.
    """
    terms = terms_of(query)
    pairs = {pair for term in terms for pair in pairs_of(term)}
    condition = Q(pk__in=_holding([report_key(report.pk), *sorted(pairs)])) if pairs else Q(report=report)
    for term in terms:
        anywhere = Q()
        for spelling in spellings(term):
            accounts = ProgressUpdate.objects.approved().filter(
                commitment=OuterRef("pk"), account__icontains=spelling
            )
            anywhere |= (
                Q(title__icontains=spelling)
                | Q(passage__text__icontains=spelling)
                | Q(project__name__icontains=spelling)
                | Q(target__metric__icontains=spelling)
                | Q(target__metric_en__icontains=spelling)
                | Q(code__icontains=spelling)
                | Q(Exists(accounts))
            )
        condition &= anywhere
    return condition


def _holding(keys: list[str]) -> RawSQL:
    """Return the ids of the commitments whose entries hold all of these, from the index of the database."""
    if connection.vendor == "postgresql":
        sql = "SELECT commitment_id FROM commitments_searchentry WHERE string_to_array(pairs, ' ') @> %s::text[]"
        return RawSQL(sql, [keys])  # noqa: S611  the keys are parameters
    # In quotes each is one word to SQLite, whatever it looks like.
    sql = "SELECT rowid FROM commitments_pairs WHERE commitments_pairs MATCH %s"
    return RawSQL(sql, [" AND ".join(f'"{key}"' for key in keys)])  # noqa: S611  the same


def pattern_of(terms: Sequence[str]) -> re.Pattern[str] | None:
    """Return what finds any of the terms in any spelling, longest first; None without terms."""
    words = sorted({word for term in terms for word in spellings(term)}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None


def mark_hits(text: str, pattern: re.Pattern[str] | None) -> SafeString:
    """Return the text safe for a page, every hit in a <mark>."""
    if pattern is None:
        return escape(text)
    pieces, place = [], 0
    for hit in pattern.finditer(text):
        pieces += [escape(text[place : hit.start()]), "<mark>", escape(hit.group()), "</mark>"]
        place = hit.end()
    pieces.append(escape(text[place:]))
    return mark_safe("".join(pieces))  # noqa: S308  every piece was escaped


def excerpt(text: str, pattern: re.Pattern[str] | None) -> str:
    """Return a stretch of the text that shows the first hit, with an ellipsis where it was cut."""
    hit = pattern.search(text) if pattern else None
    start = max(hit.start() - LEAD_IN, 0) if hit and len(text) > EXCERPT else 0
    end = start + EXCERPT
    return f"{'……' if start else ''}{text[start:end]}{'……' if end < len(text) else ''}"
