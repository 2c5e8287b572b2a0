"""Many reports of the real one's shape: the demonstration set copied inside the database, its words varied.

Everything is deterministic. Ids are those of the template plus a stride for each copy, so that no row
must be looked up. The guards of commitments/models/guards.py are lifted while rows are copied and asked
again of a sample afterwards; constraints and unique keys hold throughout.
"""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from commitments.models import (
    Amendment,
    BulkEdit,
    ChangeEntry,
    Chase,
    Commitment,
    Department,
    Evidence,
    GlossaryTerm,
    Passage,
    ProgressUpdate,
    Project,
    Report,
    ResponsibleArea,
    Review,
    SearchEntry,
    Target,
    TermUse,
    Theme,
    User,
    Withdrawal,
)
from commitments.models.guards import guards_of, install_guards, remove_guards

# Ids of one copy lie within this; the template's are far below it.
STRIDE = 100_000
BATCH = 50

COPIED: list[type[Model]] = [
    Report, ResponsibleArea, Theme, Passage, GlossaryTerm, TermUse, Department, User, BulkEdit, Commitment,
    Target, Project, ProgressUpdate, Review, Withdrawal, Evidence, Chase, Amendment, ChangeEntry,
    Commitment.supports.through, Commitment.scorecards.through, Commitment.same_promise.through,
    User.departments.through, SearchEntry,
]  # fmt: skip
# One change in five is enough to make the log long.
SOME_OF: dict[type[Model], str] = {ChangeEntry: "t.id % 5 = 0"}

# Characters that the copies exchange with each other, so that no two reports say the same. Figures,
# punctuation and the hedges stay, and so do the words that the benchmark searches for.
EXCHANGED = "南岸区重庆江湾国际茶园广阳岛迎龙弹子石上新街海棠溪铜元局长生桥峡口鸡冠黄桷垭"
VARIED = {
    Report: ["text", "title"], ResponsibleArea: ["title"], Theme: ["title"], Passage: ["text"],
    GlossaryTerm: ["term", "definition"], Commitment: ["title"], Target: ["metric"], Project: ["name"],
    ProgressUpdate: ["account"],
}  # fmt: skip
NUMBERED = {
    Department: ["name", "slug", "district"], User: ["username"], Report: ["slug", "district"],
}  # fmt: skip


def copy_reports(first: int, last: int, *, tell: Callable[[str], None] = lambda line: None) -> None:
    """Append the varied copies with these numbers of the first report and all that belongs to it."""

    def copy() -> None:
        _unmark()
        for start in range(first, last + 1, BATCH):
            for model in COPIED:
                copy_table(model, start, min(start + BATCH - 1, last))
            if start % 500 < BATCH:
                tell(f"{start} of {last} reports")

    lift(copy)
    if last >= first:
        require_guarded((first + last) // 2)


def lift(write: Callable[[], None]) -> None:
    """Write with the guards lifted, put them back, and bring statistics up to date."""
    _prepare()
    remove_guards()
    _switch_index(on=False)
    _switch_checks(on=False)
    try:
        write()
    finally:
        _switch_checks(on=True)
        _switch_index(on=True)
        install_guards()
    _settle()


def _unmark() -> None:
    """Let the template's invented rows pass for real ones: that nothing is invented is what most sites ask."""
    districts = "(SELECT district FROM commitments_report WHERE id < %s ORDER BY id LIMIT 1)"
    with connection.cursor() as cursor:
        for model in COPIED:
            if any(field.name == "is_demo" for field in model._meta.concrete_fields):
                cursor.execute(f"UPDATE {model._meta.db_table} SET is_demo = %s WHERE is_demo", [False])
        cursor.execute(
            f"UPDATE commitments_department SET district = {districts} WHERE district = ''", [STRIDE]
        )


def copy_table(model: type[Model], first: int, last: int) -> None:
    """Append the copies with these numbers of one table's rows."""
    table = model._meta.db_table
    names = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    values = ", ".join(_expression(model, field) for field in model._meta.concrete_fields)
    some = SOME_OF.get(model, "1 = 1")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t, {_numbers(first, last)}"
            f" WHERE t.{model._meta.pk.column} < {STRIDE} AND {some}"
        )


def _numbers(first: int, last: int) -> str:
    if connection.vendor == "postgresql":
        return f"generate_series({first}, {last}) AS s(k)"
    return f"(SELECT value AS k FROM generate_numbers WHERE value BETWEEN {first} AND {last}) AS s"


def _expression(model: type[Model], field: "Field[Any, Any]") -> str:
    """Return what the copy holds in this column."""
    column = f't."{field.column}"'
    if (model, field.name) == (SearchEntry, "pairs"):
        return _pairs("t.pairs")
    if field.primary_key or (field.is_relation and field.related_model in COPIED):
        return f"s.k * {STRIDE} + {column}"
    if field.name in NUMBERED.get(model, ()):
        return f"{column} || '-c' || s.k"
    if (model, field.name) == (Report, "text_sha256"):
        varied = "bench_vary(t.text, s.k)"
        if connection.vendor == "postgresql":
            return f"encode(sha256(convert_to({varied}, 'UTF8')), 'hex')"
        return f"bench_sha256({varied})"
    if field.name in VARIED.get(model, ()):
        return f"bench_vary({column}, s.k)"
    if field.name == "token":
        digest = f"md5(s.k || ':' || {column})" if connection.vendor == "postgresql" else ""
        return f"{digest}::uuid" if digest else f"bench_md5(s.k || ':' || {column})"
    if field.name in ("object_id",):
        return f"s.k * {STRIDE} + {column}"
    return column


def _pairs(column: str) -> str:
    """Return the copy's pairs: the template's, varied character by character, under the copy's report."""
    place = f"strpos({column}, ' ')" if connection.vendor == "postgresql" else f"instr({column}, ' ')"
    return (
        f"'report' || (s.k * {STRIDE} + CAST(substr({column}, 7, {place} - 7) AS integer))"
        f" || bench_vary(substr({column}, {place}), s.k)"
    )


# --- What only one of the two databases needs -----------------------------------------------------


def _prepare() -> None:
    """Put the functions in place that vary texts and digest them."""
    if connection.vendor == "postgresql":
        letters = "".join(dict.fromkeys(EXCHANGED))
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION bench_vary(words text, k bigint) RETURNS text LANGUAGE sql IMMUTABLE"
                f" AS $$ SELECT translate(words, '{letters}', substr('{letters * 2}',"
                f" 1 + (k % {len(letters)})::int, {len(letters)})) $$"
            )
        return
    connection.ensure_connection()
    database: sqlite3.Connection = connection.connection
    database.create_function("bench_vary", 2, vary, deterministic=True)
    database.create_function("bench_sha256", 1, lambda text: hashlib.sha256(text.encode()).hexdigest())
    database.create_function("bench_md5", 1, lambda text: hashlib.md5(text.encode()).hexdigest())  # noqa: S324
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS generate_numbers (value INTEGER PRIMARY KEY)")
        cursor.executemany(
            "INSERT OR IGNORE INTO generate_numbers VALUES (%s)", [(number,) for number in range(1, 5_000)]
        )


def vary(words: str, k: int) -> str:
    """Return the words with the exchanged characters moved k places on; as long as before."""
    return words.translate(_moved(k % len(set(EXCHANGED))))


@lru_cache
def _moved(places: int) -> dict[int, str]:
    letters = "".join(dict.fromkeys(EXCHANGED))
    return {ord(old): new for old, new in zip(letters, letters[places:] + letters[:places], strict=True)}


def _switch_checks(*, on: bool) -> None:
    """Switch triggers and foreign keys, and on SQLite the journal, off for the copying and on again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET session_replication_role = {'origin' if on else 'replica'}")
            return
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")
        cursor.execute(f"PRAGMA journal_mode = {'WAL' if on else 'OFF'}")
        cursor.execute(f"PRAGMA synchronous = {'NORMAL' if on else 'OFF'}")
        cursor.execute(f"PRAGMA cache_size = {-2000 if on else -500_000}")


def _switch_index(*, on: bool) -> None:
    """Take the index of the search down while rows are copied, and make it whole again: much quicker at once."""
    migration = import_module("commitments.migrations.0005_search")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in migration.POSTGRESQL if on else ["DROP INDEX search_pairs"]:
                cursor.execute(statement)
            return
        for statement in migration.SQLITE:
            if "TRIGGER" in statement:
                cursor.execute(statement if on else f"DROP TRIGGER {statement.split()[2]}")
        if on:
            cursor.execute("INSERT INTO commitments_pairs (commitments_pairs) VALUES ('rebuild')")


def _settle() -> None:
    """Bring sequences, visibility and statistics up to date, as days of ordinary work would have."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            return
        for model in COPIED:
            table = model._meta.db_table
            if model is SearchEntry:  # numbered after its commitment
                continue
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        cursor.execute("VACUUM (ANALYZE)")


def require_guarded(k: int) -> None:
    """Ask every guard on inserting of the k-th copy. Raises ValueError when one would have refused a row."""
    for guard in guards_of(connection.vendor):
        # What guards against REPLACE would find each row that stands in its own way.
        if guard.event != "INSERT" or guard.name.endswith("_no_replace"):
            continue
        # A row that stands is not compared with itself, and what came after it cannot have been in the way.
        if guard.name in ("review_of_open_update", "withdrawal_before_review", "passage_insert_overlap"):
            continue
        condition = re.sub(r"\bNEW\.", "new_row.", guard.when)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {guard.table} new_row"
                f" WHERE new_row.id BETWEEN {k * STRIDE} AND {(k + 1) * STRIDE - 1} AND ({condition})"
            )
            if refused := cursor.fetchone()[0]:
                raise ValueError(f"{guard.name} would have refused {refused} rows of copy {k}")


def sizes() -> Iterator[tuple[str, int]]:
    """Yield the tables with the number of their rows."""
    for model in COPIED:
        yield str(model._meta.verbose_name_plural), model._default_manager.count()
