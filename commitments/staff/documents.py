"""What goes out on paper, one click each: notice, year-end account, full ledger. Approved facts only."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from commitments import clock
from commitments.exchange import document_words, documents, ledger_export
from commitments.models import Report
from commitments.progress import periods, summaries
from commitments.progress.periods import Period

from .access import StaffRequest, administrator_required, current_report
from .ledger import as_file

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@administrator_required
@require_GET
def document_list(request: StaffRequest) -> HttpResponse:
    """Show what can be written, and for which periods."""
    report, today = current_report(), clock.today()
    context = {
        "report": report,
        "today": today,
        "periods": begun(report),
        "is_demo": summaries.is_demo(report),
    }
    return render(request, "staff/document_list.html", context)


@administrator_required
@require_GET
def document_file(request: StaffRequest, key: str) -> HttpResponseBase:
    """Answer with the document; the notice takes `?period=`, else the latest one."""
    report, today = current_report(), clock.today()
    if key == "ledger":
        pieces = ledger_export.document_ledger(report, today=today)
        return as_file(pieces, "xlsx", pgettext("document", "Full ledger"), report)
    if key == "notice":
        period = period_or_404(report, request.GET.get("period", ""))
        content = documents.progress_notice(report, period, today=today)
        return as_word(content, f"{document_words.name_of(period)}推进情况通报", report)
    if key == "year-end":
        content = documents.year_end_account(report, today=today)
        return as_word(content, f"{report.year}年承诺事项办理情况报告", report)
    raise Http404("no such document")


def as_word(content: bytes, what: str, report: Report) -> HttpResponse:
    """Answer with a Word document; the name is Chinese like the document."""
    name = f"{report.district}{what}_{clock.today():%Y%m%d}.docx"
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Cache-Control"] = "private, no-store"
    return response


def begun(report: Report) -> list[Period]:
    """Return the periods that have begun, newest first; the first one before the year does."""
    found = periods.periods_of(report.year, since=report.delivered_on)
    return [period for period in found if period.start <= clock.today()][::-1] or found[:1]


def period_or_404(report: Report, key: str) -> Period:
    """Return the period with this key; without one, the latest that is over, else the first."""
    found = begun(report)
    if not key:
        over = [period for period in found if period.end < clock.today()]
        return (over or found)[0]
    for period in found:
        if period.key == key:
            return period
    raise Http404("no such period")
