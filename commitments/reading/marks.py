"""Punctuation of a report: what separates, what encloses, and the spans in between.

Half-width and full-width marks mean the same here. Knows characters only; what a stretch of text
promises is decided in `passages.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

SENTENCE_ENDS = frozenset("。！!")
SEGMENT_ENDS = SENTENCE_ENDS | frozenset("；;：:\n\r")
CLAUSE_ENDS = SEGMENT_ENDS | frozenset("，,")
BLANKS = frozenset(" \t\u3000\u00a0\ufeff")
#: Everything that may stand between two passages.
SEPARATORS = CLAUSE_ENDS | BLANKS
#: May stand between two passages only where an enumeration was split into them.
ENUMERATION = "、"
_EDGES = SEPARATORS | {ENUMERATION}

_PAIRS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "(": ")",
    "（": "）",
    "〔": "〕",
    "【": "】",
    "[": "]",
}
_CLOSERS = {closer: opener for opener, closer in _PAIRS.items()}


class Span(NamedTuple):
    """A half-open range of character offsets."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of `text` that the span covers."""
        return text[self.start : self.end]


@lru_cache(maxsize=4096)
def enclosed(text: str) -> frozenset[int]:
    """Offsets of the characters that stand inside quotation marks or brackets, marks included.

    Pairs never reach over a line end. A mark without its partner encloses nothing, so one lost
    quotation mark cannot swallow the rest of a paragraph.
    """
    inside: set[int] = set()
    stack: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        if char in "\n\r":
            stack.clear()
        elif char in _PAIRS:
            stack.append((char, index))
        elif char in _CLOSERS:
            opener = _CLOSERS[char]
            depth = next((d for d in range(len(stack) - 1, -1, -1) if stack[d][0] == opener), None)
            if depth is not None:
                inside.update(range(stack[depth][1], index + 1))
                del stack[depth:]
    return frozenset(inside)


def separates(text: str, index: int, ends: frozenset[str]) -> bool:
    """Whether the character at `index` is one of `ends` and really separates.

    Marks inside quotation marks or brackets do not, nor do those inside a number (1,000 or 8:30).
    """
    char = text[index]
    if char not in ends or index in enclosed(text):
        return False
    if char in ",:" and 0 < index < len(text) - 1:
        return not (text[index - 1].isdigit() and text[index + 1].isdigit())
    return True


def split(text: str, ends: frozenset[str]) -> Iterator[Span]:
    """Spans between the separating marks of `text`, without blanks at their edges or empty ones."""
    start = 0
    for index in range(len(text) + 1):
        if index == len(text) or separates(text, index, ends):
            span = trim(text, Span(start, index))
            if span.start < span.end:
                yield span
            start = index + 1


def trim(text: str, span: Span) -> Span:
    """The span without separators, blanks and 、 at its two edges."""
    start, end = span
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return Span(start, end)


def quotations(text: str) -> Iterator[Span]:
    """Outermost “…” pairs, quotation marks included."""
    inside = enclosed(text)
    index = 0
    while index < len(text):
        if text[index] == "“" and index in inside:
            end = text.find("”", index)
            if end >= 0:
                yield Span(index, end + 1)
                index = end
        index += 1


_ENUMERATOR = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[是要](?!否)|[(（]\d{1,2}[)）]|\d{1,2}[.．、](?=\D)|[\u2460-\u2473])[ \u3000]*"
)


def without_enumerator(text: str) -> str:
    """The text without what numbers it in a list: 一是, 二要, （3）, 4., ⑤."""
    return _ENUMERATOR.sub("", text)


def bare(text: str) -> str:
    """The text without blanks: 政 府 工 作 报 告 reads 政府工作报告."""
    return "".join(char for char in text if char not in BLANKS)
