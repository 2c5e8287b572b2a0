"""Which part of the report a page is about: all of it, one area, one department, or both (`?area=`, `?department=`)."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from ..models import Commitment, Department, Report, ResponsibleArea
from ..models.commitment import CommitmentQuerySet


def chosen(request: HttpRequest, report: Report) -> tuple[ResponsibleArea | None, Department | None]:
    """Return the area and the department that the query names; 404 for one that does not exist."""
    number, slug = request.GET.get("area", ""), request.GET.get("department", "")
    if number and not (number.isascii() and number.isdigit() and len(number) < 4):
        number = "999"
    area = get_object_or_404(ResponsibleArea, report=report, number=number) if number else None
    department = get_object_or_404(Department.objects.of_report(report), slug=slug) if slug else None
    return area, department


def within(
    report: Report, area: ResponsibleArea | None = None, department: Department | None = None
) -> CommitmentQuerySet:
    """Return the report's published commitments, of the area and the department if there is one."""
    commitments = Commitment.objects.published().of_report(report)
    if area is not None:
        commitments = commitments.filter(theme__area=area)
    if department is not None:
        commitments = commitments.of_department(department)
    return commitments
