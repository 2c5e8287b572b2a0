"""Passages of the plan: stretches of text with the role each has and the reason.

They tile the plan: every character that is no separator belongs to exactly one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from commitments.reading import words
from commitments.reading.document import Document
from commitments.reading.figures import Figure, real_figures
from commitments.reading.marks import (
    CLAUSE_ENDS,
    SEGMENT_ENDS,
    SENTENCE_ENDS,
    Span,
    split,
    trim,
)
from commitments.reading.names import places_in
from commitments.reading.outline import Area, Line, Theme, strip_address
from commitments.reading.projects import Project, find_projects
from commitments.reading.roles import Clause, decide, read_clause, split_enumeration

#: In a paragraph that is a whole area, a sentence this short that names and counts nothing is a subheading.
_SUBHEAD = 16
_RUN = re.compile(r"(?:试点|行动|计划|普查|条例|创建|清单|制度|(?<!领域)改革|工作|实事|基地)$")
_ANNOUNCEMENT = re.compile(
    r"(?:方面|以下|几项|几个|八个|九个|十个)[^，,。]{0,4}工作[：:]?$|^重点(?:做好|抓好)"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the plan. Only a commitment has figures, a benchmark or projects."""

    start: int
    end: int
    line: int
    role: str
    reason: str
    figures: tuple[Figure, ...] = ()
    benchmark: str = ""
    projects: tuple[Project, ...] = ()

    def of(self, text: str) -> str:
        """The passage's words."""
        return text[self.start : self.end]


@dataclass(slots=True)
class _Reader:
    """The document being read and what helps to read it."""

    document: Document
    places: tuple[str, ...]
    areas: dict[int, Area] = field(default_factory=dict)
    themes: dict[int, Theme] = field(default_factory=dict)


def read_passages(document: Document) -> list[Passage]:
    """The passages of a document's plan, in order; empty where there is no plan."""
    reader = _Reader(
        document,
        places_in(document.title),
        {area.line: area for area in document.areas},
        {theme.line: theme for theme in document.themes},
    )
    found: list[Passage] = []
    for line in document.lines:
        if document.plan.start <= line.start and line.end <= document.plan.end and document.plan.end:
            found.extend(_line(reader, line))
    return found


def _line(reader: _Reader, line: Line) -> Iterator[Passage]:
    """The passages of one line, by what the line is in the outline."""
    document = reader.document
    area, theme = reader.areas.get(line.number), reader.themes.get(line.number)
    begin = line.start
    if document.closing.start <= line.start < document.closing.end:
        yield from _sentences(reader, line, Span(line.start, line.end), "call", "closing appeal")
        return
    if any(part.line == line.number for part in document.parts):
        title = trim(document.text, Span(line.start, line.end))
        if title.start < title.end:
            yield _whole(line, title, "heading", "title of a part")
        return
    address = len(line.text) - len(strip_address(line.text))
    if address:
        yield _whole(line, trim(document.text, Span(begin, begin + address)), "call", "address")
        begin += address
    if area is not None and area.heading.end > area.heading.start:
        title = trim(document.text, area.heading)
        yield _whole(line, title, "heading", "title of an area")
        begin = area.heading.end
    rest = trim(document.text, Span(begin, line.end))
    if rest.start >= rest.end:
        return
    if theme is None:
        intro = any(a.intro.start <= rest.start < a.intro.end for a in document.areas)
        reason = "introduction of an area" if intro else "general remarks"
        yield from _sentences(reader, line, rest, "framing", reason)
    else:
        yield from _theme(reader, line, theme, rest, area is not None and area.kind == "plan")


def _sentences(reader: _Reader, line: Line, span: Span, role: str, reason: str) -> Iterator[Passage]:
    """One passage a sentence, all of one role; an announcement of what follows is a heading."""
    text = reader.document.text
    for sentence in split(span.of(text), SENTENCE_ENDS):
        for segment in split(sentence.of(span.of(text)), frozenset("：:")):
            start = span.start + sentence.start + segment.start
            place = Span(start, start + segment.end - segment.start)
            words_there = place.of(text)
            if role == "framing" and words.CALLING.match(words_there):
                yield _whole(line, place, "call", "calls on people")
            elif _ANNOUNCEMENT.search(words_there) or _labels(text, place):
                yield _whole(line, place, "heading", "announces what follows")
            else:
                yield _whole(line, place, role, reason)


def _theme(reader: _Reader, line: Line, theme: Theme, rest: Span, run_in: bool) -> Iterator[Passage]:
    """The passages of a theme's paragraph: its lead sentence, then segment by segment."""
    text = reader.document.text
    members = _members(theme.title)
    for sentence in split(rest.of(text), SENTENCE_ENDS):
        place = Span(rest.start + sentence.start, rest.start + sentence.end)
        spoken = place.of(text)
        first = theme.lead.start < place.end and place.start < theme.lead.end and theme.area != 0
        if words.says_what_was_done(spoken) and not real_figures(text, *place):
            yield _whole(line, place, "fact", "says what has been done")
        elif words.CALLING.match(spoken):
            yield _whole(line, place, "call", "calls on people")
        elif first and not _is_promise(text, place):
            yield _whole(line, place, "heading", "lead sentence of the paragraph")
        elif run_in and _is_subhead(text, place):
            yield _whole(line, place, "heading", "subheading inside the paragraph")
        else:
            for segment in split(spoken, SEGMENT_ENDS):
                start = place.start + segment.start
                yield from _segment(reader, line, Span(start, place.start + segment.end), members)


def _members(lead: str) -> tuple[str, ...]:
    """The kinds of things in a closed set that a lead sentence names: 攻坚 and 盘活."""
    match = words.MEMBERS.search(lead)
    if match is None:
        return ()
    return tuple(part for part in re.split(r"[一二三四五六七八九十两]", match[1]) if part)


def _is_promise(text: str, place: Span) -> bool:
    """Rule 1's exception: a lead sentence with a closed numbered programme, or with a figure."""
    return bool(words.PROGRAMME.search(place.of(text)) or real_figures(text, *place))


def _is_subhead(text: str, place: Span) -> bool:
    spoken = place.of(text)
    if len(spoken) > _SUBHEAD or any(mark in spoken for mark in "，,、；;：:“《"):
        return False
    named = real_figures(text, *place) or find_projects(spoken)
    return bool(words.OPENING.match(spoken)) and not named and not _RUN.search(spoken)


def _labels(text: str, place: Span) -> bool:
    return text[place.end : place.end + 1] in ("：", ":") and place.end < len(text)


def _segment(reader: _Reader, line: Line, segment: Span, members: tuple[str, ...]) -> Iterator[Passage]:
    """The passages of one segment."""
    text = reader.document.text
    if _labels(text, segment) and not real_figures(text, *segment):
        yield _whole(line, segment, "heading", "label of what follows")
        return
    spans: list[Span] = []
    for clause in split(segment.of(text), CLAUSE_ENDS):
        spans.extend(_pieces(reader, Span(segment.start + clause.start, segment.start + clause.end)))
    clauses = [read_clause(span.of(text), real_figures(text, *span), reader.places) for span in spans]
    decide(clauses, members)
    yield from _assembled(line, spans, clauses)


def _pieces(reader: _Reader, clause: Span) -> Iterator[Span]:
    """A clause, or its parts where an enumeration holds two promises."""
    text = reader.document.text
    spoken = clause.of(text)
    starts = [figure.start - clause.start for figure in real_figures(text, *clause)]
    begin = clause.start
    for mark in split_enumeration(spoken, starts, reader.places):
        yield Span(begin, clause.start + mark)
        begin = clause.start + mark + 1
    yield Span(begin, clause.end)


def _assembled(line: Line, spans: list[Span], clauses: list[Clause]) -> Iterator[Passage]:
    """Join tied clauses, and neighbours that promise nothing for the same reason, to passages."""
    groups: list[list[int]] = []
    for index, clause in enumerate(clauses):
        previous = clauses[index - 1] if index else None
        tied = previous is not None and (previous.join == "next" or clause.join == "previous")
        alike = previous is not None and clause.role == previous.role != "commitment"
        if groups and (tied or alike):
            groups[-1].append(index)
        else:
            groups.append([index])
    for group in groups:
        members = [clauses[index] for index in group]
        role = members[-1].role if members[0].join == "next" else members[0].role
        promising = role == "commitment"
        yield Passage(
            spans[group[0]].start,
            spans[group[-1]].end,
            line.number,
            role,
            "" if promising else members[0].reason,
            tuple(f for m in members for f in m.figures) if promising else (),
            next((m.benchmark for m in members if m.benchmark), "") if promising else "",
            tuple(p for m in members for p in m.projects) if promising else (),
        )


def _whole(line: Line, span: Span, role: str, reason: str) -> Passage:
    return Passage(span.start, span.end, line.number, role, reason)
