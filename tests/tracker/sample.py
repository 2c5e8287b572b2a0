"""At least one row in every table, with the values that are easily lost on the way; and how to read them all.

Run as a program it prints every row of the configured database, so that a test can compare two engines.
"""

import datetime as dt
import json
import uuid
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models

FILE = b"%PDF-1.4\n" + bytes(range(256)) * 40


def fill() -> None:
    """Make the rows, and one file of evidence below MEDIA_ROOT."""
    from allauth.account.models import EmailAddress, EmailConfirmation
    from allauth.mfa.models import Authenticator
    from django.contrib.admin.models import LogEntry
    from django.contrib.auth.models import Group, Permission

    from commitments.choices import Decision, Role
    from commitments.models import (
        Amendment,
        BulkEdit,
        ChangeEntry,
        Chase,
        Evidence,
        GlossaryTerm,
        Reminder,
        SavedFilter,
        Scorecard,
        Tag,
        TermUse,
        UpdateDraft,
        Withdrawal,
    )
    from tests import factories as make

    report = make.make_report()
    bureau, town = make.make_department("区教委", name_en="Education"), make.make_department("长生桥镇")
    reporter = make.make_user(departments=[bureau, town], full_name="李丽", password="一个密码 with spaces")
    reviewer = make.make_user(Role.REVIEWER, full_name="任督")
    chief = make.make_user(Role.ADMINISTRATOR, is_superuser=True, is_staff=True)
    group = Group.objects.create(name="督查室")
    group.permissions.set(Permission.objects.all()[:2])
    chief.groups.add(group)
    chief.user_permissions.set(Permission.objects.all()[2:4])
    address = EmailAddress.objects.create(user=reporter, email=reporter.email, primary=True, verified=True)
    EmailConfirmation.objects.create(email_address=address, key="k1", sent=make.at(2024, 6, 1))
    Authenticator.objects.create(user=chief, type="totp", data={"secret": "密钥", "n": 1})
    LogEntry.objects.create(user=chief, object_repr="x", action_flag=1)

    target = make.make_target(report, lead=bureau, supports=[town], target={"value": Decimal("0.1250")})
    project = make.make_project(report, lead=bureau)
    measure = make.make_commitment(report, deadline=dt.date(2024, 12, 31))
    measure.same_promise.add(project)
    measure.tags.add(Tag.objects.create(name="重点"))
    measure.scorecards.add(Scorecard.objects.create(key="economy", number=1, name="经济"))
    words = report.text[report.plan_start : report.plan_start + 4]
    term = GlossaryTerm.objects.create(
        report=report,
        number=1,
        term=words,
        definition="“引号”、换行\n与制表\t符，\u2028 和 🏗",
        start=1,
        end=5,
    )
    TermUse.objects.create(
        term=term, passage=measure.passage, start=report.plan_start, end=report.plan_start + 4
    )

    update = make.make_update(
        target, reporter, value=Decimal("12345678901.2345"), account="第一行\r\n第二行 \\ \" '"
    )
    make.make_review(update, Decision.PUBLISHED, reviewer=reviewer)
    make.make_review(update, Decision.VERIFIED, reviewer=reviewer)
    withdrawn = make.make_update(target, reporter)
    Withdrawal.objects.create(
        update=withdrawn, at=dt.datetime(2024, 6, 5, 23, 59, 59, 999_999, tzinfo=dt.UTC)
    )
    make.make_link(update)
    draft = UpdateDraft.objects.create(
        commitment=measure,
        owner=reporter,
        content={"account": "草稿", "value": "1.50", "nothing": None, "list": [1, True]},
        based_on=None,
        saved_at=make.at(2024, 6, 1),
    )
    Evidence.objects.create(
        commitment=measure, draft=draft, kind="file", title="名单.pdf", file=ContentFile(FILE, "名单.pdf"),
        content_type="application/pdf", size=len(FILE), sha256="0" * 64, added_by=reporter, added_at=make.at(2024, 6, 1),
    )  # fmt: skip
    batch = BulkEdit.objects.create(
        report=report, via="bulk", actor=chief, actor_name="x", reason="分工", at=make.at(2024, 3, 1)
    )
    ChangeEntry.objects.create(
        at=make.at(2024, 3, 1), actor_name="x", via="bulk", act="commitment.changed", model="commitment", object_id=measure.pk,
        object_label="x", bulk_edit=batch, before={"lead": None}, after={"lead": {"id": bureau.pk, "name": "区教委"}},
    )  # fmt: skip
    Chase.objects.create(
        commitment=project, asked_by=reviewer, asked_by_name="任督", asked_at=make.at(2024, 7, 1), message="请报进展", reply_by=dt.date(2024, 7, 8),
    )  # fmt: skip
    Amendment.objects.create(
        commitment=measure, kind="deadline", new_deadline=dt.date(2025, 6, 30), reason="征地", authority="区政府常务会议",
        document_number="1号", proposed_by=chief, proposed_by_name="x", proposed_at=make.at(2024, 9, 1),
    )  # fmt: skip
    Reminder.objects.create(recipient="a@example.cn", subject_key="due", sent_at=make.at(2024, 7, 1))
    SavedFilter.objects.create(owner=reporter, name="我的", query="area=1&q=学校")
    make.make_searchable()


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table but the sessions, as plain values, without the archive's own code."""
    return {
        model._meta.label_lower: [
            {name: plain(value) for name, value in row.items()}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.app_label not in ("sessions", "usersessions", "tracker")
    }


def plain(value: Any) -> Any:
    """Return a value that is the same on both engines exactly when it means the same."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (dt.date, uuid.UUID)):
        return str(value)
    return value.name if isinstance(value, models.fields.files.FieldFile) else value


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(everything()))
