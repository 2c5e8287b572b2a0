"""What a row and a request cost, for docs/scale.md: `python -m tracker.devtools.scale [COMMITMENTS]`, some minutes.

Fills a PostgreSQL of its own with copies of the demonstration set, then prints bytes by table, the processor's time
by page, and what partitions by report would make of the two largest tables. Times are the processor's where work
is ours, so that other work on the machine changes little.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from .bootstrap import ROOT

PARTS = 16
TABLES = """SELECT c.relname, c.reltuples::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid)
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE s.nspname = 'public' AND c.relkind = 'r' ORDER BY pg_total_relation_size(c.oid) DESC LIMIT 14"""
PARTITIONED = f"""
CREATE TABLE pc (LIKE commitments_commitment INCLUDING DEFAULTS, PRIMARY KEY (report_id, id), UNIQUE (report_id, code))
    PARTITION BY HASH (report_id);
CREATE TABLE pu (LIKE commitments_progressupdate INCLUDING DEFAULTS, report_id bigint NOT NULL,
    PRIMARY KEY (report_id, id), UNIQUE (report_id, token)) PARTITION BY HASH (report_id);
DO $$ BEGIN FOR i IN 0..{PARTS - 1} LOOP
    EXECUTE format('CREATE TABLE pc%s PARTITION OF pc FOR VALUES WITH (MODULUS {PARTS}, REMAINDER %s)', i, i);
    EXECUTE format('CREATE TABLE pu%s PARTITION OF pu FOR VALUES WITH (MODULUS {PARTS}, REMAINDER %s)', i, i);
END LOOP; END $$;
INSERT INTO pc SELECT * FROM commitments_commitment;
INSERT INTO pu SELECT u.*, c.report_id FROM commitments_progressupdate u
    JOIN commitments_commitment c ON c.id = u.commitment_id;
CREATE INDEX ON pc (report_id, is_retired, sequence);
ANALYZE pc; ANALYZE pu;
"""  # noqa: S608  our own names
WHOLE = """SELECT c.id, c.code, c.title, u.status, u.as_of FROM {commitments} c LEFT JOIN {updates} u ON {same}
WHERE c.report_id = %s AND NOT c.is_retired ORDER BY c.sequence"""


def main() -> None:
    from .postgres import running_server

    if sys.argv[1:] == ["pages"]:
        pages()
        return
    wanted = sys.argv[1] if len(sys.argv) > 1 else "50000"
    with running_server(["shared_buffers=512MB", "work_mem=32MB", "max_wal_size=4GB"]) as server:
        import psycopg

        with psycopg.connect(server.url.replace("/tracker", "/postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE tracker")
        environment = os.environ | {
            "TRACKER_MODE": "local",
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "DATABASE_URL": server.url,
            "TRACKER_TODAY": "2024-10-20",
            "SEARCHES_PER_MINUTE": "0",
        }
        for module, argument in (("bench.prepare", wanted), ("scale", "pages")):
            command = [sys.executable, "-m", f"tracker.devtools.{module}", argument]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
        with psycopg.connect(server.url, autocommit=True) as database:
            database.execute("VACUUM ANALYZE")
            sizes(database)
            partitions(database)


def sizes(database: Any) -> None:
    """Print what one commitment, with all that hangs on it, takes on the disk."""
    commitments, reports, size = database.execute(
        "SELECT (SELECT count(*) FROM commitments_commitment), (SELECT count(*) FROM commitments_report),"
        " pg_database_size(current_database())"
    ).fetchone()
    print(f"{commitments} commitments of {reports} reports: {size / commitments:.0f} bytes a commitment")
    for name, rows, heap, indexes in database.execute(TABLES).fetchall():
        each = max(rows, 1)
        print(f"  {name:36}{rows:>9} rows  {heap / each:6.0f} + {indexes / each:4.0f} bytes a row")


def partitions(database: Any) -> None:
    """Make partitions by report of commitments and updates, and ask both kinds of table the same."""
    database.execute(PARTITIONED)
    (report,) = database.execute("SELECT max(report_id) FROM commitments_commitment").fetchone()
    plain = WHOLE.format(
        commitments="commitments_commitment",
        updates="commitments_progressupdate",
        same="u.id = c.approved_update_id",
    )
    parted = WHOLE.format(
        commitments="pc", updates="pu", same="u.report_id = c.report_id AND u.id = c.approved_update_id"
    )
    for name, question in (("one table", plain), (f"{PARTS} partitions", parted)):
        spent = [wall(lambda: database.execute(question, [report]).fetchall()) for _ in range(25)]  # noqa: B023
        print(f"  a whole report from {name}: {statistics.median(spent):.2f} ms")
    plan = " ".join(row[0] for row in database.execute(f"EXPLAIN {parted}", [report]).fetchall())
    touched = [
        f"{table}{part}" for table in ("pc", "pu") for part in range(PARTS) if f" {table}{part} " in plan
    ]
    print(f"  partitions that the plan touches: {touched}")
    database.execute("ALTER TABLE commitments_progressupdate DISABLE TRIGGER USER")
    database.execute("ALTER TABLE commitments_progressupdate ADD COLUMN report_id bigint")
    fill = (
        "UPDATE commitments_progressupdate u SET report_id = c.report_id"
        " FROM commitments_commitment c WHERE c.id = u.commitment_id"
    )
    began = time.perf_counter()
    done = database.execute(fill).rowcount
    print(f"  report added to {done} updates: {done / (time.perf_counter() - began):.0f} a second")


def pages() -> None:
    """Print the processor's time for pages as this process answers them, with the site's settings."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.cache import caches
    from django.db.models import F
    from django.test import Client
    from django.test.utils import override_settings

    from commitments.models import Commitment, Report, User

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(
        ALLOWED_HOSTS=["testserver"], STORAGES={**settings.STORAGES, "staticfiles": plain}
    ).enable()
    report = Report.objects.default()
    code = Commitment.objects.filter(report=report).order_by("sequence").values_list("code", flat=True)[0]
    stranger, reporter = Client(headers={"accept-encoding": "br"}), Client()
    reporter.force_login(User.objects.get(username="demo-reporter"))

    def change() -> None:
        Report.objects.filter(pk=report.pk).update(data_version=F("data_version") + 1)

    def show(name: str, path: str, client: Client, before: Callable[[], object] = list) -> None:
        spent = []
        for _ in range(14):
            before()
            began = time.process_time()
            client.get(path)
            spent.append((time.process_time() - began) * 1000)
        print(f"  {path:28}{name:28}{statistics.median(spent[2:]):7.2f} ms of the processor")

    for path in ("/", "/commitments/", f"/commitments/{code}/", "/report/"):
        show("kept", path, stranger)
        show("made, data unchanged", path, stranger, caches["pages"].clear)
        show("made, first after a change", path, stranger, change)
    show("made", "/commitments/?q=学校", stranger, caches["pages"].clear)
    show("made", "/staff/", reporter)


def wall(act: Callable[[], object]) -> float:
    """Return how many milliseconds passed."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
