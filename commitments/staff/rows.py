"""The rows of the worklist: what each commitment asks of this person today. A constant number of queries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.choices import UpdateState
from commitments.models import Chase, Commitment, ProgressUpdate, Report, UpdateDraft, User
from commitments.models.commitment import CommitmentQuerySet
from commitments.progress import periods
from commitments.progress.judging import Judged, verdict_of
from commitments.progress.roll import judged, roll_of
from commitments.progress.summaries import is_stale
from commitments.progress.verdict import Verdict

from .forms import dom_id


class Urgency(TextChoices):
    """Why a row stands where it stands; in the order of the page."""

    RETURNED = "returned", _("Returned for correction")
    CHASED = "chased", _("Chased, awaiting a reply")
    OVERDUE = "overdue", _("Report overdue")
    DUE = "due", _("Due this period")
    STALE = "stale", _("Not updated for long")
    WAITING = "waiting", _("Waiting for review")
    REST = "rest", pgettext_lazy("worklist", "The rest")


ORDER = {urgency: number for number, urgency in enumerate(Urgency)}
LATEST_PK = (
    ProgressUpdate.objects.filter(commitment=OuterRef("pk"), withdrawal__isnull=True)
    .order_by("-submitted_at", "-pk")
    .values("pk")[:1]
)


@dataclass(frozen=True)
class Row:
    """One line of the worklist."""

    judged: Judged
    urgency: Urgency
    latest: ProgressUpdate | None  # the latest update that was not withdrawn, with its `state`
    draft: UpdateDraft | None
    chase: Chase | None
    can_report: bool
    today: dt.date

    @property
    def commitment(self) -> Commitment:
        return self.judged.commitment

    @property
    def verdict(self) -> Verdict:
        return self.judged.verdict

    @property
    def is_chase_late(self) -> bool:
        """Say whether the term of an unanswered chase has passed."""
        return self.chase is not None and self.chase.replied_at is None and self.chase.reply_by < self.today

    @property
    def row_id(self) -> str:
        """Return the id of the row's element."""
        return row_id(self.commitment)

    @property
    def token(self) -> uuid.UUID:
        """Return a token for the row's own button: a second click records nothing twice."""
        return uuid.uuid4()

    @property
    def state(self) -> str:
        """Return where the latest update stands; nothing when there is none."""
        return str(self.latest.state) if self.latest else ""

    @property
    def latest_label(self) -> str:
        """Return the same in words."""
        return str(UpdateState(self.state).label) if self.state else ""

    @property
    def can_repeat(self) -> bool:
        """Say whether 无变化 makes sense: something was said before, and nothing waits or came back."""
        return self.can_report and self.state not in ("", UpdateState.RETURNED, UpdateState.SUBMITTED)


def row_id(commitment: Commitment) -> str:
    """Return the id under which a commitment's row is found on every staff page."""
    return f"row-{dom_id(commitment.code)}"


def rows_for(user: User, report: Report, commitments: CommitmentQuerySet, *, today: dt.date) -> list[Row]:
    """Return the rows in the order of urgency, then of the report."""
    everything = judged(report, today=today, commitments=commitments.annotate(latest_pk=Subquery(LATEST_PK)))
    latest = _with_states(row.commitment.latest_pk for row in everything)  # type: ignore[attr-defined]
    drafts = {
        draft.commitment_id: draft for draft in _within(UpdateDraft.objects.select_related("owner"), report)
    }
    chases = _open_chases(report)
    reportable = set(
        Commitment.objects.filter(report=report).reportable_by(user).values_list("pk", flat=True)
    )
    rows = [
        Row(
            item,
            urgency_of(
                item, latest.get(item.commitment.pk), chases.get(item.commitment.pk), user=user, today=today
            ),
            latest.get(item.commitment.pk),
            drafts.get(item.commitment.pk),
            chases.get(item.commitment.pk),
            item.commitment.pk in reportable,
            today,
        )
        for item in everything
    ]
    return sorted(rows, key=lambda row: ORDER[row.urgency])


def row_for(user: User, commitment: Commitment, *, today: dt.date) -> Row:
    """Return the row of one commitment loaded `with_facts`; update, draft and chase are read anew."""
    item = Judged(commitment, verdict_of(commitment, today=today))
    own = ProgressUpdate.objects.with_state().filter(commitment=commitment, withdrawal__isnull=True)
    latest = own.order_by("-submitted_at", "-pk").first()
    draft = UpdateDraft.objects.select_related("owner").filter(commitment=commitment).first()
    chase = Chase.objects.filter(commitment=commitment, closed_at__isnull=True).last()
    urgency = urgency_of(item, latest, chase, user=user, today=today)
    return Row(item, urgency, latest, draft, chase, commitment.is_reportable_by(user), today)


def count(
    user: User, report: Report, commitments: CommitmentQuerySet, *, today: dt.date
) -> dict[Urgency, int]:
    """Return how many of the rows stand in each group, without making rows: three queries."""
    latest_pks = dict(
        commitments.published()
        .filter(report=report)
        .annotate(latest_pk=Subquery(LATEST_PK))
        .order_by()
        .values_list("pk", "latest_pk")
    )
    latest = _with_states(latest_pks.values())
    chases = _open_chases(report)
    found = Counter(
        urgency_of(item, latest.get(pk), chases.get(pk), user=user, today=today)
        for item in roll_of(report, today=today).rows
        if (pk := item.commitment.pk) in latest_pks
    )
    return {urgency: found[urgency] for urgency in Urgency}


def _within(queryset: QuerySet, report: Report) -> QuerySet:  # type: ignore[type-arg]
    return queryset.filter(commitment__report=report)


def _open_chases(report: Report) -> dict[int, Chase]:
    """Return the chases that wait, by commitment."""
    chases = _within(Chase.objects.filter(closed_at__isnull=True), report)
    return {chase.commitment_id: chase for chase in chases}


def _with_states(pks: Iterable[int | None]) -> dict[int, ProgressUpdate]:
    """Return these updates by commitment, each with its state, in one query."""
    wanted = [pk for pk in pks if pk]
    updates = ProgressUpdate.objects.with_state().filter(pk__in=wanted).order_by("pk")
    return {update.commitment_id: update for update in updates}


def urgency_of(
    row: Judged, latest: ProgressUpdate | None, chase: Chase | None, *, user: User, today: dt.date
) -> Urgency:
    """Return the first reason, in the order of Urgency, that holds for the commitment."""
    state = latest.state if latest else ""
    if state == UpdateState.RETURNED:
        return Urgency.RETURNED
    if chase is not None and chase.replied_at is None:
        return Urgency.CHASED
    if row.verdict.fulfilled or row.verdict.facts.is_cancelled:
        return Urgency.REST
    if state == UpdateState.SUBMITTED:
        return Urgency.WAITING
    if row.commitment.lead_id is None:
        # Nobody leads it yet, so there is nobody to ask.
        return Urgency.REST
    standing = periods.standing(row.commitment, latest, today=today)
    if standing == "overdue":
        return Urgency.OVERDUE
    if standing == "due":
        return Urgency.DUE
    return Urgency.STALE if is_stale(row, today=today) else Urgency.REST


def counts(rows: Iterable[Row]) -> dict[Urgency, int]:
    """Return how many rows stand in each group, zeros included, in the order of the page."""
    found = Counter(row.urgency for row in rows)
    return {urgency: found[urgency] for urgency in Urgency}
