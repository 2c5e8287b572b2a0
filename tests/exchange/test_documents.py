"""The Word documents: approved facts only, counts that agree, no ranking unless switched on."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.utils.translation import override
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from commitments.choices import AmendmentKind, Decision, Method, PublicStatus, Role, SelfReport
from commitments.exchange import documents, ledger_export
from commitments.exchange.document_words import GROUPS, chinese, name_of
from commitments.models import Amendment
from commitments.progress.periods import periods_of
from tests.exchange.ledgers import NOW, TODAY, make_ledger
from tests.factories import (
    make_commitment,
    make_department,
    make_link,
    make_review,
    make_target,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db

SECRET = "尚未审核的说法"


def make_year():
    """Make a report with a target reached and verified, one blocked, and one that nobody reviewed."""
    report = make_ledger()
    lead = make_department("区科技局")
    target = make_target(report, lead=lead, title="新增高新技术企业50家")
    update = make_update(
        target, status=SelfReport.COMPLETED, value=Decimal("52"), value_source="月报", account="新增52家。",
        as_of=dt.date(2024, 9, 30),
    )  # fmt: skip
    make_link(update)
    make_review(update, Decision.VERIFIED, method=Method.DOCUMENTS)
    blocked = make_commitment(report, lead=lead, title="推进路网改造")
    make_review(
        make_update(
            blocked,
            status=SelfReport.BLOCKED,
            obstacle="征地未完成",
            help_needed="无",
            as_of=dt.date(2024, 9, 20),
        )
    )
    make_update(make_commitment(report), account=SECRET)
    return report


def september(report):
    return next(period for period in periods_of(report.year) if period.number == 9)


def notice(report):
    return Document(io.BytesIO(documents.progress_notice(report, september(report), today=TODAY)))


def account(report, today=dt.date(2025, 1, 10)):
    return Document(io.BytesIO(documents.year_end_account(report, today=today)))


def words(document) -> str:
    """Return everything that stands in the document, tables included, in its order."""
    return "\n".join(
        "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
        for paragraph in document.element.body.iter(qn("w:p"))
    )


@pytest.mark.parametrize("make", [notice, account])
class TestBoth:
    def test_tell_approved_facts_and_nothing_else(self, make):
        text = words(make(make_year()))

        assert "新增52家。" in text
        assert "征地未完成" in text
        assert SECRET not in text

    def test_print_the_rate_with_formula_and_denominator(self, make):
        text = words(make(make_year()))

        assert "已完成并经核验2项，占28.6%" in text
        assert "＝2÷7＝28.6%" in text

    def test_list_every_commitment_by_area(self, make):
        report = make_year()

        text = words(make(report))

        assert [row.code for row in report.commitments.all() if row.code not in text] == []
        assert "尚未明确" in text

    def test_are_chinese_whatever_the_screen_says(self, make):
        report = make_year()

        with override("en"):
            english = words(make(report))

        assert english == words(make(report))
        assert "Completed" not in english

    def test_name_the_fonts_of_official_papers(self, make):
        styles = make(make_year()).styles

        fonts = {
            name: styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
            for name in ("Normal", "Title", "Heading 1", "Heading 2")
        }
        assert fonts == {
            "Normal": "仿宋_GB2312", "Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体_GB2312",
        }  # fmt: skip

    def test_say_that_data_is_invented_before_anything_else(self, make):
        report = make_year()

        assert "演示数据" not in words(make(report))
        make_update(make_commitment(report), is_demo=True)

        assert words(make(report)).lstrip().startswith("演示数据")

    def test_carry_no_ranking_unless_switched_on(self, make, settings):
        report = make_year()

        assert "排序" not in words(make(report))
        settings.RANK_DEPARTMENTS = True

        assert ("排序" in words(notice(report))) is True

    def test_survive_what_word_cannot_hold(self, make):
        report = make_year()
        make_review(
            make_update(
                make_commitment(report),
                account="a\x0bb\x01c <w:p> & ]]>",
                status=SelfReport.BLOCKED,
                obstacle="x\ud7ffy",
                help_needed="无",
            )
        )

        assert "<w:p>" in words(make(report))


class TestNotice:
    def test_is_of_the_period(self):
        text = words(notice(make_year()))

        assert "2024年9月推进情况的通报" in text
        assert "2024年9月（2024年9月1日至2024年9月30日）有最新情况的承诺事项2项" in text

    def test_every_status_stands_in_one_column(self):
        columns = [status for statuses in GROUPS.values() for status in statuses]

        assert sorted(columns) == sorted(PublicStatus)

    def test_the_table_by_area_adds_up(self):
        document = notice(make_year())

        table = next(table for table in document.tables if table.cell(0, 0).text == "责任领域")
        rows = [[int(cell.text) for cell in row.cells[1:]] for row in table.rows[1:]]
        assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1]
        assert all(row[0] == sum(row[1:]) for row in rows)

    def test_asks_the_database_a_constant_number_of_times(self, django_assert_max_num_queries):
        report = make_year()

        with django_assert_max_num_queries(8):
            documents.progress_notice(report, september(report), today=TODAY)


class TestAccount:
    def test_shows_every_target_with_promise_and_figure(self):
        text = words(account(make_year()))

        assert "量化指标2项" in text
        assert "52家" in text

    def test_says_when_the_year_is_not_over(self):
        report = make_year()

        assert "年度尚未结束" in words(account(report, today=TODAY))
        assert "年度尚未结束" not in words(account(report))

    def test_shows_what_was_amended_beside_the_original(self):
        report = make_year()
        one, other = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
        Amendment.objects.create(
            commitment=report.commitments.get(title="推进路网改造"), kind=AmendmentKind.DEADLINE,
            old_deadline=dt.date(2024, 10, 31), new_deadline=dt.date(2024, 12, 30), reason="汛情影响",
            authority="区政府常务会议", document_number="〔2024〕5号",
            proposed_by=one, proposed_by_name=str(one), proposed_at=NOW,
            decided_by=other, decided_by_name=str(other), decided_at=NOW, is_approved=True,
        )  # fmt: skip

        text = words(account(report))

        assert "时限由2024年10月31日调整为2024年12月30日（推迟60天）。" in text
        assert "理由：汛情影响。依据：区政府常务会议〔2024〕5号" in text


def test_the_full_ledger_holds_approved_facts_and_nothing_internal():
    report = make_year()

    content = b"".join(ledger_export.document_ledger(report, today=TODAY))

    book = load_workbook(io.BytesIO(content))
    texts = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert "新增52家。" in texts
    assert SECRET not in texts
    assert "+86" not in texts
    assert [title for title in ("联系人", "版本", "标签") if title in texts] == []


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (14, "十四"), (20, "二十"), (21, "二十一")]
)
def test_numerals(number, text):
    assert chinese(number) == text


def test_quarters_are_named_as_in_official_papers():
    assert [name_of(period) for period in periods_of(2024, "quarterly")][2] == "2024年第三季度"
