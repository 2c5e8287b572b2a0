"""The exchange room: the ledger and the lists, out and in, with a preview between. Administrators only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commitments import clock
from commitments.exchange import books, invitations, ledger_export, sheets, upload_store
from commitments.exchange.books import BOOKS, Book
from commitments.exchange.plans import Moved, Plan
from commitments.exchange.uploads import MAX_FILE, MEGABYTE, Refused
from commitments.htmx import render_page
from commitments.models import BulkEdit, Report, User
from commitments.progress.bulk import Step
from commitments.progress.fields import Names
from commitments.progress.refusals import Invalid

from . import telling
from .access import StaffRequest, administrator_required, current_report
from .bulk import Selection
from .forms import StaffForm

# A preview shows so many changed rows at once; all of them are written.
PER_PAGE = 200
# So many conflicts are shown to be decided one by one; from so many on, the others may be decided at once.
MAX_CONFLICTS, DECIDE_REST_FROM = 200, 20


class UploadForm(StaffForm):
    """The file that comes back."""

    file = forms.FileField(
        label=gettext_lazy("File (.xlsx or .csv)"),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_FILE:
            text = gettext("The file is larger than %(limit)d MB.")
            raise forms.ValidationError(text % {"limit": MAX_FILE // MEGABYTE})
        return upload


class ConfirmForm(StaffForm):
    """Why, and that odd figures are right."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Where the list comes from; it stands in the change log."),
        error_messages={"required": gettext_lazy("Give the reason for the change.")},
    )
    confirmed = forms.BooleanField(label=gettext_lazy("The unusual figures are right"), required=False)


# --- Out ---------------------------------------------------------------------------------------------


@administrator_required
@require_GET
def ledger_export_page(request: StaffRequest) -> HttpResponse:
    """Show the list to be exported, with its filters."""
    selection = Selection(request)
    context = {
        "selection": selection,
        "query": request.GET.urlencode(),
        "saved_filters": request.user.saved_filters.all(),
    }
    return render_page(request, "staff/ledger_export.html", partial="results", context=context)


@administrator_required
@require_GET
def ledger_file(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Answer with the filtered list as a file that may come back."""
    report, selection = current_report(), Selection(request)
    names, found = Names(), selection.portions()
    rows = ledger_export.streamed_rows(report, found, names)
    sheet = ledger_export.ledger_sheet(report, rows, names, count=len(found))
    return as_file(sheets.written(sheet, file_format), file_format, pgettext("sheet", "Ledger"), report)


@administrator_required
@require_GET
def book_file(request: StaffRequest, key: str, file_format: str) -> HttpResponseBase:
    """Answer with all departments or all accounts as a file that may come back."""
    book = book_or_404(key)
    if book.export is None:
        raise Http404("the ledger is exported with filters")
    return as_file(book.export(file_format), file_format, str(book.title), current_report())


@administrator_required
@require_GET
def template_file(request: StaffRequest, key: str) -> HttpResponseBase:
    """Answer with an empty form of the list."""
    book = book_or_404(key)
    what = gettext("%(list)s template") % {"list": book.title}
    return as_file(book.template(), "xlsx", what, current_report())


def as_file(pieces: Iterable[bytes], file_format: str, what: str, report: Report) -> StreamingHttpResponse:
    """Answer with a file under a name that tells it apart; never kept by a cache on the way."""
    response = StreamingHttpResponse(eager(pieces), content_type=sheets.FORMATS[file_format])
    name = ledger_export.file_name(report, what, clock.today(), file_format)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Cache-Control"] = "private, no-store"
    return response


def eager(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Begin the work now, while the language of the request is in force; go on while sending."""
    iterator = iter(pieces)
    first = next(iterator, b"")

    def rest() -> Iterator[bytes]:
        yield first
        yield from iterator

    return rest()


# --- In ----------------------------------------------------------------------------------------------


@administrator_required
@require_http_methods(["GET", "POST"])
def ledger_import(request: StaffRequest, key: str = "ledger") -> HttpResponse:
    """Take a file and go on to its preview; a bad one is answered with the sentence."""
    book = book_or_404(key)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            book.read(content, upload.name)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            token = upload_store.keep(content, upload.name, kind=key, by=request.user, now=clock.now())
            return redirect("staff:ledger-preview", key=key, token=token)
    context = {"book": book, "books": BOOKS.values(), "form": form, "waiting": waiting_for(book)}
    return render(request, "staff/ledger_import.html", context, status=422 if form.errors else 200)


@administrator_required
@require_http_methods(["GET", "POST"])
def ledger_preview(request: StaffRequest, key: str, token: str) -> HttpResponseBase:
    """Show what the file would change; on confirmation, change it."""
    book = book_or_404(key)
    try:
        upload = upload_store.fetch(token, kind=key, by=request.user)
    except upload_store.Gone:
        messages.warning(request, gettext("This upload is no longer here. Choose the file again."))
        return redirect("staff:ledger-import-list", key=key)
    if request.POST.get("act") == "discard":
        upload_store.remove(token, kind=key, by=request.user)
        messages.info(request, gettext("The file was discarded; nothing was changed."))
        return redirect("staff:ledger-import-list", key=key)
    tables = book.read(upload.content, upload.name)
    if request.method == "POST":
        return confirm(request, book, upload, tables)
    plan = book.plan(tables, current_report(), request.user, clock.today())
    return show_preview(request, book, upload, plan, ConfirmForm())


def confirm(request: StaffRequest, book: Book, upload: upload_store.Upload, tables: Any) -> HttpResponseBase:
    """Write what was previewed, or show the preview again with what stands in the way."""
    form, plan = ConfirmForm(request.POST), book.plan(tables, current_report(), request.user, clock.today())
    decisions = decided(request, plan)
    asked = asked_for(request, upload, tables, decisions)
    undecided = [line for line in plan.conflicts if line.key not in decisions]
    if plan.fingerprint != asked.seen:
        return show_preview(request, book, upload, plan, form, status=409, has_moved=True)
    if form.is_valid() and not undecided:
        try:
            if book.applying and plan.changed_rows + len(plan.conflicts) > telling.SHOW_PROGRESS_FROM:
                return tell(request, book.applying(asked), upload)
            return finish(request, book, upload, book.apply(asked))
        except Moved as moved:
            return show_preview(request, book, upload, moved.plan, form, status=409, has_moved=True)
        except Invalid as invalid:
            form.add_error(None, str(invalid))
    return show_preview(
        request, book, upload, plan, form, status=422, decisions=decisions, undecided=undecided
    )


def asked_for(
    request: StaffRequest, upload: upload_store.Upload, tables: Any, decisions: Mapping[str, str]
) -> books.Request:
    """Return what the person confirmed, as the exchange takes it."""
    return books.Request(
        tables=tables,
        report=current_report(),
        by=request.user,
        now=clock.now(),
        reason=request.POST.get("reason", ""),
        seen=request.POST.get("seen", ""),
        mine=[key for key, value in decisions.items() if value == "mine"],
        confirmed="confirmed" in request.POST,
        file_name=upload.name,
    )


def finish(
    request: StaffRequest, book: Book, upload: upload_store.Upload, outcome: books.Outcome
) -> HttpResponse:
    """Say what was written, and lead to the batch where there is one."""
    upload_store.remove(upload.token, kind=book.key, by=request.user)
    messages.success(request, outcome.sentence)
    if outcome.warning:
        messages.warning(request, outcome.warning)
    if outcome.batch:
        return redirect("staff:batch-detail", pk=outcome.batch.pk)
    return redirect("staff:ledger-import-list", key=book.key)


def tell(request: StaffRequest, steps: Iterator[Step], upload: upload_store.Upload) -> StreamingHttpResponse:
    """Write a large ledger while telling how far it has come; the upload stays until all is written."""

    def end(batch: BulkEdit) -> str:
        upload_store.remove(upload.token, kind="ledger", by=request.user)
        return books.changed_in_words(batch)

    return telling.telling(request, steps, end, stop=request.path)


def decided(request: StaffRequest, plan: Plan) -> dict[str, str]:
    """Return what was decided of each conflict: by itself, else for all the others at once."""
    rest = request.POST.get("rest", "")
    found = {line.key: request.POST.get(f"decide-{line.key}") or rest for line in plan.conflicts}
    return {key: value for key, value in found.items() if value in ("mine", "theirs")}


def show_preview(
    request: StaffRequest,
    book: Book,
    upload: upload_store.Upload,
    plan: Plan,
    form: ConfirmForm,
    *,
    status: int = 200,
    decisions: Mapping[str, str] | None = None,
    **context: Any,
) -> HttpResponse:
    """Show the plan, a page of its changes and all of its conflicts, as they were decided so far."""
    page = Paginator(plan.changes, PER_PAGE).get_page(request.GET.get("page"))
    if not plan.odd:
        del form.fields["confirmed"]
    conflicts = [(line, (decisions or {}).get(line.key)) for line in plan.conflicts[:MAX_CONFLICTS]]
    context |= {"may_decide_rest": len(plan.conflicts) > DECIDE_REST_FROM}
    context |= {
        "book": book,
        "upload": upload,
        "plan": plan,
        "form": form,
        "page": page,
        "conflicts": conflicts,
    }
    return render(request, "staff/ledger_preview.html", context, status=status)


@administrator_required
@require_POST
def invitations_send(request: StaffRequest) -> HttpResponse:
    """Send the invitation again to everybody who has never signed in."""
    said, warning = books.send_invitations(list(invitations.never_signed_in()))
    messages.success(request, said or gettext("Nobody is waiting for an invitation."))
    if warning:
        messages.warning(request, warning)
    return redirect("staff:ledger-import-list", key="accounts")


def waiting_for(book: Book) -> list[User]:
    """Return who was invited and has not come yet, where that is the question."""
    return list(invitations.never_signed_in()) if book.key == "accounts" else []


def book_or_404(key: str) -> Book:
    if key not in BOOKS:
        raise Http404("no such list")
    return BOOKS[key]
