"""How many commitments each value of a filter would show, the other filters left as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from ..choices import Kind, PublicStatus, Schedule
from ..selection.filters import HEDGE_CHOICES, LEAD_CHOICES, CommitmentFilter
from ..typeset import typographic

Label = str | Promise


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
    roll = chosen.roll
    result = []
    for name, choices in _choices(chosen):
        totals = roll.totals[name]
        others = [ids for other, ids in chosen.matches.items() if other != name]
        counts = roll.count(name, set.intersection(*others)) if others else totals
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


def _choices(chosen: CommitmentFilter) -> list[tuple[str, list[tuple[str, Label]]]]:
    """Return name and choices of each filter."""
    areas = _as_list(chosen.chosen.get("area"))
    themes: list[tuple[str, Label]] = [
        (theme.key, f"{theme.key} {typographic(str(theme))}")
        for theme in chosen.themes
        if not areas or str(theme.area.number) in areas
    ]
    return [
        ("status", list(PublicStatus.choices)),
        ("kind", list(Kind.choices)),
        ("area", [(str(area.number), typographic(str(area))) for area in chosen.areas]),
        ("theme", themes),
        ("schedule", list(Schedule.choices)),
        ("department", [(unit.slug, str(unit)) for unit in chosen.departments]),
        ("lead", list(LEAD_CHOICES)),
        ("scorecard", [(card.key, str(card)) for card in chosen.scorecards]),
        ("hedge", list(HEDGE_CHOICES)),
    ]


def _as_list(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
