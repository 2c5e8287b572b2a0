"""Evidence files for staff: served to those who may read the commitment's record, never from a public folder."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from commitments.choices import EvidenceKind
from commitments.models import Evidence

from .access import StaffRequest, commitment_for, staff_required

# Shown in the browser; everything else is downloaded.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})


@staff_required
@require_GET
def evidence_file(request: StaffRequest, pk: int) -> HttpResponse:
    """Return the file, under its name, with nothing that a browser could run."""
    piece = get_object_or_404(Evidence.objects.select_related("commitment"), pk=pk, kind=EvidenceKind.FILE)
    # What is not submitted yet is read by those who write it, not by reviewers.
    commitment_for(request.user, piece.commitment.code, to_report=piece.update_id is None)
    try:
        opened = piece.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404("the file is missing") from missing
    response = FileResponse(opened, content_type=piece.content_type)
    how = "inline" if piece.content_type in SHOWN else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(piece.title)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response  # type: ignore[return-value]
