"""What a cell of the ledger means: values of what is decided and of what is reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from commitments.choices import Rhythm, SelfReport, Stage
from commitments.models import Department, ProgressUpdate, Report, Scorecard, Tag
from commitments.progress import fields
from commitments.progress.content import MAX_TEXT, UpdateContent
from commitments.progress.evidence import MAX_URL
from commitments.progress.fields import Names

from .cells import CLEARING, BadCell, Directory, choice_of, date_of, number_of, text_of
from .ledger_columns import FACT_KEYS, shown_fact
from .sheets import Value
from .uploads import Cell

# What a row says that reports nothing.
NOTHING = UpdateContent(status="", as_of=None)
_LIMITS = {"contact": 80, "finish_line": MAX_TEXT}


class AssignedReader:
    """Reads what the administration decides, and shows it; new tags wait with ids below zero."""

    def __init__(self, report: Report, names: Names) -> None:
        self.report, self.names = report, names
        self.directories = directories(report)

    def value(self, key: str, cell: Cell) -> Any:
        """Return the value of the cell. Raises BadCell."""
        if isinstance(cell, str) and cell.strip() in CLEARING:
            return fields.empty(key)
        if key == "lead":
            return self.directories["departments"].one(cell)
        if key in fields.SETS:
            return self.directories["departments" if key == "supports" else key].several(cell)
        if key == "deadline":
            return self.deadline(cell)
        if key == "rhythm":
            return choice_of(cell, Rhythm)
        return limited(text_of(cell), _LIMITS[key])

    def deadline(self, cell: Cell) -> dt.date | None:
        day = date_of(cell)
        if day is not None and not self.report.year <= day.year <= self.report.year + 10:
            text = _("The deadline lies outside the years %(first)d to %(last)d.")
            raise BadCell(text % {"first": self.report.year, "last": self.report.year + 10})
        return day

    def text(self, key: str, value: Any) -> str:
        """Return the value as a person reads it."""
        if key != "tags":
            return self.names.text(key, value)
        new = {pk: name for name, pk in self.directories["tags"].new.items()}
        known = self.names.text(key, frozenset(pk for pk in value if pk > 0))
        return "、".join(filter(None, [known, *(new[pk] for pk in sorted(value) if pk in new)]))


def directories(report: Report | None = None) -> dict[str, Directory]:
    """Return the names that cells may hold, those of the report's district if one is given: three queries."""
    chosen = Department.objects.all() if report is None else Department.objects.of_report(report)
    departments = list(chosen.values_list("pk", "name", "name_en", "is_active"))
    return {
        "departments": Directory.of(
            ((pk, (name, name_en)) for pk, name, name_en, _active in departments),
            closed={pk for pk, _name, _name_en, is_active in departments if not is_active},
        ),
        "scorecards": Directory.of(
            (pk, names) for pk, *names in Scorecard.objects.values_list("pk", "name", "name_en", "key")
        ),
        "tags": Directory.of(
            ((pk, (name,)) for pk, name in Tag.objects.values_list("pk", "name")),
            can_grow=True,
            max_length=40,
        ),
    }


def fact_value(key: str, cell: Cell, unit: str = "") -> Any:
    """Return one reported fact from its cell; the figure reached is in the unit. Raises BadCell."""
    if isinstance(cell, str) and cell.strip() in CLEARING:
        cell = None
    if key == "status":
        return choice_of(cell, SelfReport)
    if key == "stage":
        return choice_of(cell, Stage)
    if key in ("as_of", "stage_on", "expected_on"):
        return date_of(cell)
    if key in ("value", "invested"):
        return number_of(cell, unit if key == "value" else "")
    return text_of(cell)


def merged(base: ProgressUpdate | None, facts: Mapping[str, Any]) -> UpdateContent:
    """Return what the base said, with the facts that the file changes."""
    values: dict[str, Any] = {}
    if base is not None:
        values = {key: getattr(base, key) for key in FACT_KEYS if key != "explanation"}
    return replace(NOTHING, **{**values, **facts})


def shown_content(key: str, content: UpdateContent) -> Value:
    """Return one fact of the content as its cell shows it."""
    return shown_fact(key, content)


def is_address(text: str) -> bool:
    """Say whether the text is the whole address of a page."""
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return False
    return len(text) <= MAX_URL


def limited(text: str, limit: int) -> str:
    """Return the text. Raises BadCell when it is too long."""
    if len(text) > limit:
        raise BadCell(
            _("At most %(limit)d characters; these are %(count)d.") % {"limit": limit, "count": len(text)}
        )
    return text
