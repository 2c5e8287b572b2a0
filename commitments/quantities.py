"""Exact figures as people read them: no zeros that say nothing, and units in the reader's language."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language, gettext

# What readers of English do not know is said in their words: how many of what a unit holds, and of what.
# A bare measure word (家, 个, 所 …) has no English: the name of the metric says what is counted.
ENGLISH_UNITS: dict[str, tuple[int, str]] = {
    **dict.fromkeys("家个所条件项名处座只", (1, "")),
    "天": (1, "days"),
    "人": (1, "people"),
    "户": (1, "households"),
    "元": (1, "yuan"),
    "万": (10**4, ""),
    "亿": (10**8, ""),
    "万人": (10**4, "people"),
    "万户": (10**4, "households"),
    "万元": (10**4, "yuan"),
    "亿元": (10**8, "yuan"),
    "美元": (1, "US dollars"),
    "万美元": (10**4, "US dollars"),
    "亿美元": (10**8, "US dollars"),
    "平方米": (1, "m²"),
    "万平方米": (10**4, "m²"),
    "平方公里": (1, "km²"),
    "公里": (1, "km"),
    "公顷": (1, "ha"),
    "亩": (1, "mu"),
    "吨": (1, "t"),
    "万吨": (10**4, "t"),
    "个百分点": (1, "percentage points"),
    "百分点": (1, "percentage points"),
}
# From so much on, a figure is told in millions or billions.
LARGE = ((Decimal(10**9), "billion"), (Decimal(10**6), "million"))

TENTH = Decimal("0.1")


def plain_figure(value: Decimal) -> str:
    """Return the exact figure without trailing zeros or an exponent: 6, 0.25, 1500."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal | float | None) -> str:
    """Return a share of one as every page and document writes it: 38%, 14.9%; a dash when there is none.

    At most one decimal, rounded as people do. What is more than nothing never reads 0%, and what is less
    than the whole never reads 100%.
    """
    if share is None:
        return "—"
    exact = Decimal(str(share)) * 100
    shown = exact.quantize(TENTH, ROUND_HALF_UP)
    if 0 < exact < 100:
        shown = min(max(shown, TENTH), 100 - TENTH)
    return f"{plain_figure(shown)}%"


def as_printed(value: Decimal, unit: str) -> str:
    """Return the figure with its unit as the report prints it; one in Latin letters is set off by a space."""
    space = "\u2009" if unit[:1].isascii() and unit[:1].isalpha() else ""
    return f"{plain_figure(value)}{space}{unit}"


def quantity(value: Decimal, unit: str) -> str:
    """Return the figure with its unit in the reader's language: 250亿元 is 25 billion yuan, exactly.

    A unit that is not known in English stays as printed.
    """
    if not (get_language() or "").startswith("en") or unit not in ENGLISH_UNITS:
        return as_printed(value, unit)
    factor, noun = ENGLISH_UNITS[unit]
    return f"{_grouped(value * factor)} {noun}".rstrip()


def promised(comparator: str, amount: str) -> str:
    """Return a promised amount in words: at least 6%. Raises KeyError for an unknown comparator."""
    patterns = {
        "at_least": gettext("at least %(figure)s"),
        "at_most": gettext("at most %(figure)s"),
        "more_than": gettext("more than %(figure)s"),
        "equal": gettext("%(figure)s"),
        "about": gettext("about %(figure)s"),
    }
    return patterns[comparator] % {"figure": amount}


def _grouped(value: Decimal) -> str:
    """Return the figure in millions or billions from these on, else with commas between thousands."""
    for size, word in LARGE:
        if abs(value) >= size:
            return f"{plain_figure(value / size)} {word}"
    return f"{value.normalize():,f}"
