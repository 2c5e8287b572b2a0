"""From text and table to the fixture: deterministic, and refused when anything is untrue."""

import json
from dataclasses import replace

import pytest

from commitments.reading.document import read_document
from commitments.reading.draft import draft_rows
from commitments.reading.fixture import FixtureError, build
from commitments.reading.table import write_table

from .excerpts import report

TEXT = report("壮大产业。实施“两张网”工程,新增高新企业50家。启动建设麒麟大厦、鹭鸣中心等项目。")
ABOUT = (
    "key,zh,en\nslug,qinghe-2031,\ndistrict,青禾区,Qinghe\ntitle,,Report 2031\n"
    "occasion,青禾区第三届人民代表大会第二次会议,\nspeaker,,\norigin,made up,\n"
)
OUTLINE = """kind,key,zh,en
area,0,预期目标,Targets
area,1,"推动产业升级,加快发展",Industry
area,2,坚持政治引领,Leadership
theme,0.1,主要预期目标,Main targets
theme,1.1,壮大产业,Growth
theme,2.1,坚持政治引领,Leadership
term,1,“两张网”工程,Two networks
"""


@pytest.fixture
def folder(tmp_path):
    return sources(tmp_path)


def sources(folder, text=TEXT, about=ABOUT):
    """Write into the folder what a fixture is built from, the draft standing in for the reviewed table."""
    rows = [
        replace(row, scorecards=("经济",), metric_en="Metric" if row.kind == "target" else "")
        if row.is_commitment
        else row
        for row in draft_rows(read_document(text))
    ]
    (folder / "report.txt").write_text(text, encoding="utf-8")
    (folder / "outline.csv").write_text(OUTLINE, encoding="utf-8-sig")
    (folder / "about.csv").write_text(about, encoding="utf-8")
    write_table(folder / "reviewed.csv", rows)
    return folder


def records(folder, model):
    found = json.loads(build(folder).fixture)
    return [record["fields"] for record in found if record["model"] == f"commitments.{model}"]


def test_the_same_sources_give_the_same_bytes(folder):
    assert build(folder) == build(folder)


def test_everything_is_referred_to_by_natural_key(folder):
    targets = records(folder, "target")

    assert [target["commitment"] for target in targets] == [
        ["qinghe-2031", "2031-0.1-01"],
        ["qinghe-2031", "2031-1.1-02"],
    ]
    assert [target["value"] for target in targets] == ["6", "50"]


def test_the_text_is_stored_whole(folder):
    (stored,) = records(folder, "report")

    assert stored["text"] == TEXT
    assert stored["delivered_on"] == "2031-01-15"


def test_a_title_that_names_no_place_is_completed_beside_the_text(tmp_path):
    text = TEXT.replace("2031年青禾区政府工作报告", "政 府 工 作 报 告", 1)
    about = ABOUT.replace("title,,", "title,2031年青禾区政府工作报告,")

    (stored,) = records(sources(tmp_path, text, about), "report")

    assert stored["title"] == "2031年青禾区政府工作报告"
    assert stored["text"].startswith("政 府 工 作 报 告")


def test_passages_commitments_and_projects_are_all_there(folder):
    assert [row["name"] for row in records(folder, "project")] == ["麒麟大厦", "鹭鸣中心"]
    assert [row["sequence"] for row in records(folder, "commitment")] == [1, 2, 3, 4, 5, 6]
    passages = records(folder, "passage")
    assert len({(passage["start"], passage["end"]) for passage in passages}) == len(passages)


def test_a_use_of_a_term_points_at_its_passage(folder):
    (use,) = records(folder, "termuse")
    start = TEXT.index("实施“两张网”工程")

    assert use["term"] == ["qinghe-2031", 1]
    assert use["passage"] == ["qinghe-2031", start, start + len("实施“两张网”工程")]


def test_the_ledger_grows_by_the_new_codes(folder):
    built = build(folder)
    (folder / "codes.csv").write_bytes(built.ledger)

    assert built.new_codes == built.commitments == 6
    assert build(folder).new_codes == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("reviewed.csv", "新增高新企业50家,", "新增高新企业51家,", "quote: the text there reads"),
        ("reviewed.csv", ",经济,", ",,", "scorecards: missing"),
        ("reviewed.csv", "commitment", "vow", "role: 'vow' is none of"),
        ("reviewed.csv", "line,start", "line,begin", "start: column is missing"),
        ("outline.csv", "kind,key", "sort,key", "outline.csv: row 1"),
        ("outline.csv", "壮大产业", "做大产业", "outline.csv: theme 1.1, zh"),
        ("outline.csv", ",Growth", ",", "outline.csv: theme 1.1, en: missing"),
        ("outline.csv", "term,1", "term,2", "outline.csv: term 1 is missing"),
        ("outline.csv", "area,2", "area,1", "outline.csv: row 4, key"),
        ("about.csv", "slug", "snail", "about.csv: slug is missing"),
        ("about.csv", "第二次会议", "第九次会议", "about.csv: occasion"),
        ("about.csv", "title,,", "title,另一份报告,", "about.csv: title: 另一份报告 does not end with"),
        ("report.txt", "2031年1月15日", "年初", "report.txt: no year or day"),
    ],
)
def test_what_is_untrue_is_refused_with_its_place(folder, file, old, new, named):
    path = folder / file
    content = path.read_bytes().decode().replace(old, new, 1)
    path.write_bytes(content.encode())

    with pytest.raises(FixtureError) as error:
        build(folder)

    assert named in str(error.value)


def test_a_code_that_changes_its_meaning_is_refused(folder):
    ledger = build(folder).ledger.decode().replace("麒麟大厦\r\n", "麒麟酒店\r\n")
    (folder / "codes.csv").write_bytes(ledger.encode())

    with pytest.raises(FixtureError, match="was given to '麒麟酒店'"):
        build(folder)


def test_a_missing_source_is_named(folder):
    (folder / "outline.csv").unlink()

    with pytest.raises(FixtureError, match=r"outline\.csv"):
        build(folder)
