"""The page of changes: approved updates and amendments, newest first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from ..htmx import render_page
from ..models import Department
from ..progress import news
from .caching import public_page
from .scope import chosen, within
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
