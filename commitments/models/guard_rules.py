"""Promises that no constraint can hold: what the database refuses, in words that both databases understand.

Demonstration rows may be deleted, so that `load_demo --remove` leaves no trace; nothing else that is
appended may be changed or deleted, by any program. How they are put up: guards.py.
"""

from __future__ import annotations

from dataclasses import dataclass


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
