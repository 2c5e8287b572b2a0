"""Evidence files that the public may read: those of approved updates, never from a public folder."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import condition, require_safe

from ..choices import EvidenceKind
from ..files import evidence_response
from ..models import Evidence, ProgressUpdate


def fingerprint(request: HttpRequest, pk: int) -> str | None:
    """Return what names the file: its own sum, which never changes; None where there is nothing to read."""
    piece = readable_by_all().filter(pk=pk).first()
    return f'"{piece.sha256}"' if piece else None


@require_safe
@condition(etag_func=fingerprint)
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the file under its name, with nothing that a browser could run; 404 until it is approved."""
    piece = get_object_or_404(readable_by_all(), pk=pk)
    response = evidence_response(piece)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-cache"
    return response


def readable_by_all() -> QuerySet[Evidence]:
    """Return the files of approved updates."""
    approved = ProgressUpdate.objects.approved().order_by().values("pk")
    return Evidence.objects.filter(kind=EvidenceKind.FILE, update__in=approved)
