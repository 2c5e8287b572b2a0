"""Where an uploaded file waits between preview and confirmation: out of reach, bound to its person."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from dataclasses import dataclass
from pathlib import PurePath

from django.core import signing
from django.core.files.storage import default_storage

from commitments.models import User

# Long enough to ask a colleague about a conflict; a file is removed on confirmation or after this.
KEPT_FOR = dt.timedelta(hours=24)
_FOLDER = "imports"
_SALT = "commitments.exchange.upload"


class Gone(Exception):
    """There is no such upload for this person: never, or no longer."""


@dataclass(frozen=True)
class Upload:
    """One file that waits."""

    token: str
    name: str
    content: bytes


def keep(content: bytes, name: str, *, kind: str, by: User, now: dt.datetime) -> str:
    """Store the file and return the token under which this person, and nobody else, finds it again."""
    sweep(now=now)
    stored = default_storage.save(f"{_FOLDER}/{_stamp(now)}-{uuid.uuid4().hex}", io.BytesIO(content))
    value = {"file": PurePath(stored).name, "name": PurePath(name).name[:100], "kind": kind, "user": by.pk}
    return signing.dumps(value, salt=_SALT, compress=True)


def fetch(token: str, *, kind: str, by: User) -> Upload:
    """Return the waiting file. Raises Gone."""
    try:
        value = signing.loads(token, salt=_SALT, max_age=KEPT_FOR)
        if (value["kind"], value["user"]) != (kind, by.pk):
            raise Gone
        with default_storage.open(f"{_FOLDER}/{value['file']}") as file:
            return Upload(token, value["name"], file.read())
    except (signing.BadSignature, OSError, KeyError, TypeError) as error:
        raise Gone from error


def remove(token: str, *, kind: str, by: User) -> None:
    """Remove the waiting file, if it is still there."""
    try:
        value = signing.loads(token, salt=_SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return
    if (value["kind"], value["user"]) == (kind, by.pk):
        default_storage.delete(f"{_FOLDER}/{value['file']}")


def sweep(*, now: dt.datetime) -> None:
    """Remove what nobody came back for; asked at every upload, so that no timer is needed."""
    try:
        _folders, names = default_storage.listdir(_FOLDER)
    except OSError:
        return
    oldest = _stamp(now - KEPT_FOR)
    for name in names:
        if name[: len(oldest)] < oldest:
            default_storage.delete(f"{_FOLDER}/{name}")


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")
