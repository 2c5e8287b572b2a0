"""The page of changes: approved updates and amendments, newest first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from ..htmx import render_page
from ..models import Commitment, Department, Report, ResponsibleArea
from ..models.commitment import CommitmentQuerySet
from ..progress import news
from .caching import public_page
from .site import report_or_404

PER_PAGE = 30


@public_page
def update_list(request: HttpRequest) -> HttpResponse:
    """Show a page of what was published; `?area=` and `?department=` narrow it."""
    report = report_or_404(request)
    area, department = chosen(request, report)
    page = Paginator(news.entries(within(report, area, department)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "report": report,
        "area": area,
        "department": department,
        "areas": report.areas.all(),
        "departments": Department.objects.of_report(report),
        "page": page,
        "items": news.load(page.object_list),
    }
    return render_page(request, "public/update_list.html", partial="results", context=context)


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
