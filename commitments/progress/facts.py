"""From rows to the values that a verdict is drawn from: approved facts only, approved changes applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Case, Exists, OuterRef, Prefetch, Subquery, When

from ..choices import AmendmentKind, Kind
from ..models import Amendment, Commitment, Evidence, ProgressUpdate
from ..models.commitment import CommitmentQuerySet
from ..models.progress import ProgressUpdateQuerySet
from .schedule import CURVES
from .verdict import Bar, Facts, Reported, Thresholds


def thresholds_from_settings() -> Thresholds:
    """Return the settings that verdicts depend on.

    Raises ImproperlyConfigured when SCHEDULE_CURVES names a curve that does not exist.
    """
    curves: dict[str, str] = settings.SCHEDULE_CURVES
    if unknown := set(curves.values()) - set(CURVES):
        raise ImproperlyConfigured(f"SCHEDULE_CURVES: no curve {sorted(unknown)}; known: {sorted(CURVES)}.")
    return Thresholds(
        schedule_tolerance=Decimal(str(settings.SCHEDULE_TOLERANCE)),
        about_tolerance=Decimal(str(settings.ABOUT_TOLERANCE)),
        stale_days=settings.STALE_DAYS,
        grace_days=settings.REPORTING_GRACE_DAYS,
        curves=curves,
    )


def with_facts(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """Join what `facts_of` and every list of commitments need: two queries for any number.

    The report comes without its text, which would otherwise travel once for every row.
    """
    approved = Prefetch("amendments", Amendment.objects.approved(), to_attr="approved_amendments")
    return (
        with_own_facts(commitments)
        .select_related("report", "theme__area", "lead")
        .defer("report__text")
        .prefetch_related(approved)
    )


def with_own_facts(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """Join what belongs to each row alone; for loading a whole report, where the rest is shared."""
    evidence = Evidence.objects.filter(update=OuterRef("approved_update_id"))
    since = Case(
        When(
            approved_update__is_unchanged=True,
            then=Subquery(_last_changed(OuterRef("pk")).values("as_of")[:1]),
        )
    )
    return commitments.select_related("passage", "target", "project", "approved_update").annotate(
        approved_has_evidence=Exists(evidence), approved_since=since
    )


def _last_changed(commitment_id: Any) -> ProgressUpdateQuerySet:
    """Return the approved updates that said something new, the latest facts first."""
    approved = ProgressUpdate.objects.approved().filter(commitment_id=commitment_id, is_unchanged=False)
    return approved.order_by("-as_of", "-pk")


def facts_of(commitment: Commitment) -> Facts:
    """Return the approved facts of a commitment loaded `with_facts`; loaded otherwise, it asks.

    Reads `approved_update` and approved amendments: nothing that the public may not see.
    """
    amendments = _approved_amendments(commitment)
    update = commitment.approved_update
    reported = None
    if update is not None:
        reported = reported_of(
            update,
            is_verified=commitment.approved_is_verified,
            has_evidence=_has_evidence(commitment),
            since=_since(commitment, update),
        )
    return promise_of(commitment, amendments, reported)


def promise_of(
    commitment: Commitment, amendments: Sequence[Amendment] = (), report: Reported | None = None
) -> Facts:
    """Return the facts with the given approved amendments and the given report in place of the approved one.

    A form passes what is being typed, to show the verdict that it would bring once verified.
    """
    year = commitment.report.year
    due_on, first_due_on, is_extended = _deadlines(commitment, amendments)
    bar, first_bar = _bars(commitment, amendments)
    kinds = {amendment.kind for amendment in amendments}
    return Facts(
        kind=commitment.kind,
        starts_on=dt.date(year, 1, 1),
        due_on=due_on,
        year_end=dt.date(year, 12, 31),
        report=report,
        bar=bar,
        first_bar=first_bar,
        promised_stage=commitment.project.promised_stage if commitment.kind == Kind.PROJECT else "",
        finish_line=commitment.finish_line,
        hedge=commitment.hedge,
        first_due_on=first_due_on,
        is_extended=is_extended,
        is_reworded=AmendmentKind.WORDING in kinds,
        is_cancelled=AmendmentKind.CANCELLATION in kinds,
    )


def as_first_promised(facts: Facts) -> Facts:
    """Return the same report held against what was promised before any amendment."""
    return replace(
        facts,
        due_on=facts.first_due_on if facts.is_extended and facts.first_due_on else facts.due_on,
        first_due_on=None,
        bar=facts.first_bar or facts.bar,
        first_bar=None,
        is_extended=False,
        is_reworded=False,
        is_cancelled=False,
    )


def reported_of(
    update: ProgressUpdate, *, is_verified: bool, has_evidence: bool, since: dt.date | None = None
) -> Reported:
    """Return what an update says, as the verdict reads it; `since`: the day of the facts it repeats."""
    return Reported(
        self_report=update.status,
        as_of=update.as_of,
        value=update.value,
        stage=update.stage,
        stage_on=update.stage_on,
        expected_on=update.expected_on,
        since=since,
        is_verified=is_verified,
        has_evidence=has_evidence,
    )


def _approved_amendments(commitment: Commitment) -> Sequence[Amendment]:
    loaded: Sequence[Amendment] | None = getattr(commitment, "approved_amendments", None)
    return loaded if loaded is not None else list(commitment.amendments.approved())


def _has_evidence(commitment: Commitment) -> bool:
    loaded: bool | None = getattr(commitment, "approved_has_evidence", None)
    if loaded is not None:
        return loaded
    return Evidence.objects.filter(update=commitment.approved_update_id).exists()


def _since(commitment: Commitment, update: ProgressUpdate) -> dt.date | None:
    """Return the day of the facts that "no change" repeats, so that repeating does not make them late."""
    if not update.is_unchanged:
        return None
    if "approved_since" in vars(commitment):
        loaded: dt.date | None = vars(commitment)["approved_since"]
        return loaded
    return _last_changed(commitment.pk).values_list("as_of", flat=True).first()


def _deadlines(
    commitment: Commitment, amendments: Sequence[Amendment]
) -> tuple[dt.date, dt.date | None, bool]:
    """Return the deadline in force, the first one if it was another, and whether approval moved it."""
    due_on, first = commitment.due_on, commitment.first_deadline
    moved = [amendment for amendment in amendments if amendment.kind == AmendmentKind.DEADLINE]
    if not moved:
        return due_on, first if first != due_on else None, False
    first = first or moved[0].old_deadline or dt.date(commitment.report.year, 12, 31)
    return moved[-1].new_deadline or due_on, first, True


def _bars(commitment: Commitment, amendments: Sequence[Amendment]) -> tuple[Bar | None, Bar | None]:
    """Return the figure in force, and the report's own when approval changed it; None without a figure."""
    if commitment.kind != Kind.TARGET:
        return None, None
    target = commitment.target
    printed = None
    if target.value is not None:
        printed = Bar(target.comparator, target.value, target.unit, target.direction, target.metric)
    changed = [amendment for amendment in amendments if amendment.kind == AmendmentKind.TARGET]
    last = changed[-1] if changed else None
    if last is None or last.new_value is None:
        return printed, None
    bar = Bar(last.new_comparator, last.new_value, target.unit, target.direction, target.metric)
    return bar, printed
