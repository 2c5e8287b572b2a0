"""The structure of a report: parts, areas, themes, and where the review and the plan lie.

Every offset is a character offset into the text, every line number counts from 1. What the rules
do not understand is named in `Document.notes` with its line; nothing is guessed silently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from commitments.reading.glossary import GLOSSARY_HEADING, Term, TermUse, find_uses, read_terms
from commitments.reading.marks import BLANKS, Span, bare
from commitments.reading.outline import Area, Line, Note, Theme, read_areas, short_heading

_TITLE = re.compile(r"政府工作(的)?报告$")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_YEAR = re.compile(r"(20\d{2})年")
_PART_NUMBER = re.compile(r"^([一二三四五六七八九十]+)、")
_REVIEW = re.compile(r"(20\d{2}年|过去一年|上一年).*(回顾|主要工作|工作完成|发展成就)")
_PLAN = re.compile(r"任务|工作|安排|要求|目标|重点|打算")
_GREETING = re.compile(r"^(各位代表|同志们)[,，:：!！]?$")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the report's great divisions: `review`, `plan`, `self` (自身建设) or `other`."""

    kind: str
    title: str
    line: int
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A report as its own outline has it.

    `review` and `plan` are empty spans where no such part was found (a note says so). `plan` reaches
    from the plan's heading to the last character before the glossary or the end.
    """

    text: str
    title: str
    year: int | None
    delivered: date | None
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    areas: tuple[Area, ...]
    themes: tuple[Theme, ...]
    terms: tuple[Term, ...]
    term_uses: tuple[TermUse, ...]
    review: Span
    plan: Span
    closing: Span
    notes: tuple[Note, ...]

    def line_at(self, offset: int) -> Line | None:
        """The line that holds the character at `offset`; None beyond the text."""
        for line in self.lines:
            if line.start <= offset <= line.end:
                return line
        return None

    def place(self, offset: int) -> tuple[int, int] | None:
        """Area and theme number at `offset`; theme 0 in an area's title or introduction, else None."""
        for theme in self.themes:
            if theme.span.start <= offset < theme.span.end:
                return theme.area, theme.number
        for area in self.areas:
            if area.span.start <= offset < area.span.end:
                return area.number, 0
        return None

    def area(self, number: int) -> Area | None:
        """The area with that number, if there is one."""
        return next((area for area in self.areas if area.number == number), None)


def read_document(text: str) -> Document:
    """Find the structure of a report; never raises, whatever the text.

    A text in which no plan part is recognised yields an empty plan and a note.
    """
    lines = tuple(_lines(text))
    notes: list[Note] = []
    glossary = next((ln for ln in lines if GLOSSARY_HEADING.match(bare(ln.text))), None)
    body = [ln for ln in lines if glossary is None or ln.number < glossary.number]
    title, delivered = _head(body)
    review_line, plan_line = _great_headings(body, title, delivered, notes)
    year = _year(title, delivered, plan_line)
    plan_lines = [ln for ln in body if plan_line is not None and ln.number >= plan_line.number]
    plan = Span(plan_lines[0].start, plan_lines[-1].end) if plan_lines else Span(0, 0)
    review = _review(body, review_line, plan_line, notes)
    outline = read_areas(text, plan_lines, notes)
    terms = tuple(read_terms(text, lines, glossary, notes))
    uses = tuple(find_uses(text, terms, Span(0, glossary.start if glossary else len(text))))
    parts = [Part("review", review_line.text, review_line.number, review)] if review_line else []
    if plan_line is not None:
        starts = [(plan_line, "plan"), *outline.part_lines]
        ends = [line.start for line, _kind in starts[1:]] + [plan.end]
        for (line, kind), end in zip(starts, ends, strict=True):
            parts.append(Part(kind, line.text, line.number, Span(line.start, end)))
    return Document(
        text=text,
        title=title,
        year=year,
        delivered=delivered,
        lines=lines,
        parts=tuple(parts),
        areas=outline.areas,
        themes=outline.themes,
        terms=terms,
        term_uses=uses,
        review=review,
        plan=plan,
        closing=outline.closing,
        notes=tuple(sorted(notes, key=lambda note: note.line)),
    )


def _lines(text: str) -> list[Line]:
    found: list[Line] = []
    offset = 0
    for number, raw in enumerate(text.split("\n"), 1):
        stripped = raw.strip("".join(BLANKS) + "\r")
        if stripped:
            start = offset + raw.index(stripped)
            found.append(Line(number, start, start + len(stripped), stripped))
        offset += len(raw) + 1
    return found


def _head(lines: list[Line]) -> tuple[str, date | None]:
    """Title and day of delivery, from the lines above the salutation."""
    title, delivered = "", None
    for line in lines:
        plain = bare(line.text)
        if _GREETING.match(plain):
            break
        if not title and _TITLE.search(plain):
            title = line.text
        if delivered is None and (match := _DATE.search(plain)):
            delivered = _day(match)
    return title, delivered


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _great_headings(
    lines: list[Line], title: str, delivered: date | None, notes: list[Note]
) -> tuple[Line | None, Line | None]:
    """The headings of the review and of the plan.

    The plan is the first short heading that names the year of the report, which is the year after
    the one reviewed; a heading about several years (“十五五”时期) is a part of its own.
    """
    review = next((ln for ln in lines if short_heading(ln.text) and _REVIEW.search(ln.text)), None)
    known = _YEAR.search(title) or _YEAR.search(review.text if review else "")
    year = int(known[1]) if known else None
    if year is not None and not _YEAR.search(title):
        year += 1
    elif year is None and delivered is not None:
        year = delivered.year
    plan = None
    for line in lines:
        if review is not None and line.number <= review.number:
            continue
        if not short_heading(line.text) or not _PLAN.search(line.text):
            continue
        years = {int(found) for found in _YEAR.findall(line.text)}
        if (year in years) if year is not None else bool(years) and line is not review:
            plan = line
            break
    if plan is None:
        notes.append(Note(lines[0].number if lines else 1, "no heading of a plan for the year"))
    return review, plan


def _year(title: str, delivered: date | None, plan: Line | None) -> int | None:
    for text in (plan.text if plan else "", title):
        if match := _YEAR.search(text):
            return int(match[1])
    return delivered.year if delivered else None


def _review(lines: list[Line], review: Line | None, plan: Line | None, notes: list[Note]) -> Span:
    """From the review's heading to the next part's; empty where either is missing."""
    if review is None:
        notes.append(Note(lines[0].number if lines else 1, "no heading of a review of last year"))
        return Span(0, 0)
    numbered = _PART_NUMBER.match(review.text)
    end = plan.start if plan else (lines[-1].end if lines else 0)
    for line in lines:
        between = line.number > review.number and (plan is None or line.number < plan.number)
        if between and numbered and short_heading(line.text) and _PART_NUMBER.match(line.text):
            end = line.start
            break
    return Span(review.start, max(review.start, end))
