"""From the reviewed table and the report's text to Django fixture records, byte for byte the same.

Records carry natural keys, so they need no database to be written and none to be compared.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from commitments.reading.check import check_table, in_order
from commitments.reading.document import Document, read_document
from commitments.reading.ledger import dump_ledger, extend_ledger, read_ledger
from commitments.reading.marks import bare
from commitments.reading.rows import SCORECARDS, Row
from commitments.reading.table import TableError, read_table

Record = dict[str, Any]

TEXT, TABLE, OUTLINE, ABOUT, LEDGER = (
    "report.txt",
    "reviewed.csv",
    "outline.csv",
    "about.csv",
    "codes.csv",
)
#: Identifier and English name of each scorecard, in the order of `SCORECARDS`.
_SCORECARDS = (
    ("party", "Party building"),
    ("economy", "Economy"),
    ("safety", "Public safety"),
    ("reform", "Reform"),
    ("innovation", "Innovation"),
    ("ecology", "Ecology"),
    ("culture", "Culture"),
    ("livelihood", "Livelihoods"),
)
_ABOUT = ("slug", "district", "title", "occasion", "speaker", "origin")


class FixtureError(ValueError):
    """The sources do not make a fixture; every problem names its file, row and column."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Gloss:
    """A title or term in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Built:
    """The fixture and the extended ledger, as the bytes that belong in their files."""

    fixture: bytes
    ledger: bytes
    commitments: int
    new_codes: int


def build(folder: Path) -> Built:
    """Join the sources in a folder. Raises `FixtureError` with everything that is wrong."""
    try:
        text = (folder / TEXT).read_text(encoding="utf-8")
        rows = read_table(folder / TABLE)
        outline = _read_glosses(folder / OUTLINE, ("kind", "key", "zh", "en"))
        about = _read_glosses(folder / ABOUT, ("key", "zh", "en"))
        ledger = read_ledger(folder / LEDGER)
    except TableError as error:
        raise FixtureError([f"{TABLE}: {problem}" for problem in error.problems]) from error
    except (OSError, ValueError) as error:
        raise FixtureError([str(error)]) from error
    document = read_document(text)
    extended, code_problems = extend_ledger(ledger, rows)
    problems = [
        f"{TABLE}: {problem}" for problem in check_table(text, rows, document, complete=True) + code_problems
    ]
    problems += _check_about(document, about) + _check_outline(document, outline)
    if problems:
        raise FixtureError(problems)
    records = list(fixture_records(document, rows, outline, about))
    dumped = json.dumps(records, ensure_ascii=False, indent=1) + "\n"
    return Built(
        dumped.encode(),
        dump_ledger(extended).encode(),
        sum(row.is_commitment for row in rows),
        len(extended) - len(ledger),
    )


def _read_glosses(path: Path, columns: tuple[str, ...]) -> dict[tuple[str, ...], Gloss]:
    """Glosses by what stands before them in their row. Raises ValueError naming row and column."""
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    if tuple(reader.fieldnames or ()) != columns:
        raise ValueError(f"{path.name}: row 1: the columns are not {', '.join(columns)}")
    found: dict[tuple[str, ...], Gloss] = {}
    for number, cells in enumerate(reader, 2):
        if any(not isinstance(cells.get(column), str) for column in columns) or None in cells:
            raise ValueError(f"{path.name}: row {number}: not {len(columns)} cells")
        key = tuple(cells[column] for column in columns[:-2])
        if key in found:
            raise ValueError(f"{path.name}: row {number}, key: {' '.join(key)} is there twice")
        found[key] = Gloss(cells["zh"], cells["en"])
    return found


def _check_about(document: Document, about: Mapping[tuple[str, ...], Gloss]) -> list[str]:
    problems = [f"{ABOUT}: {key} is missing" for key in _ABOUT if (key,) not in about]
    head = document.text[: document.review.start]
    for key in ("occasion", "speaker"):
        if (key,) in about and not in_order(about[(key,)].zh, head):
            problems.append(f"{ABOUT}: {key}: {about[(key,)].zh} is not in the report's head")
    title = about.get(("title",), Gloss("", "")).zh
    if title and not bare(title).endswith(bare(document.title) or "政府工作报告"):
        problems.append(f"{ABOUT}: title: {title} does not end with the report's own title")
    if document.year is None or document.delivered is None:
        problems.append(f"{TEXT}: no year or day of delivery")
    return problems


def _check_outline(document: Document, outline: Mapping[tuple[str, ...], Gloss]) -> list[str]:
    """Every area, theme and term has a gloss whose Chinese is the report's, and nothing else does."""
    expected: dict[tuple[str, ...], str] = {("area", str(area.number)): area.title for area in document.areas}
    expected |= {("theme", theme.key): theme.lead.of(document.text) for theme in document.themes}
    expected |= {("term", str(term.number)): term.term for term in document.terms}
    problems = [f"{OUTLINE}: {' '.join(key)} is missing" for key in expected if key not in outline]
    for key, gloss in outline.items():
        if key not in expected:
            problems.append(f"{OUTLINE}: {' '.join(key)} is not in the report")
        elif not in_order(gloss.zh, expected[key]) or not gloss.zh:
            problems.append(f"{OUTLINE}: {' '.join(key)}, zh: {gloss.zh} is not {expected[key]}")
        elif not gloss.en:
            problems.append(f"{OUTLINE}: {' '.join(key)}, en: missing")
    return problems


def fixture_records(
    document: Document,
    rows: list[Row],
    outline: Mapping[tuple[str, ...], Gloss],
    about: Mapping[tuple[str, ...], Gloss],
) -> Iterator[Record]:
    """Every record, in the order in which they can be loaded."""
    slug = about[("slug",)].zh
    yield _report(document, slug, about)
    for area in document.areas:
        gloss = outline[("area", str(area.number))]
        fields: Record = {"report": [slug], "number": area.number, "title": gloss.zh, "title_en": gloss.en}
        yield _record("responsiblearea", fields | {"start": area.span.start, "end": area.span.end})
    for theme in document.themes:
        gloss = outline[("theme", theme.key)]
        fields = {"area": [slug, theme.area], "number": theme.number}
        fields |= {"title": gloss.zh, "title_en": gloss.en}
        yield _record("theme", fields | {"start": theme.span.start, "end": theme.span.end})
    passages = [next(group) for _span, group in groupby(rows, key=lambda row: row.span)]
    yield from (_passage(document, slug, row) for row in passages)
    yield from _glossary(document, slug, outline, [row.span for row in passages])
    for number, (name, (key, name_en)) in enumerate(zip(SCORECARDS, _SCORECARDS, strict=True), 1):
        yield _record("scorecard", {"key": key, "number": number, "name": name, "name_en": name_en})
    commitments = [row for row in rows if row.is_commitment]
    for sequence, row in enumerate(commitments, 1):
        yield _commitment(document, slug, row, sequence)
    for row in commitments:
        if row.kind == "target":
            yield _target(slug, row)
        elif row.kind == "project":
            yield _project(slug, row)


def _record(model: str, fields: Record) -> Record:
    return {"model": f"commitments.{model}", "fields": fields}


def _report(document: Document, slug: str, about: Mapping[tuple[str, ...], Gloss]) -> Record:
    return _record(
        "report",
        {
            "slug": slug,
            "district": about[("district",)].zh,
            "district_en": about[("district",)].en,
            "year": document.year,
            "title": about[("title",)].zh or document.title,
            "title_en": about[("title",)].en,
            "delivered_on": document.delivered.isoformat() if document.delivered else None,
            "occasion": about[("occasion",)].zh,
            "speaker": about[("speaker",)].zh,
            "origin": about[("origin",)].zh,
            "text": document.text,
            "text_sha256": hashlib.sha256(document.text.encode()).hexdigest(),
            "review_start": document.review.start,
            "review_end": document.review.end,
            "plan_start": document.plan.start,
            "plan_end": document.plan.end,
        },
    )


def _theme_key(document: Document, slug: str, offset: int) -> list[Any] | None:
    """Natural key of the theme at an offset; None in headings, introductions and outside areas."""
    place = document.place(offset)
    return [slug, *place] if place is not None and place[1] else None


def _passage(document: Document, slug: str, row: Row) -> Record:
    fields: Record = {"report": [slug], "theme": _theme_key(document, slug, row.start)}
    fields |= {"start": row.start, "end": row.end, "text": row.quote}
    return _record("passage", fields | {"role": row.role, "reason": row.reason})


def _glossary(
    document: Document,
    slug: str,
    outline: Mapping[tuple[str, ...], Gloss],
    passages: list[tuple[int, int]],
) -> Iterator[Record]:
    for term in document.terms:
        fields: Record = {"report": [slug], "number": term.number, "term": term.term}
        fields |= {"term_en": outline[("term", str(term.number))].en, "definition": term.definition}
        yield _record("glossaryterm", fields | {"start": term.span.start, "end": term.span.end})
    for use in document.term_uses:
        span = next((s for s in passages if s[0] <= use.start and use.end <= s[1]), None)
        fields = {"term": [slug, use.number], "passage": [slug, *span] if span else None}
        yield _record("termuse", fields | {"start": use.start, "end": use.end})


def _commitment(document: Document, slug: str, row: Row, sequence: int) -> Record:
    keys = dict(zip(SCORECARDS, (key for key, _en in _SCORECARDS), strict=True))
    return _record(
        "commitment",
        {
            "report": [slug],
            "theme": _theme_key(document, slug, row.start),
            "passage": [slug, row.start, row.end],
            "code": row.code,
            "sequence": sequence,
            "kind": row.kind,
            "title": row.title,
            "hedge": row.hedge,
            "reading_note": row.reason,
            "same_promise": [[slug, code] for code in row.same_as],
            "scorecards": [[keys[card]] for card in row.scorecards],
        },
    )


def _target(slug: str, row: Row) -> Record:
    start = row.baseline_start
    return _record(
        "target",
        {
            "commitment": [slug, row.code],
            "metric": row.metric,
            "metric_en": row.metric_en,
            "scope": row.scope,
            "comparator": row.comparator,
            "value": _printed(row.value),
            "unit": row.unit,
            "direction": row.direction,
            "baseline_value": _printed(row.baseline_value),
            "baseline_unit": row.baseline_unit,
            "baseline_start": start,
            "baseline_end": None if start is None else start + len(row.baseline_quote),
            "baseline_match": row.baseline_match,
            "baseline_note": row.baseline_note,
        },
    )


def _printed(value: Decimal | None) -> str | None:
    """A decimal as printed in the table, so that no float ever touches it."""
    return None if value is None else str(value)


def _project(slug: str, row: Row) -> Record:
    fields = {"commitment": [slug, row.code], "name": row.project_name, "verb": row.verb}
    return _record("project", fields | {"promised_stage": row.promised_stage})
