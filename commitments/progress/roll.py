"""The roll of a report: its published commitments judged, with what they are counted by; made once for all pages.

Kept in the process under data version, day and thresholds. After a change the first page judges anew what
changed, and takes the other rows over. Pages ask for `judged`; the filter of the list reads the roll itself.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, OrderedDict
from collections.abc import Container, Hashable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from threading import Lock
from typing import Any

from django.conf import settings

from ..models import Commitment, Department, Report, Scorecard, Theme
from ..models.commitment import CommitmentQuerySet
from .facts import thresholds_from_settings
from .judging import Judged, judge_report
from .verdict import Thresholds

Keys = list[tuple[str, ...]]

NAMES = ("status", "kind", "area", "theme", "schedule", "department", "lead", "scorecard", "hedge")
# So many rows are asked for by their ids; for more the whole report is read.
FEW = 500


class Roll:
    """What the pages of one report share. Read-only: several threads hold the same one."""

    def __init__(self, report: Report, rows: list[Judged]) -> None:
        self.report, self.rows = report, rows
        # What pages made of single rows, by id and language, with the row it was made of: handed on.
        self.drawn: dict[tuple[int, str], tuple[Judged, str]] = {}
        # What pages made of all rows together: gone with this roll.
        self.made: dict[Hashable, Any] = {}

    def changed(self, report: Report, changed: Iterable[Judged]) -> Roll | None:
        """Return the roll with these rows in place of theirs; None when one of them was not on it."""
        by_pk = {row.commitment.pk: row for row in changed}
        places = {pk: place for place, pk in enumerate(self.pks) if pk in by_pk}
        if len(places) < len(by_pk):
            return None
        rows = self.rows.copy()
        for pk, place in places.items():
            rows[place] = by_pk[pk]
        new = Roll(report, rows)
        new.drawn = self.drawn
        # Nothing that all rows share has changed, or the whole would have been asked for.
        for name in ("pks", "themes", "departments", "scorecards"):
            if name in vars(self):
                vars(new)[name] = vars(self)[name]
        if "keys" in vars(self):
            vars(new)["keys"] = keys = {name: values.copy() for name, values in self.keys.items()}
            found = new._keys_of([by_pk[pk] for pk in places])
            for name, values in found.items():
                for place, value in zip(places.values(), values, strict=True):
                    keys[name][place] = value
        return new

    @cached_property
    def keys(self) -> dict[str, Keys]:
        """Return, filter by filter, the values under which each row is found, in the order of the rows."""
        return self._keys_of(self.rows)

    def _keys_of(self, rows: Sequence[Judged]) -> dict[str, Keys]:
        some = [row.commitment.pk for row in rows] if len(rows) <= FEW else None
        supports = self._linked("supports", "department__slug", some)
        cards = self._linked("scorecards", "scorecard__key", some)
        keys: dict[str, Keys] = {name: [] for name in NAMES}
        for row in rows:
            own = row.commitment
            lead = (own.lead.slug,) if own.lead else ()
            keys["status"].append((row.verdict.status.value,))
            keys["kind"].append((own.kind,))
            keys["area"].append((str(own.theme.area.number),))
            keys["theme"].append((own.theme.key,))
            keys["schedule"].append((row.verdict.schedule.value,))
            keys["department"].append(tuple(dict.fromkeys((*lead, *supports.get(own.pk, ())))))
            keys["lead"].append(("named" if lead else "none",))
            keys["scorecard"].append(tuple(cards.get(own.pk, ())))
            keys["hedge"].append(("yes" if own.hedge else "no",))
        return keys

    @cached_property
    def themes(self) -> list[Theme]:
        """Return the report's themes with their areas, in its order."""
        in_order = Theme.objects.filter(area__report=self.report).select_related("area")
        return list(in_order.order_by("area__number", "number"))

    @cached_property
    def departments(self) -> list[Department]:
        """Return the district's departments by name."""
        return list(Department.objects.of_report(self.report).order_by("name", "pk"))

    @cached_property
    def scorecards(self) -> list[Scorecard]:
        """Return the scorecards in their order."""
        return list(Scorecard.objects.all())

    @cached_property
    def totals(self) -> dict[str, Counter[str]]:
        """Return, filter by filter, how many rows have each value."""
        return {name: Counter(chain.from_iterable(keys)) for name, keys in self.keys.items()}

    def count(self, name: str, among: Container[int]) -> Counter[str]:
        """Return how many of the rows with these ids have each value of a filter."""
        return Counter(
            chain.from_iterable(
                keys for pk, keys in zip(self.pks, self.keys[name], strict=True) if pk in among
            )
        )

    @cached_property
    def pks(self) -> list[int]:
        """Return the ids of the rows, in their order."""
        return [row.commitment.pk for row in self.rows]

    def found(self, name: str, values: Iterable[str]) -> set[int]:
        """Return the ids of the rows that have one of these values."""
        wanted = set(values)
        return {pk for pk, keys in zip(self.pks, self.keys[name], strict=True) if not wanted.isdisjoint(keys)}

    def _linked(self, relation: str, column: str, some: Sequence[int] | None) -> dict[int, list[str]]:
        links = getattr(Commitment, relation).through.objects
        own = (
            links.filter(commitment__report=self.report)
            if some is None
            else links.filter(commitment__in=some)
        )
        pairs = own.values_list("commitment_id", column)
        found: dict[int, list[str]] = {}
        for commitment_id, key in pairs:
            found.setdefault(commitment_id, []).append(key)
        return found


_kept: OrderedDict[tuple[object, ...], Roll] = OrderedDict()
_lock = Lock()


def judged(report: Report, *, today: dt.date, commitments: CommitmentQuerySet | None = None) -> list[Judged]:
    """Return the report's published commitments in its order, each with its verdict.

    The whole report comes from its roll, which is kept while nothing changes: do not write to its rows.
    `commitments` narrows the list, with four queries; it may come filtered and annotated, but not yet
    `with_facts`.
    """
    if commitments is None:
        return list(roll_of(report, today=today).rows)
    limits = thresholds_from_settings()
    return judge_report(report, today=today, thresholds=limits, commitments=commitments)


def roll_of(report: Report, *, today: dt.date) -> Roll:
    """Return the roll of a report as it stands on the day: four queries, none while nothing changed.

    Settings.ROLLS_KEPT reports are kept, the latest asked for; 0 keeps none.
    """
    thresholds = thresholds_from_settings()
    # The report was read before its rows will be, so that these are at least as new as its version.
    key = (report.pk, today, repr(thresholds))
    with _lock:
        kept = _kept.get(key)
        if kept is not None:
            _kept.move_to_end(key)
            # A newer one will do: another reader, who asked later, was quicker.
            if kept.report.data_version >= report.data_version:
                return kept
    roll = _made(report, kept, today=today, thresholds=thresholds)
    with _lock:
        for other in [other for other in _kept if other[0] == report.pk]:
            del _kept[other]
        _kept[key] = roll
        while len(_kept) > settings.ROLLS_KEPT:
            _kept.popitem(last=False)
    return roll


def _made(report: Report, kept: Roll | None, *, today: dt.date, thresholds: Thresholds) -> Roll:
    """Return the roll made anew, or from the kept one if only single rows changed since."""
    if kept is not None and kept.report.data_version >= report.whole_version:
        since = Commitment.objects.filter(public_version__gt=kept.report.data_version)
        rows = judge_report(report, today=today, thresholds=thresholds, commitments=since)
        if (roll := kept.changed(report, rows)) is not None:
            return roll
    return Roll(report, judge_report(report, today=today, thresholds=thresholds))
