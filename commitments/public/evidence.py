"""Evidence files that the public may read: those of approved updates, never from a public folder."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from ..choices import EvidenceKind
from ..models import Evidence, ProgressUpdate

# Shown in the browser; everything else is downloaded.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})


def fingerprint(request: HttpRequest, pk: int) -> str | None:
    """Return what names the file: its own sum, which never changes; None where there is nothing to read."""
    piece = readable_by_all().filter(pk=pk).first()
    return f'"{piece.sha256}"' if piece else None


@require_safe
@condition(etag_func=fingerprint)
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the file under its name, with nothing that a browser could run; 404 until it is approved."""
    piece = get_object_or_404(readable_by_all(), pk=pk)
    try:
        opened = piece.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404(_("The file is missing.")) from missing
    response = FileResponse(
        opened,
        as_attachment=piece.content_type not in SHOWN,
        filename=piece.title,
        content_type=piece.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def readable_by_all() -> QuerySet[Evidence]:
    """Return the files of approved updates."""
    approved = ProgressUpdate.objects.approved().order_by().values("pk")
    return Evidence.objects.filter(kind=EvidenceKind.FILE, update__in=approved)
