"""A database with a million updates, and what an upgrade of it keeps waiting. Runs with the site's settings.

Prints, for each step of an upgrade: how long it took, and the longest that a reader and a writer, who go
on all the time, had to wait meanwhile.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

INSERT = """
INSERT INTO commitments_progressupdate (commitment_id, author_id, author_name, department_name, submitted_at,
  as_of, status, is_unchanged, value_source, stage, account, obstacle, help_needed, explanation, token, is_demo)
"""
COLUMNS = """'压力', '', {at}, '2024-06-30', 'in_progress', {false}, '', '', '第' || {n} || '次填报，进展正常。', '', '', '', {token}, {false}"""


def fill(count: int) -> None:
    """Append so many updates, spread over all commitments, in one statement."""
    from django.db import connection

    from commitments.models import User

    author = User.objects.order_by("pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source = f"SELECT c.id, {author}, " + COLUMNS.format(
                at="now() - (n || ' seconds')::interval", n="n", token="gen_random_uuid()", false="false"
            )
            numbers = f"generate_series(1, {count}) n"
        else:
            source = f"SELECT c.id, {author}, " + COLUMNS.format(
                at="datetime('now', '-' || n || ' seconds')",
                n="n",
                token="lower(hex(randomblob(16)))",
                false="0",
            )
            numbers = f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s)"
        cursor.execute(
            f"{INSERT} {source} FROM {numbers} JOIN (SELECT id, row_number() OVER (ORDER BY id) AS r FROM commitments_commitment) c"
            " ON c.r = n % (SELECT count(*) FROM commitments_commitment) + 1"
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE commitments_progressupdate")


@dataclass
class Visitor:
    """Does one thing again and again, and remembers the longest it took."""

    act: Callable[[Any], None]
    longest: float = 0
    times: int = 0
    failed: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        from django.db import DatabaseError, connection

        while not self.stop.is_set():
            started = time.perf_counter()
            try:
                with connection.cursor() as cursor:
                    self.act(cursor)
            except DatabaseError:
                self.failed += 1
            self.longest = max(self.longest, time.perf_counter() - started)
            self.times += 1
            time.sleep(0.005)
        connection.close()


def read(cursor: Any) -> None:
    cursor.execute(
        "SELECT u.id, u.account FROM commitments_progressupdate u WHERE u.commitment_id = 7 ORDER BY u.submitted_at DESC LIMIT 10"
    )
    cursor.fetchall()


def write(cursor: Any) -> None:
    import uuid

    token = uuid.uuid4()
    cursor.execute(
        f"{INSERT} SELECT 7, author_id, '压力', '', submitted_at, as_of, status, is_unchanged, '', '', '中途填报', '', '', '', %s, is_demo"
        " FROM commitments_progressupdate ORDER BY id DESC LIMIT 1",
        [str(token) if cursor.db.vendor == "postgresql" else token.hex],
    )


def measured(step: Callable[[], Any]) -> str:
    """Carry the step out among a reader and a writer; return the three times as a line."""
    visitors = [Visitor(read), Visitor(write)]
    threads = [threading.Thread(target=visitor.run) for visitor in visitors]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    for visitor in visitors:
        visitor.longest = visitor.times = 0
    started = time.perf_counter()
    try:
        step()
    finally:
        seconds = time.perf_counter() - started
        for visitor in visitors:
            visitor.stop.set()
        for thread in threads:
            thread.join()
    reader, writer = visitors
    failed = f", {writer.failed} writes failed" if writer.failed else ""
    return f"{seconds:.2f} s; longest wait of a reader {reader.longest:.2f} s, of a writer {writer.longest:.2f} s{failed}"


def steps() -> dict[str, Callable[[], Any]]:
    """Return what an upgrade may consist of, in the order in which it is tried; each is undone by a later one."""
    from django.contrib.postgres.operations import AddIndexConcurrently
    from django.core.management import call_command
    from django.db import connection, migrations, models
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.state import ProjectState

    from commitments.models.guards import install_guards, remove_guards

    def change(operation: Any, *, backwards: bool = False, atomic: bool = True) -> None:
        executor = MigrationExecutor(connection)
        before: ProjectState = executor.loader.project_state(executor.loader.graph.leaf_nodes())
        after = before.clone()
        operation.state_forwards("commitments", after)
        with connection.schema_editor(atomic=atomic) as editor:
            if backwards:
                operation.database_backwards("commitments", editor, after, before)
            else:
                operation.database_forwards("commitments", editor, before, after)

    column = migrations.AddField("progressupdate", "later", models.CharField(max_length=20, null=True))
    filled = migrations.AddField("progressupdate", "mark", models.CharField(max_length=20, db_default="none"))
    index = models.Index(fields=["as_of"], name="update_by_day")

    def guards() -> None:
        remove_guards()
        install_guards()

    def one_guard() -> None:
        drop_one()
        install_guards()

    found: dict[str, Callable[[], Any]] = {
        "migrate, nothing to do": lambda: call_command("migrate", verbosity=0),
        "all guards taken down and put up again": guards,
        "one guard put up": one_guard,
        "a column added, empty": lambda: change(column),
        "… and taken away": lambda: change(column, backwards=True),
    }
    if connection.vendor == "postgresql":
        concurrently = AddIndexConcurrently("progressupdate", index)
        found |= {
            "a column added, with a default of the database": lambda: change(filled),
            "… and taken away ": lambda: change(filled, backwards=True),
            "an index added the plain way": lambda: change(migrations.AddIndex("progressupdate", index)),
            "… and taken away  ": lambda: change(
                migrations.AddIndex("progressupdate", index), backwards=True
            ),
            "an index added concurrently": lambda: change(concurrently, atomic=False),
            "… and taken away concurrently": lambda: change(concurrently, backwards=True, atomic=False),
        }
    else:
        found["an index added"] = lambda: change(migrations.AddIndex("progressupdate", index))
    found["guards looked after"] = install_guards
    found["migrate tracker down to nothing"] = lambda: call_command("migrate", "tracker", "zero", verbosity=0)
    found["… and up again"] = lambda: call_command("migrate", verbosity=0)
    return found


def drop_one() -> None:
    from django.db import connection

    place = " ON commitments_progressupdate" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER commitments_progressupdate_no_update{place}")


if __name__ == "__main__":
    import django

    django.setup()
    wanted = int(sys.argv[1])
    began = time.perf_counter()
    fill(wanted)
    lines = [f"{wanted:,} updates appended in {time.perf_counter() - began:.0f} s"]
    lines += [f"{name}: {measured(step)}" for name, step in steps().items()]
    from commitments.models.guards import missing_guards

    print(json.dumps({"lines": lines, "findings": [f"missing: {name}" for name in missing_guards()]}))
