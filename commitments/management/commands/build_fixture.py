"""manage.py build_fixture: joins the report's text and the reviewed table into the fixture."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from commitments.reading.fixture import LEDGER, FixtureError, build


class Command(BaseCommand):
    help = "Build the fixture of a report from its text and its reviewed table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        folder = Path(settings.BASE_DIR) / "fixtures" / "nanan_2024"
        parser.add_argument("folder", nargs="?", type=Path, default=folder)
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if a file is not as built"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].resolve()
        try:
            built = build(folder)
        except FixtureError as error:
            raise CommandError(str(error)) from error
        files = {folder / f"{folder.name}.json": built.fixture, folder / LEDGER: built.ledger}
        stale = [path for path, made in files.items() if not _holds(path, made)]
        if options["check"] and stale:
            names = ", ".join(path.name for path in stale)
            raise CommandError(f"stale: {names}. Run manage.py build_fixture and commit the result.")
        for path in stale:
            path.write_bytes(files[path])
        names = ", ".join(path.name for path in stale) or "nothing to write"
        self.stdout.write(f"{built.commitments} commitments, {built.new_codes} new codes: {names}")


def _holds(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content
