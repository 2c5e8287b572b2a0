"""Acts through the door to progress, with sensible values."""

import datetime as dt
import uuid

from commitments.choices import Decision, Method, SelfReport
from commitments.models import Evidence, ProgressUpdate, Report, Review
from commitments.progress import amendments, record
from commitments.progress import evidence as evidence_room
from commitments.progress.record import UpdateContent
from tests.factories import at

NOW = at(2024, 10, 8)
LATER = amendments.Proposal(
    kind="deadline",
    new_deadline=dt.date(2025, 6, 30),
    reason="汛情",
    authority="区政府常务会议",
    document_number="第9号",
)


def content(**fields) -> UpdateContent:
    return UpdateContent(
        **{"status": SelfReport.IN_PROGRESS, "as_of": dt.date(2024, 9, 30), "account": "已开工。", **fields}
    )


def submit(commitment, by, *, on=None, **fields) -> ProgressUpdate:
    """Submit on top of whatever stands."""
    latest = record.latest_update(commitment)
    options = {name: fields.pop(name) for name in ("evidence", "token", "confirmed") if name in fields}
    return record.submit(
        commitment,
        by=by,
        content=content(**fields),
        now=on or NOW,
        based_on=latest.pk if latest else None,
        **{"token": uuid.uuid4(), **options},
    )


def link(commitment, by, draft=None) -> Evidence:
    return evidence_room.add_link(commitment, by=by, url="https://www.example.gov.cn/1", now=NOW, draft=draft)


def review(update, by, decision=Decision.PUBLISHED, on=None) -> Review:
    method = Method.ON_SITE if decision == Decision.VERIFIED else ""
    reason = "请补充" if decision == Decision.RETURNED else ""
    return record.review(update, by=by, decision=decision, method=method, reason=reason, now=on or NOW)


def version() -> int:
    return Report.objects.get().data_version
