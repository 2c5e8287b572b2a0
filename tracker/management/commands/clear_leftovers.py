"""Removes what interrupted requests left behind: files that no row names, expired sessions."""

import datetime as dt
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import models
from django.utils import timezone

from tracker.storage import stored_files


class Command(BaseCommand):
    help = "Remove files of evidence that no row names (older than a day) and expired sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=float, default=24, help="how old a file must be; default: 24")
        parser.add_argument("--dry-run", action="store_true", help="say what would go and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        # Asked for before the rows are: a file younger than this may still get its row.
        before = timezone.now() - dt.timedelta(hours=options["hours"])
        old = [name for name, written in stored_files() if written < before]
        leftovers = sorted(set(old) - names_in_rows())
        for name in leftovers:
            self.stdout.write(name)
            if not options["dry_run"]:
                default_storage.delete(name)
        if not options["dry_run"]:
            call_command("clearsessions")
        self.stdout.write(f"{len(leftovers)} files that no row names, of {len(old)}.")


def names_in_rows() -> set[str]:
    """Return the name of every file that any row of any table names."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                found.update(model._base_manager.values_list(field.attname, flat=True))
    return found - {""}
