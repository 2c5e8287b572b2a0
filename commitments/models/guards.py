"""Puts the promises of guard_rules.py up as triggers of the same wording on both databases.

Put up after every migration (post_migrate), because SQLite drops a table's triggers whenever
Django remakes the table; those that stand are left alone.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from .guard_rules import GUARDS, Guard

__all__ = ["GUARDS", "guards_of", "install_guards", "missing_guards", "remove_guards", "step_aside"]


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
