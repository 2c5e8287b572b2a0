"""The commands around reading."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from commitments.reading.table import parse_table, read_table

from .excerpts import report


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(report("壮大产业。新增企业50家。"), encoding="utf-8")
    return path


def run(name, *args, **options):
    out, err = StringIO(), StringIO()
    call_command(name, *args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_draft_is_written_to_a_file(text, tmp_path):
    _out, err = run("draft_commitments", text, output=tmp_path / "draft.csv")

    assert [row.title for row in read_table(tmp_path / "draft.csv") if row.kind == "target"]
    assert "2 targets" in err


def test_draft_is_printed_without_a_file(text):
    out, _err = run("draft_commitments", text)

    assert parse_table(out)


def test_what_was_not_understood_is_said_with_its_line(tmp_path):
    (tmp_path / "report.txt").write_text("今天天气很好。\n", encoding="utf-8")

    _out, err = run("draft_commitments", tmp_path / "report.txt")

    assert "line 1: no heading of a plan" in err


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "report.txt").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(CommandError, match="cannot read"):
        run("draft_commitments", tmp_path / "report.txt")


def test_compare_prints_scores_and_differences(text, tmp_path):
    run("draft_commitments", text, output=tmp_path / "reviewed.csv")

    out, _err = run("compare_draft", report=text, reviewed=tmp_path / "reviewed.csv", differences=True)

    assert "100.0%" in out


def test_compare_without_a_table_says_so(text, tmp_path):
    with pytest.raises(CommandError, match=r"none\.csv"):
        run("compare_draft", report=text, reviewed=tmp_path / "none.csv")


def test_build_refuses_a_folder_without_sources(tmp_path):
    with pytest.raises(CommandError, match=r"report\.txt"):
        run("build_fixture", tmp_path)


def test_check_writes_nothing_and_names_what_is_stale(tmp_path):
    from django.conf import settings

    source = settings.BASE_DIR / "fixtures" / "nanan_2024"
    for path in source.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "codes.csv").unlink()

    with pytest.raises(CommandError, match=r"stale: .*codes\.csv"):
        run("build_fixture", tmp_path, check=True)

    assert not (tmp_path / "codes.csv").exists()
    run("build_fixture", tmp_path)
    run("build_fixture", tmp_path, check=True)
