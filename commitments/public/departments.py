"""Departments and what they lead or support. Listed by name: nobody is ranked unless a setting says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..models import Commitment, Department, Report
from ..progress.judging import Judged
from ..progress.roll import judged
from .caching import public_page
from .charts import share_of
from .drawings import Share, share
from .scope import within
from .site import report_or_404, site_of


@dataclass(frozen=True)
class DepartmentRow:
    """A department with its share of what is led, and the number of commitments it supports."""

    department: Department
    led: Share
    supported: int


@public_page
def department_list(request: HttpRequest) -> HttpResponse:
    """List the departments with what they lead and support; what nobody leads comes first."""
    report = report_or_404(request)
    rows = judged(report, today=site_of(request).today, commitments=within(report))
    unassigned = [row for row in rows if row.commitment.lead_id is None]
    context = {
        "report": report,
        "total": len(rows),
        "unassigned": share(unassigned, uid="unassigned"),
        "unassigned_share": share_of(len(unassigned), len(rows)),
        "departments": department_rows(report, rows),
        "is_ranked": settings.RANK_DEPARTMENTS,
    }
    return render(request, "public/department_list.html", context)


@public_page
def department_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what one department leads and what it supports."""
    report = report_or_404(request)
    department = get_object_or_404(Department.objects.of_report(report), slug=slug)
    commitments = within(report, None, department)
    rows = judged(report, today=site_of(request).today, commitments=commitments)
    led = [row for row in rows if row.commitment.lead_id == department.pk]
    context = {
        "report": report,
        "department": department,
        "share": share(led, uid="led"),
        "supported": [row for row in rows if row.commitment.lead_id != department.pk],
        "is_ranked": settings.RANK_DEPARTMENTS,
    }
    return render(request, "public/department_detail.html", context)


def department_rows(report: Report, rows: list[Judged]) -> list[DepartmentRow]:
    """Return the departments that are active or hold a commitment, by name (or ranked, if so set)."""
    led: dict[int, list[Judged]] = defaultdict(list)
    for row in rows:
        if row.commitment.lead_id is not None:
            led[row.commitment.lead_id].append(row)
    supported: dict[int, int] = defaultdict(int)
    published = Commitment.objects.published().filter(report=report).values("pk")
    links = Commitment.supports.through.objects.filter(commitment__in=published)
    for department_id, commitment_id in links.values_list("department_id", "commitment_id"):
        supported[department_id] += commitment_id is not None
    longest = max((len(group) for group in led.values()), default=0) or None
    holders = Q(is_active=True) | Q(pk__in=[*led, *supported])
    table = [
        DepartmentRow(
            department,
            share(led[department.pk], uid=f"department-{department.pk}", scale=longest),
            supported[department.pk],
        )
        for department in Department.objects.of_report(report).filter(holders).order_by("name", "pk")
    ]
    if settings.RANK_DEPARTMENTS:
        table.sort(key=lambda row: -share_of(row.led.tally.kept, row.led.total))
    return table
