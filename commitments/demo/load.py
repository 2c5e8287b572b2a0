"""Writes the demonstration set: in bulk, under the same guards and with the same log as real work.

The rows are what `progress.record` would have appended; a test submits every story through its checks.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string

from ..choices import APPROVALS, Decision, EvidenceKind, Kind, Via
from ..models import (
    ChangeEntry,
    Commitment,
    Department,
    Evidence,
    ProgressUpdate,
    Report,
    Review,
    UpdateDraft,
    User,
    Withdrawal,
)
from ..progress import bulk, fields
from ..progress import words as searched
from ..progress.changes import jsonable, raise_data_version
from ..progress.facts import promise_of
from . import around, cast, words
from .entry import Entry, at
from .stories import DEMO_DAY, story_of
from .story import Promise, Told

ASSIGNED_ON = dt.date(DEMO_DAY.year, 2, 20)
# Names the tokens of the demonstration set, so that they are the same every time.
NAMESPACE = uuid.UUID("6f1d7a52-24e6-4f39-9f0a-2b1f6a0c2024")
BATCH = 500


class NotLoadable(Exception):
    """The database holds real progress, or a report of another year."""


@dataclass(frozen=True)
class Loaded:
    """What was written, and the open accounts with their one password."""

    counts: dict[str, int]
    usernames: list[str]


def is_loaded() -> bool:
    """Say whether the demonstration set is in the database."""
    return User.objects.filter(is_demo=True).exists()


def require_loadable(report: Report) -> None:
    """Raise NotLoadable when invented progress would mix with real progress."""
    if report.year != DEMO_DAY.year:
        raise NotLoadable(
            f"The demonstration tells the year {DEMO_DAY.year}; this report is of {report.year}."
        )
    if (
        ProgressUpdate.objects.filter(is_demo=False).exists()
        or UpdateDraft.objects.filter(owner__is_demo=False).exists()
    ):
        raise NotLoadable("This database holds real progress; demonstration data is never mixed with it.")


@transaction.atomic
def load(report: Report, *, password: str) -> Loaded:
    """Write the whole set. Raises NotLoadable. The caller has made sure that it is not there yet."""
    require_loadable(report)
    departments = _departments()
    people = _people(departments, password)
    entries = _entries(report, departments, people)
    _assign(report, entries, people["demo-admin"])
    rounds = list(zip_longest(*(entry.story.told for entry in entries)))
    for number, told in enumerate(rounds):
        _append_updates(number, list(zip(entries, told, strict=True)))
    evidence = _append_evidence(entries)
    reviews = _append_decisions(entries, people)
    _move_public_record(entries)
    around.chase(entries, people)
    around.amend(entries, people)
    around.draft(entries)
    searched.index_report(report.pk)
    raise_data_version(report.pk, now=at(DEMO_DAY, 9))
    counts = {
        "departments": len(departments),
        "accounts": len(people),
        "updates": sum(len(entry.updates) for entry in entries),
        "evidence": evidence,
        "reviews": reviews,
    }
    return Loaded(counts, [account.username for account in cast.accounts() if account.is_open])


def set_password(password: str) -> list[str]:
    """Give the open accounts this password and return their names."""
    names = [account.username for account in cast.accounts() if account.is_open]
    for user in User.objects.filter(username__in=names, is_demo=True):
        user.set_password(password)
        user.save(update_fields=["password"])
    return names


def new_password() -> str:
    """Return a password that can be read aloud and typed."""
    return get_random_string(12, "abcdefghjkmnpqrstuvwxyz23456789")


# --- Departments and people -------------------------------------------------------------------


def _departments() -> dict[str, Department]:
    rows = [
        Department(
            slug=unit.slug,
            name=unit.name,
            name_en=unit.name_en,
            kind=unit.kind,
            contact_name="演示联系人",
            contact_email=f"{unit.slug}@example.org",
            second_contact_name="演示第二联系人",
            second_contact_email=f"{unit.slug}-2@example.org",
            is_demo=True,
        )
        for unit in cast.UNITS
    ]
    return {row.slug: row for row in Department.objects.bulk_create(rows)}


def _people(departments: dict[str, Department], password: str) -> dict[str, User]:
    found = {}
    for account in cast.accounts():
        is_administrator = account.username == "demo-admin"
        user = User(
            username=account.username,
            full_name=account.full_name,
            email=account.email,
            role=account.role,
            is_active=account.is_active,
            is_staff=is_administrator,
            is_superuser=is_administrator,
            date_joined=at(ASSIGNED_ON, 8),
            is_demo=True,
        )
        user.set_password(password) if account.is_open else user.set_unusable_password()
        user.save()
        user.departments.set(departments[slug] for slug in account.units)
        found[account.username] = user
    return found


# --- Assignment -------------------------------------------------------------------------------


def _entries(report: Report, departments: dict[str, Department], people: dict[str, User]) -> list[Entry]:
    authors = {
        slug: people[account.username]
        for account in cast.accounts()
        for slug in account.units
        if account.username != "demo-colleague"
    }
    rows = Commitment.objects.published().of_report(report).select_related("target", "project")
    entries = []
    for commitment in rows:
        commitment.report = report
        chance = random.Random(f"lead {commitment.code}")  # noqa: S311  repeatable on purpose
        slug = cast.lead_of(commitment.title, chance)
        supports = [departments[other] for other in cast.supports_of(slug, chance)]
        author = authors[slug or cast.OTHER_UNITS[0]]
        if slug == cast.VISITORS_UNIT and chance.random() < 0.5:
            author = people["demo-colleague"]
        # What nobody leads, nobody has reported on.
        story = story_of(_promise(commitment), None if slug else "silent")
        lead = departments[slug] if slug else None
        entries.append(Entry(commitment, story, lead, supports, author, []))
    return entries


def _promise(commitment: Commitment) -> Promise:
    facts = promise_of(commitment)
    name = commitment.project.name if commitment.kind == Kind.PROJECT else ""
    return Promise(
        code=commitment.code,
        title=commitment.title,
        kind=commitment.kind,
        bar=facts.bar,
        name=name,
        promised_stage=facts.promised_stage,
    )


def _assign(report: Report, entries: Sequence[Entry], by: User) -> None:
    """Give every commitment its lead, supports, deadline and finish line, as one recorded bulk edit."""
    values = fields.values_of([entry.commitment for entry in entries])
    plans = []
    for entry in entries:
        wanted: fields.Values = {
            "lead": entry.lead.pk if entry.lead else None,
            "supports": frozenset(department.pk for department in entry.supports),
            "deadline": entry.story.deadline,
            "finish_line": entry.story.finish_line,
        }
        plans.append(fields.plan(entry.commitment, values[entry.commitment.pk], wanted))
    now = at(ASSIGNED_ON, 9)
    batch = bulk.open_batch(
        report,
        by=by,
        now=now,
        via=Via.BULK,
        reason=words.ASSIGNED,
        count=len([row for row in plans if row.new]),
    )
    fields.write(plans, by=by, now=now, via=Via.BULK, reason=words.ASSIGNED, bulk_edit=batch)


# --- Updates and decisions ----------------------------------------------------------------------


def _append_updates(number: int, told: Iterable[tuple[Entry, Told | None]]) -> None:
    """Append the updates of one round; a later round can refer to an earlier one."""
    rows: list[tuple[Entry, Told, ProgressUpdate]] = []
    for entry, update in told:
        if update is not None:
            rows.append((entry, update, _update(entry, update, number)))
    made = ProgressUpdate.objects.bulk_create([row for _, _, row in rows], batch_size=BATCH)
    for (entry, update, _), row in zip(rows, made, strict=True):
        entry.updates.append((update, row))
    _log(
        _change("update.submitted", row, row.author, row.submitted_at, entry.commitment, _said(row))
        for (entry, _, _), row in zip(rows, made, strict=True)
    )


def _update(entry: Entry, told: Told, number: int) -> ProgressUpdate:
    corrected = entry.updates[-1][1] if told.corrects_previous else None
    return ProgressUpdate(
        commitment=entry.commitment,
        author=entry.author,
        author_name=str(entry.author),
        department=entry.lead,
        department_name=entry.lead.name if entry.lead else "",
        submitted_at=at(told.submitted_on, 9 + entry.commitment.sequence % 8, entry.commitment.sequence % 60),
        as_of=told.as_of,
        status=told.status,
        is_unchanged=told.is_unchanged,
        value=told.value,
        value_source=words.SOURCE if told.value is not None else "",
        stage=told.stage,
        stage_on=told.stage_on,
        invested=told.invested,
        account=told.account,
        obstacle=told.obstacle,
        help_needed=told.help_needed,
        expected_on=told.expected_on,
        explanation=told.explanation,
        corrects=corrected,
        token=uuid.uuid5(NAMESPACE, f"{entry.commitment.code} {number}"),
        is_demo=True,
    )


def _append_evidence(entries: Iterable[Entry]) -> int:
    rows = [
        Evidence(
            commitment=entry.commitment,
            update=row,
            kind=EvidenceKind.LINK,
            title=f"{words.MARK}工作台账（{row.as_of.month}月，第{number}份）",
            url=f"https://example.org/demo/{entry.commitment.code}/{row.as_of:%Y%m}-{number}",
            added_by=row.author,
            added_at=row.submitted_at,
            is_demo=True,
        )
        for entry in entries
        for told, row in entry.updates
        for number in range(1, told.evidence + 1)
    ]
    return len(Evidence.objects.bulk_create(rows, batch_size=BATCH))


def _append_decisions(entries: Sequence[Entry], people: dict[str, User]) -> int:
    """Append withdrawals and reviews; second decisions after first ones, as the guards demand."""
    reviewers = [people["demo-reviewer"], people["demo-reviewer-2"]]
    changes: list[ChangeEntry] = []
    withdrawals = [
        Withdrawal(update=row, at=row.submitted_at + dt.timedelta(hours=1), is_demo=True)
        for entry in entries
        for told, row in entry.updates
        if told.is_withdrawn
    ]
    for taken in Withdrawal.objects.bulk_create(withdrawals):
        row = taken.update
        changes.append(_change("update.withdrawn", row, row.author, taken.at, row.commitment, {}))
    count = 0
    for step in range(2):
        reviews = [
            _review(entry, told, row, step, reviewers[entry.commitment.sequence % 2])
            for entry in entries
            for told, row in entry.updates
            if len(told.decisions) > step
        ]
        for made in Review.objects.bulk_create(reviews, batch_size=BATCH):
            after = {"decision": made.decision, "method": made.method, "reason": made.reason}
            update = made.update
            act = f"update.{made.decision}"
            changes.append(_change(act, update, made.reviewer, made.decided_at, update.commitment, after))
            count += 1
    _log(changes)
    return count


def _review(entry: Entry, told: Told, row: ProgressUpdate, step: int, reviewer: User) -> Review:
    decision = told.decisions[step]
    day = min(told.submitted_on + dt.timedelta(days=told.decided_after + step), DEMO_DAY)
    return Review(
        update=row,
        reviewer=reviewer,
        reviewer_name=str(reviewer),
        decision=decision,
        method=told.method if decision == Decision.VERIFIED else "",
        reason=told.reason,
        decided_at=at(day, 17 + step, entry.commitment.sequence % 60),
        is_demo=True,
    )


def _move_public_record(entries: Iterable[Entry]) -> None:
    """Point each commitment at its latest approved update that no approved one corrects."""
    moved = []
    for entry in entries:
        approved = [(told, row) for told, row in entry.updates if set(told.decisions) & set(APPROVALS)]
        corrected = {row.corrects_id for _, row in approved}
        standing = [(told, row) for told, row in approved if row.pk not in corrected]
        if standing:
            told, row = max(standing, key=lambda pair: (pair[1].as_of, pair[1].pk))
            entry.commitment.approved_update = row
            entry.commitment.approved_is_verified = Decision.VERIFIED in told.decisions
            moved.append(entry.commitment)
    Commitment.objects.bulk_update(moved, ["approved_update", "approved_is_verified"], batch_size=BATCH)


# --- The log --------------------------------------------------------------------------------------


def _said(row: ProgressUpdate) -> dict[str, Any]:
    said = {
        "as_of": row.as_of,
        "status": row.status,
        "value": row.value,
        "stage": row.stage,
        "account": row.account,
    }
    return {name: value for name, value in said.items() if value not in (None, "")}


def _change(
    act: str, row: ProgressUpdate, actor: User, at: dt.datetime, commitment: Commitment, after: dict[str, Any]
) -> ChangeEntry:
    return ChangeEntry(
        at=at,
        actor=actor,
        actor_name=str(actor),
        via=Via.PAGE,
        act=act,
        model="progressupdate",
        object_id=row.pk,
        object_label=str(commitment)[:200],
        commitment=commitment,
        after=jsonable(after),
        is_demo=True,
    )


def _log(changes: Iterable[ChangeEntry]) -> None:
    ChangeEntry.objects.bulk_create(list(changes), batch_size=BATCH)
