"""The rows of the data package: approved facts on published commitments, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from ..choices import Decision, EvidenceKind, Kind
from ..models import Amendment, Commitment, Department, Evidence, ProgressUpdate, Review, Scorecard, Theme
from .datapackage import Row, Snapshot
from .scope import within


def areas(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the areas in the report's order."""
    for area in snapshot.report.areas.all():
        yield (area.number, area.title, area.title_en)


def themes(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the themes in the report's order."""
    rows = Theme.objects.filter(area__report=snapshot.report).select_related("area")
    for theme in rows.order_by("area__number", "number"):
        yield (theme.key, theme.area.number, theme.title, theme.title_en)


def passages(snapshot: Snapshot) -> Iterator[Row]:
    """Yield every passage of the plan, also those that promise nothing."""
    rows = snapshot.report.passages.current().select_related("theme__area")
    for passage in rows.order_by("start"):
        theme = passage.theme.key if passage.theme else None
        yield (passage.start, passage.end, theme, passage.role, passage.reason, passage.text)


def commitments(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the published commitments with their state on the day of the snapshot."""
    links = Commitment.supports.through.objects.filter(commitment__report=snapshot.report)
    supports = _pairs(links.values_list("commitment_id", "department__slug"))
    marks = Commitment.scorecards.through.objects.filter(commitment__report=snapshot.report)
    cards = _pairs(marks.values_list("commitment_id", "scorecard__key"))
    others = Commitment.same_promise.through.objects.filter(
        from_commitment__report=snapshot.report, to_commitment__is_retired=False
    )
    same = _pairs(others.values_list("from_commitment_id", "to_commitment__code"))
    for row in snapshot.rows:
        own, verdict = row.commitment, row.verdict
        yield (
            own.code,
            own.sequence,
            own.kind,
            own.theme.area.number,
            own.theme.key,
            own.title,
            own.passage.start,
            own.hedge,
            own.reading_note,
            own.lead.slug if own.lead else None,
            supports[own.pk],
            verdict.facts.due_on,
            verdict.facts.first_due_on,
            own.finish_line,
            cards[own.pk],
            same[own.pk],
            verdict.status.value,
            verdict.schedule.value,
            verdict.fulfilled,
            verdict.facts.report.as_of if verdict.facts.report else None,
            own.approved_update_id,
            snapshot.today,
            verdict.rule_version,
        )


def targets(snapshot: Snapshot) -> Iterator[Row]:
    """Yield what the targets promise, as printed in the report."""
    for row in snapshot.rows:
        if row.commitment.kind != Kind.TARGET:
            continue
        target = row.commitment.target
        words = None
        if target.baseline_start is not None and target.baseline_end is not None:
            words = snapshot.report.text[target.baseline_start : target.baseline_end]
        yield (
            row.commitment.code,
            target.metric,
            target.metric_en,
            target.scope,
            target.comparator,
            target.value,
            target.unit,
            target.direction,
            target.baseline_value,
            target.baseline_unit,
            target.baseline_match,
            words,
            target.baseline_note,
        )


def projects(snapshot: Snapshot) -> Iterator[Row]:
    """Yield what the projects promise."""
    for row in snapshot.rows:
        if row.commitment.kind == Kind.PROJECT:
            project = row.commitment.project
            yield (row.commitment.code, project.name, project.verb, project.promised_stage, project.ladder)


def departments(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the departments, without the people in them."""
    for department in Department.objects.of_report(snapshot.report).order_by("slug"):
        yield (department.slug, department.name, department.name_en, department.kind, department.is_demo)


def scorecards(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the municipality's scorecards."""
    for card in Scorecard.objects.all():
        yield (card.key, card.number, card.name, card.name_en)


def approved_updates(snapshot: Snapshot) -> QuerySet[ProgressUpdate]:
    """Return the approved updates on published commitments, oldest first."""
    return (
        ProgressUpdate.objects.approved()
        .filter(commitment__in=within(snapshot.report).order_by().values("pk"))
        .order_by("pk")
    )


def updates(snapshot: Snapshot) -> Iterator[Row]:
    """Yield every approved update with the decisions that approved it."""
    approving = Review.objects.approving().order_by("pk")
    rows = approved_updates(snapshot).select_related("commitment", "department")
    shown = list(rows.prefetch_related(Prefetch("reviews", approving, to_attr="approvals")))
    known = {update.pk for update in shown}
    for update in shown:
        decided = {review.decision: review for review in update.approvals}
        verified = decided.get(Decision.VERIFIED)
        first = decided.get(Decision.PUBLISHED) or verified
        yield (
            update.pk,
            update.commitment.code,
            update.department.slug if update.department else None,
            update.department_name,
            update.as_of,
            update.status,
            update.is_unchanged,
            update.value,
            update.value_source,
            update.stage,
            update.stage_on,
            update.invested,
            update.account,
            update.obstacle,
            update.expected_on,
            # What was corrected may never have been approved; its number would give it away.
            update.corrects_id if update.corrects_id in known else None,
            first.decided_at if first else None,
            verified.decided_at if verified else None,
            verified.method if verified else None,
            update.is_demo,
        )


def evidence(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the evidence of approved updates."""
    rows = Evidence.objects.filter(update__in=approved_updates(snapshot).order_by().values("pk"))
    for piece in rows.order_by("pk"):
        address = piece.url
        if piece.kind == EvidenceKind.FILE:
            address = f"{settings.SITE_URL}{reverse('public:evidence-file', args=[piece.pk])}"
        yield (
            piece.pk,
            piece.update_id,
            piece.kind,
            piece.title,
            address,
            piece.archived_url,
            piece.content_type,
            piece.size if piece.kind == EvidenceKind.FILE else None,
            piece.sha256,
        )


def amendments(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the approved amendments; the original values stay in the other tables."""
    rows = Amendment.objects.filter(
        is_approved=True, commitment__in=within(snapshot.report).order_by().values("pk")
    )
    for amendment in rows.select_related("commitment").order_by("decided_at", "pk"):
        yield (
            amendment.pk,
            amendment.commitment.code,
            amendment.kind,
            amendment.new_wording,
            amendment.new_comparator,
            amendment.new_value,
            amendment.old_deadline,
            amendment.new_deadline,
            amendment.reason,
            amendment.authority,
            amendment.document_number,
            amendment.decided_at,
            amendment.is_demo,
        )


def glossary(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the terms that the report explains."""
    for term in snapshot.report.terms.all():
        yield (term.number, term.term, term.term_en, term.definition)


def _pairs(rows: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return the second values of each first one, in order, with semicolons between them."""
    found: dict[int, list[str]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return defaultdict(str, {key: ";".join(sorted(values)) for key, values in found.items()})
