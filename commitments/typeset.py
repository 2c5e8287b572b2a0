"""How the report's characters are shown: one for one, so that every offset into the text stays true."""

from __future__ import annotations

import re

CHINESE = re.compile("[\u3400-\u9fff]")
# The source prints half-width marks where Chinese typography wants full-width ones (docs/domain.md).
FULL_WIDTH = {",": "，", ":": "：", ";": "；", "(": "（", ")": "）", "!": "！", "?": "？"}
_MARKS = re.compile("[,:;()!?]")


def typographic(text: str, *, before: str = "", after: str = "") -> str:
    """Return the text with full-width punctuation, each character replaced by exactly one.

    A comma, colon or the like between two Latin letters or digits is left alone: 1,000 or 10:30.
    So is a text without any Chinese: the English gloss of a title. `before` and `after` are what
    surrounds a piece cut out of a longer text.
    """
    # Most texts hold nothing to exchange.
    if not _MARKS.search(text) or not CHINESE.search(f"{before}{text}{after}"):
        return text
    padded = f"{before[-1:] or ' '}{text}{after[:1] or ' '}"
    return "".join(
        FULL_WIDTH[char] if char in FULL_WIDTH and not _is_inside_figure(padded, place, char) else char
        for place, char in enumerate(text, start=1)
    )


def _is_inside_figure(padded: str, place: int, char: str) -> bool:
    """Say whether the mark stands between two Latin letters or digits; brackets never count."""
    if char in "()":
        return False
    left, right = padded[place - 1], padded[place + 1]
    return left.isascii() and left.isalnum() and right.isascii() and right.isalnum()
