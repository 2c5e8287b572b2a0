"""Which update stands at a commitment, who may add one, and the lock that every door takes first."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ..choices import Decision
from ..models import Commitment, ProgressUpdate, Review, User
from .refusals import NotAllowed


def latest_update(commitment: Commitment) -> ProgressUpdate | None:
    """Return the newest update that was not withdrawn; a form is based on it, also if it was returned."""
    return commitment.updates.filter(withdrawal__isnull=True).order_by("-pk").first()


def standing_update(commitment: Commitment) -> ProgressUpdate | None:
    """Return the newest update that was neither withdrawn nor returned: what is compared with."""
    return (
        commitment.updates.filter(withdrawal__isnull=True)
        .exclude(reviews__decision=Decision.RETURNED)
        .order_by("-pk")
        .first()
    )


def latest_and_standing(commitment: Commitment) -> tuple[ProgressUpdate | None, ProgressUpdate | None]:
    """Return both of the above: one query, unless the latest was returned."""
    returned = Review.objects.filter(update=OuterRef("pk"), decision=Decision.RETURNED)
    latest = (
        commitment.updates.filter(withdrawal__isnull=True)
        .annotate(is_returned=Exists(returned))
        .order_by("-pk")
        .first()
    )
    if latest is None or not latest.is_returned:  # type: ignore[attr-defined]  # annotated above
        return latest, latest
    return latest, standing_update(commitment)


def lock_commitment(commitment_id: int) -> Commitment:
    """Return the commitment with its facts, locked until the transaction ends."""
    rows = Commitment.objects.select_for_update(of=("self",))
    return rows.select_related("report", "target", "project", "lead").get(pk=commitment_id)


def require_reporter(commitment: Commitment, by: User) -> None:
    if commitment.is_retired or not commitment.is_reportable_by(by):
        raise NotAllowed(_("Your departments neither lead nor support this commitment."))


def state_of(update: ProgressUpdate) -> str:
    """Return the UpdateState of an update as the database has it now."""
    return ProgressUpdate.objects.with_state().get(pk=update.pk).state
