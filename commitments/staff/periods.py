"""Who has reported this period, by department, in the order of names: nobody is ranked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from commitments import clock
from commitments.models import Chase, Commitment, Department, Report
from commitments.progress import periods
from commitments.progress.judging import Judged
from commitments.progress.periods import Standing
from commitments.progress.roll import judged

from .access import StaffRequest, current_report, reviewer_required


@dataclass
class Line:
    """How one department stands; `None` stands for what nobody leads yet."""

    department: Department | None
    reported: list[Judged] = field(default_factory=list)
    due: list[Judged] = field(default_factory=list)
    overdue: list[Judged] = field(default_factory=list)
    not_asked: list[Judged] = field(default_factory=list)
    chased: int = 0

    @property
    def total(self) -> int:
        return len(self.reported) + len(self.due) + len(self.overdue) + len(self.not_asked)

    @property
    def missing(self) -> list[Judged]:
        """Return what is still asked for, overdue first."""
        return [*self.overdue, *self.due]


@reviewer_required
@require_GET
def period_overview(request: StaffRequest) -> HttpResponse:
    """Show each department's reports of the current period."""
    report, today = current_report(), clock.today()
    lines = lines_of(report, today=today)
    context = {
        "lines": lines,
        "period": periods.current_period(report.year, today=today, since=report.delivered_on),
        "closes_on": periods.closes_on(report.year),
        "is_closed": today > periods.closes_on(report.year),
    }
    return render(request, "staff/period_overview.html", context)


def lines_of(report: Report, *, today: dt.date) -> list[Line]:
    """Return a line for each department that leads something, by name; last, what nobody leads."""
    commitments = periods.with_last_submission(Commitment.objects.all())
    lines: dict[int | None, Line] = {}
    for row in judged(report, today=today, commitments=commitments):
        commitment = row.commitment
        line = lines.setdefault(commitment.lead_id, Line(commitment.lead))
        place(row, line, today=today)
    for lead_id in Chase.objects.filter(commitment__report=report, closed_at__isnull=True).values_list(
        "commitment__lead_id", flat=True
    ):
        if lead_id in lines:
            lines[lead_id].chased += 1
    return sorted(
        lines.values(), key=lambda line: (line.department is None, line.department and line.department.name)
    )


def place(row: Judged, line: Line, *, today: dt.date) -> None:
    """Put a commitment where it belongs: not asked for is what is kept or cancelled, or what nobody leads."""
    commitment = row.commitment
    standing = periods.standing_of(
        commitment.report.year,
        periods.rhythm_of(commitment),
        commitment.last_submitted_at,  # type: ignore[attr-defined]
        today=today,
        since=commitment.report.delivered_on,
    )
    is_settled = row.verdict.fulfilled or row.verdict.facts.is_cancelled
    if is_settled or line.department is None or standing == Standing.CLOSED:
        line.not_asked.append(row)
    else:
        {Standing.OVERDUE: line.overdue, Standing.DUE: line.due, Standing.REPORTED: line.reported}[
            standing
        ].append(row)
