"""From rows to what the API answers with. Given only approved facts; asks the database for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse

from ..choices import EvidenceKind, Kind
from ..models import Amendment, Commitment, Department, Evidence, ProgressUpdate, Report, Review, Theme
from ..progress.judging import Judged
from ..progress.summaries import Tally
from ..quantities import plain_figure

Record = dict[str, Any]


def address(name: str, *args: object) -> str:
    """Return the full address of a page of the site."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def exact(value: Decimal | None) -> str | None:
    """Return an exact decimal as text."""
    return None if value is None else plain_figure(value)


def area_ref(theme: Theme) -> Record:
    """Return the area of a theme."""
    area = theme.area
    return {"number": area.number, "title": area.title, "title_en": area.title_en}


def theme_out(theme: Theme) -> Record:
    """Return a theme."""
    return {"key": theme.key, "title": theme.title, "title_en": theme.title_en}


def department_ref(department: Department | None) -> Record | None:
    """Return a department without the people in it."""
    if department is None:
        return None
    return {
        "slug": department.slug,
        "name": department.name,
        "name_en": department.name_en,
        "kind": department.kind,
    }


def counts(tally: Tally) -> list[Record]:
    """Return every status with its number."""
    return [
        {"status": status, "label": str(status.label), "count": count}
        for status, count in tally.by_status.items()
    ]


def target_out(commitment: Commitment, report: Report) -> Record | None:
    """Return what a target promises; None for other kinds."""
    if commitment.kind != Kind.TARGET:
        return None
    target = commitment.target
    baseline = None
    if target.baseline_start is not None and target.baseline_end is not None:
        baseline = {
            "value": exact(target.baseline_value),
            "unit": target.baseline_unit,
            "match": target.baseline_match,
            "words": report.text[target.baseline_start : target.baseline_end],
            "note": target.baseline_note,
        }
    return {
        "metric": target.metric,
        "metric_en": target.metric_en,
        "scope": target.scope,
        "comparator": target.comparator or None,
        "value": exact(target.value),
        "unit": target.unit,
        "direction": target.direction,
        "baseline": baseline,
    }


def project_out(commitment: Commitment) -> Record | None:
    """Return what a project promises; None for other kinds."""
    if commitment.kind != Kind.PROJECT:
        return None
    project = commitment.project
    return {
        "name": project.name,
        "verb": project.verb,
        "promised_stage": project.promised_stage,
        "ladder": project.ladder,
    }


def commitment_out(row: Judged, report: Report) -> Record:
    """Return a judged commitment whose supports and scorecards are already loaded."""
    commitment, verdict = row.commitment, row.verdict
    update = commitment.approved_update
    return {
        "code": commitment.code,
        "sequence": commitment.sequence,
        "kind": commitment.kind,
        "title": commitment.title,
        "area": area_ref(commitment.theme),
        "theme": theme_out(commitment.theme),
        "words": commitment.passage.text,
        "start": commitment.passage.start,
        "end": commitment.passage.end,
        "hedge": commitment.hedge,
        "target": target_out(commitment, report),
        "project": project_out(commitment),
        "lead": department_ref(commitment.lead),
        "supports": [department_ref(department) for department in commitment.supports.all()],
        "scorecards": [card.key for card in commitment.scorecards.all()],
        "deadline": verdict.facts.due_on,
        "first_deadline": verdict.facts.first_due_on,
        "status": verdict.status,
        "status_label": str(verdict.status.label),
        "schedule": verdict.schedule,
        "schedule_label": str(verdict.schedule.label),
        "fulfilled": verdict.fulfilled,
        "as_of": update.as_of if update else None,
        "self_report": update.status if update else None,
        "reported_value": exact(update.value) if update else None,
        "reported_stage": (update.stage or None) if update else None,
        "verified": commitment.approved_is_verified,
        "url": address("public:commitment-detail", commitment.code),
    }


def evidence_out(piece: Evidence) -> Record:
    """Return a piece of evidence; a file by its address on this site."""
    is_file = piece.kind == EvidenceKind.FILE
    return {
        "kind": piece.kind,
        "title": piece.title,
        "url": address("public:evidence-file", piece.pk) if is_file else piece.url,
        "archived_url": piece.archived_url,
        "sha256": piece.sha256,
    }


def decision_out(review: Review) -> Record:
    """Return an approving decision without the person who made it."""
    return {"decision": review.decision, "method": review.method or None, "at": review.decided_at}


def update_out(update: ProgressUpdate, decisions: Iterable[Review], known: frozenset[int]) -> Record:
    """Return an approved update without its author.

    `known` are the approved updates: what was corrected is named only when it is one of them.
    """
    return {
        "id": update.pk,
        "department": update.department_name,
        "as_of": update.as_of,
        "status": update.status,
        "is_unchanged": update.is_unchanged,
        "value": exact(update.value),
        "value_source": update.value_source,
        "stage": update.stage or None,
        "stage_on": update.stage_on,
        "invested": exact(update.invested),
        "account": update.account,
        "obstacle": update.obstacle,
        "expected_on": update.expected_on,
        "corrects": update.corrects_id if update.corrects_id in known else None,
        "decisions": [decision_out(review) for review in decisions],
        "evidence": [evidence_out(piece) for piece in update.evidence.all()],
        "demonstration": update.is_demo,
    }


def amendment_out(amendment: Amendment) -> Record:
    """Return an approved amendment without the people behind it."""
    return {
        "id": amendment.pk,
        "kind": amendment.kind,
        "new_wording": amendment.new_wording,
        "new_comparator": amendment.new_comparator or None,
        "new_value": exact(amendment.new_value),
        "old_deadline": amendment.old_deadline,
        "new_deadline": amendment.new_deadline,
        "reason": amendment.reason,
        "authority": amendment.authority,
        "document_number": amendment.document_number,
        "decided_at": amendment.decided_at,
        "demonstration": amendment.is_demo,
    }
