"""manage.py compare_draft: how close the machine's draft comes to the reviewed table."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from commitments.reading.compare import differences, report
from commitments.reading.document import read_document
from commitments.reading.draft import draft_rows
from commitments.reading.table import TableError, read_table


class Command(BaseCommand):
    help = "Compare the machine's draft with the reviewed table: precision, recall, F1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        folder = Path(settings.BASE_DIR) / "fixtures" / "nanan_2024"
        parser.add_argument("--report", type=Path, default=folder / "report.txt")
        parser.add_argument("--reviewed", type=Path, default=folder / "reviewed.csv")
        parser.add_argument("--draft", type=Path, help="a table to compare instead of a new draft")
        parser.add_argument(
            "--differences", action="store_true", help="list the commitments found on one side only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reviewed = read_table(options["reviewed"])
            if options["draft"]:
                draft = read_table(options["draft"])
            else:
                draft = draft_rows(read_document(options["report"].read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, TableError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(report(draft, reviewed))
        if options["differences"]:
            for line in differences(draft, reviewed):
                self.stdout.write(line)
