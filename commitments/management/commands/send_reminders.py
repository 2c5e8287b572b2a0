"""Mails each person one digest of what is returned, chased, overdue or due soon; for cron."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import override

from commitments import clock
from commitments.models import Commitment, Report
from commitments.progress import reminders


class Command(BaseCommand):
    help = "Mail one digest to everybody who has something to report; nothing twice within days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print the mails, send none")
        parser.add_argument("--report", help="the report's slug; by default the one that the site shows")

    def handle(self, *args: Any, **options: Any) -> None:
        report = find_report(options["report"])
        now = clock.now()
        with override(settings.LANGUAGE_CODE):
            plan = reminders.plan(report, today=clock.today(), now=now)
            mails = [(digest, mail_of(digest, report)) for digest in plan.digests]
        for department in plan.unreachable:
            self.stderr.write(f"{department.name}: no active reporter and no contact address")
        if options["dry_run"]:
            for _digest, mail in mails:
                self.stdout.write(f"To: {mail.to[0]}\nSubject: {mail.subject}\n\n{mail.body}\n---\n")
            self.stdout.write(f"{len(mails)} mails would be sent.")
            return
        failed = self.send(mails, lambda digest: reminders.record_sent(digest, now=now))
        self.stdout.write(f"{len(mails) - failed} mails sent, {failed} failed.")
        if failed:
            raise CommandError(f"{failed} of {len(mails)} mails could not be sent; the next run tries again.")

    def send(
        self,
        mails: list[tuple[reminders.Digest, EmailMessage]],
        record: Callable[[reminders.Digest], None],
    ) -> int:
        """Send each mail and remember it at once, so that a stop half-way repeats nothing."""
        failed = 0
        for digest, mail in mails:
            try:
                mail.send()
            except OSError as error:  # smtplib's errors are OSErrors: one bad address stops nobody else
                failed += 1
                self.stderr.write(f"{digest.recipient}: {error}")
            else:
                record(digest)
        return failed


def find_report(slug: str | None) -> Report:
    try:
        return Report.objects.get(slug=slug) if slug else Report.objects.default()
    except Report.DoesNotExist as missing:
        raise CommandError(f"There is no report {slug or 'yet'}; load one with load_report.") from missing


def mail_of(digest: reminders.Digest, report: Report) -> EmailMessage:
    def url_of(commitment: Commitment) -> str:
        return settings.SITE_URL + reverse("staff:update-edit", args=[commitment.code])

    return EmailMessage(
        subject=reminders.subject(digest, site=str(report)),
        body=reminders.body(
            digest, worklist_url=settings.SITE_URL + reverse("staff:worklist"), url_of=url_of
        ),
        to=[digest.recipient],
        # Mail programs then send no "out of office" back.
        headers={"Auto-Submitted": "auto-generated"},
    )
