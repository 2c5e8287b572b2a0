"""The real report: its structure, its table, its fixture, and how well the draft reads it."""

import hashlib
import re
from pathlib import Path

import pytest

from commitments.reading.check import check_table
from commitments.reading.compare import compare_tables
from commitments.reading.document import read_document
from commitments.reading.draft import draft_rows
from commitments.reading.fixture import build
from commitments.reading.table import dump_table, read_table

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "nanan_2024"
TEXT = (FOLDER / "report.txt").read_text(encoding="utf-8")
DOCUMENT = read_document(TEXT)


@pytest.fixture(scope="module")
def reviewed():
    return read_table(FOLDER / "reviewed.csv")


@pytest.fixture(scope="module")
def draft():
    return draft_rows(DOCUMENT)


def test_the_text_is_the_one_whose_fingerprint_is_recorded():
    digest = hashlib.sha256((FOLDER / "report.txt").read_bytes()).hexdigest()

    assert digest in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_it_is_one_paragraph_a_line():
    assert TEXT.endswith("\n")
    assert not re.search(r"^\s|\s$|^$", TEXT[:-1], re.MULTILINE)


def test_its_structure_is_found_without_a_note():
    assert DOCUMENT.notes == ()
    assert [area.number for area in DOCUMENT.areas] == list(range(14))
    assert len(DOCUMENT.themes) == 33
    assert len(DOCUMENT.terms) == 33
    assert DOCUMENT.delivered is not None
    assert DOCUMENT.delivered.isoformat() == "2024-02-04"


def test_every_term_is_used_somewhere():
    assert {use.number for use in DOCUMENT.term_uses} == {term.number for term in DOCUMENT.terms}


def test_the_draft_is_true_to_the_text(draft):
    assert check_table(TEXT, draft, DOCUMENT) == []


def test_the_draft_is_the_same_every_time(draft):
    assert dump_table(draft) == dump_table(draft_rows(read_document(TEXT)))


def test_the_reviewed_table_is_true_and_complete(reviewed):
    assert [str(p) for p in check_table(TEXT, reviewed, DOCUMENT, complete=True)] == []


def test_the_reviewed_table_is_written_as_it_is_read(reviewed):
    assert (FOLDER / "reviewed.csv").read_bytes().decode() == dump_table(reviewed)


def test_it_has_the_number_of_commitments_that_the_text_can_hold(reviewed):
    commitments = [row for row in reviewed if row.is_commitment]

    assert 520 <= len(commitments) <= 650
    assert sum(bool(row.baseline_quote) for row in commitments) > 20


def test_the_fixture_is_as_built():
    built = build(FOLDER)

    assert built.fixture == (FOLDER / "nanan_2024.json").read_bytes()
    assert built.ledger == (FOLDER / "codes.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("commitments (passage)", 0.97),
        ("commitments (passage, kind)", 0.96),
        ("targets (value, unit, comparator)", 0.97),
        ("projects (name, stage)", 0.95),
        ("roles (characters)", 0.97),
    ],
)
def test_the_draft_comes_no_less_close_than_it_did(draft, reviewed, name, floor):
    score = next(score for score in compare_tables(draft, reviewed) if score.name == name)

    assert score.f1 >= floor
