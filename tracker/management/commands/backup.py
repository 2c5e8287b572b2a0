"""Writes one archive of database and evidence files."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.archive import ArchiveError, write_archive


class Command(BaseCommand):
    help = "Write one consistent archive of the database and the evidence files, with checksums."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="default: var/backups/ with date and time")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["path"] or self._default()
        try:
            contents = write_archive(path)
        except (ArchiveError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{path}: {sum(contents.rows.values())} rows of {len(contents.rows)} tables, {len(contents.files)} files."
        )
        for name in contents.missing:
            self.stderr.write(f"Not in the backup, because it is lost: {name}")

    def _default(self) -> Path:
        folder = settings.VAR_DIR / "backups"
        folder.mkdir(parents=True, exist_ok=True)
        return Path(folder / f"tracker-{dt.datetime.now(tz=dt.UTC):%Y%m%dT%H%M%SZ}.tar.gz")
