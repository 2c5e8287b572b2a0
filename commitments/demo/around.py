"""What stands around the updates: chases, amendments, drafts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ..choices import AmendmentKind
from ..models import Chase, UpdateDraft, User
from ..progress import amendments
from ..progress.changes import Change, log
from . import words
from .cast import VISITORS_UNIT
from .entry import Entry, at
from .stories import DEMO_DAY


def chase(entries: Iterable[Entry], people: dict[str, User]) -> None:
    """Chase a few that were silent or stale: some unanswered, one answered, one closed."""
    by = people["demo-reviewer"]
    quiet = [entry for entry in entries if entry.lead and entry.story.name in ("stale", "slow", "silent")]
    visitors = [entry for entry in quiet if entry.lead and entry.lead.slug == VISITORS_UNIT]
    others = [entry for entry in quiet if entry not in visitors]
    # Two for the visitor to answer, the second of which is answered already.
    chosen = visitors[:2] + others[:: max(1, len(others) // 4)][:4]
    for number, entry in enumerate(chosen):
        asked_at = at(DEMO_DAY - dt.timedelta(days=10 - number), 10)
        asked = Chase(
            commitment=entry.commitment,
            asked_by=by,
            asked_by_name=str(by),
            asked_at=asked_at,
            message=words.CHASE_MESSAGES[number % len(words.CHASE_MESSAGES)],
            reply_by=DEMO_DAY + dt.timedelta(days=number - 3),
            is_demo=True,
        )
        if number in (1, 4):
            asked.reply, asked.replied_by_name = words.CHASE_REPLY, str(entry.author)
            asked.replied_at = asked_at + dt.timedelta(days=2)
        if number == 4:
            asked.closed_by_name, asked.closed_at = str(by), asked_at + dt.timedelta(days=3)
        asked.save()
        log(Change(act="chase.asked", row=asked, after={"message": asked.message}), by=by, now=asked_at)
        if asked.replied_at:
            change = Change(act="chase.replied", row=asked, after={"reply": asked.reply})
            log(change, by=entry.author, now=asked.replied_at)
        if asked.closed_at:
            log(Change(act="chase.closed", row=asked), by=by, now=asked.closed_at)


def amend(entries: Iterable[Entry], people: dict[str, User]) -> None:
    """Move one deadline with approval, and leave one proposal to be decided."""
    overdue = [entry for entry in entries if entry.story.name == "overdue"]
    proposed_at = at(dt.date(DEMO_DAY.year, 9, 10), 15)
    made = [
        amendments.propose(
            entry.commitment,
            by=people["demo-admin-2"],
            proposal=amendments.Proposal(
                kind=AmendmentKind.DEADLINE,
                new_deadline=dt.date(DEMO_DAY.year, 12, 20),
                reason=reason,
                authority=words.AUTHORITY,
                document_number=words.DOCUMENT,
            ),
            now=proposed_at,
        )
        for entry, reason in zip(overdue, (words.AMENDMENT_REASON, words.PROPOSAL_REASON), strict=False)
    ]
    for amendment in made[:1]:
        decided_at = proposed_at + dt.timedelta(days=8)
        amendments.decide(amendment, by=people["demo-admin"], approve=True, note="", now=decided_at)


def draft(entries: Iterable[Entry]) -> None:
    """Leave some updates half written, each based on the latest that was not withdrawn."""
    rows = []
    for entry in entries:
        if entry.lead and entry.story.has_draft and entry.author.is_active:
            standing = [row for told, row in entry.updates if not told.is_withdrawn]
            rows.append(
                UpdateDraft(
                    commitment=entry.commitment,
                    owner=entry.author,
                    based_on=standing[-1] if standing else None,
                    content={"status": "in_progress", "account": f"{words.MARK}正在整理本月进展……"},
                    saved_at=at(DEMO_DAY - dt.timedelta(days=1), 16),
                )
            )
    UpdateDraft.objects.bulk_create(rows)
