"""The site's two menus. A page that is not there yet is left out instead of failing every other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MAIN: list[tuple[str, str | Promise]] = [
    ("public:overview", pgettext_lazy("menu", "Overview")),
    ("public:report", pgettext_lazy("menu", "The report")),
    ("public:commitment-list", pgettext_lazy("menu", "Commitments")),
    ("public:target-list", pgettext_lazy("menu", "Targets")),
    ("public:project-list", pgettext_lazy("menu", "Projects")),
    ("public:area-list", pgettext_lazy("menu", "Areas")),
    ("public:department-list", pgettext_lazy("menu", "Departments")),
    ("public:update-list", pgettext_lazy("menu", "Updates")),
]
FOOTER: list[tuple[str, str | Promise]] = [
    ("public:scorecard-list", pgettext_lazy("menu", "Scorecards")),
    ("public:glossary", _("Glossary")),
    ("public:method", _("How we count")),
    ("public:data", _("Data and downloads")),
    ("public:accessibility", _("Accessibility")),
    ("public:about", _("About")),
]


@dataclass(frozen=True)
class Item:
    """One entry; `is_here` is page, true (a page below it) or empty, as aria-current wants it."""

    label: str | Promise
    href: str
    is_here: str = ""


@lru_cache
def address_of(name: str) -> str:
    """Return the address of a page, empty when there is none; the same for as long as the program runs."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def menu(entries: list[tuple[str, str | Promise]], path: str) -> list[Item]:
    """Return the entries that have a page, the one that holds `path` marked."""
    items = []
    for name, label in entries:
        href = address_of(name)
        if not href:
            continue
        here = "page" if path == href else "true" if href != "/" and path.startswith(href) else ""
        items.append(Item(label, href, here))
    return items
