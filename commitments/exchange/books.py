"""The three lists that go out and come back, behind one shape, so that one set of pages serves them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from commitments.models import BulkEdit, Report, User
from commitments.progress.bulk import Step, finished

from . import department_list, invitations, ledger_apply, ledger_export, ledger_import, staff_list
from .plans import Plan
from .uploads import Table


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a person confirmed, with everything that the writing needs."""

    tables: Sequence[Table]
    report: Report
    by: User
    now: dt.datetime
    reason: str
    seen: str
    mine: Collection[str] = ()
    confirmed: bool = False
    file_name: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an import led to: a sentence, its batch if there is one, and what did not work."""

    sentence: str
    batch: BulkEdit | None = None
    warning: str = ""


@dataclass(frozen=True)
class Book:
    """One list: its names, its empty form, how it is read, what it would change, how it is written."""

    key: str
    title: Promise
    intro: Promise
    template: Callable[[], Iterator[bytes]]
    read: Callable[[bytes, str], list[Table]]
    plan: Callable[[Sequence[Table], Report, User, dt.date], Plan]
    apply: Callable[[Request], Outcome]
    # Without it, the export has a page of its own with filters.
    export: Callable[[str], Iterator[bytes]] | None = None
    # The same as `apply`, telling how far it has come; only where that takes long.
    applying: Callable[[Request], Iterator[Step]] | None = None

    @property
    def has_list(self) -> bool:
        """Say whether the whole list is one file (a template would call `export` itself)."""
        return self.export is not None


def _applying_ledger(request: Request) -> Iterator[Step]:
    asked = ledger_apply.Confirmed(
        reason=request.reason,
        seen=request.seen,
        mine=request.mine,
        confirmed=request.confirmed,
        selection=request.file_name,
    )
    return ledger_apply.applying_ledger(request.tables, request.report, asked, by=request.by, now=request.now)


def _apply_ledger(request: Request) -> Outcome:
    batch = finished(_applying_ledger(request))
    return Outcome(changed_in_words(batch), batch)


def changed_in_words(batch: BulkEdit) -> str:
    """Return what an import of the ledger did."""
    text = ngettext(
        "%(count)d commitment was changed.", "%(count)d commitments were changed.", batch.changed_count
    )
    return text % {"count": batch.changed_count}


def _apply_departments(request: Request) -> Outcome:
    count = department_list.apply_departments(
        request.tables,
        by=request.by,
        now=request.now,
        reason=request.reason,
        seen=request.seen,
        mine=request.mine,
    )
    text = ngettext("%(count)d department was written.", "%(count)d departments were written.", count)
    return Outcome(text % {"count": count})


def _apply_accounts(request: Request) -> Outcome:
    made = staff_list.apply_accounts(
        request.tables,
        by=request.by,
        now=request.now,
        reason=request.reason,
        seen=request.seen,
        mine=request.mine,
    )
    text = ngettext("%(count)d account was written.", "%(count)d accounts were written.", made.changed)
    said, warning = send_invitations(made.invited)
    return Outcome(f"{text % {'count': made.changed}} {said}".strip(), warning=warning)


def send_invitations(users: Sequence[User]) -> tuple[str, str]:
    """Invite, and return what to say: how many were sent, and whose could not be."""
    failed = invitations.invite(users)
    count = len(users) - len(failed)
    sent = ngettext("%(count)d invitation was sent.", "%(count)d invitations were sent.", count)
    warning = ""
    if failed:
        text = ngettext(
            "The mail to %(names)s could not be sent. Send the invitation again later.",
            "The mails to %(names)s could not be sent. Send the invitations again later.",
            len(failed),
        )
        warning = text % {"names": "、".join(user.email for user in failed[:10])}
    return (sent % {"count": count} if count else ""), warning


BOOKS = {
    book.key: book
    for book in (
        Book(
            key="ledger",
            title=_("Ledger"),
            intro=_(
                "Brings back a ledger that was exported and changed in Excel. You see every change "
                "before anything is written."
            ),
            template=ledger_export.template_ledger,
            read=ledger_import.read_ledger,
            plan=lambda tables, report, by, today: ledger_import.plan_ledger(tables, report, today=today),
            apply=_apply_ledger,
            applying=_applying_ledger,
        ),
        Book(
            key="departments",
            title=_("Departments"),
            intro=_("Adds departments and changes their names and contacts."),
            template=department_list.template_departments,
            read=department_list.read_departments,
            plan=lambda tables, report, by, today: department_list.plan_departments(tables),
            apply=_apply_departments,
            export=department_list.export_departments,
        ),
        Book(
            key="accounts",
            title=_("Accounts"),
            intro=_(
                "Turns a list of staff into accounts. Each new person is mailed a link for choosing a "
                "password; nobody is sent one."
            ),
            template=staff_list.template_accounts,
            read=staff_list.read_accounts,
            plan=lambda tables, report, by, today: staff_list.plan_accounts(tables, by=by),
            apply=_apply_accounts,
            export=staff_list.export_accounts,
        ),
    )
}
