"""The site's two menus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
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


address_of = lru_cache(reverse)  # the same for as long as the program runs


def menu(entries: list[tuple[str, str | Promise]], path: str) -> list[Item]:
    """Return the entries, the one that holds `path` marked."""
    items = []
    for name, label in entries:
        href = address_of(name)
        here = "page" if path == href else "true" if href != "/" and path.startswith(href) else ""
        items.append(Item(label, href, here))
    return items
