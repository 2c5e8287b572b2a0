"""A report with as many commitments as asked, of every kind, half of them reported: for tests of size."""

import datetime as dt
import uuid
from decimal import Decimal

from commitments.choices import Comparator, Decision, Kind, Role, SelfReport, Stage
from commitments.models import (
    Commitment,
    Department,
    GlossaryTerm,
    ProgressUpdate,
    Project,
    Report,
    Review,
    Scorecard,
    Target,
    TermUse,
)
from tests.factories import at, make_commitments, make_department, make_report, make_user


def make_world(count: int) -> Report:
    """Make targets, projects and measures in equal parts, every other one with a verified update."""
    report = make_report()
    lead, support = make_department("区发展改革委"), make_department("区城市管理局")
    rows = []
    for kind, number in zip(Kind.values, (count - 2 * (count // 3), count // 3, count // 3), strict=True):
        rows += make_commitments(number, report=report, kind=kind, lead=lead)
    Target.objects.bulk_create(
        Target(commitment=row, metric="企业数", comparator=Comparator.AT_LEAST, value=Decimal(50), unit="家")
        for row in rows
        if row.kind == Kind.TARGET
    )
    Project.objects.bulk_create(
        Project(commitment=row, name=f"项目{row.sequence}", verb="建成", promised_stage=Stage.BUILT)
        for row in rows
        if row.kind == Kind.PROJECT
    )
    _report_on(rows[::2], lead)
    card = Scorecard.objects.order_by("number").first() or Scorecard.objects.create(
        key="economy", number=1, name="经济"
    )
    card.commitments.set(rows)
    support.supported.set(rows)
    term = GlossaryTerm.objects.create(
        report=report, number=1, term="三攻坚一盘活", definition="国企改革等。", start=0, end=3
    )
    TermUse.objects.create(
        term=term, passage=rows[0].passage, start=rows[0].passage.start, end=rows[0].passage.end
    )
    return report


def _report_on(rows: list[Commitment], lead: Department) -> None:
    author, reviewer = make_user(departments=[lead]), make_user(Role.REVIEWER)
    updates = ProgressUpdate.objects.bulk_create(
        ProgressUpdate(
            commitment=row,
            author=author,
            author_name="张三",
            department=lead,
            department_name=lead.name,
            submitted_at=at(2024, 6, 5),
            as_of=dt.date(2024, 5, 31),
            status=SelfReport.IN_PROGRESS,
            value=Decimal(20) if row.kind == Kind.TARGET else None,
            stage=Stage.STARTED if row.kind == Kind.PROJECT else "",
            account="已完成前期工作。",
            token=uuid.uuid4(),
        )
        for row in rows
    )
    Review.objects.bulk_create(
        Review(
            update=update,
            reviewer=reviewer,
            reviewer_name="李四",
            decision=Decision.VERIFIED,
            method="documents",
            decided_at=at(2024, 6, 10),
        )
        for update in updates
    )
    for update in updates:
        update.commitment.approved_update, update.commitment.approved_is_verified = update, True
    Commitment.objects.bulk_update(
        [update.commitment for update in updates], ["approved_update", "approved_is_verified"], batch_size=500
    )


def grow_world(report: Report, count: int) -> None:
    """Add so many commitments to the report, each with what the first ones have."""
    first = report.commitments.select_related("lead").first()
    rows = make_commitments(count, report=report, kind=Kind.TARGET, lead=first.lead)
    Target.objects.bulk_create(
        Target(commitment=row, metric="企业数", comparator=Comparator.AT_LEAST, value=Decimal(50), unit="家")
        for row in rows
    )
    projects = make_commitments(count, report=report, kind=Kind.PROJECT, lead=first.lead)
    Project.objects.bulk_create(
        Project(commitment=row, name="项目", verb="建成", promised_stage=Stage.BUILT) for row in projects
    )
    _report_on(rows, first.lead)
    _report_on(projects, first.lead)
    first.scorecards.get().commitments.add(*rows)
    first.supports.get().supported.add(*rows)
    # Answers are kept while the version stays; every door to a change raises it, so this one does.
    report.data_version += 1
    report.save(update_fields=["data_version"])
