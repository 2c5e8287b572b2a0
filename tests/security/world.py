"""A site in which everything secret carries a marker word, and the six kinds of visitors."""

from __future__ import annotations

import base64
import datetime as dt
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from commitments.choices import Decision, EvidenceKind, Role
from commitments.models import (
    BulkEdit,
    Chase,
    Commitment,
    Department,
    Evidence,
    GlossaryTerm,
    ProgressUpdate,
    Report,
    SavedFilter,
    Scorecard,
    Tag,
    TermUse,
    User,
)
from commitments.progress import evidence as evidence_room
from commitments.progress import record
from tests.factories import (
    at,
    make_amendment,
    make_commitment,
    make_department,
    make_link,
    make_project,
    make_report,
    make_review,
    make_searchable,
    make_target,
    make_update,
    make_user,
)
from tests.progress import acts

TODAY = dt.date(2024, 10, 20)
# The order of the columns in matrix.txt.
VISITORS = ("public", "deactivated", "elsewhere", "reporter", "reviewer", "administrator")


@dataclass
class World:
    """What the tests of this folder ask about."""

    report: Report
    bureau: Department
    people: dict[str, User]
    # Led by the reporter's bureau: what is waiting, what was approved, what was never reported.
    waiting: Commitment
    approved: Commitment
    silent: Commitment
    submitted: ProgressUpdate
    published: ProgressUpdate
    file: Evidence
    chase: Chase
    batch: BulkEdit
    amendment: Any
    term: GlossaryTerm
    saved: SavedFilter
    tag: Tag

    def client(self, visitor: str, *, language: str = "zh-hans", **options: Any) -> Client:
        """Return the visitor's browser. The deactivated one was signed in before."""
        client = Client(**options)
        if visitor != "public":
            client.force_login(self.people[visitor])
            # As after a first page: the time of a request is written down once a minute, not with each.
            session = client.session
            session["signed_in_at"] = session["seen_at"] = int(time.time())
            session.save()
        if visitor == "deactivated":
            User.objects.filter(pk=self.people[visitor].pk).update(is_active=False)
        client.cookies["django_language"] = language
        return client


def png() -> bytes:
    """Return the smallest picture."""
    return base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
    )


def make_file(update: ProgressUpdate | None, commitment: Commitment, by: User, **values: Any) -> Evidence:
    """Append a picture as evidence."""
    return Evidence.objects.create(
        **{
            "commitment": commitment,
            "update": update,
            "kind": EvidenceKind.FILE,
            "title": "现场.png",
            "file": ContentFile(png(), name="x"),
            "content_type": "image/png",
            "size": len(png()),
            "sha256": "0" * 64,
            "added_by": by,
            "added_at": at(2024, 6, 5),
            **values,
        }
    )


def make_people(bureau: Department) -> dict[str, User]:
    """Make one account for each visitor; names that must not be read outside carry markers."""
    elsewhere = make_department("区交通局", slug="traffic")
    made = {
        "deactivated": make_user(Role.ADMINISTRATOR, departments=[bureau], full_name="标记离任"),
        "elsewhere": make_user(departments=[elsewhere], full_name="标记外局"),
        "reporter": make_user(departments=[bureau], full_name="标记作者甲"),
        "reviewer": make_user(Role.REVIEWER, full_name="标记审核乙"),
        "administrator": make_user(Role.ADMINISTRATOR, full_name="标记管理丙"),
    }
    for user in made.values():
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return made


def make_world() -> World:
    """Make the site: three commitments of one bureau, one waiting, one approved, one silent."""
    report = make_report()
    bureau = make_department(
        "区发展改革委",
        slug="reform",
        contact_name="标记联系人",
        contact_email="secret-contact@example.cn",
        contact_phone="标记电话",
        second_contact_name="标记副联系人",
        second_contact_email="secret-second@example.cn",
    )
    people = make_people(bureau)
    approved, silent = make_target(report, lead=bureau), make_project(report, lead=bureau)
    waiting = make_commitment(report, lead=bureau)
    published = make_update(
        approved, people["reporter"], account="公开进展", value=20, value_source="公开来源",
        department=bureau, department_name=bureau.name,
    )  # fmt: skip
    make_link(published, title="公开公告")
    file = make_file(published, approved, people["reporter"], title="公开现场.png")
    make_review(published, Decision.PUBLISHED, reviewer=people["reviewer"])
    submitted = make_update(waiting, people["reporter"], account="已报", submitted_at=at(2024, 7, 5))
    card = Scorecard.objects.first() or Scorecard.objects.create(key="economy", number=1, name="经济")
    card.commitments.set([approved])
    term = GlossaryTerm.objects.create(
        report=report, number=1, term="三攻坚", definition="国企改革等。", start=0, end=3
    )
    TermUse.objects.create(
        term=term, passage=approved.passage, start=approved.passage.start, end=approved.passage.end
    )
    Group.objects.create(name="组")
    make_searchable()
    return World(
        report=report,
        bureau=bureau,
        people=people,
        waiting=waiting,
        approved=approved,
        silent=silent,
        submitted=submitted,
        published=published,
        file=file,
        chase=Chase.objects.create(
            commitment=silent, asked_by=people["reviewer"], asked_by_name=str(people["reviewer"]),
            asked_at=at(2024, 10, 1), message="标记催办词", reply_by=dt.date(2024, 10, 25),
        ),
        batch=BulkEdit.objects.create(
            report=report, via="bulk", actor=people["administrator"], actor_name="标记管理丙",
            reason="标记批量理由", at=at(2024, 5, 1),
        ),
        amendment=make_amendment(silent, approved=False, reason="标记调整理由", authority="标记调整依据"),
        term=term,
        saved=SavedFilter.objects.create(owner=people["administrator"], name="标记筛选", query="q=1"),
        tag=Tag.objects.create(name="标记标签"),
    )  # fmt: skip


def add_secrets(world: World) -> None:
    """Do, through the doors that staff use, all that the public must not notice; WAITING names the words."""
    reporter, reviewer = world.people["reporter"], world.people["reviewer"]
    held = acts.submit(
        world.approved, reporter, status="blocked", value=Decimal(49), value_source="标记来源词",
        account="标记待审词", obstacle="标记障碍词", help_needed="标记求助词", explanation="标记说明词",
        evidence=[file_of(world.approved, reporter, "标记待审文件.png")],
    )  # fmt: skip
    world.submitted = held
    link = evidence_room.add_link(
        world.silent, by=reporter, url="https://www.example.gov.cn/biaoji-secret-link", title="标记链接词",
        now=acts.NOW,
    )  # fmt: skip
    acts.submit(world.silent, reporter, stage="started", account="标记占位词", evidence=[link])
    draft = record.save_draft(
        world.silent,
        by=reporter,
        content={"account": "标记草稿词"},
        now=acts.NOW,
        version=None,
        based_on=None,
    )
    file_of(world.silent, reporter, "标记草稿文件.png", draft=draft)
    back = acts.submit(world.waiting, reporter, account="标记退回词")
    record.review(back, by=reviewer, decision="returned", reason="标记退回理由", now=acts.NOW)
    gone = acts.submit(world.waiting, reporter, account="标记撤回词")
    record.withdraw(gone, by=reporter, now=acts.NOW)
    record.chase(world.waiting, by=reviewer, message="标记催办词", reply_by=TODAY, now=acts.NOW)
    make_amendment(world.waiting, approved=False, reason="标记调整理由", authority="标记调整依据")


def file_of(commitment: Commitment, by: User, title: str, **more: Any) -> Evidence:
    """Upload a picture."""
    upload = SimpleUploadedFile("a.png", png(), "image/png")
    return evidence_room.add_file(commitment, by=by, upload=upload, title=title, now=acts.NOW, **more)


# What the public may read once it is approved, and not before.
ONCE_APPROVED = ["标记待审词", "标记障碍词", "标记来源词", "标记待审文件"]
WAITING = [
    *ONCE_APPROVED, "标记求助词", "标记说明词", "标记占位词", "标记链接词", "biaoji-secret-link", "标记草稿词",
    "标记草稿文件", "标记退回词", "标记退回理由", "标记撤回词",
]  # fmt: skip
# What no member of the public may read at any time.
ALWAYS = [
    "标记作者甲", "标记审核乙", "标记管理丙", "标记外局", "标记离任", "标记联系人", "secret-contact", "标记电话",
    "标记副联系人", "secret-second", "标记催办词", "标记批量理由", "标记调整理由", "标记调整依据", "标记筛选", "标记标签",
]  # fmt: skip
