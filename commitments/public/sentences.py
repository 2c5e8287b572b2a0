"""The sentence around a stretch of the report, cut so that it can be read. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ..typeset import typographic

ENDS = "。！!？?\n"
# How much of a long sentence is shown on either side of the words that matter.
REACH = 120


@dataclass(frozen=True)
class Quotation:
    """Words with what stands before and after them in their sentence, typeset."""

    before: str
    words: str
    after: str


def quotation(text: str, start: int, end: int) -> Quotation:
    """Return `text[start:end]` in its sentence; a side longer than the reach is cut with an ellipsis."""
    first = max((text.rfind(mark, 0, start) for mark in ENDS), default=-1) + 1
    ends = [place for mark in ENDS if (place := text.find(mark, end)) >= 0]
    last = min(ends) + 1 if ends else len(text)
    before, after = text[first:start], text[end:last].rstrip("\n")
    if text[end - 1 : end] in ENDS:
        after = ""
    if len(before) > REACH:
        before = "……" + before[-REACH:]
    if len(after) > REACH:
        after = after[:REACH] + "……"
    words = text[start:end]
    return Quotation(
        typographic(before, after=words),
        typographic(words, before=before, after=after),
        typographic(after, before=words),
    )
