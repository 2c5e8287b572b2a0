"""Where uploaded files go: into a folder, or into the database for machines that share nothing else."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db import transaction
from django.utils import timezone

from .models import StoredFile, StoredPiece

# A piece is what one read holds in memory.
PIECE = 256 * 1024


class DurableStorage(FileSystemStorage):
    """Writes a file through to the disk before it counts as saved; removes what could not be written whole."""

    def _save(self, name: str, content: Any) -> str:
        try:
            saved: str = super()._save(name, content)  # type: ignore[misc]
            path = Path(self.path(saved))
            write_through(path)
            write_through(path.parent)
        except OSError:
            # A full disk: what was begun would keep the room that the next one needs.
            with suppress(OSError):
                Path(self.path(name)).unlink()
            raise
        return saved

    def everything(self) -> Iterator[tuple[str, dt.datetime]]:
        """Yield the name of every file, and when it was last written."""
        base = Path(self.location)
        for path in sorted(base.rglob("*")):
            if path.is_file():
                written = dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC)
                yield path.relative_to(base).as_posix(), written


class DatabaseStorage(Storage):
    """Keeps files in the database, in pieces: in the transaction of the row that names them."""

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        try:
            found = StoredFile.objects.get(name=name)
        except StoredFile.DoesNotExist as error:
            raise FileNotFoundError(name) from error
        return File(io.BufferedReader(Pieces(found.pk, found.size), PIECE), name=name)

    def _save(self, name: str, content: File[Any]) -> str:
        with transaction.atomic():
            stored = StoredFile.objects.create(name=name, size=0, saved_at=timezone.now())
            size = 0
            # Not by its chunks: an upload that is held in memory has one, however large.
            content.seek(0)
            for number, piece in enumerate(iter(partial(content.read, PIECE), b"")):
                StoredPiece.objects.create(file=stored, number=number, content=piece)
                size += len(piece)
            StoredFile.objects.filter(pk=stored.pk).update(size=size)
        return name

    def delete(self, name: str) -> None:
        StoredFile.objects.filter(name=name).delete()

    def exists(self, name: str) -> bool:
        return StoredFile.objects.filter(name=name).exists()

    def size(self, name: str) -> int:
        return StoredFile.objects.values_list("size", flat=True).get(name=name)

    def get_modified_time(self, name: str) -> dt.datetime:
        return StoredFile.objects.values_list("saved_at", flat=True).get(name=name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        beginning = f"{path.rstrip('/')}/" if path else ""
        inside = [name.removeprefix(beginning) for name, _ in self.everything() if name.startswith(beginning)]
        folders = {name.partition("/")[0] for name in inside if "/" in name}
        return sorted(folders), [name for name in inside if "/" not in name]

    def everything(self) -> Iterator[tuple[str, dt.datetime]]:
        """Yield the name of every file, and when it was last written."""
        yield from StoredFile.objects.order_by("name").values_list("name", "saved_at")


class Pieces(io.RawIOBase):
    """A stored file as Python reads files: one piece in memory at a time."""

    def __init__(self, pk: int, size: int) -> None:
        self.pk, self.length, self.place = pk, size, 0
        self.number, self.piece = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        beginning = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.length}[whence]
        self.place = max(beginning + offset, 0)
        return self.place

    def readinto(self, buffer: Any) -> int:
        if self.place >= self.length:
            return 0
        number, offset = divmod(self.place, PIECE)
        if number != self.number:
            found = StoredPiece.objects.values_list("content", flat=True).get(file=self.pk, number=number)
            self.number, self.piece = number, bytes(found)
        part = self.piece[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self.place += len(part)
        return len(part)


def write_through(path: Path) -> None:
    """Return when the file's content, or the folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stored_files() -> Iterator[tuple[str, dt.datetime]]:
    """Yield name and time of every file that is kept, wherever the settings keep them."""
    storage: Any = default_storage  # one of the two above
    yield from storage.everything()
