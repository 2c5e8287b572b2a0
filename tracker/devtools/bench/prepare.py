"""Fills a database to a size: `python -m tracker.devtools.bench.prepare ROWS` with the site's settings.

The real report with the demonstration set first; then copies until there are as many commitments as asked.
`big ROWS` appends one report with so many commitments of its own, for the work on long lists.
`flat PATH` writes the published commitments as one table for Datasette.
"""

import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from commitments.models import Commitment, Report  # noqa: E402

from . import rows  # noqa: E402
from .big import append_big  # noqa: E402
from .servers import flat_copy  # noqa: E402

FLAT = """SELECT c.code, c.title, p.text, c.kind, a.number || ' ' || a.title, t.title, d.name, c.hedge, u.status,
  CAST(u.as_of AS char(10)), u.account
FROM commitments_commitment c
JOIN commitments_passage p ON p.id = c.passage_id
JOIN commitments_theme t ON t.id = c.theme_id
JOIN commitments_responsiblearea a ON a.id = t.area_id
LEFT JOIN commitments_department d ON d.id = c.lead_id
LEFT JOIN commitments_progressupdate u ON u.id = c.approved_update_id
WHERE NOT c.is_retired"""


def fill(wanted: int) -> None:
    """Bring the database to the number of commitments, by whole reports."""
    if not Report.objects.exists():
        call_command("load_report", verbosity=0)
        call_command("load_demo", password="bench-bench-bench")  # noqa: S106
    each = Commitment.objects.filter(report__id__lt=rows.STRIDE).count()
    there = Report.objects.count()
    reports = max(-(-wanted // each), 1)
    if reports > there:
        rows.copy_reports(there, reports - 1, tell=lambda line: print(line, file=sys.stderr, flush=True))
    elif there == 1:
        rows.copy_reports(1, 0)


def flat(path: str) -> None:
    """Write the flat copy."""
    with connection.cursor() as cursor:
        cursor.execute(FLAT)
        flat_copy(Path(path), cursor.fetchall())


def main() -> None:
    what, *arguments = sys.argv[1:]
    if what == "flat":
        flat(arguments[0])
    elif what == "big":
        append_big(int(arguments[0]))
    else:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        fill(int(what))


if __name__ == "__main__":
    main()
