"""manage.py draft_commitments REPORT.txt: the machine's draft of the reviewed table."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments.reading.document import read_document
from commitments.reading.draft import draft_rows
from commitments.reading.table import dump_table, write_table


class Command(BaseCommand):
    help = "Read a government work report and write a draft table of its commitments (CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", type=Path, help="the report's text, one paragraph a line")
        parser.add_argument("--output", type=Path, help="where to write; without it, standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = options["report"].read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"cannot read {options['report']}: {error}") from error
        document = read_document(text)
        rows = draft_rows(document)
        if options["output"]:
            write_table(options["output"], rows)
        else:
            self.stdout.write(dump_table(rows), ending="")
        kinds = Counter(row.kind for row in rows if row.is_commitment)
        counts = ", ".join(f"{count} {kind}s" for kind, count in sorted(kinds.items()))
        self.stderr.write(f"{len({row.span for row in rows})} passages, {counts or 'no commitments'}")
        for note in document.notes:
            self.stderr.write(f"line {note.line}: {note.message}")
