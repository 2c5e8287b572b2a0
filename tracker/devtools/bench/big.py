"""One report with a very long list: the first report's commitments many times over, under more themes."""

from django.db import connection

from commitments.models import Commitment, Passage, Report, ResponsibleArea, Theme

from . import rows

# Its number among the copies, and where the ids of its commitments begin.
NUMBER, FIRST_ID = 4_999, 1_000_000_000
# So many times the commitments of a theme fit under one theme before a code would need a fourth digit.
TURNS = 15


def append_big(count: int) -> None:
    """Append the report with at least so many commitments; nothing else of it changes in size."""
    each = Commitment.objects.filter(report__id__lt=rows.STRIDE).count()
    turns = -(-count // each)
    rows.lift(lambda: _append(turns))


def _append(turns: int) -> None:
    for model in (Report, ResponsibleArea, Theme, Passage):
        rows.copy_table(model, NUMBER, NUMBER)
    step = _scalar("SELECT max(number) FROM commitments_theme")
    longest = _scalar(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM commitments_commitment GROUP BY theme_id) x"
    )
    if longest * TURNS > 999 or step * (turns // TURNS + 1) > 99:
        raise ValueError("the codes cannot take so many commitments")
    base = NUMBER * rows.STRIDE
    with connection.cursor() as cursor:
        for block in range(1, turns // TURNS + 1):
            cursor.execute(
                'INSERT INTO commitments_theme (id, area_id, number, title, title_en, start, "end")'
                f' SELECT id + {block * 1000}, area_id, number + {block * step}, title, title_en, start, "end"'
                f" FROM commitments_theme WHERE id BETWEEN {base} AND {base + 999}"
            )
        for turn in range(turns):
            _turn(cursor, turn, base, step, longest)


def _turn(cursor: object, turn: int, base: int, step: int, longest: int) -> None:
    """Append all commitments once more, with targets and projects."""
    block, within = divmod(turn, TURNS)
    first = FIRST_ID + turn * 10_000
    columns = [field.column for field in Commitment._meta.concrete_fields]
    values = {
        "id": f"{first} + t.id",
        "report_id": f"{base} + t.report_id",
        "theme_id": f"{base} + {block * 1000} + t.theme_id",
        "passage_id": f"{base} + t.passage_id",
        "sequence": f"{turn * 1000} + t.sequence",
        "approved_update_id": "NULL",
        "approved_is_verified": "FALSE",
        "code": (
            f"'2024-' || a.number || '.' || (h.number + {block * step}) || '-' || substr('000' ||"
            f" (row_number() OVER (PARTITION BY t.theme_id ORDER BY t.id) + {within * longest}), -3)"
            if connection.vendor == "sqlite"
            else f"'2024-' || a.number || '.' || (h.number + {block * step}) || '-' || lpad("
            f"(row_number() OVER (PARTITION BY t.theme_id ORDER BY t.id) + {within * longest})::text, 3, '0')"
        ),
    }
    names = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join(values.get(column, f't."{column}"') for column in columns)
    cursor.execute(  # type: ignore[attr-defined]
        f"INSERT INTO commitments_commitment ({names}) SELECT {chosen} FROM commitments_commitment t"
        " JOIN commitments_theme h ON h.id = t.theme_id JOIN commitments_responsiblearea a ON a.id = h.area_id"
        f" WHERE t.id < {rows.STRIDE}"
    )
    for table in ("commitments_target", "commitments_project"):
        rest = _columns(table)
        names = ", ".join(f'"{column}"' for column in rest)
        cursor.execute(  # type: ignore[attr-defined]
            f"INSERT INTO {table} (id, commitment_id, {names}) SELECT {first} + id, {first} + commitment_id, {names}"
            f" FROM {table} WHERE id < {rows.STRIDE}"
        )


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return [column.name for column in described if column.name not in ("id", "commitment_id")]


def _scalar(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"{question} ")
        return int(cursor.fetchone()[0])
