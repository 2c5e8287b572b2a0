"""Rows for tests: typed functions with sensible values; name only what the test is about."""

import datetime as dt
import hashlib
import itertools
import uuid
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from commitments.choices import (
    AmendmentKind,
    Comparator,
    Decision,
    EvidenceKind,
    Kind,
    Method,
    Role,
    SelfReport,
    Stage,
)
from commitments.models import (
    Amendment,
    Commitment,
    Department,
    Evidence,
    Passage,
    ProgressUpdate,
    Project,
    Report,
    ResponsibleArea,
    Review,
    Target,
    Theme,
    User,
    Withdrawal,
)
from commitments.progress import words

SHANGHAI = ZoneInfo("Asia/Shanghai")
_number = itertools.count(1)

# --- The report -------------------------------------------------------------------------------

_REVIEW = "一、2023年工作回顾\n地区生产总值增长5.1%。\n"
_WORDS = 10


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    """Return a moment in the district's time."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def make_report(
    *, slug: str = "nanan-2024", year: int = 2024, promises: int = 60, **overrides: Any
) -> Report:
    """Make a report whose plan has room for `promises` passages of ten characters."""
    plan = "".join(f"推进第{n:05d}件事，"[:_WORDS] for n in range(promises))
    text = f"{_REVIEW}{plan}"
    values = {
        "slug": slug,
        "district": "南岸区",
        "year": year,
        "title": f"{year}年重庆市南岸区政府工作报告",
        "delivered_on": dt.date(year, 2, 4),
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "review_start": 0,
        "review_end": len(_REVIEW),
        "plan_start": len(_REVIEW),
        "plan_end": len(text),
        **overrides,
    }
    return Report.objects.create(**values)


def make_theme(report: Report, *, area: int = 1, number: int = 1, title: str = "") -> Theme:
    """Return the report's theme with this number, making it and its area when they are missing."""
    responsible, _ = ResponsibleArea.objects.get_or_create(
        report=report,
        number=area,
        defaults={"title": f"责任领域{area}", "start": report.plan_start, "end": report.plan_end},
    )
    theme, _ = Theme.objects.get_or_create(
        area=responsible,
        number=number,
        defaults={
            "title": title or f"主题{area}.{number}",
            "start": report.plan_start,
            "end": report.plan_end,
        },
    )
    return theme


def make_passage(report: Report, *, theme: Theme | None = None, **overrides: Any) -> Passage:
    """Make the next free passage of the report."""
    last = report.passages.order_by("-end").first()
    start = last.end if last else report.plan_start
    end = start + _WORDS
    values = {
        "report": report,
        "theme": theme,
        "start": start,
        "end": end,
        "text": report.text[start:end],
        "role": "commitment",
        **overrides,
    }
    return Passage.objects.create(**values)


def make_searchable() -> None:
    """Index the words of all there is, as the doors do that tests walk past."""
    for pk in Report.objects.values_list("pk", flat=True):
        words.index_report(pk)


# --- Commitments ------------------------------------------------------------------------------


def make_commitment(
    report: Report | None = None, *, theme: Theme | None = None, **overrides: Any
) -> Commitment:
    """Make a measure; with kind=… use make_target or make_project, which add the facts of the kind."""
    report = report or Report.objects.first() or make_report()
    theme = theme or make_theme(report)
    number = report.commitments.count() + 1
    supports = overrides.pop("supports", ())
    values = {
        "report": report,
        "theme": theme,
        "passage": overrides.pop("passage", None) or make_passage(report, theme=theme),
        "code": f"{report.year}-{theme.area.number}.{theme.number}-{number:02d}",
        "sequence": number,
        "kind": Kind.MEASURE,
        "title": f"推进第{number}件事",
        **overrides,
    }
    commitment = Commitment.objects.create(**values)
    commitment.supports.set(supports)
    return commitment


def make_commitments(count: int, *, report: Report | None = None, **overrides: Any) -> list[Commitment]:
    """Make many measures that share one passage, in three queries: for tests of size."""
    report = report or Report.objects.first() or make_report()
    theme = make_theme(report, area=9, number=9)
    passage = make_passage(report, theme=theme)
    first = report.commitments.count() + 1
    rows = [
        Commitment(
            **{
                "report": report,
                "theme": theme,
                "passage": passage,
                "code": f"{report.year}-{10 + n // 9000}.{1 + n // 900 % 10}-{100 + n % 900}",
                "sequence": n,
                "kind": Kind.MEASURE,
                "title": f"第{n}件事",
                **overrides,
            }
        )
        for n in range(first, first + count)
    ]
    return Commitment.objects.bulk_create(rows, batch_size=1000)


def make_target(
    report: Report | None = None, *, target: dict[str, Any] | None = None, **overrides: Any
) -> Commitment:
    """Make a commitment to a figure: at least 50 households, unless told otherwise."""
    commitment = make_commitment(report, kind=Kind.TARGET, **overrides)
    values = {
        "metric": "高新技术企业",
        "comparator": Comparator.AT_LEAST,
        "value": Decimal("50"),
        "unit": "家",
    }
    Target.objects.create(commitment=commitment, **{**values, **(target or {})})
    return commitment


def make_project(
    report: Report | None = None, *, promised: str = Stage.BUILT, **overrides: Any
) -> Commitment:
    """Make a commitment to bring a named project to a stage."""
    commitment = make_commitment(report, kind=Kind.PROJECT, **overrides)
    Project.objects.create(commitment=commitment, name="江南水厂", verb="建成", promised_stage=promised)
    return commitment


# --- People -----------------------------------------------------------------------------------


def make_department(name: str = "", **overrides: Any) -> Department:
    """Make a bureau."""
    number = next(_number)
    return Department.objects.create(
        **{"name": name or f"区第{number}局", "slug": f"bureau-{number}", **overrides}
    )


def make_user(
    role: str = Role.REPORTER, *, departments: Any = (), password: str = "", **overrides: Any
) -> User:
    """Make an account; give a password only where the test signs in by the form."""
    number = next(_number)
    user = User(
        **{"username": f"{role}{number}", "email": f"{role}{number}@example.cn", "role": role, **overrides}
    )
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    user.departments.set(departments)
    return user


# --- Progress, written raw: tests of the door itself go through progress.record -----------------


def make_update(commitment: Commitment, author: User | None = None, **overrides: Any) -> ProgressUpdate:
    """Append a submitted update."""
    author = author or make_user()
    values = {
        "commitment": commitment,
        "author": author,
        "author_name": str(author),
        "submitted_at": at(commitment.report.year, 6, 5),
        "as_of": dt.date(commitment.report.year, 5, 31),
        "status": SelfReport.IN_PROGRESS,
        "account": "已完成前期工作。",
        "token": uuid.uuid4(),
        **overrides,
    }
    return ProgressUpdate.objects.create(**values)


def make_review(update: ProgressUpdate, decision: str = Decision.PUBLISHED, **overrides: Any) -> Review:
    """Append a decision and, when it approves, move the commitment's public record as record.review does."""
    reviewer = overrides.pop("reviewer", None) or make_user(Role.REVIEWER)
    review = Review.objects.create(
        **{
            "update": update,
            "reviewer": reviewer,
            "reviewer_name": str(reviewer),
            "decision": decision,
            "method": Method.DOCUMENTS if decision == Decision.VERIFIED else "",
            "reason": "请补充材料。" if decision == Decision.RETURNED else "",
            "decided_at": at(2024, 6, 10),
            **overrides,
        }
    )
    if decision != Decision.RETURNED:
        commitment = update.commitment
        commitment.approved_update = update
        commitment.approved_is_verified = decision == Decision.VERIFIED
        commitment.save(update_fields=["approved_update", "approved_is_verified"])
    return review


def make_link(update: ProgressUpdate, **overrides: Any) -> Evidence:
    """Append a link as evidence of a submitted update."""
    values = {
        "commitment": update.commitment,
        "update": update,
        "kind": EvidenceKind.LINK,
        "title": "区政府网站公告",
        "url": "https://www.example.gov.cn/gonggao/1.html",
        "added_by": update.author,
        "added_at": update.submitted_at,
        **overrides,
    }
    return Evidence.objects.create(**values)


def make_withdrawal(update: ProgressUpdate) -> Withdrawal:
    """Take a submitted update back."""
    return Withdrawal.objects.create(update=update, at=update.submitted_at)


# --- Amendments ---------------------------------------------------------------------------------


def make_amendment(commitment: Commitment, *, approved: bool = True, **overrides: Any) -> Amendment:
    """Propose a later deadline, decided and approved by another administrator unless told otherwise."""
    proposer, decider = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
    decision = {
        "decided_by": decider,
        "decided_by_name": str(decider),
        "decided_at": at(2024, 9, 10),
        "is_approved": True,
    }
    values = {
        "commitment": commitment,
        "kind": AmendmentKind.DEADLINE,
        "old_deadline": dt.date(2024, 12, 31),
        "new_deadline": dt.date(2025, 3, 31),
        "reason": "汛期影响施工。",
        "authority": "区政府常务会议",
        "document_number": "南岸府〔2024〕7号",
        "proposed_by": proposer,
        "proposed_by_name": str(proposer),
        "proposed_at": at(2024, 9, 1),
        **(decision if approved else {}),
        **overrides,
    }
    return Amendment.objects.create(**values)
