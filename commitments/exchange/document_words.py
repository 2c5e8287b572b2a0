"""The words of the Word documents: dates, shares, numerals, and the latest fact of a commitment in a line."""

from __future__ import annotations

import datetime as dt

from commitments.choices import Comparator, Kind, PublicStatus, Rhythm, Stage
from commitments.progress.judging import Judged
from commitments.progress.periods import Period
from commitments.progress.summaries import Tally
from commitments.quantities import as_printed
from commitments.templatetags.tracker import promised_figure
from commitments.typeset import typographic

NUMERALS = "一二三四五六七八九十"
S = PublicStatus

# The columns of the table by area: few enough for a page, each status in exactly one of them.
GROUPS: dict[str, tuple[PublicStatus, ...]] = {
    "已完成": (S.DONE, S.DONE_LATE),
    "自报完成": (S.REPORTED_DONE,),
    "按序时": (S.ON_SCHEDULE,),
    "未达序时": (S.BEHIND,),
    "受阻": (S.BLOCKED,),
    "未完成": (S.NOT_ACHIEVED,),
    "未启动": (S.NOT_STARTED,),
    "未填报": (S.NOT_REPORTED,),
    "其他": (S.AMENDED, S.NOT_MEASURABLE),
}


def latest(row: Judged) -> str:
    """Return the latest approved fact in a sentence or two; empty when there is none."""
    update = row.commitment.approved_update
    if update is None:
        return ""
    facts = []
    if row.commitment.kind == Kind.TARGET and update.value is not None:
        facts.append(f"实际{actual(row)}")
    if row.commitment.kind == Kind.PROJECT and update.stage:
        on = f"（{short_day(update.stage_on)}）" if update.stage_on else ""
        facts.append(f"已达{Stage(update.stage).label}阶段{on}")
    told = "，".join(facts) + ("。" if facts else "")
    return f"截至{short_day(update.as_of)}：{told}{sentence(update.account)}"


def actual(row: Judged) -> str:
    update = row.commitment.approved_update
    if update is None or update.value is None:
        return "—"
    return as_printed(update.value, row.commitment.target.unit)


def lead_of(row: Judged) -> str:
    """Return who leads, or that nobody does yet: a finding, not a gap."""
    return row.commitment.lead.name if row.commitment.lead else "尚未明确"


def bar_of(row: Judged) -> str:
    bar = row.verdict.facts.bar
    changed = row.verdict.facts.first_bar is not None and bar is not None
    promised = promised_figure(row.commitment.target)
    if changed and bar is not None:
        return (
            f"{promised}（经批准调整为{Comparator(bar.comparator).label}{as_printed(bar.value, bar.unit)}）"
        )
    return promised


def as_of(row: Judged) -> dt.date | None:
    """Return the date of the latest approved fact; None when there is none."""
    update = row.commitment.approved_update
    return update.as_of if update else None


def grouped(tally: Tally) -> list[int]:
    """Return the counts of a tally in the columns of GROUPS."""
    return [sum(tally.by_status[status] for status in statuses) for statuses in GROUPS.values()]


def area_name(number: int, title: str) -> str:
    """Return the area with the number by which codes refer to it."""
    return f"{number} {typographic(title)}"


def name_of(period: Period) -> str:
    """Return the period as an official paper names it."""
    if period.rhythm == Rhythm.MONTHLY:
        return f"{period.year}年{period.number}月"
    return f"{period.year}年第{chinese(period.number)}季度"


def chinese(number: int) -> str:
    """Return a number up to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    if number <= 10:
        return NUMERALS[number - 1]
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def day(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"


def short_day(date: dt.date | None) -> str:
    return date.isoformat() if date else "—"


def sentence(text: str) -> str:
    """Return the text in one line, closed by a full stop."""
    joined = "".join(line.strip() for line in text.splitlines())
    return joined if not joined or joined[-1] in "。！？；" else f"{joined}。"
