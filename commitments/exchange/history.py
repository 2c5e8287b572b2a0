"""What rows were when a ledger was made from them: told from the change log and the updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, Q

from commitments.choices import Decision, EvidenceKind
from commitments.models import ChangeEntry, Commitment, Evidence, ProgressUpdate, Report, Review
from commitments.progress import fields
from commitments.progress.fields import Values

from .ledger_columns import Version

# The acts that raise a commitment's revision, by one each.
RAISES_REVISION = ("commitment.changed", "commitment.reworded", "commitment.retired", "commitment.restored")


class History:
    """Reads what an import needs to know of the past, in a constant number of queries."""

    def __init__(self, report: Report, commitments: Sequence[int] | None = None) -> None:
        """Read what stands at the report's commitments, or at these of them: at most as many as fit a statement."""
        own = Q(commitment__report=report) if commitments is None else Q(commitment__in=commitments)
        counting = ProgressUpdate.objects.filter(own, withdrawal__isnull=True)
        by_commitment = counting.order_by().values("commitment")
        returned = Review.objects.filter(decision=Decision.RETURNED).values("update")
        standing = by_commitment.exclude(pk__in=returned).annotate(newest=Max("pk")).values("newest")
        self.latest: dict[int, int] = dict(
            by_commitment.annotate(newest=Max("pk")).values_list("commitment", "newest")
        )
        updates = list(ProgressUpdate.objects.filter(pk__in=standing).order_by("pk"))
        self.standing = {update.commitment_id: update for update in updates}
        self.updates = {update.pk: update for update in updates}
        self.links = links_of(list(self.updates))
        self._entries: dict[int, list[Mapping[str, Any]]] = {}

    def load(self, versions: Sequence[Version], commitment_ids: Sequence[int]) -> None:
        """Read the updates that stood then, and the changes of these commitments."""
        missing = sorted({version.standing for version in versions} - {0, *self.updates})
        for chunk in fields.chunks(missing):
            self.updates |= ProgressUpdate.objects.in_bulk(chunk)
        self.links |= links_of(missing)
        if not versions or self._entries:
            return
        for chunk in fields.chunks(commitment_ids):
            entries = ChangeEntry.objects.filter(act__in=RAISES_REVISION, commitment_id__in=chunk)
            for commitment_id, before in entries.order_by("-pk").values_list("commitment_id", "before"):
                self._entries.setdefault(commitment_id, []).append(before)

    def values_at(self, commitment: Commitment, current: Values, version: Version | None) -> Values | None:
        """Return what the administration had decided at the revision; None when it cannot be told.

        Each change raises the revision by one and is logged once, newest first here.
        """
        if version is None or version.revision == commitment.revision:
            return current
        steps = commitment.revision - version.revision
        entries = self._entries.get(commitment.pk, [])
        if not 0 < steps <= len(entries):
            return None
        then = dict(current)
        for before in entries[:steps]:
            then |= fields.from_log(before)
        return then


def links_of(update_ids: Sequence[int]) -> dict[int, str]:
    """Return the first link of each update that has one."""
    found: dict[int, str] = {}
    for chunk in fields.chunks(update_ids):
        links = Evidence.objects.filter(update__in=chunk, kind=EvidenceKind.LINK).order_by("-pk")
        found |= {pk: url for pk, url in links.values_list("update_id", "url") if pk is not None}
    return found
