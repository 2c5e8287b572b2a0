"""Writing, saving, submitting and taking back one progress update. One page, its buttons told apart by name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files import File
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from commitments import clock
from commitments.choices import EvidenceKind
from commitments.htmx import render_page, wants_partial
from commitments.models import Commitment, Evidence, ProgressUpdate
from commitments.progress import evidence, record

from .access import Refused, StaffRequest, commitment_for, number, staff_required
from .rows import row_id
from .sheet import Sheet, draft_note
from .worklist import answer_with_row

TEMPLATE = "staff/update_edit.html"


@staff_required
@require_http_methods(["GET", "POST"])
def update_edit(request: StaffRequest, code: str) -> HttpResponse:
    """Show the form of one commitment, in its row or on a page; carry out the button that was pressed."""
    commitment = commitment_for(request.user, code, to_report=True)
    if request.method == "GET":
        sources = {"corrects": corrected(request, commitment), "again": withdrawn(request, commitment)}
        return show(request, open_sheet(request, commitment, **sources))
    sheet = posted_sheet(request, commitment)
    if "remove" in request.POST:
        return remove_evidence(request, sheet)
    acts: dict[str, Callable[[StaffRequest, Sheet], HttpResponse]] = {
        "draft": save_draft,
        "evidence": add_evidence,
        "reuse": reuse_evidence,
        "take_over": take_over,
        "discard": discard,
    }
    return acts.get(request.POST.get("act", ""), submit)(request, sheet)


@staff_required
@require_POST
def update_draft(request: StaffRequest, code: str) -> HttpResponse:
    """Save what is being typed; the page goes on as it is and shows one line about it."""
    sheet = posted_sheet(request, commitment_for(request.user, code, to_report=True))
    status = 200 if keep(request, sheet) else 409
    return render(request, f"{TEMPLATE}#draft-state", {"sheet": sheet}, status=status)


@staff_required
@require_POST
def update_preview(request: StaffRequest, code: str) -> HttpResponse:
    """Show what the public would read if this were approved. Writes nothing."""
    sheet = posted_sheet(request, commitment_for(request.user, code, to_report=True))
    return render(request, f"{TEMPLATE}#preview", {"sheet": sheet})


@staff_required
@require_POST
def update_unchanged(request: StaffRequest, code: str) -> HttpResponse:
    """Record in one click that nothing has changed."""
    commitment = commitment_for(request.user, code, to_report=True)
    try:
        record.submit_unchanged(
            commitment,
            by=request.user,
            token=token_in(request.POST),
            now=clock.now(),
            based_on=number(request.POST.get("based_on")),
        )
    except record.Conflict:
        refusal = _("Somebody reported in the meantime. Open the row to see what.")
    except record.Invalid as invalid:
        refusal = " ".join(str(problem) for found in invalid.problems.values() for problem in found)
    else:
        return after_submission(request, commitment, _("Recorded: no change."))
    if not wants_partial(request):
        messages.error(request, refusal)
        return redirect("staff:update-edit", code=code)
    raise Refused(refusal)


@staff_required
@require_http_methods(["GET"])
def update_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one update with its evidence and what was decided on it."""
    update = update_for(request, pk)
    commitment = commitment_for(request.user, update.commitment.code)
    context = {
        "update": update,
        "commitment": commitment,
        "evidence": list(update.evidence.all()),
        "reviews": list(update.reviews.all()),
        "is_mine": update.author_id == request.user.pk,
        "may_report": Commitment.objects.reportable_by(request.user).filter(pk=commitment.pk).exists(),
    }
    return render(request, "staff/update_detail.html", context)


@staff_required
@require_POST
def update_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one's own update back before anybody decided."""
    update = update_for(request, pk)
    try:
        record.withdraw(update, by=request.user, now=clock.now())
    except record.Decided:
        messages.error(request, _("It has been decided meanwhile and can no longer be withdrawn."))
    else:
        messages.success(request, _("Withdrawn."))
    return redirect("staff:update-detail", pk=pk)


# --- The buttons of the form ---------------------------------------------------------------------------


def submit(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Submit; whatever is refused comes back in the form with its sentences, saved as a draft."""
    form = sheet.form
    form.full_clean()
    # Evidence that is right is kept also when an entry is wrong: a browser does not choose a file again.
    is_attached = attach(request, sheet)
    if form.errors or not is_attached:
        return show_unsent(request, sheet)
    try:
        record.submit(
            sheet.commitment,
            by=request.user,
            content=record.UpdateContent(**form.content(), corrects=sheet.corrects),
            token=token_in(sheet.data),
            now=clock.now(),
            based_on=sheet.seen,
            confirmed=form.cleaned_data["confirmed"],
        )
    except record.Invalid as invalid:
        form.add_problems(invalid.problems)
        return show_unsent(request, sheet)
    except record.Conflict as conflict:
        return show_conflict(request, sheet, conflict.newer)
    return after_submission(request, sheet.commitment, _("Submitted. It waits for review."))


def save_draft(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Save the draft on purpose, with the evidence that stands in the form."""
    sheet.form.full_clean()
    if not keep(request, sheet) or not attach(request, sheet):
        return show(request, sheet, status=422)
    return back_to_form(request, sheet.commitment, _("Draft saved."))


def add_evidence(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Add a link or a file to the draft, which is begun if there is none."""
    sheet.form.full_clean()
    if not (sheet.form.cleaned_data.get("link_url") or sheet.form.cleaned_data.get("evidence_file")):
        sheet.form.evidence_errors.append(_("Give an address or choose a file."))
    if sheet.form.evidence_errors or not attach(request, sheet):
        return show_unsent(request, sheet)
    return back_to_form(request, sheet.commitment, _("Evidence added, draft saved."))


def reuse_evidence(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Add what showed the last report to this draft as well: asked for once, used again."""
    if not keep(request, sheet):
        return show(request, sheet, status=409)
    for piece in sheet.reusable:
        common: dict[str, Any] = {"by": request.user, "now": clock.now(), "draft": sheet.draft}
        if piece.kind == EvidenceKind.LINK:
            common |= {"title": piece.title, "archived_url": piece.archived_url}
            evidence.add_link(sheet.commitment, url=piece.url, **common)
        else:
            # Stored without a name: the type says which ending is right.
            name = f"{piece.pk}.{evidence.ALLOWED[piece.content_type][0]}"
            with piece.file.open("rb") as opened:
                upload = File(opened, name=name)
                evidence.add_file(sheet.commitment, upload=upload, title=piece.title, **common)
    return back_to_form(request, sheet.commitment, _("Evidence added, draft saved."))


def remove_evidence(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Remove a piece from one's own draft; what was typed is kept."""
    piece = get_object_or_404(Evidence, pk=number(request.POST["remove"]), draft__commitment=sheet.commitment)
    keep(request, sheet)
    evidence.remove(piece, by=request.user)
    return back_to_form(request, sheet.commitment, _("Evidence removed."))


def take_over(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Go on with a colleague's draft."""
    if sheet.draft is not None:
        record.take_over_draft(sheet.draft, by=request.user, now=clock.now())
    return back_to_form(request, sheet.commitment, _("The draft is yours now."))


def discard(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Throw one's own draft away."""
    if sheet.draft is not None:
        record.discard_draft(sheet.draft, by=request.user, now=clock.now())
    return after_submission(request, sheet.commitment, _("Draft discarded."))


# --- Keeping what was typed ------------------------------------------------------------------------------


def keep(request: StaffRequest, sheet: Sheet) -> bool:
    """Save what was typed as the draft; say on the sheet why not, when it cannot be."""
    try:
        draft = record.save_draft(
            sheet.commitment,
            by=request.user,
            content=sheet.form.typed(),
            now=clock.now(),
            version=sheet.known_version,
            based_on=sheet.seen,
            token=token_in(sheet.data),
        )
    except record.DraftConflict as conflict:
        sheet.draft_note = draft_note(conflict, had_one=sheet.known_version is not None)
        return False
    sheet.has_saved(draft)
    return True


def attach(request: StaffRequest, sheet: Sheet) -> bool:
    """Move the link and the file of the form into the draft; False with sentences when refused."""
    cleaned = sheet.form.cleaned_data
    link, upload = cleaned.get("link_url"), cleaned.get("evidence_file")
    if sheet.form.evidence_field_errors:
        return False
    if not link and not upload:
        return True
    if not keep(request, sheet):
        sheet.form.evidence_errors.append(sheet.draft_note)
        return False
    common: dict[str, Any] = {"by": request.user, "now": clock.now(), "draft": sheet.draft}
    try:
        if link:
            archived = cleaned.get("link_archived") or ""
            title = cleaned.get("link_title") or ""
            evidence.add_link(sheet.commitment, url=link, title=title, archived_url=archived, **common)
        if upload:
            evidence.add_file(sheet.commitment, upload=upload, **common)
    except record.Invalid as invalid:
        sheet.form.evidence_errors += [
            str(problem) for found in invalid.problems.values() for problem in found
        ]
        return False
    # What has become evidence is no longer something typed.
    sheet.form.forget_evidence()
    return keep(request, sheet)


# --- Answers ---------------------------------------------------------------------------------------------


def open_sheet(request: StaffRequest, commitment: Commitment, **more: Any) -> Sheet:
    return Sheet(commitment, request.user, clock.today(), **more)


def posted_sheet(request: StaffRequest, commitment: Commitment) -> Sheet:
    """Return the sheet with what was posted."""
    return open_sheet(
        request,
        commitment,
        data=request.POST.copy(),
        files=request.FILES,
        corrects=corrected(request, commitment),
        again=withdrawn(request, commitment),
        known_version=number(request.POST.get("draft_version")),
        seen=number(request.POST.get("based_on")),
    )


def corrected(request: StaffRequest, commitment: Commitment) -> ProgressUpdate | None:
    """Return the update that is being corrected, if the address or the form names one of this commitment."""
    pk = number(request.POST.get("corrects") or request.GET.get("corrects"))
    return commitment.updates.filter(pk=pk).first() if pk else None


def withdrawn(request: StaffRequest, commitment: Commitment) -> ProgressUpdate | None:
    """Return the withdrawn update of this commitment that the address asks to write anew, if any."""
    pk = number(request.GET.get("again"))
    return commitment.updates.filter(pk=pk, withdrawal__isnull=False).first() if pk else None


def show(request: StaffRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    """Show the form: in its row of the worklist, or as a page."""
    context = {"sheet": sheet, "in_place": wants_partial(request)}
    return render_page(request, TEMPLATE, partial="form", context=context, status=status)


def show_unsent(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Show the form again with its sentences; what was typed is saved as well, if the draft is one's own."""
    if not sheet.foreign_draft:
        keep(request, sheet)
    return show(request, sheet, status=422)


def show_conflict(request: StaffRequest, sheet: Sheet, newer: ProgressUpdate | None) -> HttpResponse:
    """Show what somebody else submitted meanwhile beside one's own words; sending again then stands."""
    sheet.has_conflict, sheet.conflict, sheet.seen = True, newer, newer.pk if newer else None
    # Sent again, it is another report: the token of a form that was used already would refuse it.
    sheet.data["based_on"], sheet.data["token"] = sheet.seen or "", str(uuid.uuid4())
    if not sheet.foreign_draft:
        keep(request, sheet)
    return show(request, sheet, status=409)


def back_to_form(request: StaffRequest, commitment: Commitment, said: str) -> HttpResponse:
    """Show the form anew from what is stored."""
    if wants_partial(request):
        return show(request, open_sheet(request, commitment, draft_note=said))
    messages.success(request, said)
    return redirect("staff:update-edit", code=commitment.code)


def after_submission(request: StaffRequest, commitment: Commitment, said: str) -> HttpResponse:
    """Return to the worklist: in place to the row itself, otherwise to the page at the row."""
    if wants_partial(request):
        return answer_with_row(request, commitment, said=said)
    messages.success(request, said)
    return HttpResponseRedirect(f"{reverse('staff:worklist')}#{row_id(commitment)}")


def update_for(request: StaffRequest, pk: int) -> ProgressUpdate:
    """Return the update with its state; its commitment must be this person's to read."""
    rows = ProgressUpdate.objects.with_state().select_related("commitment__report", "department", "corrects")
    update = get_object_or_404(rows, pk=pk)
    commitment_for(request.user, update.commitment.code)
    return update


def token_in(values: QueryDict) -> uuid.UUID:
    """Return the form's token; a fresh one where it is missing or broken."""
    try:
        return uuid.UUID(values.get("token", ""))
    except ValueError:
        return uuid.uuid4()
