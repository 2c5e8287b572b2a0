"""The real report: its structure, its table, its fixture, and how well the draft reads it."""

import hashlib
import re
from pathlib import Path

import pytest

from commitments.reading.check import check_table
from commitments.reading.compare import compare_tables
from commitments.reading.document import read_document
from commitments.reading.draft import draft_rows
from commitments.reading.figures import find_figures
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


def test_every_table_of_it_opens_in_excel():
    tables = sorted(FOLDER.glob("*.csv"))

    assert [path.name for path in tables] == ["about.csv", "codes.csv", "outline.csv", "reviewed.csv"]
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in tables)


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


#: What the rules decide in the passages that explain them: the kinds of the commitments, or the role.
DECIDED = {
    "全面落实成渝地区双城经济圈建设十大重点攻坚任务": "measure",
    "深入打好污染防治攻坚战": "heading",
    "推进文旅融合发展": "heading",
    "合作开发旅游线路": "measure",
    "携手办好2024中国西部动漫文化节、2024成渝体育产业联盟暨第六届重庆市体育产业博览会、"
    "重马国际消费节等重大文体活动": "project project project",
    "共建巴蜀文化旅游走廊": "measure",
    "谋划打造重庆东站枢纽新城,带动茶园片区加快发展": "project",
    "完善配套路网管网": "measure",
    "打造重庆城市门户和新地标": "purpose",
    "力争启动建设中央商务区4、6、7号地块": "project project project",
    "启动5G产业园二期等载体建设": "project",
    "新增“拎包入住”载体2万平方米": "target",
    "新增高新技术企业50家、科技型企业150家": "target target",
    "用好山城步道等资源,推出登山、徒步等一批特色化体育休闲旅游产品": "measure",
    "用好城市机会清单、城市合伙人等机制": "measure",
    "支持社会资本参与重点领域项目建设运营": "measure",
    "提速建设重庆市医疗器械产业园,打造医用耗材研发制造和供给保障基地": "project",
    "抓好交通缓堵保畅": "heading",
    "优化提升次支路网": "measure",
    "新增公共停车位1000个": "target",
    "提高城市交通运行效率": "purpose",
    "加强妇女儿童、残疾人关爱和权益保障": "measure",
    "建成区未成年人救助保护中心、区残疾人就业教育服务中心": "project project",
    "优化普惠性学前教育资源供给": "heading",
    "新增公办幼儿园2所、普惠性学位540个以上": "target target",
    "提升中医药服务能力": "measure",
    "打造南山中药品牌": "measure",
    "持续改善就医感受": "purpose",
    "打赢国企改革攻坚战": "measure",
    "深化国企“瘦身提质”": "measure",
    "不断提高国企经营能力": "purpose",
    "持续提升基层诊疗占比": "target",
    "平安建设走在全市前列": "target",
    "严格落实行政执法“三项制度”": "measure",
    "严格规范公正文明执法": "framing",
    "自觉接受人大监督和政协监督": "measure",
}


@pytest.mark.parametrize(("quote", "decided"), DECIDED.items())
def test_what_the_rules_decide_in_their_own_examples(reviewed, quote, decided):
    assert " ".join(row.kind or row.role for row in reviewed if row.quote == quote) == decided


def test_every_number_of_the_plan_is_a_target_or_exempt_with_a_reason_in_chinese(reviewed):
    figures = find_figures(TEXT, DOCUMENT.plan.start, DOCUMENT.plan.end)
    exempt = {row.span: row.figures_exempt for row in reviewed if row.figures_exempt}
    told = [figure for figure in figures if _exempt(figure, exempt)]
    targets = {row.span for row in reviewed if row.value is not None}
    left = [figure for figure in figures if figure not in told]

    assert all(re.search(r"[\u4e00-\u9fff]", why) for reasons in exempt.values() for why in reasons.values())
    assert all(any(start <= figure.start < end for start, end in targets) for figure in left)
    assert (len(left), len(told)) == (35, 52)


def _exempt(figure, exempt):
    return any(
        start <= figure.start < end and figure.surface in told for (start, end), told in exempt.items()
    )


def test_the_fixture_is_as_built():
    built = build(FOLDER)

    assert built.fixture == (FOLDER / "nanan_2024.json").read_bytes()
    assert built.ledger == (FOLDER / "codes.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("commitments (passage)", 0.975),
        ("commitments (passage, kind)", 0.965),
        ("targets (value, unit, comparator)", 0.99),
        ("projects (name, stage)", 0.955),
        ("roles (characters)", 0.975),
    ],
)
def test_the_draft_comes_no_less_close_than_it_did(draft, reviewed, name, floor):
    score = next(score for score in compare_tables(draft, reviewed) if score.name == name)

    assert score.f1 >= floor
