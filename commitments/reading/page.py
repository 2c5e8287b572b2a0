"""From a web page as received to the text of the report in it.

Finds the report by what every government work report has (title, salutation, full sentences to the
end), not by the page's own furniture, so it does not care which forum or site the page came from.
"""

from __future__ import annotations

import re

from commitments.reading.marks import bare

_TITLE = re.compile(r"政府工作(的)?报告$")
_SALUTATION = re.compile(r"^(各位代表|同志们)[,，:：!！]?$")
_DELIVERY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日在.*会议上")
_SENTENCE_END = tuple("。！!？?”）)…")
#: Title, day, session and speaker fit in this many lines above the salutation.
_HEAD_LINES = 8


class NotAReport(ValueError):
    """The page holds nothing that reads like a government work report."""


def report_text(page: str) -> str:
    """The report inside the page: one paragraph a line, each line ended, nothing else altered.

    Indentation of the page dump and blank lines go; no character inside a paragraph is touched.
    Raises `NotAReport` when no salutation is found.
    """
    lines = [line.strip() for line in page.splitlines()]
    lines = [line for line in lines if line]
    salutation = next((i for i, line in enumerate(lines) if _SALUTATION.match(bare(line))), None)
    if salutation is None:
        raise NotAReport("no line greets the delegates (各位代表)")
    first = _first_line(lines, salutation)
    last = _last_line(lines, salutation)
    return "\n".join(lines[first : last + 1]) + "\n"


def _first_line(lines: list[str], salutation: int) -> int:
    """The title's line; without one the line of delivery, without that the salutation itself."""
    head = range(salutation - 1, max(-1, salutation - 1 - _HEAD_LINES), -1)
    for pattern in (_TITLE, _DELIVERY):
        for index in head:
            if pattern.search(bare(lines[index])):
                return index
    return salutation


def _last_line(lines: list[str], salutation: int) -> int:
    """The last line that ends a sentence: a page's menus, prompts and credits end none."""
    for index in range(len(lines) - 1, salutation, -1):
        if lines[index].endswith(_SENTENCE_END):
            return index
    return salutation
