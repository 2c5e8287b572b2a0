"""What the public could newly read, newest first: approved updates and approved amendments.

One entry for each approving decision, so that an update that was published first and verified later
appears twice, each time on its own day. Drafts, waiting, returned and withdrawn updates never appear.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value

from ..choices import UpdateState
from ..models import Amendment, Commitment, ProgressUpdate, Review

UPDATE = "update"
AMENDMENT = "amendment"


@dataclass(frozen=True)
class NewsItem:
    """One decision that changed what the public reads: `review` or `amendment` is set, never both."""

    at: dt.datetime
    commitment: Commitment
    review: Review | None = None
    amendment: Amendment | None = None

    @property
    def kind(self) -> str:
        """Return "update" or "amendment"."""
        return UPDATE if self.review else AMENDMENT

    @property
    def key(self) -> str:
        """Return a name that never changes and is never used again."""
        row = self.review or self.amendment
        assert row is not None
        return f"{self.kind}-{row.pk}"

    @property
    def update(self) -> ProgressUpdate | None:
        """Return the update that was approved."""
        return self.review.update if self.review else None

    @property
    def is_demonstration(self) -> bool:
        """Say whether the entry is invented, to show how the tracker works."""
        row = self.update or self.amendment
        return row is not None and row.is_demo

    @property
    def state(self) -> str:
        """Return published or verified for an update, nothing for an amendment."""
        return UpdateState(self.review.decision) if self.review else ""


Cursor = tuple[dt.datetime, str, int]


def entries(
    commitments: QuerySet[Commitment], *, after: Cursor | None = None, since: dt.datetime | None = None
) -> QuerySet[Any, dict[str, Any]]:
    """Return rows (what, ref, at) on these commitments, newest first; cut a page, then `load` it.

    `after` is the (at, what, ref) of the last row already read: the list goes on from there, whatever
    was published meanwhile. `since` leaves out what is older.
    """
    within = commitments.order_by().values("pk")
    columns = ("what", "ref", "at")
    reviews = Review.objects.approving().filter(update__commitment__in=within).order_by()
    amendments = Amendment.objects.filter(is_approved=True, commitment__in=within).order_by()
    if after is not None:
        reviews = reviews.filter(_beyond(after, UPDATE))
        amendments = amendments.filter(_beyond(after, AMENDMENT))
    if since is not None:
        reviews = reviews.filter(decided_at__gte=since)
        amendments = amendments.filter(decided_at__gte=since)
    both: QuerySet[Any, dict[str, Any]] = reviews.annotate(
        what=Value(UPDATE, CharField()), ref=F("pk"), at=F("decided_at")
    ).values(*columns)
    return both.union(
        amendments.annotate(what=Value(AMENDMENT, CharField()), ref=F("pk"), at=F("decided_at")).values(
            *columns
        ),
        all=True,
    ).order_by("-at", "what", "-ref")


def _beyond(after: Cursor, what: str) -> Q:
    """Return the condition that a row of this sort stands behind the cursor in the order of `entries`."""
    at, last, ref = after
    same_moment = Q(decided_at=at)
    if what == last:
        return Q(decided_at__lt=at) | (same_moment & Q(pk__lt=ref))
    return Q(decided_at__lt=at) | same_moment if what > last else Q(decided_at__lt=at)


def load(rows: Iterable[Mapping[str, Any]]) -> list[NewsItem]:
    """Return the items of one page, in its order, in a constant number of queries."""
    page = list(rows)
    reviews = (
        Review.objects.filter(pk__in=[row["ref"] for row in page if row["what"] == UPDATE])
        .select_related(
            "update__commitment__theme__area",
            "update__commitment__target",
            "update__commitment__project",
            "update__department",
        )
        .prefetch_related("update__evidence")
        .in_bulk()
    )
    amendments = (
        Amendment.objects.filter(pk__in=[row["ref"] for row in page if row["what"] == AMENDMENT])
        .select_related("commitment__theme__area", "commitment__target", "commitment__project")
        .in_bulk()
    )
    items = []
    for row in page:
        if row["what"] == UPDATE:
            review = reviews[row["ref"]]
            items.append(NewsItem(row["at"], review.update.commitment, review=review))
        else:
            amendment = amendments[row["ref"]]
            items.append(NewsItem(row["at"], amendment.commitment, amendment=amendment))
    return items
