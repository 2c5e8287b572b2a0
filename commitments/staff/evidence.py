"""Evidence files for staff: served to those who may read the commitment's record, never from a public folder."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from commitments.choices import EvidenceKind
from commitments.files import evidence_response
from commitments.models import Evidence

from .access import StaffRequest, commitment_for, staff_required


@staff_required
@require_GET
def evidence_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Return the file, under its name, with nothing that a browser could run."""
    piece = get_object_or_404(Evidence.objects.select_related("commitment"), pk=pk, kind=EvidenceKind.FILE)
    # What is not submitted yet is read by those who write it, not by reviewers.
    commitment_for(request.user, piece.commitment.code, to_report=piece.update_id is None)
    response = evidence_response(piece)
    response["Cache-Control"] = "private, no-store"
    return response
