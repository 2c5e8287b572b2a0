"""Writes docs/licences.md: every package that the site runs on, and under which licence, from its metadata."""

import re
import sys
from importlib import metadata
from typing import Any, NamedTuple

from .bootstrap import ROOT

PAGE = ROOT / "docs" / "licences.md"
LOCK = ROOT / "requirements.lock"
HEAD = """# Licences

What the site runs on in production (`requirements.lock`), as the packages' own metadata say. Written by
`python -m tracker.devtools.licences`; a test compares it with the lock. Packages for testing are not listed:
they are not part of what is delivered. htmx comes inside django-htmx (0BSD).

| package | version | licence |
| --- | --- | --- |
"""
# Where the metadata say nothing that could be read by a program; looked up in the package's own files.
BY_HAND: dict[str, str] = {}
# Packages for other systems, which are not installed here.
ELSEWHERE = {"colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}
LONG = 60


class Package(NamedTuple):
    name: str
    version: str


def locked() -> list[Package]:
    """Return the packages of the lock, in its order."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return [Package(*line) for line in lines]


def licence_of(name: str) -> str:
    """Return the licence: the expression of the metadata, else their short text, else their classifiers.

    "" where none of them says anything; PackageNotFoundError where the package is not installed.
    """
    if name in BY_HAND or name in ELSEWHERE:
        return (BY_HAND | ELSEWHERE)[name]
    about: Any = metadata.metadata(name)
    if expression := about.get("License-Expression"):
        return str(expression)
    text = str(about.get("License") or "").strip()
    if text and len(text) <= LONG and "\n" not in text:
        return text
    classifiers = [
        line.rsplit(" :: ", 1)[1] for line in about.get_all("Classifier", []) if line.startswith("License ::")
    ]
    return ", ".join(name for name in classifiers if name != "OSI Approved")


def page() -> str:
    """Return the page as it should be."""
    lines = [f"| {package.name} | {package.version} | {licence_of(package.name)} |" for package in locked()]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
