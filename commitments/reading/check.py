"""Whether a reviewed table is true to its report: complete, in its words, consistent in itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from commitments.reading import rows as words
from commitments.reading.document import Document
from commitments.reading.figures import IN_WORDS, Figure, find_figures, hedge_in
from commitments.reading.marks import ENUMERATION, SEPARATORS
from commitments.reading.rows import CODE, Problem, Row

_Numbered = tuple[int, Row]
_CHOICES = {
    "role": words.ROLES,
    "kind": words.KINDS,
    "comparator": words.COMPARATORS,
    "direction": words.DIRECTIONS,
    "promised_stage": words.STAGES,
    "baseline_match": words.MATCHES,
}


def check_table(text: str, rows: list[Row], document: Document, *, complete: bool = False) -> list[Problem]:
    """Everything that is wrong with the table, in the order of its rows; empty when it may be used.

    With `complete`, what a machine draft cannot know is demanded too: scorecards on every commitment
    and an English metric on every target.
    """
    numbered = list(enumerate(rows, 2))
    checks: list[Callable[[str, list[_Numbered], Document], Iterable[Problem]]] = [
        _choices,
        _places,
        _tiling,
        _passages,
        _codes,
        _kinds,
        _targets,
        _figures,
        _baselines,
        _projects,
    ]
    problems = [problem for check in checks for problem in check(text, numbered, document)]
    if complete:
        problems += _incomplete(numbered)
    return sorted(problems, key=lambda problem: problem.row)


def _choices(_text: str, rows: list[_Numbered], _document: Document) -> Iterator[Problem]:
    for number, row in rows:
        for column, allowed in _CHOICES.items():
            value = getattr(row, column)
            if (value or column == "role") and value not in allowed:
                yield Problem(number, column, f"{value!r} is none of {', '.join(allowed)}")
        for card in row.scorecards:
            if card not in words.SCORECARDS:
                yield Problem(number, "scorecards", f"{card!r} is none of the eight")
        if len(set(row.scorecards)) != len(row.scorecards):
            yield Problem(number, "scorecards", "a scorecard is named twice")


def _places(text: str, rows: list[_Numbered], document: Document) -> Iterator[Problem]:
    """Each quote is the text at its place, on the line named, inside the plan."""
    for number, row in rows:
        if not 0 <= row.start < row.end <= len(text):
            yield Problem(number, "start", f"no place in the text: {row.start} to {row.end}")
            continue
        if text[row.start : row.end] != row.quote:
            yield Problem(number, "quote", f"the text there reads {text[row.start : row.end]!r}")
        if not document.plan.start <= row.start < row.end <= document.plan.end:
            yield Problem(number, "start", "outside the plan")
        line = document.line_at(row.start)
        if line is None or line.number != row.line or row.end > line.end:
            there = line.number if line else None
            yield Problem(number, "line", f"line {row.line} named, the passage begins in line {there}")
        edges = text[row.start] + text[row.end - 1]
        if any(char in SEPARATORS or char == ENUMERATION for char in edges):
            yield Problem(number, "quote", "begins or ends with a separator")


def _tiling(text: str, rows: list[_Numbered], document: Document) -> Iterator[Problem]:
    """Passages in order, without overlap; nothing but separators between them."""
    position, previous = document.plan.start, (-1, -1)
    for number, row in rows:
        if row.span == previous:
            continue
        if row.start < position:
            what = "overlaps the passage above" if row.end > previous[0] else "out of order"
            yield Problem(number, "start", f"{what}: begins at {row.start}, before {position}")
        elif gap := _gap(text, position, row.start):
            yield Problem(number, "start", f"before it no passage holds {gap!r}")
        position, previous = max(position, row.end), row.span
    if gap := _gap(text, position, document.plan.end):
        yield Problem(rows[-1][0] if rows else 1, "end", f"after it no passage holds {gap!r}")


def _gap(text: str, start: int, end: int) -> str:
    """The text between, if it holds more than separators; 、 counts only between two passages."""
    between = text[start:end]
    return "" if all(c in SEPARATORS or c == ENUMERATION for c in between) else between


def _passages(_text: str, rows: list[_Numbered], _document: Document) -> Iterator[Problem]:
    """Rows of one passage agree; a passage that promises nothing has one row, with its reason."""
    for span, group in groupby(rows, key=lambda item: item[1].span):
        members = list(group)
        number, first = members[0]
        for other_number, other in members[1:]:
            for column in ("line", "quote", "role", "reason"):
                if getattr(other, column) != getattr(first, column):
                    yield Problem(other_number, column, f"differs from row {number}, same passage")
            if other.figures_exempt:
                yield Problem(other_number, "figures_exempt", "belongs on the passage's first row")
            if not other.is_commitment:
                yield Problem(other_number, "role", f"a second row for {span[0]} to {span[1]}")
        if not first.is_commitment and not first.reason.strip():
            yield Problem(number, "reason", "no reason why the passage promises nothing")


def _codes(_text: str, rows: list[_Numbered], document: Document) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    links = {row.code: row.same_as for _number, row in rows if row.code}
    for number, row in rows:
        if not row.is_commitment:
            continue
        match = CODE.match(row.code)
        if match is None:
            yield Problem(number, "code", f"{row.code!r} is not like 2024-3.2-07")
            continue
        if row.code in seen:
            yield Problem(number, "code", f"{row.code} stands in row {seen[row.code]} already")
        seen.setdefault(row.code, number)
        if document.year is not None and int(match["year"]) != document.year:
            yield Problem(number, "code", f"the report is of {document.year}")
        place = document.place(row.start)
        if place != (int(match["area"]), int(match["theme"])):
            there = f"{place[0]}.{place[1]}" if place else "outside every area"
            yield Problem(number, "code", f"the passage stands in {there}")
        for other in row.same_as:
            if other == row.code or other not in links:
                yield Problem(number, "same_as", f"{other} is no other commitment of the table")
            elif row.code not in links[other]:
                yield Problem(number, "same_as", f"{other} is not linked back")


def _kinds(_text: str, rows: list[_Numbered], _document: Document) -> Iterator[Problem]:
    """A commitment has kind and title and only its kind's facts; other passages have none."""
    for number, row in rows:
        if row.is_commitment:
            for column in ("kind", "title"):
                if not getattr(row, column).strip():
                    yield Problem(number, column, "missing")
            barred: tuple[str, ...] = ()
            if row.kind != "target":
                barred += words.TARGET_COLUMNS
            if row.kind != "project":
                barred += words.PROJECT_COLUMNS
            reason = f"not for a {row.kind or 'row without a kind'}"
        else:
            barred, reason = words.COMMITMENT_COLUMNS, f"not for the role {row.role}"
        for column in barred:
            if getattr(row, column) not in ("", None, ()):
                yield Problem(number, column, reason)
        if row.hedge and row.hedge not in row.quote:
            yield Problem(number, "hedge", f"{row.hedge} is not in the passage")


def _targets(text: str, rows: list[_Numbered], _document: Document) -> Iterator[Problem]:
    """Value, unit and comparator stand together and parse back from the passage's words."""
    for number, row in rows:
        if row.kind != "target":
            continue
        for column in ("metric", "direction"):
            if not getattr(row, column):
                yield Problem(number, column, "missing")
        if row.comparator == "at_most" and row.direction == "up":
            yield Problem(number, "direction", "up, where the words set an upper limit")
        if row.value is None:
            for column in ("comparator", "unit"):
                if getattr(row, column):
                    yield Problem(number, column, "given without a value")
            continue
        missing = [column for column in ("comparator", "unit") if not getattr(row, column)]
        for column in missing:
            yield Problem(number, column, "missing beside the value")
        figures = [f for f in find_figures(text, row.start, row.end) if _usable(f)]
        same_value = [f for f in figures if f.value == row.value]
        same_unit = [f for f in same_value if f.unit == row.unit]
        if not same_value:
            yield Problem(number, "value", f"{row.value} is not a figure of the passage")
        elif not same_unit and "unit" not in missing:
            read = " or ".join(sorted({f.unit for f in same_value}))
            yield Problem(number, "unit", f"{row.unit!r} given, the words say {read!r}")
        elif row.comparator and all(f.comparator != row.comparator for f in same_unit):
            read = " or ".join(sorted({f.comparator for f in same_unit}))
            yield Problem(number, "comparator", f"{row.comparator} given, the words say {read}")


def _usable(figure: Figure) -> bool:
    """A figure, or a number in words, which a person may take for a count to deliver."""
    return not figure.exempt or figure.exempt.startswith(IN_WORDS)


def _figures(text: str, rows: list[_Numbered], document: Document) -> Iterator[Problem]:
    """Every number of the plan is in a target of its passage, or exempt with a reason in the table.

    Two equal figures in a passage need two targets: 小学2所、幼儿园2所 promises two things.
    """
    covered: set[int] = set()
    for _span, group in groupby(rows, key=lambda item: item[1].span):
        members = list(group)
        number, first = members[0]
        if not 0 <= first.start < first.end <= len(text):
            continue
        stated = Counter((row.value, row.unit) for _n, row in members if row.kind == "target")
        figures = find_figures(text, first.start, first.end)
        covered |= {figure.start for figure in figures}
        counted = [figure for figure in figures if figure.surface not in first.figures_exempt]
        for figure in counted:
            key = figure.value, figure.unit
            if stated[key] < sum((other.value, other.unit) == key for other in counted):
                yield Problem(number, "value", f"{figure.surface} is in no target and not exempt")
        for surface in first.figures_exempt.keys() - {figure.surface for figure in figures}:
            yield Problem(number, "figures_exempt", f"{surface} is no number of the passage")
    for figure in find_figures(text, document.plan.start, document.plan.end):
        if figure.start not in covered:
            yield Problem(1, "value", f"{figure.surface} at {figure.start} is in no passage")


def _baselines(text: str, rows: list[_Numbered], document: Document) -> Iterator[Problem]:
    """A baseline is quoted from the review of last year, and its figure stands in the quote."""
    for number, row in rows:
        start, quote = row.baseline_start, row.baseline_quote
        facts = (start, quote, row.baseline_match, row.baseline_value, row.baseline_unit)
        if all(fact in ("", None) for fact in (*facts, row.baseline_note)):
            continue
        if start is None or not quote or not row.baseline_match:
            yield Problem(number, "baseline_quote", "a baseline needs quote, start and match")
            continue
        if text[start : start + len(quote)] != quote:
            yield Problem(number, "baseline_quote", f"not the text at {start}")
        elif not document.review.start <= start < start + len(quote) <= document.review.end:
            yield Problem(number, "baseline_start", "outside the review of last year")
        if row.baseline_match == "near" and not row.baseline_note.strip():
            yield Problem(number, "baseline_note", "a near metric needs a note that says which")
        if row.baseline_value is None:
            if row.baseline_unit:
                yield Problem(number, "baseline_value", "missing beside its unit")
            continue
        figures = find_figures(text, start, start + len(quote))
        if not any(f.value == row.baseline_value and f.unit == row.baseline_unit for f in figures):
            stated = f"{row.baseline_value}{row.baseline_unit}"
            yield Problem(number, "baseline_value", f"{stated} is not in the baseline's quote")


def _projects(_text: str, rows: list[_Numbered], _document: Document) -> Iterator[Problem]:
    """A project has name, verb and stage; the name's characters stand in order in its passage."""
    for number, row in rows:
        if row.kind != "project":
            continue
        for column in words.PROJECT_COLUMNS:
            if not getattr(row, column):
                yield Problem(number, column, "missing")
        if not in_order(row.project_name, row.quote):
            yield Problem(number, "project_name", "its characters are not in order in the passage")
        if not in_order(row.verb, row.quote):
            yield Problem(number, "verb", f"{row.verb} is not in the passage")


def in_order(part: str, whole: str) -> bool:
    """Whether every character of `part` stands in `whole`, in the same order."""
    characters = iter(whole)
    return all(char in characters for char in part)


def _incomplete(rows: list[_Numbered]) -> Iterator[Problem]:
    for number, row in rows:
        if row.is_commitment and not row.scorecards:
            yield Problem(number, "scorecards", "missing")
        if row.kind == "target" and not row.metric_en:
            yield Problem(number, "metric_en", "missing")
        if row.is_commitment and hedge_in(row.quote) in ("力争", "争取") and not row.hedge:
            yield Problem(number, "hedge", f"the passage says {hedge_in(row.quote)}")
