"""Real files of another program: one made once by LibreOffice, and those that it makes here and now."""

import shutil
import subprocess
from pathlib import Path

import pytest

from commitments.exchange.columns import recognise
from commitments.exchange.ledger_columns import COLUMNS
from commitments.exchange.ledger_import import read_ledger
from commitments.models import Commitment
from tests.exchange.ledgers import exported, make_ledger, planned, write

pytestmark = pytest.mark.django_db

MADE_ONCE = Path(__file__).parent / "files" / "ledger_libreoffice.xlsx"
SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed here")


def test_every_header_of_a_file_sent_out_before_is_recognised():
    (table,) = read_ledger(MADE_ONCE.read_bytes(), MADE_ONCE.name)

    assert len(recognise(table.header, COLUMNS)) == len(table.header) == len(COLUMNS)


def test_a_ledger_saved_by_libreoffice_changes_nothing():
    report = make_ledger()

    plan = planned(report, MADE_ONCE.read_bytes(), MADE_ONCE.name)

    assert plan.faults == []
    assert [(line.code, line.cells) for line in plan.changes + plan.conflicts] == []
    assert plan.unchanged == 4


def test_a_change_in_it_is_seen_and_nothing_else():
    report = make_ledger()
    Commitment.objects.filter(code="2024-1.1-03").update(contact="张三")

    plan = planned(report, MADE_ONCE.read_bytes(), MADE_ONCE.name)

    assert [(line.code, cell.old, cell.new) for line in plan.changes for cell in line.cells] == [
        ("2024-1.1-03", "张三", "")
    ]


def converted(content: bytes, folder: Path, target: str) -> bytes:
    """Return what LibreOffice makes of the workbook."""
    assert SOFFICE is not None
    (folder / "in.xlsx").write_bytes(content)
    command = [
        SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless",
        "--convert-to", target, "--outdir", str(folder / "out"), str(folder / "in.xlsx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    (made,) = (folder / "out").iterdir()
    return made.read_bytes()


@needs_libreoffice
@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("xlsx:Calc MS Excel 2007 XML", "a.xlsx"),
        ("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false", "a.csv"),
    ],
)
def test_what_libreoffice_saves_here_and_now_changes_nothing_but_what_was_changed(tmp_path, target, name):
    report = make_ledger()
    content = write(exported(report), "2024-1.1-03", contact="李四")

    plan = planned(report, converted(content, tmp_path, target), name)

    assert plan.faults == []
    assert [(line.code, cell.new) for line in plan.changes for cell in line.cells] == [
        ("2024-1.1-03", "李四")
    ]
    assert plan.unchanged == 3
