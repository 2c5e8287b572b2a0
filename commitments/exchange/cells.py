"""What a person typed into a cell, as a value; or a sentence about what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override

from commitments.quantities import plain_figure

from .sheets import Value, cell_text, plain, unguarded
from .uploads import Cell, ErrorValue, Formula

# What clears a value where an empty cell leaves it alone.
CLEARING = frozenset({"清空", "清除", "(clear)", "(清空)", "(清除)"})
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?")
_SEPARATORS = re.compile(r"[、，,;；\n]+")
# Day numbers that a date becomes when its cell loses the format: 2000 to 2100.
_SERIALS = (36_526, 73_050)
_EXCEL_EPOCH = dt.date(1899, 12, 30)


class BadCell(Exception):
    """What stands in the cell cannot be taken over; the message says why, in plain words."""


def text_of(cell: Cell) -> str:
    """Return the cell as text, without the protection that the export adds. Raises BadCell."""
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        raise BadCell(_("The cell holds a formula without a result. Copy the cell and paste it as a value."))
    if isinstance(cell, ErrorValue):
        raise BadCell(_("Excel shows an error here (%(error)s).") % {"error": cell.text})
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return plain_figure(_decimal(cell))
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    return plain(unguarded(plain(str(cell))))


def is_same(cell: Cell, shown: Value) -> bool:
    """Say whether the cell is still what the export wrote, in whatever form it came back."""
    if isinstance(cell, (Formula, ErrorValue)):
        return False
    if isinstance(shown, dt.date):
        try:
            return date_of(cell) == shown
        except BadCell:
            return False
    if isinstance(shown, (Decimal, int)):
        try:
            return number_of(cell) == shown
        except BadCell:
            return False
    if shown is None:
        return text_of(cell) == ""
    # Compared as written: a text that was cut at the end of its cell is still the same text.
    return text_of(cell) in (plain(shown), plain(unguarded(cell_text(shown))))


def date_of(cell: Cell) -> dt.date | None:
    """Return the date; None for an empty cell. Raises BadCell."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and _SERIALS[0] <= cell <= _SERIALS[1]:
        return _EXCEL_EPOCH + dt.timedelta(days=int(cell))
    text = unicodedata.normalize("NFKC", text_of(cell)).replace(" 年", "年").strip()
    if not text:
        return None
    if found := _DAY.fullmatch(text):
        year, month, day = map(int, found.groups())
        try:
            return dt.date(year, month, day)
        except ValueError as error:
            raise BadCell(_("There is no such day: %(text)s.") % {"text": short(text)}) from error
    raise BadCell(_("“%(text)s” is no date. Write it like 2024-09-30.") % {"text": short(text)})


def number_of(cell: Cell, unit: str = "") -> Decimal | None:
    """Return the exact figure; None for an empty cell. The unit itself may stand behind it. Raises BadCell."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _decimal(cell)
    text = unicodedata.normalize("NFKC", text_of(cell)).replace(" ", "").replace(",", "")
    if not text:
        return None
    text = text.removesuffix(unicodedata.normalize("NFKC", unit))
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise BadCell(
            _("“%(text)s” is no plain number. Leave out units and words.") % {"text": short(text)}
        ) from error
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise BadCell(_("“%(text)s” is no plain number. Leave out units and words.") % {"text": short(text)})
    return value


def _decimal(value: float) -> Decimal:
    """Return what Excel shows: 15 digits, without the traces of binary fractions."""
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(f"{value:.15g}")


def choice_of(cell: Cell, choices: type[TextChoices], *, also: Mapping[str, str] | None = None) -> str:
    """Return the choice named in Chinese, in English or by its key; empty for an empty cell. Raises BadCell."""
    text = text_of(cell)
    if not text:
        return ""
    known = {**_labels(choices), **(also or {})}
    if (value := known.get(text.casefold())) is None:
        offered = "、".join(str(label) for label in choices.labels)
        raise BadCell(_("“%(text)s” is not one of: %(offered)s.") % {"text": short(text), "offered": offered})
    return value


@lru_cache(maxsize=16)
def _labels(choices: type[TextChoices]) -> dict[str, str]:
    found = {value: value for value in choices.values}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {str(label).casefold(): value for value, label in choices.choices}
    return found


def yes_or_no(cell: Cell) -> bool | None:
    """Return the answer; None for an empty cell. Raises BadCell."""
    text = text_of(cell).casefold()
    if not text:
        return None
    if text in ("是", "yes", "y", "true", "1", "启用", "对"):
        return True
    if text in ("否", "no", "n", "false", "0", "停用", "不"):
        return False
    raise BadCell(_("Write yes or no."))


def short(text: str) -> str:
    """Return the beginning of a text, to be named in a sentence."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


@dataclass
class Directory:
    """Names that a cell may hold, in both languages, and the ids behind them."""

    ids: dict[str, set[int]] = field(default_factory=dict)
    # In a list such as tags, an unknown name becomes a new entry with an id below zero.
    can_grow: bool = False
    max_length: int = 0
    new: dict[str, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, Iterable[str]]], **options: object) -> Directory:
        made = cls(**options)  # type: ignore[arg-type]
        for pk, names in rows:
            for name in filter(None, names):
                made.ids.setdefault(_key(name), set()).add(pk)
        return made

    def one(self, cell: Cell) -> int | None:
        """Return the id of the one that is named; None for an empty cell. Raises BadCell."""
        text = text_of(cell)
        return self._id(text) if text else None

    def several(self, cell: Cell) -> frozenset[int]:
        """Return the ids of those that are named; a name may itself hold a separator. Raises BadCell."""
        text = text_of(cell)
        if _key(text) in self.ids:
            return frozenset({self._id(text)})
        parts = [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
        found, place = set(), 0
        while place < len(parts):
            length = next(
                (
                    length
                    for length in range(min(len(parts) - place, 6), 1, -1)
                    if _key("".join(parts[place : place + length])) in self._joined
                ),
                0,
            )
            if length:
                found.add(self._joined[_key("".join(parts[place : place + length]))])
            else:
                length = 1
                found.add(self._id(parts[place]))
            place += length
        return frozenset(found)

    @property
    def _joined(self) -> dict[str, int]:
        """Return the names that hold separators, without them."""
        if not hasattr(self, "_cache"):
            self._cache = {
                _key(_SEPARATORS.sub("", name)): min(ids)
                for name, ids in self.ids.items()
                if len(ids) == 1 and _SEPARATORS.search(name)
            }
        return self._cache

    def _id(self, name: str) -> int:
        found = self.ids.get(_key(name), set())
        if len(found) > 1:
            raise BadCell(
                _("“%(name)s” is the name of several. Write the Chinese name.") % {"name": short(name)}
            )
        if found:
            pk = next(iter(found))
            if pk in self.closed:
                raise BadCell(_("%(name)s is no longer active.") % {"name": short(name)})
            return pk
        if not self.can_grow:
            raise BadCell(self._unknown(name))
        if len(name) > self.max_length:
            raise BadCell(
                _("At most %(limit)d characters; these are %(count)d.")
                % {"limit": self.max_length, "count": len(name)}
            )
        return self.new.setdefault(name, -1 - len(self.new))

    def _unknown(self, name: str) -> str:
        near = [known for known in self.ids if _key(name) in known or known in _key(name)]
        if len(near) == 1:
            text = _("“%(name)s” is not known here. Did you mean %(near)s?")
            return text % {"name": short(name), "near": near[0]}
        return _("“%(name)s” is not known here.") % {"name": short(name)}


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
