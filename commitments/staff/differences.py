"""What an update changes against the last approved one, value by value. Plain comparison, no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.choices import Kind
from commitments.models import Commitment, ProgressUpdate
from commitments.quantities import quantity

LABELS: dict[str, str | Promise] = {
    "status": _("How does it stand?"),
    "value": _("Figure reached"),
    "value_source": _("Source of the figure"),
    "stage": _("Stage reached"),
    "stage_on": _("Stage reached on"),
    "invested": _("Invested so far, in 10,000 yuan"),
    "as_of": _("As of"),
    "account": _("What was done"),
    "obstacle": _("Obstacle"),
    "help_needed": _("Help needed"),
    "expected_on": _("Expected completion"),
    "explanation": _("Explanation of an unusual entry"),
}
# Differ every time and say nothing about the promise.
UNREMARKABLE = frozenset({"as_of", "value_source"})


@dataclass(frozen=True)
class Difference:
    """One fact, as it was approved and as it is submitted; empty where nothing was said."""

    name: str
    label: str | Promise
    before: str
    after: str
    is_changed: bool

    @property
    def is_marked(self) -> bool:
        """Say whether a reviewer's eye should rest here."""
        return self.is_changed and self.name not in UNREMARKABLE


def differences(
    update: ProgressUpdate, approved: ProgressUpdate | None, commitment: Commitment
) -> list[Difference]:
    """Return every fact that either of the two names, in the order of the form."""
    unit = commitment.target.unit if commitment.kind == Kind.TARGET else ""
    rows = []
    for name, label in LABELS.items():
        before = said(approved, name, unit) if approved else ""
        after = said(update, name, unit)
        if before or after:
            rows.append(Difference(name, label, before, after, approved is not None and before != after))
    return rows


def said(update: ProgressUpdate, name: str, unit: str) -> str:
    """Return a fact as people read it."""
    value: Any = getattr(update, name)
    if value is None or value == "":
        return ""
    if name in ("status", "stage"):
        return str(getattr(update, f"get_{name}_display")())
    if name in ("value", "invested"):
        return quantity(value, unit if name == "value" else "")
    return date_format(value, "DATE_FORMAT") if hasattr(value, "isoformat") else str(value)
