"""What a ledger would change, what is wrong with it, and what confirming writes."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.choices import AmendmentKind, Rhythm, Role, SelfReport, Via
from commitments.exchange import ledger_import
from commitments.models import Amendment, ChangeEntry, Commitment, ProgressUpdate, Target
from commitments.progress import amendments, fields
from commitments.progress.refusals import Invalid
from tests.exchange.ledgers import (
    NOW,
    TODAY,
    applied,
    changed,
    exported,
    make_ledger,
    planned,
    write,
)
from tests.factories import make_commitments, make_department, make_report, make_update, make_user
from tests.progress.acts import LATER

pytestmark = pytest.mark.django_db

TARGET, PROJECT, MEASURE = "2024-1.1-01", "2024-1.1-02", "2024-1.1-03"


def cells(plan):
    return [(line.code, cell.title, cell.old, cell.new) for line in plan.changes for cell in line.cells]


def sheet(*rows, header=("编号", "牵头单位", "完成时限", "联系人")) -> bytes:
    """Return a ledger that nobody exported, as .csv."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([header, *rows])
    return buffer.getvalue().encode()


def change(code, **values):
    commitment = Commitment.objects.get(code=code)
    old = fields.values_of([commitment])[commitment.pk]
    by = make_user(Role.ADMINISTRATOR)
    fields.write([fields.plan(commitment, old, values)], by=by, now=NOW, via=Via.PAGE, reason="另行调整")


class TestChanges:
    @pytest.mark.parametrize(
        ("key", "typed", "shown"),
        [
            ("lead", "区教委", "区教委"),
            ("supports", "区教委；区财政局", "区教委、区财政局"),
            ("deadline", dt.datetime(2024, 9, 30), "2024-09-30"),  # noqa: DTZ001
            ("deadline", "2024年9月30日", "2024-09-30"),
            ("rhythm", "monthly", Rhythm.MONTHLY.label),
            ("tags", "全新的词", "全新的词"),
            ("finish_line", "'=建成即办结", "=建成即办结"),
            ("contact", 62900000, "62900000"),
        ],
    )
    def test_one_cell_changes_one_thing(self, key, typed, shown):
        report = make_ledger()
        make_department("区教委")

        plan = planned(report, write(exported(report), MEASURE, **{key: typed}))

        ((code, _title, old, new),) = cells(plan)
        assert (code, old, sorted(new.split("、"))) == (MEASURE, "", sorted(str(shown).split("、")))
        assert (plan.unchanged, plan.faults) == (3, [])

    @pytest.mark.parametrize(
        "key", ["lead", "supports", "deadline", "rhythm", "scorecards", "tags", "finish_line", "contact"]
    )
    def test_emptying_a_cell_of_an_exported_row_removes_the_value(self, key):
        report = make_ledger()

        plan = planned(report, write(exported(report), PROJECT, **{key: None}))

        ((code, _title, old, new),) = cells(plan)
        assert (code, bool(old), new, plan.cleared_cells) == (PROJECT, True, "", 1)

    def test_an_empty_cell_of_a_row_without_version_changes_nothing_and_a_word_clears(self):
        report = make_ledger()

        plan = planned(report, sheet((PROJECT, "", "", "清空")), "a.csv")

        assert [(old != "", new) for _code, _title, old, new in cells(plan)] == [(True, "")]
        assert "版本" in plan.notes[0]

    def test_a_department_that_now_leads_no_longer_supports(self):
        report = make_ledger()

        plan = planned(report, sheet((PROJECT, "区财政局", "", "")), "a.csv")

        assert [new for _code, _title, _old, new in cells(plan)] == ["区财政局", "南坪街道（筹）、管委会"]

    def test_rows_that_are_missing_from_the_file_are_left_alone(self):
        report = make_ledger()

        plan = planned(report, sheet((MEASURE, "", "", "李四")), "a.csv")

        assert (plan.rows, len(plan.changes), plan.unchanged) == (1, 1, 0)

    def test_a_formula_counts_by_its_result_and_without_one_is_an_error(self):
        report = make_ledger()

        plan = planned(report, write(exported(report), MEASURE, contact='="李"&"四"'))

        ((fault,)) = plan.faults
        assert "公式" in fault.message


class TestFaults:
    @pytest.mark.parametrize(
        ("row", "column", "said"),
        [
            (("", "", "", "李四"), "编号", "没有编号"),
            (("2024-9.9-99", "", "", "李四"), "编号", "2024-9.9-99"),
            ((MEASURE, "没有的局", "", ""), "牵头单位", "没有的局"),
            ((MEASURE, "", "年底", ""), "完成时限", "年底"),
            ((MEASURE, "", "2019-01-01", ""), "完成时限", "2024"),
            ((MEASURE, "", "", "李" * 81), "联系人", "80"),
            ((MEASURE, "#REF!", "", ""), "牵头单位", "#REF!"),
        ],
    )
    def test_names_row_and_column_in_plain_words(self, row, column, said):
        report = make_ledger()

        (fault,) = planned(report, sheet((TARGET, "", "", ""), row), "a.csv").faults

        assert (fault.row, fault.column) == (3, column)
        assert said in fault.message
        assert f"第3行，“{column}”列" in fault.place

    def test_all_of_them_come_at_once(self):
        report = make_ledger()

        plan = planned(
            report,
            sheet((MEASURE, "甲", "乙", "丙" * 81), ("没有", "", "", ""), (MEASURE, "", "", "")),
            "a.csv",
        )

        assert len(plan.faults) == 5

    def test_a_sheet_of_which_a_part_was_sorted_is_caught(self):
        report = make_ledger()

        def swap_titles(page):
            title = next(cell.column for cell in page[1] if cell.value == "承诺事项")
            one, other = page.cell(2, title), page.cell(3, title)
            one.value, other.value = other.value, one.value

        plan = planned(report, changed(exported(report), swap_titles))

        assert [fault.column for fault in plan.faults] == ["承诺事项", "承诺事项"]

    def test_a_retired_commitment_and_an_inactive_department_are_refused(self):
        report = make_ledger()
        Commitment.objects.filter(code=TARGET).update(is_retired=True)
        make_department("撤并的局", is_active=False)

        plan = planned(report, sheet((TARGET, "", "", "李四"), (MEASURE, "撤并的局", "", "")), "a.csv")

        assert len(plan.faults) == 2

    def test_a_deadline_set_by_an_amendment_is_not_moved(self):
        report = make_ledger()
        one, other = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
        Amendment.objects.create(
            commitment=Commitment.objects.get(code=MEASURE), kind=AmendmentKind.DEADLINE,
            new_deadline=dt.date(2025, 3, 1), reason="汛情", authority="区政府常务会议", document_number="第5号",
            proposed_by=one, proposed_by_name=str(one), proposed_at=NOW,
            decided_by=other, decided_by_name=str(other), decided_at=NOW, is_approved=True,
        )  # fmt: skip

        (fault,) = planned(report, sheet((MEASURE, "", "2024-11-30", "")), "a.csv").faults

        assert "第5号" in fault.message

    def test_an_amendment_since_the_export_is_no_change_of_the_file(self):
        report = make_ledger()
        one, other = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
        applied(report, sheet((MEASURE, "", "", "李四")), by=one, name="a.csv")
        content = exported(report)
        commitment = Commitment.objects.get(code=MEASURE)
        made = amendments.propose(commitment, by=one, proposal=LATER, now=NOW)
        amendments.decide(made, by=other, approve=True, note="", now=NOW)

        plan = planned(report, content)

        assert (plan.faults, cells(plan), plan.conflicts) == ([], [], [])

    def test_a_version_that_was_typed_over_is_said(self):
        report = make_ledger()

        (fault,) = planned(report, write(exported(report), MEASURE, version="3", contact="李四")).faults

        assert fault.column == "版本"

    def test_the_same_column_twice_is_said(self):
        report = make_ledger()

        plan = planned(report, sheet((MEASURE, "a", "b"), header=("编号", "联系人", "Contact")), "a.csv")

        assert [fault.message for fault in plan.faults] == ["这一列出现了两次。"]


class TestConflicts:
    def test_the_same_cell_changed_by_somebody_else_is_to_be_decided(self):
        report = make_ledger()
        content = write(exported(report), PROJECT, contact="李四")
        change(PROJECT, contact="王五")

        plan = planned(report, content)

        (line,) = plan.conflicts
        (cell,) = line.cells
        assert (cell.base, cell.old, cell.new) == ("+86 23 6290 0000", "王五", "李四")
        assert plan.changes == []

    def test_a_row_that_only_somebody_else_changed_is_left_as_it_is(self):
        report = make_ledger()
        content = exported(report)
        change(PROJECT, contact="王五")

        plan = planned(report, content)

        assert (plan.changes, plan.conflicts, plan.unchanged) == ([], [], 4)

    def test_taking_the_files_row_does_not_undo_what_others_changed_beside_it(self):
        report = make_ledger()
        content = write(exported(report), PROJECT, contact="李四")
        change(PROJECT, finish_line="另有标准")
        (line,) = planned(report, content).conflicts

        applied(report, content, mine=[line.key])

        commitment = Commitment.objects.get(code=PROJECT)
        assert [cell.new for cell in line.others] == ["另有标准"]
        assert (commitment.contact, commitment.finish_line) == ("李四", "另有标准")

    def test_several_changes_since_are_followed_back(self):
        report = make_ledger()
        content = write(exported(report), PROJECT, lead="区财政局")
        change(PROJECT, contact="一")
        change(PROJECT, contact="二")
        change(PROJECT, contact="+86 23 6290 0000")

        plan = planned(report, content)

        assert (len(plan.changes), plan.conflicts) == (1, [])

    def test_a_newer_report_makes_the_files_report_a_conflict(self):
        report = make_ledger()
        content = write(exported(report), PROJECT, account="完成主体结构。", as_of="2024-09-30")
        make_update(
            Commitment.objects.get(code=PROJECT),
            account="他人填报",
            stage="started",
            as_of=dt.date(2024, 8, 1),
        )

        plan = planned(report, content)

        assert [line.part for line in plan.conflicts] == ["reported"]
        assert plan.changes == []


class TestProgress:
    def test_changed_facts_become_an_update_that_waits_for_review(self):
        report = make_ledger()
        admin = make_user(Role.ADMINISTRATOR)
        content = write(
            exported(report),
            TARGET,
            value=Decimal("60"),
            as_of="2024-09-30",
            account="新增10家。",
            value_source="月报",
        )

        plan = planned(report, content)
        batch = applied(report, content, by=admin, confirmed=True)

        update = ProgressUpdate.objects.order_by("-pk")[0]
        assert [fault.column for fault in plan.odd] == ["完成数"]
        assert (update.author, update.value, update.as_of, update.account) == (
            admin, 60, dt.date(2024, 9, 30), "新增10家。",
        )  # fmt: skip
        assert update.bulk_edit == batch
        entry = ChangeEntry.objects.get(act="update.submitted")
        assert (entry.via, entry.reason, entry.bulk_edit) == (Via.IMPORT, batch.reason, batch)
        assert update.commitment.approved_update != update
        assert [piece.url for piece in update.evidence.all()] == ["https://www.example.gov.cn/gonggao/1.html"]

    def test_odd_figures_are_confirmed_by_a_person(self):
        report = make_ledger()
        content = write(
            exported(report), TARGET, value=Decimal("60"), as_of="2024-09-30", account="新增10家。"
        )

        with pytest.raises(Invalid):
            applied(report, content)
        assert ProgressUpdate.objects.count() == 2

    def test_a_first_report_and_its_evidence_come_by_ledger(self):
        report = make_ledger()
        content = write(
            exported(report), MEASURE, status="已完成", as_of="2024-09-30", account="已办结。",
            link="https://www.example.gov.cn/2.html",
        )  # fmt: skip

        applied(report, content)

        update = ProgressUpdate.objects.order_by("-pk")[0]
        assert (update.status, update.evidence.get().url) == (
            SelfReport.COMPLETED, "https://www.example.gov.cn/2.html",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("values", "column"),
        [
            ({"account": "做了。", "as_of": "2024-09-30"}, "自报状态"),
            ({"status": "推进中", "account": "做了。"}, "截至日期"),
            ({"status": "推进中", "as_of": "2024-12-01", "account": "做了。"}, "截至日期"),
            ({"status": "已完成", "as_of": "2024-09-30", "account": "做了。"}, "佐证链接"),
            ({"status": "推进中", "as_of": "2024-09-30", "account": "做了。", "value": 5}, "完成数"),
            ({"status": "推进中", "as_of": "2024-09-30", "account": "做了。", "link": "见附件"}, "佐证链接"),
            ({"status": "差不多了", "as_of": "2024-09-30", "account": "做了。"}, "自报状态"),
        ],
    )
    def test_what_the_door_to_progress_objects_to_is_an_error_in_its_column(self, values, column):
        report = make_ledger()

        plan = planned(report, write(exported(report), MEASURE, **values))

        assert column in [fault.column for fault in plan.faults]

    @pytest.mark.parametrize(("unit", "cell", "means"), [("%", 0.059, "5.9"), ("家", 0.5, None)])
    def test_a_figure_that_excel_turned_into_per_cent_counts_as_it_is_shown(self, unit, cell, means):
        report = make_ledger()
        Target.objects.filter(commitment__code=TARGET).update(unit=unit)

        def in_per_cent(page):
            place = next(cell.column for cell in page[1] if cell.value == "完成数")
            row = next(row[0].row for row in page.iter_rows(min_row=2) if row[0].value == TARGET)
            page.cell(row, place).value, page.cell(row, place).number_format = cell, "0.00%"

        plan = planned(report, changed(exported(report), in_per_cent))

        assert [new for *_place, new in cells(plan)] == ([means] if means else [])
        assert ["50%" in fault.message for fault in plan.errors] == ([] if means else [True])

    def test_every_wrong_cell_of_what_is_reported_is_named(self):
        report = make_ledger()

        plan = planned(report, write(exported(report), MEASURE, status="办了", as_of="年中", link="=1"))

        assert [fault.column for fault in plan.faults] == ["自报状态", "截至日期", "佐证链接"]

    def test_new_facts_under_the_old_date_are_pointed_out(self):
        report = make_ledger()

        plan = planned(report, write(exported(report), PROJECT, obstacle="征地仍未完成"))

        assert plan.faults == []
        assert PROJECT in plan.notes[-1]


@pytest.mark.parametrize("count", [10, 1000])
def test_queries_do_not_grow_with_the_rows(count):
    report = make_report()
    make_commitments(count, report=report)
    content = exported(report, "csv")
    tables = ledger_import.read_ledger(content, "a.csv")

    with CaptureQueriesContext(connection) as out:
        exported(report, "csv")
    with CaptureQueriesContext(connection) as back:
        ledger_import.plan_ledger(tables, report, today=TODAY)

    # Three sets in portions of 500 ids, the rest once.
    assert len(out) <= 20 + 4 * (count // 500)
    assert len(back) <= 20 + 4 * (count // 500)
