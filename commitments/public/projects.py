"""The page of projects: each on its ladder of stages, what was promised against what was reached."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from ..choices import Kind, Stage
from ..htmx import render_page
from ..progress.judging import Judged
from ..progress.roll import judged
from .caching import public_page
from .charts import LadderChart
from .drawings import ladder_drawing, share
from .scope import chosen, within
from .site import report_or_404, site_of
from .targets import ORDERS, in_order, order_of


@dataclass(frozen=True)
class ProjectRow:
    """One line of the table."""

    judged: Judged
    chart: LadderChart


@public_page
def project_list(request: HttpRequest) -> HttpResponse:
    """Show every project on its ladder; `?area=`, `?department=` and `?stage=` narrow it."""
    report = report_or_404(request)
    area, department = chosen(request, report)
    stage = request.GET.get("stage", "") if request.GET.get("stage", "") in Stage.values else ""
    commitments = within(report, area, department).filter(kind=Kind.PROJECT)
    if stage:
        commitments = commitments.filter(project__promised_stage=stage)
    rows = in_order(judged(report, today=site_of(request).today, commitments=commitments), request)
    context = {
        "report": report,
        "areas": report.areas.filter(themes__commitments__kind=Kind.PROJECT).distinct(),
        "area": area,
        "department": department,
        "stages": Stage.choices,
        "stage": stage,
        "orders": ORDERS,
        "order": order_of(request),
        "rows": [ProjectRow(row, ladder_drawing(row)) for row in rows],
        "share": share(rows, uid="projects"),
    }
    return render_page(request, "public/project_list.html", partial="results", context=context)
