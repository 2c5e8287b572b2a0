"""After the faults: what the database and the folder hold, against what people were told.

Reads the journal as JSON and prints figures and findings as JSON. No finding means: nothing half-applied,
nothing lost, nothing doubled, history whole.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

Entries = list[dict[str, Any]]


def verify(entries: Entries) -> dict[str, Any]:
    """Return figures, and findings as sentences."""
    from commitments.models import BulkEdit, ChangeEntry, Evidence, ProgressUpdate, Review
    from tracker.storage import stored_files

    findings = [
        *submissions([entry for entry in entries if entry["act"] == "submit"]),
        *nothing_overwritten(entries),
        *reviews([entry for entry in entries if entry["act"] == "review"]),
        *batches([entry for entry in entries if entry["act"] in ("bulk", "import")]),
        *history(),
        *files(),
        *engine(),
    ]
    named = {piece.file.name for piece in Evidence.objects.exclude(file="")}
    stored = list(stored_files())
    figures = {
        "updates": ProgressUpdate.objects.count(),
        "reviews": Review.objects.count(),
        "evidence files": len(named),
        "files that no row names": len(stored) - len(named),
        "batches": BulkEdit.objects.count(),
        "entries of the change log": ChangeEntry.objects.count(),
    }
    return {"figures": figures, "findings": findings}


def submissions(sent: Entries) -> Iterator[str]:
    """Every accepted one is there once, whole, as it was sent; nothing is there that was refused."""
    from commitments.models import ProgressUpdate

    by_token: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in sent:
        by_token[entry["token"]].append(entry)
    stored = {
        str(update.token): update
        for update in ProgressUpdate.objects.filter(bulk_edit=None).select_related("commitment", "author")
    }
    words = Counter(update.account for update in stored.values())
    for token, tries in by_token.items():
        outcomes = {entry["outcome"] for entry in tries}
        first, update = tries[0], stored.pop(token, None)
        if update is None:
            if "accepted" in outcomes:
                yield f"lost: {first['by']} was told that {first['words']} was submitted, and it is not there"
            continue
        if not outcomes & {"accepted", "unknown", "error"}:
            yield f"{first['words']} was refused ({outcomes}) and is there all the same"
        if (update.commitment.code, update.account, update.author.username) != (
            first["code"],
            first["words"],
            first["by"],
        ):
            yield f"{first['words']} is not as it was sent"
        if words[update.account] != 1:
            yield f"doubled: {first['words']} is there {words[update.account]} times"
        found = sorted(update.evidence.values_list("sha256", flat=True))
        if first["sha256"] and first["sha256"] not in found:
            yield f"{first['words']} is there without its file"
    for update in stored.values():
        yield f"update {update.pk} was sent by nobody"


def nothing_overwritten(entries: Entries) -> Iterator[str]:
    """Each update follows the one that its author had seen: nobody wrote over what they did not know."""
    from commitments.models import ProgressUpdate

    seen = {entry["token"]: entry["based_on"] for entry in entries if entry["act"] == "submit"}
    last: dict[int, str] = {}
    for update in ProgressUpdate.objects.order_by("pk"):
        token = str(update.token)
        if token in seen and seen[token] != last.get(update.commitment_id, ""):
            yield f"update {update.pk} follows {last.get(update.commitment_id)}, but its author had seen {seen[token] or 'none'}"
        last[update.commitment_id] = str(update.pk)


def reviews(sent: Entries) -> Iterator[str]:
    """Every decision that was accepted is there, by that person; no update was decided twice."""
    from commitments.choices import Decision
    from commitments.models import Commitment, Review

    stored = defaultdict(list)
    for review in Review.objects.order_by("pk").select_related("reviewer"):
        stored[review.update_id].append((review.decision, review.reviewer.username))
    for entry in sent:
        if entry["outcome"] == "accepted" and (entry["decision"], entry["by"]) not in stored[entry["update"]]:
            yield f"lost: the decision of {entry['by']} on update {entry['update']}"
    for update, decisions in stored.items():
        names = [decision for decision, _ in decisions]
        if names not in (
            [Decision.RETURNED],
            [Decision.PUBLISHED],
            [Decision.VERIFIED],
            [Decision.PUBLISHED, Decision.VERIFIED],
        ):
            yield f"update {update} was decided {names}"
    for commitment in Commitment.objects.all():
        approved = commitment.updates.approved().order_by("pk").last()
        if commitment.approved_update_id != (approved.pk if approved else None):
            yield f"{commitment.code} shows update {commitment.approved_update_id}, the latest approved is {approved and approved.pk}"


def batches(sent: Entries) -> Iterator[str]:
    """Every batch is whole: there once if accepted, with as many entries as rows; the rows follow the log."""
    from commitments.models import BulkEdit, ChangeEntry, Commitment

    reasons = Counter(BulkEdit.objects.values_list("reason", flat=True))
    for entry in sent:
        reason = ("分工" if entry["act"] == "bulk" else "导入") + entry["mark"]
        count = reasons[reason]
        if entry["outcome"] == "accepted" and count != 1:
            yield f"the batch {reason} was accepted and is there {count} times"
        if entry["outcome"] in ("refused", "conflict") and count:
            yield f"the batch {reason} was refused and is there"
        if count > 1:
            yield f"doubled: the batch {reason}"
    for batch in BulkEdit.objects.all():
        rows = batch.entries.values("commitment").distinct().count()
        if rows != batch.changed_count:
            yield f"half-applied: batch {batch.pk} says {batch.changed_count} rows and has {rows}"
    contact: dict[int | None, str] = {}
    for change in ChangeEntry.objects.filter(act="commitment.changed").order_by("pk"):
        if "contact" not in change.after:
            continue
        if change.commitment_id in contact and change.before["contact"] != contact[change.commitment_id]:
            yield f"lost update: entry {change.pk} begins with {change.before['contact']!r}"
        contact[change.commitment_id] = change.after["contact"]
    for pk, value in Commitment.objects.filter(pk__in=contact).values_list("pk", "contact"):
        if value != contact[pk]:
            yield f"row {pk} holds {value!r}, its last entry says {contact[pk]!r}"


def history() -> Iterator[str]:
    """Each update and decision has its one entry in the log, and the guards stand."""
    from commitments.models import ChangeEntry, ProgressUpdate, Review
    from commitments.models.guards import missing_guards

    logged = Counter(ChangeEntry.objects.filter(act="update.submitted").values_list("object_id", flat=True))
    updates = set(ProgressUpdate.objects.values_list("pk", flat=True))
    for pk in updates ^ set(logged):
        yield f"update {pk} and the log do not agree"
    yield from (f"update {pk} is {count} times in the log" for pk, count in logged.items() if count > 1)
    decided = ChangeEntry.objects.filter(
        act__in=("update.returned", "update.published", "update.verified")
    ).count()
    if decided != Review.objects.count():
        yield f"{Review.objects.count()} decisions, {decided} in the log"
    if missing := missing_guards():
        yield f"guards are missing: {missing}"


def files() -> Iterator[str]:
    """Every file that a row names is there, with its length and its checksum."""
    from commitments.models import Evidence

    for piece in Evidence.objects.exclude(file=""):
        try:
            content = piece.file.read()
        except OSError:
            yield f"the file of evidence {piece.pk} is missing"
            continue
        if (len(content), hashlib.sha256(content).hexdigest()) != (piece.size, piece.sha256):
            yield f"the file of evidence {piece.pk} is not whole: {len(content)} of {piece.size} bytes"


def engine() -> Iterator[str]:
    """What the database itself says about its soundness."""
    from django.db import connection

    connection.check_constraints()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            answer = cursor.fetchall()
        if answer != [("ok",)]:
            yield f"SQLite: {answer[:3]}"


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(verify(json.load(sys.stdin))))
