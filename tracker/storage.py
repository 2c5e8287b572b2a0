"""Where uploaded evidence goes: whole and on the disk before the row that names it, or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


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


def write_through(path: Path) -> None:
    """Return when the file's content, or the folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
