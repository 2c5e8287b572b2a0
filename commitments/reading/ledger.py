"""The ledger of codes: every code ever given, with the words it was given for. Append-only.

A code is for people and for URLs: once given it never means other words, and the words never get
another code, even when a later reading drops them.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

from commitments.reading.rows import Problem, Row

_COLUMNS = ("code", "quote", "subject")
_BOM = "\ufeff"


class Entry(NamedTuple):
    """What a code stands for. `subject` tells commitments of one passage apart: project or metric."""

    code: str
    quote: str
    subject: str

    @property
    def words(self) -> tuple[str, str]:
        """The entry without its code."""
        return self.quote, self.subject


def entry_of(row: Row) -> Entry:
    """The ledger's entry for a commitment."""
    return Entry(row.code, row.quote, row.project_name or row.metric)


def read_ledger(path: Path) -> list[Entry]:
    """The entries so far; none where there is no ledger yet. Raises ValueError for another file."""
    if not path.exists():
        return []
    reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    header = next(reader, [])
    if tuple(header) != _COLUMNS:
        raise ValueError(f"{path.name}: the columns are not {', '.join(_COLUMNS)}")
    entries = []
    for cells in reader:
        if len(cells) != len(_COLUMNS):
            raise ValueError(f"{path.name}, line {reader.line_num}: {len(cells)} cells, not 3")
        entries.append(Entry(*cells))
    return entries


def dump_ledger(entries: list[Entry]) -> str:
    """The ledger as a CSV file that opens correctly in Excel."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows(entries)
    return _BOM + buffer.getvalue()


def extend_ledger(ledger: list[Entry], rows: list[Row]) -> tuple[list[Entry], list[Problem]]:
    """The ledger with the table's new codes appended, and what contradicts it.

    Refused: a code that the ledger gave to other words, and words whose code of old is no longer in
    the table. Words that the report prints twice may have two codes, as long as both are in use.
    """
    known = {entry.code: entry for entry in ledger}
    of_words: dict[tuple[str, str], list[str]] = {}
    for entry in ledger:
        of_words.setdefault(entry.words, []).append(entry.code)
    in_use = {row.code for row in rows if row.is_commitment}
    extended, problems = list(ledger), []
    for number, row in enumerate(rows, 2):
        if not row.is_commitment:
            continue
        entry = entry_of(row)
        if row.code in known:
            old = known[row.code]
            if old.words != entry.words:
                was = old.subject or old.quote
                problems.append(Problem(number, "code", f"{row.code} was given to {was!r}"))
            continue
        dropped = [code for code in of_words.get(entry.words, []) if code not in in_use]
        if dropped:
            problems.append(Problem(number, "code", f"these words have the code {dropped[0]}"))
        known[row.code] = entry
        extended.append(entry)
    return extended, problems
