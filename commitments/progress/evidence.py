"""Evidence: a link, checked for form, or a file, checked by its content and stored out of reach."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from ..choices import EvidenceKind
from ..models import Commitment, Evidence, UpdateDraft, User
from .refusals import Invalid, NotAllowed
from .standing import require_reporter

_OFFICE = "application/vnd.openxmlformats-officedocument."
# What may be stored, by what the content is; the endings a person would expect with it.
ALLOWED: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    f"{_OFFICE}wordprocessingml.document": ("docx",),
    f"{_OFFICE}spreadsheetml.sheet": ("xlsx",),
    f"{_OFFICE}presentationml.presentation": ("pptx",),
}
# The folder that tells one office format from another inside the zip archive that all of them are.
_OFFICE_FOLDERS = {
    "word/": f"{_OFFICE}wordprocessingml.document",
    "xl/": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}presentationml.presentation",
}
# How .doc, .xls and .ppt begin, and the WPS files of their time; whether macros are in them cannot be seen.
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_TITLE = 200
MAX_URL = 1000


@transaction.atomic
def add_link(
    commitment: Commitment,
    *,
    by: User,
    url: str,
    now: dt.datetime,
    title: str = "",
    archived_url: str = "",
    draft: UpdateDraft | None = None,
) -> Evidence:
    """Keep a link to what shows the fact; only its form is checked, it is never opened from here.

    Raises NotAllowed; Invalid with the fields url, archived_url, title.
    """
    _require_owner(commitment, draft, by)
    url, archived_url = (
        _checked_url("url", url),
        _checked_url("archived_url", archived_url, is_required=False),
    )
    return Evidence.objects.create(
        commitment=commitment,
        draft=draft,
        kind=EvidenceKind.LINK,
        title=_checked_title(title or urlsplit(url).netloc),
        url=url,
        archived_url=archived_url,
        added_by=by,
        added_at=now,
        is_demo=by.is_demo,
    )


@transaction.atomic
def add_file(
    commitment: Commitment,
    *,
    by: User,
    upload: File[Any],
    now: dt.datetime,
    title: str = "",
    draft: UpdateDraft | None = None,
) -> Evidence:
    """Store a file under a name that gives nothing away. Raises NotAllowed; Invalid with the field file."""
    _require_owner(commitment, draft, by)
    name = PurePath((upload.name or "").replace("\\", "/")).name
    content_type = sniff(upload, name)
    evidence = Evidence(
        commitment=commitment,
        draft=draft,
        kind=EvidenceKind.FILE,
        title=_checked_title(title or name or _("File")),
        file=upload,
        content_type=content_type,
        size=upload.size,
        sha256=_sha256(upload),
        added_by=by,
        added_at=now,
        is_demo=by.is_demo,
    )
    try:
        evidence.save(force_insert=True)
    except OSError as error:
        text = _("The file could not be stored: the server has no room for it. Tell an administrator.")
        raise Invalid.one("file", "not_stored", text) from error
    return evidence


@transaction.atomic
def remove(evidence: Evidence, *, by: User) -> None:
    """Remove a piece that was not submitted yet, and its file. Raises NotAllowed."""
    if evidence.update_id is not None:
        raise NotAllowed(_("Evidence of a submitted update stays."))
    owner_id = evidence.draft.owner_id if evidence.draft else evidence.added_by_id
    if owner_id != by.pk:
        raise NotAllowed(_("This evidence belongs to somebody else's update."))
    _delete(evidence)


def remove_all(draft: UpdateDraft) -> None:
    """Remove what was added to a draft that ends."""
    for evidence in draft.evidence.all():
        _delete(evidence)


def sniff(upload: File[Any], name: str) -> str:
    """Return the type of a file by its content; raise Invalid with a sentence when it may not be stored."""
    limit = settings.EVIDENCE_MAX_MB
    if not upload.size:
        raise Invalid.one("file", "empty", _("The file is empty."))
    if upload.size > limit * 1024 * 1024:
        raise Invalid.one("file", "too_large", _("The file is larger than %(limit)d MB.") % {"limit": limit})
    upload.seek(0)
    head = upload.read(8192)
    upload.seek(0)
    if head.startswith(OLD_OFFICE):
        text = _(
            "This is the old format of Word, Excel or PowerPoint: save it as .docx, .xlsx or .pptx, or as PDF."
        )
        raise Invalid.one("file", "old_office", text)
    content_type = _office_type(upload) if head[:4] == b"PK\x03\x04" else filetype.guess_mime(head)
    upload.seek(0)
    if content_type not in ALLOWED:
        text = _(
            "This kind of file cannot be stored: PDF, images (JPEG, PNG, GIF, WebP), Word, Excel and PowerPoint can."
        )
        raise Invalid.one("file", "type", text)
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending not in ALLOWED[content_type]:
        text = _("The name ends in .%(ending)s, but the content is of another kind (%(kind)s).")
        kind = ALLOWED[content_type][0].upper()
        raise Invalid.one("file", "ending", text % {"ending": ending, "kind": kind})
    return content_type


def _office_type(upload: File[Any]) -> str | None:
    """Return which office format an archive is; None for other archives. Macros are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(upload.read())) as archive:
            names = archive.namelist()
    except Exception as error:
        # zipfile lets a dozen kinds of exception out of a damaged directory.
        raise Invalid.one("file", "broken", _("The file is damaged and cannot be read.")) from error
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise Invalid.one("file", "macros", _("The file contains macros; save it without them."))
    if "[Content_Types].xml" not in names:
        return None
    found = {
        kind for folder, kind in _OFFICE_FOLDERS.items() if any(name.startswith(folder) for name in names)
    }
    return found.pop() if len(found) == 1 else None


def _sha256(upload: File[Any]) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _checked_url(field: str, url: str, *, is_required: bool = True) -> str:
    url = url.strip()
    if not url:
        if is_required:
            raise Invalid.one(field, "required", _("Give the address of the page or document."))
        return ""
    try:
        URLValidator(schemes=["http", "https"])(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError) as error:
        text = _("This is not a complete address; it begins with https:// or http://.")
        raise Invalid.one(field, "form", text) from error
    if parts.username or parts.password:
        raise Invalid.one(
            field, "credentials", _("The address contains a user name or password; leave these out.")
        )
    if len(url) > MAX_URL:
        raise Invalid.one(field, "too_long", _("The address is too long."))
    return url


def _checked_title(title: str) -> str:
    title = " ".join(title.replace("\x00", "").split())
    if len(title) > MAX_TITLE:
        text = _("At most %(limit)d characters; these are %(count)d.")
        raise Invalid.one("title", "too_long", text % {"limit": MAX_TITLE, "count": len(title)})
    return title


def _require_owner(commitment: Commitment, draft: UpdateDraft | None, by: User) -> None:
    if draft is not None and (draft.owner_id != by.pk or draft.commitment_id != commitment.pk):
        raise NotAllowed(_("This is a colleague's draft; take it over first."))
    require_reporter(commitment, by)


def _delete(evidence: Evidence) -> None:
    """Delete the row now and the file once the transaction holds, unless another row shows the same file."""
    name, storage = evidence.file.name, evidence.file.storage
    evidence.delete()
    if name and not Evidence.objects.filter(file=name).exists():
        transaction.on_commit(lambda: storage.delete(name))
