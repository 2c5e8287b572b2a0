"""The report as a book: its text cut at passages, terms and last year's figures, not one character lost.

Pure: given the text and the places, returns paragraphs for the template to set. Every part keeps its
offset into `report.text`, which is what anchors and addresses are made of.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..choices import PassageRole, PublicStatus
from ..models import GlossaryTerm, Passage, Report, ResponsibleArea, TermUse
from ..progress.judging import Judged
from ..progress.summaries import KEPT, TROUBLED
from ..typeset import typographic


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text that is more than text: a term, or a figure that serves as a baseline."""

    start: int
    end: int
    term: GlossaryTerm | None = None
    baseline_of: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters in a row that are set alike, with the mark on them if there is one."""

    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class PassageSet:
    """A passage ready to be set: its pieces, and the state of what it promises."""

    passage: Passage
    pieces: list[Piece]
    statuses: list[tuple[PublicStatus, int]]
    classes: str

    @property
    def start(self) -> int:
        """Return the offset by which the passage is addressed."""
        return self.passage.start

    @property
    def is_promise(self) -> bool:
        """Say whether commitments stand on it."""
        return bool(self.statuses)

    @property
    def is_heading(self) -> bool:
        """Say whether it only names what follows."""
        return self.passage.role == PassageRole.HEADING

    @property
    def count(self) -> int:
        """Return how many commitments stand on it."""
        return sum(count for _status, count in self.statuses)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the report. `opener` is set as a heading of `level`, `parts` follow it."""

    start: int
    anchor: str
    level: int
    opener: list[PassageSet | Piece]
    parts: list[PassageSet | Piece]
    also: str = ""
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    anchor: str
    title: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Coverage:
    """The claim that every commitment is here, in numbers that can be checked."""

    characters: int
    in_passages: int
    separators: int
    passages: int
    promising: int
    commitments: int
    by_role: list[tuple[str, int]]

    @property
    def is_complete(self) -> bool:
        """Say whether passages and separators together are the whole plan."""
        return self.in_passages + self.separators == self.characters


SEPARATORS = frozenset("，。；：！？,;:!?\n 、")


class Setter:
    """Sets one report: knows where passages, marks, areas and themes begin."""

    def __init__(
        self,
        report: Report,
        *,
        passages: Sequence[Passage],
        uses: Iterable[TermUse],
        rows: Iterable[Judged],
        areas: Iterable[ResponsibleArea],
    ) -> None:
        self.text = report.text
        # Typeset once and whole, so that no cut changes a character.
        self.typeset = typographic(report.text)
        self.passages = sorted(passages, key=lambda passage: passage.start)
        self.starts = [passage.start for passage in self.passages]
        self.states = states_of(rows)
        self.marks = marks_of(uses, rows)
        self.areas = {area.start: area for area in areas}
        self.themes = {theme.start: theme for area in self.areas.values() for theme in area.themes.all()}

    def paragraphs(self, start: int, end: int) -> list[Paragraph]:
        """Return the lines of `text[start:end]`, empty ones left out."""
        lines, place = [], start
        for line in self.text[start:end].split("\n"):
            if line:
                lines.append(self._paragraph(place, place + len(line)))
            place += len(line) + 1
        return lines

    def _paragraph(self, start: int, end: int) -> Paragraph:
        parts = self._parts(start, end)
        area, theme = self.areas.get(start), self.themes.get(start)
        anchor, also, level = f"t-{start}", "", 0
        if area is not None:
            anchor, level = f"area-{area.number}", 3
            also = f"theme-{area.number}-{theme.number}" if theme else ""
        elif theme is not None:
            anchor, level = f"theme-{theme.area.number}-{theme.number}", 4
        elif is_title_of_part(self.text[start:end]):
            level = 2
        heads = isinstance(parts[0], PassageSet) and parts[0].is_heading
        cut = len(parts) if level == 2 else 1 if level and heads else 0
        if cut == 1 and is_separator(parts[1:2]):
            cut = 2  # the full stop after a heading stays with it
        return Paragraph(
            start,
            anchor,
            level if cut else 0,
            parts[:cut],
            parts[cut:],
            also,
            is_title_line(self.text[start:end]),
        )

    def _parts(self, start: int, end: int) -> list[PassageSet | Piece]:
        """Return passages and what stands between them, in order."""
        parts: list[PassageSet | Piece] = []
        place = start
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        for passage in self.passages[first:last]:
            parts += self._pieces(place, passage.start)
            parts.append(self._set(passage))
            place = passage.end
        parts += self._pieces(place, end)
        return parts

    def _set(self, passage: Passage) -> PassageSet:
        states = self.states.get(passage.pk, [])
        counts = Counter(row.status for row in states)
        statuses = [(status, counts[status]) for status in PublicStatus if counts[status]]
        return PassageSet(passage, self._pieces(passage.start, passage.end), statuses, classes_of(states))

    def _pieces(self, start: int, end: int) -> list[Piece]:
        """Return `text[start:end]` cut at the marks inside it, typeset."""
        # Most stretches hold none: they lie in order, so the few near it are found without asking all.
        first, last = (bisect_left(self.marks, place, key=lambda mark: mark.start) for place in (start, end))
        inside = [mark for mark in self.marks[first:last] if mark.end <= end]
        if not inside:
            return [Piece(self.typeset[start:end], None)] if start < end else []
        cuts = sorted({start, end, *(m.start for m in inside), *(m.end for m in inside)})
        begun = {mark.start: mark for mark in inside}
        return [
            Piece(self.typeset[left:right], begun.get(left)) for left, right in pairwise(cuts) if left < right
        ]


def is_title_of_part(line: str) -> bool:
    """Say whether a line is the title of a part, such as 二、2024年主要任务, or of the notes."""
    return len(line) < 40 and (line[1:2] == "、" or line == "名词解释") and "。" not in line


def is_title_line(line: str) -> bool:
    """Say whether a line stands for itself, such as title, place and speaker: without any punctuation."""
    return not any(char in SEPARATORS for char in line)


def is_separator(parts: Sequence[PassageSet | Piece]) -> bool:
    """Say whether the parts are nothing but marks between two passages."""
    return all(isinstance(part, Piece) and SEPARATORS.issuperset(part.text) for part in parts)


def states_of(rows: Iterable[Judged]) -> Mapping[int, list[Judged]]:
    """Return the judged commitments of each passage, by the passage's id."""
    states: dict[int, list[Judged]] = defaultdict(list)
    for row in rows:
        states[row.commitment.passage_id].append(row)
    return states


def marks_of(uses: Iterable[TermUse], rows: Iterable[Judged]) -> list[Mark]:
    """Return terms and baselines in order; of two that overlap, the one that begins first."""
    baselines: dict[tuple[int, int], list[Judged]] = defaultdict(list)
    for row in rows:
        target = getattr(row.commitment, "target", None) if row.commitment.kind == "target" else None
        if target and target.baseline_start is not None and target.baseline_end is not None:
            baselines[target.baseline_start, target.baseline_end].append(row)
    marks = [Mark(use.start, use.end, term=use.term) for use in uses]
    marks += [Mark(start, end, baseline_of=tuple(of)) for (start, end), of in baselines.items()]
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def classes_of(rows: Sequence[Judged]) -> str:
    """Return the classes by which a passage is coloured and found by the reader's filters."""
    if not rows:
        return ""
    statuses = {row.status for row in rows}
    classes = [f"s-{rows[0].status}" if len(statuses) == 1 else "s-mixed"]
    classes += sorted({f"m-{row.commitment.kind}" for row in rows})
    asked = {
        "m-trouble": bool(statuses & TROUBLED),
        "m-kept": bool(statuses & KEPT),
        "m-silent": PublicStatus.NOT_REPORTED in statuses,
        "m-reported": statuses != {PublicStatus.NOT_REPORTED},
        "m-unled": any(row.commitment.lead_id is None for row in rows),
        "m-hedged": any(row.commitment.hedge for row in rows),
    }
    return " ".join([*classes, *(name for name, holds in asked.items() if holds)])


def coverage(report: Report, passages: Sequence[Passage], rows: Sequence[Judged]) -> Coverage:
    """Count the plan: every character is in exactly one passage or is a separator between two."""
    plan = range(report.plan_start, report.plan_end)
    covered = bytearray(len(plan))
    for passage in passages:
        start, end = max(passage.start, plan.start), min(passage.end, plan.stop)
        covered[start - plan.start : end - plan.start] = b"\1" * (end - start)
    rest = (report.text[plan.start + place] for place, is_covered in enumerate(covered) if not is_covered)
    roles = Counter(passage.role for passage in passages)
    return Coverage(
        characters=len(plan),
        in_passages=sum(covered),
        separators=sum(char in SEPARATORS for char in rest),
        passages=len(passages),
        promising=len({row.commitment.passage_id for row in rows}),
        commitments=len(rows),
        by_role=[(role.value, roles[role.value]) for role in PassageRole if roles[role.value]],
    )


def contents(paragraphs: Iterable[Paragraph], areas: Iterable[ResponsibleArea]) -> list[Entry]:
    """Return the table of contents: parts, areas, themes."""
    titles = {f"area-{area.number}": str(area) for area in areas}
    titles |= {
        f"theme-{area.number}-{theme.number}": str(theme) for area in areas for theme in area.themes.all()
    }
    entries: list[Entry] = []
    for paragraph in paragraphs:
        title = typographic(titles.get(paragraph.anchor, ""))
        if paragraph.level == 2:
            words = "".join(
                part.text if isinstance(part, Piece) else "".join(p.text for p in part.pieces)
                for part in paragraph.opener
            )
            entries.append(Entry(paragraph.anchor, words))
        elif paragraph.level == 3 and entries:
            entries[-1].entries.append(Entry(paragraph.anchor, title))
        elif paragraph.level == 4 and entries and entries[-1].entries:
            entries[-1].entries[-1].entries.append(Entry(paragraph.anchor, title))
    return entries
