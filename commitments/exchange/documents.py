"""Word documents from approved facts: the period's progress notice, the year-end account to the congress.

Both are in Chinese, the language of the office, whatever the screen says. What the tracker cannot know
(number, issuing unit, demands) stands in ［brackets］ to be filled in. Departments are not ranked unless
RANK_DEPARTMENTS says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import override

from commitments.choices import AmendmentKind, Comparator, Kind, PublicStatus, Schedule
from commitments.models import Amendment, Report
from commitments.progress import summaries
from commitments.progress.judging import Judged
from commitments.progress.periods import Period
from commitments.progress.roll import judged
from commitments.progress.verdict import RULE_VERSION
from commitments.quantities import as_printed, percent
from commitments.templatetags.tracker import promised_figure
from commitments.typeset import typographic

from .document_words import (
    GROUPS,
    actual,
    area_name,
    as_of,
    bar_of,
    chinese,
    day,
    grouped,
    latest,
    lead_of,
    name_of,
    sentence,
    short_day,
)
from .word import Paper

CHINESE = "zh-hans"
UNIT = "［印发单位］"
S = PublicStatus


def progress_notice(report: Report, period: Period, *, today: dt.date) -> bytes:
    """Return the notice (通报) of a period as .docx: the state on the day, and the news of the period."""
    with override(CHINESE):
        rows = judged(report, today=today)
        paper = Paper(f"{report.year}年政府工作报告承诺事项推进情况通报", author=report.district, day=today)
        _mark_demo(paper, report)
        paper.number(f"［发文机关代字］〔{today.year}〕　　号")
        paper.title(f"关于{report.year}年政府工作报告承诺事项", f"{name_of(period)}推进情况的通报")
        paper.address("各街道办事处、镇人民政府，区政府各部门，有关单位：")
        paper.text(
            f"现将{report.title}承诺事项{name_of(period)}的推进情况通报如下。数据截至{day(today)}，"
            "所列均为经审核发布的事实，未经审核的填报不计入。"
        )
        paper.heading("一、总体情况")
        _overview(paper, report, rows, today)
        paper.heading("二、本期进展")
        _news(paper, rows, period)
        paper.heading("三、各责任领域情况")
        _areas_table(paper, rows)
        paper.heading("四、需要关注的事项")
        _attention(paper, rows)
        paper.heading("五、责任落实情况")
        _responsibility(paper, rows)
        paper.text("［工作要求，由印发单位填写］")
        _sign(paper, today)
        _full_list(paper, rows)
        return paper.bytes()


def year_end_account(report: Report, *, today: dt.date) -> bytes:
    """Return the account of the year to the People's Congress as .docx."""
    with override(CHINESE):
        rows = judged(report, today=today)
        paper = Paper(f"{report.year}年政府工作报告承诺事项办理情况报告", author=report.district, day=today)
        _mark_demo(paper, report)
        paper.title(f"关于{report.year}年政府工作报告", "承诺事项办理情况的报告")
        paper.address(f"{report.district}人民代表大会：")
        occasion = f"在{report.occasion}上" if report.occasion else ""
        paper.text(
            f"{day(report.delivered_on)}{occasion}所作的《{report.title}》，对{report.year}年工作作出承诺"
            f"{len(rows)}项。现将办理情况报告如下。数据截至{day(today)}，所列均为经审核发布的事实。"
        )
        if today <= dt.date(report.year, 12, 31):
            paper.text(f"{report.year}年度尚未结束，本报告为阶段性情况。")
        paper.heading("一、总体情况")
        _overview(paper, report, rows, today)
        paper.heading("二、量化指标完成情况")
        _targets(paper, rows)
        paper.heading("三、各责任领域办理情况")
        _areas(paper, rows)
        paper.heading("四、未完成、受阻和进度滞后的事项")
        _attention(paper, rows)
        paper.heading("五、经批准调整的事项")
        _amendments(paper, report)
        paper.heading("六、有关说明")
        _method(paper, rows)
        paper.text("特此报告。")
        _sign(paper, today)
        _full_list(paper, rows)
        return paper.bytes()


# --- Parts -------------------------------------------------------------------------------------------


def _mark_demo(paper: Paper, report: Report) -> None:
    if summaries.is_demo(report):
        paper.mark("演示数据：文中进展均为虚构，不得作为依据")


def _overview(paper: Paper, report: Report, rows: Sequence[Judged], today: dt.date) -> None:
    kinds, counts = summaries.by_kind(rows), summaries.tally(rows)
    headline = summaries.headline(rows)
    elapsed = summaries.elapsed_of_year(report, today=today)
    paper.text(
        f"报告共作出承诺{counts.total}项，其中量化指标{kinds[Kind.TARGET].total}项、"
        f"项目{kinds[Kind.PROJECT].total}项、举措{kinds[Kind.MEASURE].total}项。"
        f"截至{day(today)}，全年时间已过{percent(elapsed)}；已完成并经核验{counts.kept}项，"
        f"占{percent(headline.all.share)}；已有经审核填报的{counts.reported}项，"
        f"尚未填报{counts.by_status[S.NOT_REPORTED]}项。"
    )
    if headline.hedged.denominator:
        paper.text(
            f"其中报告以“力争”等措辞留有余地的{headline.hedged.denominator}项，"
            f"已完成并经核验{headline.hedged.numerator}项。"
        )
    lines = [
        (label.label, count, percent(Decimal(count) / counts.total) if counts.total else "—")
        for label, count in counts.by_status.items()
        if count
    ]
    paper.table(
        "表1　承诺事项状态统计", ["状态", "项数", "占比"],
        [*lines, ("合计", counts.total, "100%" if counts.total else "—")],
        [70, 35, 35], numbers_from=1,
    )  # fmt: skip
    paper.note(
        f"完成率＝{headline.all.formula}＝{headline.all.numerator}÷{headline.all.denominator}"
        f"＝{percent(headline.all.share)}。"
    )


def _news(paper: Paper, rows: Sequence[Judged], period: Period) -> None:
    reported = [row for row in rows if (on := as_of(row)) and period.start <= on <= period.end]
    done = [row for row in reported if row.status in summaries.KEPT]
    waiting = [row for row in reported if row.status == S.REPORTED_DONE]
    paper.text(
        f"{name_of(period)}（{day(period.start)}至{day(period.end)}）有最新情况的承诺事项{len(reported)}项，"
        f"其中已完成并经核验{len(done)}项，自报完成待核验{len(waiting)}项。"
    )
    _listed(paper, "已完成并经核验", done)
    _listed(paper, "自报完成，待核验", waiting)


def _areas_table(paper: Paper, rows: Sequence[Judged]) -> None:
    tallies = summaries.by_area(rows)
    lines = [
        [area_name(area.number, area.title), tally.total, *grouped(tally)] for area, tally in tallies.items()
    ]
    total = summaries.tally(rows)
    paper.table(
        "表2　各责任领域承诺事项状态统计",
        ["责任领域", "合计", *GROUPS],
        [*lines, ["合计", total.total, *grouped(total)]],
        [46, 11, *[11] * len(GROUPS)],
        numbers_from=1,
    )
    paper.note("“自报完成”指自报完成、尚待核验；“其他”指经批准调整和无法衡量。")
    if settings.RANK_DEPARTMENTS:
        _ranking(paper, rows)


def _ranking(paper: Paper, rows: Sequence[Judged]) -> None:
    tallies = {unit: tally for unit, tally in summaries.by_department(rows).items() if unit}
    ranked = sorted(tallies.items(), key=lambda pair: (-pair[1].kept / pair[1].total, pair[0].name))
    paper.table(
        "表3　牵头单位完成情况（按完成率排序）", ["牵头单位", "牵头项数", "已完成", "完成率"],
        [
            [unit.name, tally.total, tally.kept, percent(Decimal(tally.kept) / tally.total)]
            for unit, tally in ranked
        ],
        [70, 25, 25, 25], numbers_from=1,
    )  # fmt: skip


def _attention(paper: Paper, rows: Sequence[Judged]) -> None:
    overdue = [row for row in rows if row.verdict.schedule == Schedule.OVERDUE and row.status not in _NAMED]
    found = False
    for status in _NAMED:
        matching = [row for row in rows if row.status == status]
        _listed(paper, str(status.label), matching, with_obstacle=True)
        found = found or bool(matching)
    _listed(paper, str(Schedule.OVERDUE.label), overdue, with_obstacle=True)
    if not found and not overdue:
        paper.text("无。")


_NAMED = (S.NOT_ACHIEVED, S.BLOCKED, S.BEHIND)


def _responsibility(paper: Paper, rows: Sequence[Judged]) -> None:
    orphans = summaries.unassigned_count(rows)
    if orphans:
        paper.text(f"尚未明确责任单位{orphans}项，占全部承诺事项的{percent(Decimal(orphans) / len(rows))}。")
    else:
        paper.text("承诺事项均已明确牵头单位。")


def _targets(paper: Paper, rows: Sequence[Judged]) -> None:
    lines = [
        [
            row.commitment.code,
            f"{row.commitment.target.scope}{row.commitment.target.metric}",
            bar_of(row),
            actual(row),
            short_day(as_of(row)),
            row.status.label,
        ]
        for row in rows
        if row.commitment.kind == Kind.TARGET
    ]
    paper.text(f"报告提出量化指标{len(lines)}项，承诺值、实际值见下表；实际值取自经审核发布的最新填报。")
    if lines:
        paper.table(
            "表2　量化指标完成情况", ["编号", "指标", "承诺", "实际", "截至", "状态"], lines,
            [26, 36, 24, 19, 26, 25],
        )  # fmt: skip


def _areas(paper: Paper, rows: Sequence[Judged]) -> None:
    for number, (area, tally) in enumerate(summaries.by_area(rows).items(), start=1):
        inside = [row for row in rows if row.commitment.theme.area_id == area.pk]
        paper.heading(f"（{chinese(number)}）{typographic(area.title)}", 2)
        told = "，".join(f"{status.label}{count}项" for status, count in tally.by_status.items() if count)
        paper.text(f"共{tally.total}项：{told}。")
        for status in (S.DONE, S.DONE_LATE, S.REPORTED_DONE):
            titles = [typographic(row.commitment.title) for row in inside if row.status == status]
            if titles:
                paper.text(f"{status.label}（{len(titles)}项）：{'；'.join(titles)}。")
        if not tally.reported:
            paper.text("本领域尚无经审核的填报。")


def _amendments(paper: Paper, report: Report) -> None:
    approved = (
        Amendment.objects.approved()
        .filter(commitment__report=report, commitment__is_retired=False)
        .select_related("commitment__target", "commitment__passage")
    )
    if not approved:
        paper.text("无。")
    for number, amendment in enumerate(approved, start=1):
        commitment = amendment.commitment
        when = day(amendment.decided_at.date()) if amendment.decided_at else ""
        paper.text(
            f"{number}. {typographic(commitment.title)}（{commitment.code}）：{_what_changed(amendment)}"
            f"原文为“{typographic(commitment.passage.text)}”。理由：{sentence(amendment.reason)}"
            f"依据：{amendment.authority}{amendment.document_number}，{when}批准。"
        )


def _what_changed(amendment: Amendment) -> str:
    commitment = amendment.commitment
    if amendment.kind == AmendmentKind.WORDING:
        return f"表述调整为“{amendment.new_wording}”。"
    if amendment.kind == AmendmentKind.TARGET and amendment.new_value is not None:
        unit = commitment.target.unit
        word = Comparator(amendment.new_comparator).label
        return (
            f"目标由{promised_figure(commitment.target)}调整为{word}{as_printed(amendment.new_value, unit)}。"
        )
    if amendment.kind == AmendmentKind.DEADLINE and amendment.new_deadline:
        old = amendment.old_deadline or dt.date(commitment.report.year, 12, 31)
        moved = (amendment.new_deadline - old).days
        return f"时限由{day(old)}调整为{day(amendment.new_deadline)}（推迟{moved}天）。"
    return "经批准取消。"


def _method(paper: Paper, rows: Sequence[Judged]) -> None:
    counts = summaries.count_by_status(rows)
    orphans = summaries.unassigned_count(rows)
    paper.text("1. 承诺事项逐条取自政府工作报告原文，同一段话包含几件事的，分别计为几项；每项只计一次。")
    paper.text(
        "2. 状态由系统依据经审核发布的事实按公开规则得出"
        f"（规则版本{RULE_VERSION}）；自报完成而未经核验的不计入已完成。"
    )
    paper.text(f"3. 尚未填报{counts[S.NOT_REPORTED]}项，无法衡量{counts[S.NOT_MEASURABLE]}项，均计入总数。")
    paper.text(f"4. 尚未明确责任单位{orphans}项。")


def _full_list(paper: Paper, rows: Sequence[Judged]) -> None:
    """Put the appendix: every commitment by area, with its latest approved fact."""
    paper.appendix("附件　承诺事项清单")
    for number, area in enumerate(summaries.by_area(rows), start=1):
        inside = [row for row in rows if row.commitment.theme.area_id == area.pk]
        paper.table(
            f"附表{number}　{area_name(area.number, area.title)}（{len(inside)}项）",
            ["编号", "承诺事项", "牵头单位", "时限", "状态", "最新情况"],
            [
                [
                    row.commitment.code,
                    typographic(row.commitment.title),
                    lead_of(row),
                    short_day(row.verdict.facts.due_on),
                    row.status.label,
                    latest(row) or "—",
                ]
                for row in inside
            ],
            [28, 64, 32, 24, 26, 78],
        )


def _listed(paper: Paper, label: str, rows: Sequence[Judged], *, with_obstacle: bool = False) -> None:
    """Put the rows as a table: a dozen lines of running text each would make a book of a notice."""
    if not rows:
        return
    paper.table(
        f"{label}（{len(rows)}项）",
        ["编号", "承诺事项", "牵头单位", "最新情况"],
        [
            [
                row.commitment.code,
                typographic(row.commitment.title),
                lead_of(row),
                _told(row, with_obstacle=with_obstacle),
            ]
            for row in rows
        ],
        [28, 44, 28, 56],
    )


def _told(row: Judged, *, with_obstacle: bool) -> str:
    update = row.commitment.approved_update
    problem = ""
    if with_obstacle and update and update.obstacle:
        problem = f"存在问题：{sentence(update.obstacle)}"
    return f"{latest(row)}{problem}" or "—"


def _sign(paper: Paper, today: dt.date) -> None:
    paper.signature(UNIT, day(today))
