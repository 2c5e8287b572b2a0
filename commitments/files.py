"""How a stored file is sent: under its name, and so that no browser runs anything in it.

Who may read it is decided by the view, as is how long it may be kept.
"""

from __future__ import annotations

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from .models import Evidence

# Shown in the browser; everything else is downloaded.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})


def evidence_response(piece: Evidence) -> FileResponse:
    """Return the file of a piece of evidence; raises Http404 where it was lost."""
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
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
