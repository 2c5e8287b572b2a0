"""The machine's draft of the reviewed table: every passage, every commitment it finds in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from commitments.reading.document import Document
from commitments.reading.figures import Figure, find_figures, hedge_in, metric_of, real_figures, scope_of
from commitments.reading.marks import SEPARATORS, without_enumerator
from commitments.reading.passages import Passage, read_passages
from commitments.reading.rows import Row
from commitments.reading.words import LEAD_IN, ONLY_LEADING

_TITLE_LENGTH = 24
#: What stands between a metric and its rank: 保持全市[前列].
_STANDING = re.compile(r"(?:继续|稳定)?(?:保持|位居|走在|居|进入|处于|位列)?在?全[国省市区县]?$")
_SHARED_RATE = re.compile(
    r"^(?P<first>[^、率]{2,12})、(?P<second>[^、率]{2,12}?)(?P<rate>参保率|覆盖率|普及率|达标率|合格率|处理率)$"
)
_LEVELS = {"省": "全省", "市": "全市", "区": "全区", "县": "全县", "旗": "全旗"}


def draft_rows(document: Document) -> list[Row]:
    """The draft: one row per passage, one per target and project where it holds several.

    Commitments outside every area get no code; `Document.notes` says where that is.
    """
    rows: list[Row] = []
    given: dict[tuple[int, int], int] = {}
    scope = _default_scope(document)
    for passage in read_passages(document):
        for row in _rows(document, passage, scope):
            if row.is_commitment:
                place = document.place(passage.start)
                if place is not None and document.year is not None:
                    given[place] = given.get(place, 0) + 1
                    row.code = f"{document.year}-{place[0]}.{place[1]}-{given[place]:02d}"
            rows.append(row)
    return rows


def _default_scope(document: Document) -> str:
    """全区 for a district, 全市 for a city…: from the report's title."""
    match = re.search(r"([省市区县旗])政府工作", document.title)
    return _LEVELS[match[1]] if match else ""


def _rows(document: Document, passage: Passage, scope: str) -> Iterator[Row]:
    quote = passage.of(document.text)
    base = Row(passage.line, passage.start, passage.end, quote, passage.role, passage.reason)
    numbers = find_figures(document.text, passage.start, passage.end)
    if passage.role != "commitment":
        base.figures_exempt = {figure.surface: figure.exempt or "所在片段不作承诺" for figure in numbers}
        yield base
        return
    for index, row in enumerate(_commitments(document, passage, base, scope)):
        if index == 0:
            row.figures_exempt = {figure.surface: figure.exempt for figure in numbers if figure.exempt}
        yield row


def _commitments(document: Document, passage: Passage, base: Row, scope: str) -> Iterator[Row]:
    """One row for each target or project of the passage, or one for the measure that it is."""
    quote = base.quote
    hedge = hedge_in(quote)
    if passage.figures:
        for figure in passage.figures:
            yield from _rates(_target(document, passage, figure, scope, hedge))
    elif passage.benchmark:
        row = _copy(base, "target", short_title(quote), hedge)
        metric = LEAD_IN.sub("", without_enumerator(quote).split(passage.benchmark)[0])
        row.metric = _STANDING.sub("", metric) or passage.benchmark
        row.scope, row.direction = scope, "up"
        yield row
    elif passage.projects:
        for project in passage.projects:
            title = short_title(project.verb + project.name + project.tail)
            row = _copy(base, "project", title, hedge)
            row.project_name, row.verb = project.name, project.verb + project.tail
            row.promised_stage = project.stage
            yield row
    else:
        yield _copy(base, "measure", short_title(quote), hedge)


def _copy(base: Row, kind: str, title: str, hedge: str) -> Row:
    return Row(
        base.line,
        base.start,
        base.end,
        base.quote,
        base.role,
        base.reason,
        kind=kind,
        title=title,
        hedge=hedge,
    )


def _target(document: Document, passage: Passage, figure: Figure, scope: str, hedge: str) -> Row:
    begin, end = _clause_around(document.text, passage, figure)
    metric = metric_of(document.text, figure, (begin, end)) or _subject_before(document.text, begin)
    clause = document.text[begin:end]
    quote = passage.of(document.text)
    row = Row(passage.line, passage.start, passage.end, quote, passage.role)
    row.kind, row.hedge = "target", hedge
    row.metric = metric or short_title(clause)
    row.title = short_title(f"{row.metric}{figure.surface}" if metric else clause)
    row.scope = scope_of(clause, scope)
    row.comparator, row.value, row.unit = figure.comparator, figure.value, figure.unit
    row.direction = figure.direction
    return row


_GOES_ON = re.compile(r"(?:力争|总量|总额)?(?:达到?|突破|超过|同比|比上年|比去年|增长)")
_GROWTH = re.compile(r"(?:按可比口径|同比)?(?:增长|提高|下降|增加)$")


def _subject_before(text: str, begin: int) -> str:
    """What the clause before measures, for one that only goes on: 产值增长7.5%,达到326亿元."""
    end = begin
    while end > 0 and text[end - 1] in "，,":
        end -= 1
    start = end
    while start > 0 and text[start - 1] not in SEPARATORS:
        start -= 1
    figures = real_figures(text, start, end)
    if end == begin or not figures or not _GOES_ON.match(text, begin):
        return ""
    return _GROWTH.sub("", metric_of(text, figures[0], (start, end)))


def _rates(row: Row) -> Iterator[Row]:
    """One row for each of two rates that share a figure: 甲、乙参保率 are 甲参保率 and 乙参保率."""
    match = _SHARED_RATE.match(row.metric)
    if match is None:
        yield row
        return
    for metric in (match["first"] + match["rate"], match["second"] + match["rate"]):
        shared = replace(row, metric=metric)
        shared.title = short_title(f"{metric}{row.title.removeprefix(row.metric)}")
        yield shared


def _clause_around(text: str, passage: Passage, figure: Figure) -> tuple[int, int]:
    """The clause of the passage that holds the figure."""
    start, end = figure.start, figure.end
    while start > passage.start and text[start - 1] not in SEPARATORS:
        start -= 1
    while end < passage.end and text[end] not in SEPARATORS:
        end += 1
    return start, end


def short_title(text: str) -> str:
    """The first clause of a text that promises, without how it is done, short enough for a list."""
    clauses = [without_enumerator(clause) for clause in re.split(r"[，,；;。：:]", text)]
    first = next((clause for clause in clauses if not ONLY_LEADING.match(clause)), clauses[0])
    plain = LEAD_IN.sub("", first)
    title = plain if len(plain) >= 4 else first
    if len(title) <= _TITLE_LENGTH:
        return title
    cut = title[:_TITLE_LENGTH]
    at = max(cut.rfind("、"), cut.rfind("等"))
    return cut[:at] + "等" if at > _TITLE_LENGTH // 2 else cut
