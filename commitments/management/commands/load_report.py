"""Loads a report's reading, or brings the stored one up to date with it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, transaction

from commitments import clock
from commitments.exchange.report_fixture import FixtureError, Synced, load, read_fixture

DEFAULT = Path("fixtures/nanan_2024/nanan_2024.json")


class Command(BaseCommand):
    help = "Load a report's reading; what people assigned and reported is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, default=settings.BASE_DIR / DEFAULT, help=f"default: {DEFAULT}"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                done = load(read_fixture(options["path"]), now=clock.now())
                transaction.set_rollback(options["dry_run"])
        except FixtureError as error:
            raise CommandError(str(error)) from error
        except Error as error:
            raise CommandError(f"The database refused the file, and nothing was changed: {error}") from error
        self.stdout.write("\n".join(account(done, is_dry_run=options["dry_run"])))


def account(done: Synced, *, is_dry_run: bool) -> list[str]:
    """Return one line per kind of row that changed."""
    lines = [
        f"  {name}: " + ", ".join(f"{number} {what}" for what, number in counter.items() if number)
        for name, counter in done.counts.items()
        if sum(counter.values())
    ]
    if not lines:
        return [f"{done.report.title}: nothing to change."]
    return [f"{done.report.title}{' (dry run, nothing is written)' if is_dry_run else ''}:", *lines]
