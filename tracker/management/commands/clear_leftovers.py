"""Removes what interrupted requests left behind: files that no row names, expired sessions."""

import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import models


class Command(BaseCommand):
    help = "Remove files of evidence that no row names (older than a day) and expired sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=float, default=24, help="how old a file must be; default: 24")
        parser.add_argument("--dry-run", action="store_true", help="say what would go and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        # Asked after the age was decided: a file younger than that may still get its row.
        before = time.time() - options["hours"] * 3600
        old = [path for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")) if is_old_file(path, before)]
        named = {Path(settings.MEDIA_ROOT) / name for name in names_in_rows()}
        leftovers = [path for path in old if path not in named]
        for path in leftovers:
            self.stdout.write(str(path))
            if not options["dry_run"]:
                path.unlink(missing_ok=True)
        if not options["dry_run"]:
            call_command("clearsessions")
        self.stdout.write(f"{len(leftovers)} files that no row names, of {len(old)}.")


def is_old_file(path: Path, before: float) -> bool:
    return path.is_file() and path.stat().st_mtime < before


def names_in_rows() -> set[str]:
    """Return the name of every file that any row of any table names."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                found.update(model._base_manager.values_list(field.attname, flat=True))
    return found - {""}
