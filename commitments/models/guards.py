"""Promises that no constraint can hold, kept by triggers of the same wording on both databases.

Put up after every migration (post_migrate), because SQLite drops a table's triggers whenever
Django remakes the table; those that stand are left alone. Demonstration rows may be deleted, so that `load_demo --remove` leaves
no trace; nothing else that is appended may be changed or deleted, by any program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Guard:
    """Refuse `event` on `table` when `when` holds, with `message`.

    `when` is SQL that SQLite and PostgreSQL both understand, over OLD and NEW. `only` names the one
    database that knows the way around which the guard closes.
    """

    name: str
    table: str
    event: str
    when: str
    message: str
    only: str = ""


def _append_only(
    table: str, noun: str, *, freely_deleted: str = "NOT OLD.is_demo", unique: tuple[str, ...] = ("id",)
) -> list[Guard]:
    in_the_way = " OR ".join(f"t.{column} = NEW.{column}" for column in unique)
    return [
        Guard(
            f"{table}_no_update",
            table,
            "UPDATE",
            "1 = 1",
            f"{noun} is append-only: it cannot be changed",
        ),
        Guard(
            f"{table}_no_delete",
            table,
            "DELETE",
            freely_deleted,
            f"{noun} is append-only: it cannot be deleted",
        ),
        # REPLACE deletes the row in its way without calling the triggers of a deletion.
        Guard(
            f"{table}_no_replace",
            table,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {table} t WHERE {in_the_way})",
            f"{noun} is append-only: it cannot be replaced",
            only="sqlite",
        ),
        Guard(
            f"{table}_no_truncate",
            table,
            "TRUNCATE",
            f"EXISTS (SELECT 1 FROM {table} t WHERE {freely_deleted.replace('OLD.', 't.')})",
            f"{noun} is append-only: it cannot be emptied",
            only="postgresql",
        ),
    ]


_REPORT = "commitments_report"
_PASSAGE = "commitments_passage"
_UPDATE = "commitments_progressupdate"
_REVIEW = "commitments_review"
_WITHDRAWAL = "commitments_withdrawal"
_EVIDENCE = "commitments_evidence"
_AMENDMENT = "commitments_amendment"

_PASSAGE_TEXT = (
    f'NOT EXISTS (SELECT 1 FROM {_REPORT} r WHERE r.id = NEW.report_id AND NEW."end" <= r.plan_end'
    ' AND NEW.start >= r.plan_start AND NEW."end" <= length(r.text)'
    ' AND substr(r.text, NEW.start + 1, NEW."end" - NEW.start) = NEW.text)'
)
_PASSAGE_OVERLAP = (
    f"NEW.is_current AND EXISTS (SELECT 1 FROM {_PASSAGE} p WHERE p.report_id = NEW.report_id"
    ' AND p.is_current AND p.id <> NEW.id AND p.start < NEW."end" AND p."end" > NEW.start)'
)
_PASSAGE_OVERLAP_INSERT = _PASSAGE_OVERLAP.replace(" AND p.id <> NEW.id", "")


def _kind_guard(table: str, kind: str) -> list[Guard]:
    return [
        Guard(
            f"{table}_{event.lower()}_kind",
            table,
            event,
            "NOT EXISTS (SELECT 1 FROM commitments_commitment c"
            f" WHERE c.id = NEW.commitment_id AND c.kind = '{kind}')",
            f"only a commitment of kind {kind} has {kind} facts",
        )
        for event in ("INSERT", "UPDATE")
    ]


def _inside_guards(name: str, table: str, belongs: str, end: str = '"end"') -> list[Guard]:
    """Refuse a span that ends behind its report's text; `belongs` joins the report `r` to NEW."""
    return [
        Guard(
            f"{name}_{event.lower()}_inside_text",
            table,
            event,
            f"NEW.{end} IS NOT NULL AND NOT EXISTS"
            f" (SELECT 1 FROM {_REPORT} r {belongs} AND NEW.{end} <= length(r.text))",
            "a span must lie inside the text of its report",
        )
        for event in ("INSERT", "UPDATE")
    ]


_OF_ONE_REPORT = (
    f"NOT EXISTS (SELECT 1 FROM {_PASSAGE} p WHERE p.id = NEW.passage_id AND p.report_id = NEW.report_id)"
    " OR NOT EXISTS (SELECT 1 FROM commitments_theme t JOIN commitments_responsiblearea a ON a.id = t.area_id"
    " WHERE t.id = NEW.theme_id AND a.report_id = NEW.report_id)"
)

GUARDS: list[Guard] = [
    Guard(
        "report_text_stays",
        _REPORT,
        "UPDATE",
        "NEW.text <> OLD.text OR NEW.text_sha256 <> OLD.text_sha256",
        "the text of a report is never edited",
    ),
    *[
        Guard(
            f"passage_{event.lower()}_is_substring",
            _PASSAGE,
            event,
            _PASSAGE_TEXT,
            "a passage must be the exact words at its place in the plan",
        )
        for event in ("INSERT", "UPDATE")
    ],
    Guard(
        "passage_insert_overlap",
        _PASSAGE,
        "INSERT",
        _PASSAGE_OVERLAP_INSERT,
        "passages never overlap",
    ),
    Guard(
        "passage_update_overlap",
        _PASSAGE,
        "UPDATE",
        _PASSAGE_OVERLAP,
        "passages never overlap",
    ),
    Guard(
        "report_insert_inside_text",
        _REPORT,
        "INSERT",
        "NEW.plan_end > length(NEW.text)",
        "a span must lie inside the text of its report",
    ),
    Guard(
        "report_update_inside_text",
        _REPORT,
        "UPDATE",
        "NEW.plan_end <> OLD.plan_end AND NEW.plan_end > length(NEW.text)",
        "a span must lie inside the text of its report",
    ),
    *_inside_guards("area", "commitments_responsiblearea", "WHERE r.id = NEW.report_id"),
    *_inside_guards(
        "theme",
        "commitments_theme",
        "JOIN commitments_responsiblearea a ON a.report_id = r.id WHERE a.id = NEW.area_id",
    ),
    *_inside_guards("term", "commitments_glossaryterm", "WHERE r.id = NEW.report_id"),
    *_inside_guards(
        "termuse",
        "commitments_termuse",
        "JOIN commitments_glossaryterm g ON g.report_id = r.id WHERE g.id = NEW.term_id",
    ),
    *_inside_guards(
        "target_baseline",
        "commitments_target",
        "JOIN commitments_commitment c ON c.report_id = r.id WHERE c.id = NEW.commitment_id",
        "baseline_end",
    ),
    Guard(
        "commitment_insert_of_one_report",
        "commitments_commitment",
        "INSERT",
        _OF_ONE_REPORT,
        "a commitment, its passage and its theme belong to one report",
    ),
    Guard(
        "commitment_update_of_one_report",
        "commitments_commitment",
        "UPDATE",
        f"(NEW.passage_id <> OLD.passage_id OR NEW.theme_id <> OLD.theme_id) AND ({_OF_ONE_REPORT})",
        "a commitment, its passage and its theme belong to one report",
    ),
    *_kind_guard("commitments_target", "target"),
    *_kind_guard("commitments_project", "project"),
    Guard(
        "commitment_code_stays",
        "commitments_commitment",
        "UPDATE",
        "NEW.code <> OLD.code OR NEW.report_id <> OLD.report_id",
        "a code is stable for ever",
    ),
    *_append_only(_UPDATE, "a progress update", unique=("id", "token")),
    *_append_only(_REVIEW, "a review"),
    *_append_only(_WITHDRAWAL, "a withdrawal", unique=("id", "update_id")),
    *_append_only("commitments_changeentry", "the change log"),
    Guard(
        "evidence_no_update",
        _EVIDENCE,
        "UPDATE",
        "OLD.update_id IS NOT NULL AND (NEW.update_id IS NULL OR NEW.update_id <> OLD.update_id"
        " OR NEW.commitment_id <> OLD.commitment_id OR NEW.url <> OLD.url"
        " OR NEW.archived_url <> OLD.archived_url OR NEW.file <> OLD.file"
        " OR NEW.sha256 <> OLD.sha256 OR NEW.title <> OLD.title OR NEW.kind <> OLD.kind"
        " OR NEW.size <> OLD.size OR NEW.content_type <> OLD.content_type)",
        "evidence is frozen once its update is submitted",
    ),
    Guard(
        "evidence_no_delete",
        _EVIDENCE,
        "DELETE",
        "OLD.update_id IS NOT NULL AND NOT OLD.is_demo",
        "evidence is frozen once its update is submitted",
    ),
    Guard(
        "evidence_no_replace",
        _EVIDENCE,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {_EVIDENCE} e WHERE e.id = NEW.id AND e.update_id IS NOT NULL)",
        "evidence is frozen once its update is submitted",
        only="sqlite",
    ),
    Guard(
        "review_not_by_author",
        _REVIEW,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {_UPDATE} u WHERE u.id = NEW.update_id AND u.author_id = NEW.reviewer_id)",
        "an author never reviews their own update",
    ),
    Guard(
        "review_of_open_update",
        _REVIEW,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {_WITHDRAWAL} w WHERE w.update_id = NEW.update_id)"
        f" OR EXISTS (SELECT 1 FROM {_REVIEW} r WHERE r.update_id = NEW.update_id"
        " AND (r.decision <> 'published' OR NEW.decision <> 'verified'))",
        "this update has been decided or withdrawn",
    ),
    Guard(
        "withdrawal_before_review",
        _WITHDRAWAL,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {_REVIEW} r WHERE r.update_id = NEW.update_id)",
        "an update that was decided cannot be withdrawn",
    ),
    Guard(
        "amendment_decided_stays",
        _AMENDMENT,
        "UPDATE",
        "OLD.decided_at IS NOT NULL",
        "a decided amendment is append-only: it cannot be changed",
    ),
    Guard(
        "amendment_no_replace",
        _AMENDMENT,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {_AMENDMENT} a WHERE a.id = NEW.id AND a.decided_at IS NOT NULL)",
        "a decided amendment is append-only: it cannot be replaced",
        only="sqlite",
    ),
    Guard(
        "amendment_no_delete",
        _AMENDMENT,
        "DELETE",
        "OLD.decided_at IS NOT NULL AND NOT OLD.is_demo",
        "a decided amendment is append-only: it cannot be deleted",
    ),
]


def guards_of(vendor: str) -> list[Guard]:
    """Return the guards that stand on this kind of database."""
    return [guard for guard in GUARDS if guard.only in ("", vendor)]


def _create_sqlite(guard: Guard) -> str:
    return (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW"
        f" WHEN {guard.when} BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
    )


def _body_postgresql(guard: Guard) -> str:
    returned = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(guard.event, "NEW")
    return (
        f" BEGIN IF {guard.when} THEN RAISE EXCEPTION '{guard.message}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        f" RETURN {returned}; END "
    )


def remove_guards(using: str = "default") -> None:
    """Drop every guard; for emptying a test database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for guard in guards_of(connection.vendor):
            table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{table}")


def step_aside(using: str = "default", plan: Any = (), **_signal: Any) -> None:
    """Take the guards down before SQLite migrates; afterwards they are put up again.

    Django remakes a table of SQLite under another name, and SQLite refuses that while a trigger of
    another table names it. Stop the site first: nothing guards the history until the end.
    """
    if plan and connections[using].vendor == "sqlite":
        remove_guards(using)


def install_guards(using: str = "default", **_signal: Any) -> list[str]:
    """Create the guards that are missing or say something else; return the names of those touched.

    A guard that is in place is left alone, so that a migration takes no lock on tables it does not
    change. Does nothing while the tables do not all exist yet.
    """
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not {guard.table for guard in GUARDS} <= tables:
        return []
    install = _install_sqlite if connection.vendor == "sqlite" else _install_postgresql
    with connection.cursor() as cursor:
        return install(cursor)


def missing_guards(using: str = "default") -> list[str]:
    """Return the names of the guards that are not in place as written here; empty when all is well."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            found = _found_sqlite(cursor)
            return [g.name for g in guards_of("sqlite") if found.get(g.name) != _create_sqlite(g)]
        bodies, triggers = _found_postgresql(cursor)
        return [
            g.name
            for g in guards_of("postgresql")
            if triggers.get(g.name) != (g.table, g.event) or bodies.get(g.name) != _body_postgresql(g)
        ]


def _install_sqlite(cursor: Any) -> list[str]:
    found = _found_sqlite(cursor)
    touched = []
    for guard in guards_of("sqlite"):
        statement = _create_sqlite(guard)
        if found.get(guard.name) == statement:
            continue
        cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
        cursor.execute(statement)
        touched.append(guard.name)
    return touched


def _found_sqlite(cursor: Any) -> dict[str, str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(cursor.fetchall())


def _install_postgresql(cursor: Any) -> list[str]:
    """Replace functions without a lock on the table; create a trigger under one that lets readers read."""
    bodies, triggers = _found_postgresql(cursor)
    touched = []
    for guard in guards_of("postgresql"):
        body, place = _body_postgresql(guard), (guard.table, guard.event)
        has_body, has_trigger = bodies.get(guard.name) == body, triggers.get(guard.name) == place
        if has_body and has_trigger:
            continue
        touched.append(guard.name)
        if not has_body:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql"
                f" AS $guard${body}$guard$"
            )
        if not has_trigger:
            # Only where it stood on another table or was switched off: dropping shuts readers out.
            if guard.name in triggers:
                cursor.execute(f"DROP TRIGGER {guard.name} ON {triggers[guard.name][0]}")
            each = "STATEMENT" if guard.event == "TRUNCATE" else "ROW"
            cursor.execute(
                f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
                f" FOR EACH {each} EXECUTE FUNCTION {guard.name}()"
            )
    return touched


def _found_postgresql(cursor: Any) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return the functions' bodies and the triggers' table and event, both by name.

    The event of a trigger that is switched off, or does not run BEFORE one event, reads as "".
    """
    names = [guard.name for guard in GUARDS]
    cursor.execute(
        "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = current_schema() AND p.proname = ANY(%s)",
        [names],
    )
    bodies = dict(cursor.fetchall())
    # tgtype is a set of bits: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate.
    cursor.execute(
        "SELECT t.tgname, c.relname, CASE WHEN t.tgenabled <> 'O' THEN '' ELSE CASE t.tgtype"
        " WHEN 7 THEN 'INSERT' WHEN 11 THEN 'DELETE' WHEN 19 THEN 'UPDATE'"
        " WHEN 34 THEN 'TRUNCATE' ELSE '' END END"
        " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND t.tgname = ANY(%s)",
        [names],
    )
    return bodies, {name: (table, event) for name, table, event in cursor.fetchall()}
