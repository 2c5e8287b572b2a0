"""Restores an archive of database and evidence files into an empty place."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.archive import ArchiveError, read_manifest, restore_archive


class Command(BaseCommand):
    help = "Restore a backup into an empty, migrated database and an empty folder of files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--check", action="store_true", help="check every checksum and restore nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            if options["check"]:
                manifest = read_manifest(path)
                self.stdout.write(f"{path}: sound, {sum(manifest['rows'].values())} rows.")
                return
            contents = restore_archive(path)
        except (ArchiveError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored {sum(contents.rows.values())} rows and {len(contents.files)} files.")
