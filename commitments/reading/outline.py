"""The plan's own division of the work: areas, their themes, and what stands outside them.

Headings may be run in or on a line of their own, numbered 一、 or （一）, or not numbered at all
(the part on the government's own work). Which it is follows from the lines, never from the place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from commitments.reading.marks import SENTENCE_ENDS, Span, bare, split

_NUMERALS = "一二三四五六七八九十"
_TOP = re.compile(rf"^([{_NUMERALS}]{{1,3}})、\s*")
_BRACKETED = re.compile(rf"^[(（]([{_NUMERALS}]{{1,3}})[)）]\s*")
_ADDRESS = re.compile(r"^(各位代表|同志们)[,，:：!！]?")
_ITEM = re.compile(r"^\d{1,2}[.．、]\s*(?=\D)")
_SELF = re.compile(r"自身建设|政府建设|服务型政府|治理能力和水平|政府治理|法治政府")
_TARGETS = re.compile(r"预期目标(是|为|如下)?|奋斗目标是|工作目标是")
_LIVELIHOOD = re.compile(r"民生实事|为民办实事|民生工程")
_YEARS = re.compile(r"\d{4}年|\d+月|\d+周年")
_APPEAL = re.compile(r"让我们|努力奋斗|团结奋斗|更加紧密")
#: An area's introduction is a sentence or two; a longer run-in paragraph is the area's own theme.
_INTRODUCTION = 200
_HEADING = 48


@dataclass(frozen=True, slots=True)
class Line:
    """One non-blank line, without blanks at its edges."""

    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader did not understand, and where."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Area:
    """责任领域. `kind` is `targets` (number 0), `plan`, `self` or `other`.

    `heading` covers the title with its number; `intro` the introduction after it (may be empty).
    """

    number: int
    kind: str
    title: str
    line: int
    span: Span
    heading: Span
    intro: Span


@dataclass(frozen=True, slots=True)
class Theme:
    """主题: one paragraph of an area, named by its lead sentence."""

    area: int
    number: int
    title: str
    line: int
    span: Span
    lead: Span

    @property
    def key(self) -> str:
        """Area and theme, as in the middle of a code: 3.2."""
        return f"{self.area}.{self.number}"


@dataclass(frozen=True, slots=True)
class Outline:
    """What `read_areas` found in the plan."""

    areas: tuple[Area, ...]
    themes: tuple[Theme, ...]
    part_lines: tuple[tuple[Line, str], ...]
    closing: Span


@dataclass(slots=True)
class _Draft:
    """An area while its lines are being gathered."""

    kind: str
    title: str
    head: Line
    run_in: bool
    body: list[Line]
    last: Line


def short_heading(text: str) -> bool:
    """Whether a line can be a heading of its own: short, and without the end of a sentence."""
    plain = bare(text)
    return 0 < len(plain) <= _HEADING and not re.search(r"[。！!；;]|[：:,，]$", plain)


def strip_address(text: str) -> str:
    """The text without a leading 各位代表！"""
    return _ADDRESS.sub("", text)


def read_areas(text: str, lines: list[Line], notes: list[Note]) -> Outline:
    """Divide the plan's lines (its heading first) into areas and themes; note what stays outside."""
    if not lines:
        return Outline((), (), (), Span(0, 0))
    top = bool(_TOP.match(lines[0].text))
    nested = not top and sum(bool(_TOP.match(line.text)) for line in lines) >= 2
    marker = _TOP if nested else _BRACKETED
    closing_at = _closing(lines)
    if closing_at is None:
        notes.append(Note(lines[-1].number, "no closing appeal recognised"))
    body = [line for line in lines[1:] if closing_at is None or line.number < closing_at]
    drafts, parts = _gather(body, marker, top, notes)
    areas: list[Area] = []
    themes: list[Theme] = []
    number = 0
    for draft in drafts:
        if draft.kind != "targets":
            number += 1
        area, own = _area(text, 0 if draft.kind == "targets" else number, draft)
        areas.append(area)
        themes.extend(own)
    if not any(area.kind == "targets" for area in areas):
        notes.append(Note(lines[0].number, "no paragraph of expected targets (预期目标)"))
    if not any(area.kind == "plan" for area in areas):
        notes.append(Note(lines[0].number, "no numbered areas in the plan"))
    tail = [line for line in lines if closing_at is not None and line.number >= closing_at]
    closing = Span(tail[0].start, tail[-1].end) if tail else Span(lines[-1].end, lines[-1].end)
    return Outline(tuple(areas), tuple(themes), tuple(parts), closing)


def _closing(lines: list[Line]) -> int | None:
    """Number of the line where the closing appeal begins: the last address followed by one."""
    for index in range(len(lines) - 1, 0, -1):
        line = lines[index]
        if not _ADDRESS.match(line.text):
            continue
        rest = "".join(later.text for later in lines[index:])
        near_end = len(lines) - index <= 3
        return line.number if near_end and _APPEAL.search(rest) else None
    return None


def _gather(
    lines: list[Line], marker: re.Pattern[str], top: bool, notes: list[Note]
) -> tuple[list[_Draft], list[tuple[Line, str]]]:
    """Areas with their lines in order, and the headings of further parts."""
    drafts: list[_Draft] = []
    parts: list[tuple[Line, str]] = []
    current: _Draft | None = None
    in_self = False
    for line in lines:
        if _part_heading(line, marker, top):
            in_self = bool(_SELF.search(line.text))
            parts.append((line, "self" if in_self else "other"))
            current = None
        elif match := marker.match(line.text):
            titled = line.text[match.end() :]
            own = in_self or (bool(_SELF.search(_first(titled))) and "自身建设" in _first(titled))
            current = _Draft("self" if own else "plan", titled, line, not short_heading(titled), [], line)
            drafts.append(current)
        elif not drafts and not parts:
            if _TARGETS.search(_first(line.text)[:60]) and re.search(r"\d", line.text):
                drafts.append(_Draft("targets", "预期目标", line, True, [], line))
        elif drafts and drafts[-1].kind == "targets" and not in_self:
            if _figured(_YEARS.sub("", line.text)):  # else general remarks before the first area
                notes.append(Note(line.number, "figures outside every area, before the first"))
        elif current is not None and not _outside(line, current):
            if _ITEM.match(line.text) and not any(_ITEM.match(other.text) for other in current.body):
                notes.append(
                    Note(line.number, "numbered items (1., 2., …): read as themes of the area before")
                )
            if not _ADDRESS.match(line.text) or _LIVELIHOOD.search(line.text):
                current.body.append(line)
            current.last = line
        else:
            current = _unnumbered(line, parts, drafts, current, in_self, notes)
    return drafts, parts


def _part_heading(line: Line, marker: re.Pattern[str], top: bool) -> bool:
    """A short line that opens a further part: numbered like the plan's heading, or not at all."""
    if not short_heading(line.text) or marker.match(line.text) or _ADDRESS.match(line.text):
        return False
    if top:
        return bool(_TOP.match(line.text))
    return not _BRACKETED.match(line.text) and not _TOP.match(line.text)


def _outside(line: Line, current: _Draft) -> bool:
    """Whether a paragraph that addresses the delegates leaves the area it stands after."""
    if not _ADDRESS.match(line.text) or current.kind == "other":
        return False
    return not _LIVELIHOOD.search(line.text) and bool("自身建设" in line.text or not strip_address(line.text))


def _unnumbered(
    line: Line,
    parts: list[tuple[Line, str]],
    drafts: list[_Draft],
    current: _Draft | None,
    in_self: bool,
    notes: list[Note],
) -> _Draft | None:
    """Open an area for paragraphs that no number leads: a part's own, or a paragraph set apart."""
    if not strip_address(line.text):
        return None
    remarks = _introduces(line) or _ADDRESS.match(line.text)
    if parts and current is None and in_self and remarks:
        return None
    own = in_self or "自身建设" in line.text
    title = parts[-1][0].text if parts and in_self else _first(strip_address(line.text))
    title = _TOP.sub("", title)
    if own and not in_self:
        title = "自身建设"
    draft = _Draft("self" if own else "other", title, line, False, [line], line)
    drafts.append(draft)
    kind = "on the government's own work" if own else "outside every numbered area"
    notes.append(Note(line.number, f"paragraphs {kind}, without numbers: read as one area"))
    return draft


def _introduces(line: Line) -> bool:
    """Whether a paragraph is one of general remarks: it has no lead sentence of its own."""
    sentences = list(split(strip_address(line.text), SENTENCE_ENDS))
    if len(sentences) <= 1:
        return True
    lead = sentences[0].of(strip_address(line.text))
    return len(lead) > 30 or "是" in lead or ("要求" in lead and "自身建设" in lead)


def _first(text: str) -> str:
    for sentence in split(text, SENTENCE_ENDS):
        return sentence.of(text)
    return text


def _area(text: str, number: int, draft: _Draft) -> tuple[Area, list[Theme]]:
    """The area and its themes. A run-in paragraph that is more than an introduction is a theme."""
    head = draft.head
    span = Span(head.start, draft.last.end)
    if draft.kind == "targets":
        area = Area(
            0,
            "targets",
            draft.title,
            head.number,
            span,
            Span(head.start, head.start),
            Span(head.start, head.start),
        )
        return area, [_theme(text, 0, 1, head, head.start)]
    if draft.body and draft.body[0] is head:  # an area without a heading of its own
        empty = Span(head.start, head.start)
        area = Area(number, draft.kind, draft.title, head.number, span, empty, empty)
        return area, [_theme(text, number, i, ln, ln.start) for i, ln in enumerate(draft.body, 1)]
    offset = head.end - len(draft.title)
    title = _first(draft.title) if draft.run_in else draft.title
    heading = Span(head.start, offset + draft.title.index(title) + len(title))
    rest = Span(min(heading.end + 1, head.end), head.end)
    intro = Span(heading.end, heading.end)
    paragraphs = list(draft.body)
    themes: list[Theme] = []
    if draft.run_in and (not paragraphs or rest.end - rest.start > _INTRODUCTION):
        themes.append(_theme(text, number, 1, head, head.start))
    elif draft.run_in:
        intro = rest
    elif len(paragraphs) > 1 and _introduces(paragraphs[0]) and not _figured(paragraphs[0].text):
        intro = Span(paragraphs[0].start, paragraphs[0].end)
        paragraphs = paragraphs[1:]
    for line in paragraphs:
        themes.append(_theme(text, number, len(themes) + 1, line, line.start))
    return Area(number, draft.kind, title, head.number, span, heading, intro), themes


def _figured(text: str) -> bool:
    return bool(re.search(r"\d", text))


def _theme(text: str, area: int, number: int, line: Line, start: int) -> Theme:
    """A theme over the whole line; its lead sentence skips the number and an address."""
    begin = start
    for pattern in (_ADDRESS, _BRACKETED, _ITEM):
        if match := pattern.match(text[begin : line.end]):
            begin += match.end()
    first = next(split(text[begin : line.end], SENTENCE_ENDS), Span(0, line.end - begin))
    lead = Span(begin + first.start, begin + first.end)
    return Theme(area, number, lead.of(text), line.number, Span(line.start, line.end), lead)
