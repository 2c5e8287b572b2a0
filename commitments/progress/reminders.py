"""Who is to be reminded of what: one digest a person, nothing twice within days. Sends nothing itself."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ..choices import Decision, PublicStatus, Role, UpdateState
from ..models import Chase, Commitment, Department, ProgressUpdate, Reminder, Report, Review, User
from . import periods
from .judging import Judged
from .periods import Standing
from .roll import judged

# A digest speaks of a due day from this many days before it.
DUE_SOON_DAYS = 5

RETURNED, CHASED, OVERDUE, DUE = "returned", "chased", "overdue", "due"
# The order of a digest: what somebody is waiting for comes first.
REASONS = (RETURNED, CHASED, OVERDUE, DUE)


@dataclass(frozen=True)
class Item:
    """One thing to remind of: the commitment, why, until when, and the words of a return or chase."""

    reason: str
    commitment: Commitment
    due_on: dt.date | None = None
    words: str = ""
    occasion: str = ""  # which period, update or chase: a new one may be mailed at once

    @property
    def key(self) -> str:
        """Return what the Reminder row is kept under."""
        return f"{self.reason}:{self.commitment.code}:{self.occasion}"[:100]


@dataclass
class Digest:
    """What one address is mailed: the items by reason, in the order of the report."""

    recipient: str
    name: str
    is_fallback: bool = False
    items: list[Item] = field(default_factory=list)

    def by_reason(self) -> dict[str, list[Item]]:
        """Return the items under each reason that has any, in the order of REASONS."""
        groups = {reason: [item for item in self.items if item.reason == reason] for reason in REASONS}
        return {reason: items for reason, items in groups.items() if items}


@dataclass(frozen=True)
class Plan:
    """Everything that a run would mail, and the departments that nobody can be reached for."""

    digests: list[Digest]
    unreachable: list[Department]


def plan(report: Report, *, today: dt.date, now: dt.datetime) -> Plan:
    """Return the digests due now, each item at most once within REMINDER_SPACING_DAYS per address.

    A constant number of queries. Nobody is reminded of what is kept, cancelled, or waits for review.
    """
    readers = _Readers(report)
    digests: dict[str, Digest] = {}
    sent = _recently_sent(now)
    for item, author in _items(report, today=today):
        for recipient, name, is_fallback in readers.of(item.commitment, author):
            if (recipient, item.key) in sent:
                continue
            digest = digests.setdefault(recipient, Digest(recipient, name, is_fallback))
            if item not in digest.items:
                digest.items.append(item)
    ordered = sorted(digests.values(), key=lambda digest: digest.recipient)
    return Plan(ordered, sorted(readers.unreachable, key=lambda department: department.name))


def record_sent(digest: Digest, *, now: dt.datetime) -> None:
    """Remember what a digest that has been sent was about."""
    rows = [Reminder(recipient=digest.recipient, subject_key=item.key, sent_at=now) for item in digest.items]
    Reminder.objects.bulk_create(rows)


# --- What there is to remind of -------------------------------------------------------------------


def _items(report: Report, *, today: dt.date) -> Iterable[tuple[Item, User | None]]:
    """Yield each thing to remind of, with the author when it is a returned update."""
    if today > periods.closes_on(report.year):
        return
    latest = _latest_updates(report)
    chases: dict[int, list[Chase]] = defaultdict(list)
    for chase in Chase.objects.filter(
        commitment__report=report, closed_at__isnull=True, replied_at__isnull=True
    ):
        chases[chase.commitment_id].append(chase)
    for row in judged(report, today=today):
        commitment, update = row.commitment, latest.get(row.commitment.pk)
        for chase in chases[commitment.pk]:
            yield Item(CHASED, commitment, chase.reply_by, chase.message, f"chase{chase.pk}"), None
        state = update.state if update else ""
        if update is not None and state == UpdateState.RETURNED:
            reason = _reason_of_return(update)
            yield Item(RETURNED, commitment, None, reason, f"update{update.pk}"), update.author
        elif state != UpdateState.SUBMITTED and not _is_settled(row):
            item = _period_item(commitment, update, today=today)
            if item:
                yield item, None


def _period_item(commitment: Commitment, update: ProgressUpdate | None, *, today: dt.date) -> Item | None:
    report, rhythm = commitment.report, periods.rhythm_of(commitment)
    since = report.delivered_on
    found = periods.standing(commitment, update, today=today)
    if found == Standing.OVERDUE:
        missed = periods.last_due_period(report.year, today=today, rhythm=rhythm, since=since)
        return Item(OVERDUE, commitment, missed.due_on, "", missed.key) if missed else None
    asked = periods.current_period(report.year, today=today, rhythm=rhythm, since=since)
    if found == Standing.DUE and asked and (asked.due_on - today).days <= DUE_SOON_DAYS:
        return Item(DUE, commitment, asked.due_on, "", asked.key)
    return None


def _is_settled(row: Judged) -> bool:
    """Say whether nothing more is to be reported: kept and verified, or cancelled."""
    cancelled = row.verdict.status == PublicStatus.AMENDED and row.verdict.facts.is_cancelled
    return bool(row.verdict.fulfilled) or cancelled


def _latest_updates(report: Report) -> dict[int, ProgressUpdate]:
    """Return the latest update of each commitment that was not withdrawn, with its state."""
    newest = (
        ProgressUpdate.objects.filter(commitment=OuterRef("pk"), withdrawal__isnull=True)
        .order_by("-pk")
        .values("pk")[:1]
    )
    wanted = Commitment.objects.filter(report=report).annotate(newest=Subquery(newest)).values("newest")
    updates = ProgressUpdate.objects.with_state().filter(pk__in=wanted).select_related("author")
    return {update.commitment_id: update for update in updates.prefetch_related("reviews")}


def _reason_of_return(update: ProgressUpdate) -> str:
    reviews: list[Review] = list(update.reviews.all())
    return next((review.reason for review in reviews if review.decision == Decision.RETURNED), "")


def _recently_sent(now: dt.datetime) -> set[tuple[str, str]]:
    since = now - dt.timedelta(days=settings.REMINDER_SPACING_DAYS)
    rows = Reminder.objects.filter(sent_at__gt=since).values_list("recipient", "subject_key")
    return set(rows)


# --- Whom to remind -------------------------------------------------------------------------------


class _Readers:
    """The addresses of each department: its active reporters, else its second contact, else its first."""

    def __init__(self, report: Report) -> None:
        self.reporters: dict[int, list[User]] = defaultdict(list)
        people = User.objects.filter(is_active=True, role=Role.REPORTER).exclude(email="").order_by("pk")
        for person in people.prefetch_related("departments"):
            for department in person.departments.all():
                self.reporters[department.pk].append(person)
        self.unreachable: set[Department] = set()

    def of(self, commitment: Commitment, author: User | None) -> list[tuple[str, str, bool]]:
        """Return (address, name, is fallback): the author of a returned update, else the lead's people."""
        lead = commitment.lead
        if author is not None and author.is_active and author.email:
            return [(author.email, str(author), False)]
        if lead is None or not lead.is_active:
            return []
        if people := self.reporters[lead.pk]:
            return [(person.email, str(person), False) for person in people]
        contacts = (
            (lead.second_contact_email, lead.second_contact_name),
            (lead.contact_email, lead.contact_name),
        )
        for address, name in contacts:
            if address:
                return [(address, name or lead.name, True)]
        self.unreachable.add(lead)
        return []


# --- In words ------------------------------------------------------------------------------------


def subject(digest: Digest, *, site: str) -> str:
    """Return the subject line: how many commitments wait, and where."""
    count = len({item.commitment.pk for item in digest.items})
    words = ngettext(
        "%(site)s: %(count)d commitment awaits you", "%(site)s: %(count)d commitments await you", count
    )
    return words % {"site": site, "count": count}


def body(digest: Digest, *, worklist_url: str, url_of: Callable[[Commitment], str]) -> str:
    """Return the mail's plain text, in the language that is active."""
    lines = [_("%(name)s:") % {"name": digest.name}, ""]
    if digest.is_fallback:
        lines += [_("Your department has no active reporter, so this mail comes to you."), ""]
    for reason, items in digest.by_reason().items():
        lines += [f"{heading(reason)} ({len(items)})"]
        for item in items:
            lines += [f"- {item.commitment.code} {item.commitment.title}{_until(item)}"]
            lines += [f"  {item.words}"] if item.words else []
            lines += [f"  {url_of(item.commitment)}"]
        lines += [""]
    lines += [_("Your worklist: %(url)s") % {"url": worklist_url}]
    return "\n".join(lines) + "\n"


def heading(reason: str) -> str:
    """Return the heading of one group of a digest."""
    headings: Mapping[str, str] = {
        RETURNED: _("Returned to you: correct and submit again"),
        CHASED: _("Chased: a reply is awaited"),
        OVERDUE: _("Report overdue"),
        DUE: _("Report due soon"),
    }
    return headings[reason]


def _until(item: Item) -> str:
    if item.due_on is None:
        return ""
    return pgettext("mail", " (by %(date)s)") % {"date": date_format(item.due_on, "DATE_FORMAT")}
