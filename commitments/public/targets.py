"""The page of targets: last year's figure, the promise, the latest figure and the verdict, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..choices import Kind, PublicStatus, Schedule
from ..htmx import render_page
from ..models import Report
from ..progress.judging import Judged
from ..progress.roll import judged
from ..typeset import typographic
from .caching import public_page
from .charts import TargetChart
from .drawings import share, target_drawing
from .scope import chosen, within
from .site import report_or_404, site_of

Order = Callable[[Judged], tuple[object, ...]]

# What needs attention first: the order of the light, worst first.
LIGHTS = [Schedule.OVERDUE, Schedule.BEHIND, Schedule.ON_SCHEDULE, Schedule.AHEAD, Schedule.UNKNOWN]
ORDERS: dict[str, tuple[str | Promise, Order]] = {
    "report": (_("Order of the report"), lambda row: (row.commitment.sequence,)),
    "schedule": (
        _("Behind schedule first"),
        lambda row: (LIGHTS.index(row.verdict.schedule), row.commitment.sequence),
    ),
    "status": (
        _("By status"),
        lambda row: (list(PublicStatus).index(row.verdict.status), row.commitment.sequence),
    ),
}


@dataclass(frozen=True)
class TargetRow:
    """One line of the table; `baseline_words` are the report's own."""

    judged: Judged
    chart: TargetChart | None
    baseline_words: str


@public_page
def target_list(request: HttpRequest) -> HttpResponse:
    """Show every target in one table; `?area=` and `?department=` narrow it, `?order=` sorts it."""
    report = report_or_404(request)
    area, department = chosen(request, report)
    commitments = within(report, area, department).filter(kind=Kind.TARGET)
    rows = in_order(judged(report, today=site_of(request).today, commitments=commitments), request)
    context = {
        "report": report,
        "areas": report.areas.filter(themes__commitments__kind=Kind.TARGET).distinct(),
        "area": area,
        "department": department,
        "orders": ORDERS,
        "order": order_of(request),
        "rows": [TargetRow(row, target_drawing(row), baseline_words(row, report)) for row in rows],
        "share": share(rows, uid="targets"),
    }
    return render_page(request, "public/target_list.html", partial="results", context=context)


def order_of(request: HttpRequest) -> str:
    """Return the order that is asked for; the report's own when none or another is."""
    wanted = request.GET.get("order", "")
    return wanted if wanted in ORDERS else "report"


def in_order(rows: Iterable[Judged], request: HttpRequest) -> list[Judged]:
    """Return the rows in the order that is asked for."""
    return sorted(rows, key=ORDERS[order_of(request)][1])


def baseline_words(row: Judged, report: Report) -> str:
    """Return the words in which the report states last year's figure; empty when it states none."""
    target = row.commitment.target
    if target.baseline_start is None or target.baseline_end is None:
        return ""
    return typographic(report.text[target.baseline_start : target.baseline_end])
