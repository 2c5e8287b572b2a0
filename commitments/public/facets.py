"""How many commitments each value of a filter would show, the other filters left as they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from ..choices import Kind, PublicStatus, Schedule
from ..models import Commitment
from ..progress.summaries import Judged
from ..selection.filters import HEDGE_CHOICES, LEAD_CHOICES, CommitmentFilter
from ..typeset import typographic

Label = str | Promise
Keys = Callable[[Judged], Iterable[str]]


@dataclass(frozen=True)
class Value:
    """One value of a filter with the number of commitments behind it."""

    key: str
    label: Label
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One filter with its values; `is_single` where one value excludes the others."""

    name: str
    label: Label
    values: list[Value]
    is_single: bool = False

    @property
    def is_open(self) -> bool:
        """Say whether something is chosen, so that the choice is in sight."""
        return any(value.is_chosen for value in self.values)


def facets(chosen: CommitmentFilter) -> list[Facet]:
    """Return the filters in the order of the panel; values that no commitment has are left out."""
    result = []
    for name, choices, keys in _sources(chosen):
        others = [ids for other, ids in chosen.matches.items() if other != name]
        totals: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        for row in chosen.rows:
            found = list(keys(row))
            totals.update(found)
            if all(row.commitment.pk in ids for ids in others):
                counts.update(found)
        picked = _as_list(chosen.chosen.get(name))
        values = [
            Value(key, label, counts[key], key in picked)
            for key, label in choices
            if totals[key] or key in picked
        ]
        if len(values) > 1 or any(value.is_chosen for value in values):
            single = name in ("lead", "hedge")
            result.append(Facet(name, chosen.filters[name].label, values, is_single=single))
    return result


def _sources(chosen: CommitmentFilter) -> list[tuple[str, list[tuple[str, Label]], Keys]]:
    """Return name, choices and keys of a row for each filter."""
    of_report = {"commitment__report": chosen.report}
    card_links = Commitment.scorecards.through.objects.filter(**of_report)
    unit_links = Commitment.supports.through.objects.filter(**of_report)
    cards = _pairs(card_links.values_list("commitment_id", "scorecard__key"))
    units = _pairs(unit_links.values_list("commitment_id", "department__slug"))
    areas = _as_list(chosen.chosen.get("area"))
    themes: list[tuple[str, Label]] = [
        (theme.key, f"{theme.key} {typographic(str(theme))}")
        for theme in chosen.themes
        if not areas or str(theme.area.number) in areas
    ]

    def departments(row: Judged) -> set[str]:
        lead = row.commitment.lead
        return {*units[row.commitment.pk], *([lead.slug] if lead else [])}

    return [
        ("status", list(PublicStatus.choices), lambda row: [row.verdict.status]),
        ("kind", list(Kind.choices), lambda row: [row.commitment.kind]),
        (
            "area",
            [(str(area.number), typographic(str(area))) for area in chosen.areas],
            lambda row: [str(row.commitment.theme.area.number)],
        ),
        ("theme", themes, lambda row: [row.commitment.theme.key]),
        ("schedule", list(Schedule.choices), lambda row: [row.verdict.schedule]),
        ("department", [(unit.slug, str(unit)) for unit in chosen.departments], departments),
        ("lead", list(LEAD_CHOICES), lambda row: ["named" if row.commitment.lead_id else "none"]),
        (
            "scorecard",
            [(card.key, str(card)) for card in chosen.scorecards],
            lambda row: cards[row.commitment.pk],
        ),
        ("hedge", list(HEDGE_CHOICES), lambda row: ["yes" if row.commitment.hedge else "no"]),
    ]


def _pairs(rows: Iterable[tuple[int, str]]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for commitment, key in rows:
        found[commitment].append(key)
    return found


def _as_list(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
