"""The report's own glossary (名词解释): terms, definitions, and where the report uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from commitments.reading.marks import Span, bare, enclosed, quotations
from commitments.reading.outline import Line, Note

GLOSSARY_HEADING = re.compile(
    r"^(附[：:]?|附件[：:]?)?(有关)?(名词|名词术语|用语)(解释|注释|说明)[：:]?$|^注释[：:]?$"
)
_MARKER = re.compile(r"^\s*(?:〔\d+〕|\[\d+\]|\d{1,3}[.．、])\s*")
_QUOTES = "“”‘’"
#: How many characters of what follows a quoted core tell two terms with the same core apart.
_TELLTALE = 2


@dataclass(frozen=True, slots=True)
class Term:
    """One glossary entry; `number` counts from 1 in the order of the glossary."""

    number: int
    term: str
    definition: str
    line: int
    span: Span


@dataclass(frozen=True, slots=True)
class TermUse:
    """One occurrence of a term in the report, before the glossary."""

    term: str
    number: int
    start: int
    end: int


def read_terms(text: str, lines: tuple[Line, ...], heading: Line | None, notes: list[Note]) -> Iterator[Term]:
    """The entries after the glossary's heading, one a line; a line without a colon is noted."""
    number = 0
    for line in lines:
        if heading is None or line.number <= heading.number:
            continue
        marker = _MARKER.match(line.text)
        offset = marker.end() if marker else 0
        colon = _colon(line.text[offset:])
        if colon is None:
            notes.append(Note(line.number, "glossary line without a colon: no term read from it"))
            continue
        number += 1
        yield Term(
            number,
            line.text[offset : offset + colon].strip(),
            line.text[offset + colon + 1 :].strip(),
            line.number,
            Span(line.start, line.end),
        )


def _colon(entry: str) -> int | None:
    """The first colon outside quotation marks; else the first at all, for a lost quotation mark."""
    inside = enclosed(entry)
    marks = [i for i, char in enumerate(entry) if char in "：:"]
    return next((i for i in marks if i not in inside), marks[0] if marks else None)


def find_uses(text: str, terms: tuple[Term, ...], within: Span) -> Iterator[TermUse]:
    """Every use of every term inside `within`, in order; the longest form wins at each place.

    A term is also used by its quoted core, by each of several quoted parts, without what stands
    before its quotation, and with its quotation marks moved or left out.
    """
    plain, places = _unquoted(text, within)
    cores = _core_counts(terms)
    found: list[TermUse] = []
    for term in terms:
        taken: list[Span] = []
        for form, quoted in _forms(term.term, cores):
            for start in _occurrences(plain, form):
                span = Span(places[start], places[start + len(form) - 1] + 1)
                if quoted and not _opens_quotation(text, span):
                    continue
                if any(span.start < other.end and other.start < span.end for other in taken):
                    continue
                taken.append(span)
        found.extend(TermUse(term.term, term.number, *_with_quotes(text, span)) for span in taken)
    yield from sorted(found, key=lambda use: (use.start, use.number))


def _unquoted(text: str, within: Span) -> tuple[str, list[int]]:
    """The text without quotation marks, and where each remaining character came from."""
    places = [i for i in range(within.start, within.end) if text[i] not in _QUOTES]
    return "".join(text[i] for i in places), places


def _quoted_parts(term: str) -> list[Span]:
    return list(quotations(term))


def _core_counts(terms: tuple[Term, ...]) -> dict[str, int]:
    """How many terms share each quoted core: a core of two terms names neither alone."""
    counts: dict[str, int] = {}
    for term in terms:
        for core in {_strip(span.of(term.term)) for span in _quoted_parts(term.term)}:
            counts[core] = counts.get(core, 0) + 1
    return counts


def _forms(term: str, cores: dict[str, int]) -> list[tuple[str, bool]]:
    """Written forms of a term, longest first, each with whether it counts only in quotation marks."""
    forms: dict[str, bool] = {_strip(term): False}
    parts = _quoted_parts(term)
    if not parts and (match := re.search(r"[一二三四五六七八九十]+大.{3,}$", term)):
        forms.setdefault(match[0], False)
    for index, span in enumerate(parts):
        core = _strip(span.of(term))
        tail = term[span.end : parts[index + 1].start if index + 1 < len(parts) else len(term)]
        if tail and not tail.startswith(("和", "及", "与")):
            forms.setdefault(core + _strip(tail), False)
            forms.setdefault(core + tail[-_TELLTALE:], True)
        if cores.get(core) == 1 and len(core) > 1:
            forms.setdefault(core, True)
    if bare(term) != term:
        forms.setdefault(bare(term), False)
    return sorted(((f, q) for f, q in forms.items() if f), key=lambda item: -len(item[0]))


def _strip(text: str) -> str:
    return "".join(char for char in text if char not in _QUOTES)


def _occurrences(plain: str, form: str) -> Iterator[int]:
    start = plain.find(form)
    while start >= 0:
        yield start
        start = plain.find(form, start + 1)


def _opens_quotation(text: str, span: Span) -> bool:
    return span.start > 0 and text[span.start - 1] == "“"


def _with_quotes(text: str, span: Span) -> Span:
    """The span widened over quotation marks that belong to it."""
    start, end = span
    inner = text[start:end]
    if start > 0 and text[start - 1] == "“" and inner.count("”") > inner.count("“"):
        start -= 1
    elif start > 0 and end < len(text) and text[start - 1] == "“" and text[end] == "”":
        start, end = start - 1, end + 1
    inner = text[start:end]
    if inner.count("“") > inner.count("”") and end < len(text) and text[end] == "”":
        end += 1
    return Span(start, end)
