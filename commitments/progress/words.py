"""The words that a search can find: public texts only, cut into pairs of characters (models/search.py).

`index` is called in the transaction of whatever changes a title, the words, a name, a figure's metric or
the approved accounts, so that a search finds what the pages show, no more and no less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction

from ..models import Commitment, ProgressUpdate, SearchEntry
from ..typeset import FULL_WIDTH

HALF_WIDTH = {ord(full): half for half, full in FULL_WIDTH.items()}
# So many commitments are read and written at once.
PORTION = 500


def pairs_of(text: str) -> Iterator[str]:
    """Yield each two neighbouring characters that can be looked up: small letters, half-width punctuation.

    Pairs with a blank or an ASCII sign in them are left out, since SQLite's index parts words there.
    """
    text = text.translate(HALF_WIDTH).lower()
    can = [not char.isspace() and (not char.isascii() or char.isalnum()) for char in text]
    return (text[n : n + 2] for n in range(len(text) - 1) if can[n] and can[n + 1])


def report_key(report_id: int) -> str:
    """Return what stands among the pairs of a report's commitments; longer than any pair."""
    return f"report{report_id}"


def entry_of(report_id: int, texts: Iterable[str]) -> str:
    """Return what is looked up of one commitment with these texts."""
    found = {pair for text in texts for pair in pairs_of(text)}
    return " ".join([report_key(report_id), *sorted(found)])


def index_report(report_id: int) -> None:
    """Index every commitment of the report anew: three queries for each portion."""
    of_report = Commitment.objects.filter(report=report_id)
    index(list(of_report.order_by("pk").values_list("pk", flat=True)))


def index_all() -> int:
    """Index every commitment anew and return how many there are.

    A portion is locked as a decision locks its commitment, so that none that is being approved is lost.
    """
    last = count = 0
    while True:
        with transaction.atomic():
            rows = Commitment.objects.select_for_update(of=("self",)).filter(pk__gt=last).order_by("pk")
            portion = list(rows.values_list("pk", flat=True)[:PORTION])
            if not portion:
                return count
            index(portion)
        last, count = portion[-1], count + len(portion)


def index(commitments: Sequence[int]) -> None:
    """Index these commitments anew: three queries for each portion."""
    for start in range(0, len(commitments), PORTION):
        made = entries(commitments[start : start + PORTION])
        SearchEntry.objects.bulk_create(
            [SearchEntry(commitment_id=pk, pairs=pairs) for pk, pairs in made.items()],
            update_conflicts=True, unique_fields=["commitment"], update_fields=["pairs"],
        )  # fmt: skip


def entries(commitments: Sequence[int]) -> dict[int, str]:
    """Return by commitment what its entry has to hold as things stand: two queries."""
    texts = ("title", "code", "passage__text", "project__name", "target__metric", "target__metric_en")
    rows: Any = Commitment.objects.filter(pk__in=commitments).values_list("pk", "report_id", *texts)
    reports: dict[int, int] = {}
    found: dict[int, list[str]] = {}
    for pk, report_id, *own in rows.order_by("pk"):
        reports[pk], found[pk] = report_id, [text for text in own if text]
    accounts = ProgressUpdate.objects.approved().filter(commitment__in=commitments)
    for pk, account in accounts.values_list("commitment_id", "account"):
        found[pk].append(account)
    return {pk: entry_of(reports[pk], texts) for pk, texts in found.items()}
