"""Reminders: one digest a person, spaced, with a fallback; tried against a real mail server."""

import datetime as dt
import socket
from email import policy
from email.parser import BytesParser

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.management import CommandError, call_command

from commitments.choices import Decision, Role, SelfReport
from commitments.models import Chase, Reminder
from commitments.progress import reminders
from commitments.progress.chasing import chase
from tests.factories import (
    at,
    make_commitment,
    make_commitments,
    make_department,
    make_link,
    make_report,
    make_review,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db
OCTOBER_20 = at(2024, 10, 20)  # September was due on 8 October, October is due on 8 November


@pytest.fixture
def bureau():
    make_report()
    return make_department("区教委")


@pytest.fixture
def reporter(bureau):
    return make_user(departments=[bureau], email="li@example.cn", full_name="李老师")


def planned(now=OCTOBER_20):
    from commitments.models import Report

    return reminders.plan(Report.objects.get(), today=now.date(), now=now)


def reasons(plan):
    return [(digest.recipient, [item.reason for item in digest.items]) for digest in plan.digests]


class TestWhat:
    def test_nothing_reported_is_overdue_and_all_of_it_goes_into_one_mail(self, bureau, reporter):
        make_commitment(lead=bureau), make_commitment(lead=bureau)

        assert reasons(planned()) == [("li@example.cn", ["overdue", "overdue"])]

    @pytest.mark.parametrize(
        ("now", "found"),
        [
            (at(2024, 11, 2), []),
            (at(2024, 11, 3), ["due"]),
            (at(2024, 11, 8), ["due"]),
            (at(2024, 11, 9), ["overdue"]),
            (at(2025, 3, 1), ["overdue"]),
            (at(2025, 3, 2), []),
            (at(2027, 5, 1), []),
        ],
    )
    def test_due_soon_then_overdue_then_the_year_is_closed(self, bureau, reporter, now, found):
        make_review(make_update(make_commitment(lead=bureau), reporter, submitted_at=at(2024, 10, 5)))

        assert [reason for _, group in reasons(planned(now)) for reason in group] == found

    def test_a_return_reaches_its_author_with_the_reason(self, bureau, reporter):
        colleague = make_user(departments=[bureau], email="wang@example.cn")
        update = make_update(make_commitment(lead=bureau), colleague)
        make_review(update, Decision.RETURNED, reason="请附竣工验收报告。")

        digests = planned().digests

        assert [(digest.recipient, digest.items[0].words) for digest in digests] == [
            ("wang@example.cn", "请附竣工验收报告。")
        ]

    def test_the_return_of_somebody_who_left_reaches_the_department(self, bureau, reporter):
        gone = make_user(departments=[bureau], email="gone@example.cn", is_active=False)
        make_review(make_update(make_commitment(lead=bureau), gone), Decision.RETURNED)

        assert reasons(planned()) == [("li@example.cn", ["returned"])]

    def test_what_waits_for_review_or_is_completed_is_left_alone(self, bureau, reporter):
        make_update(make_commitment(lead=bureau), reporter)
        done = make_update(make_commitment(lead=bureau), reporter, status=SelfReport.COMPLETED)
        make_link(done)
        make_review(done, Decision.VERIFIED)

        assert planned().digests == []

    def test_an_open_chase_is_repeated_with_its_words(self, bureau, reporter):
        commitment = make_commitment(lead=bureau)
        make_review(make_update(commitment, reporter, submitted_at=at(2024, 10, 12)))
        asked = {
            "commitment": commitment,
            "asked_by": make_user(Role.REVIEWER),
            "asked_by_name": "督查室",
            "asked_at": at(2024, 10, 14),
            "message": "请说明征地进度。",
            "reply_by": dt.date(2024, 10, 25),
        }
        Chase.objects.create(**asked)
        Chase.objects.create(**asked, reply="已完成。", replied_at=at(2024, 10, 15))

        digests = planned().digests

        assert [item.words for item in digests[0].items] == ["请说明征地进度。"]

    def test_supporting_departments_are_not_asked_for_the_leads_report(self, bureau, reporter):
        lead = make_department("区住建委", second_contact_email="zhu@example.cn")
        make_commitment(lead=lead, supports=[bureau])

        assert reasons(planned()) == [("zhu@example.cn", ["overdue"])]

    def test_queries_do_not_grow(self, bureau, reporter, django_assert_max_num_queries):
        make_commitments(300, lead=bureau)

        with django_assert_max_num_queries(10):
            assert len(planned().digests[0].items) == 300


class TestWhom:
    def test_every_active_reporter_of_the_lead_gets_one(self, bureau, reporter):
        make_user(departments=[bureau], email="wang@example.cn")
        make_user(departments=[bureau], email="")
        make_user(Role.REVIEWER, departments=[bureau], email="review@example.cn")
        make_commitment(lead=bureau)

        assert [digest.recipient for digest in planned().digests] == ["li@example.cn", "wang@example.cn"]

    def test_without_one_the_second_contact_is_asked(self, bureau):
        bureau.second_contact_email, bureau.second_contact_name = "zhao@example.cn", "赵主任"
        bureau.contact_email = "office@example.cn"
        bureau.save()
        make_user(departments=[bureau], email="gone@example.cn", is_active=False)
        make_commitment(lead=bureau)

        (digest,) = planned().digests

        assert (digest.recipient, digest.name, digest.is_fallback) == ("zhao@example.cn", "赵主任", True)

    def test_then_the_first_contact_and_then_nobody_which_is_said(self, bureau):
        bureau.contact_email = "office@example.cn"
        bureau.save()
        other = make_department("区水利局")
        make_commitment(lead=bureau), make_commitment(lead=other), make_commitment()

        plan = planned()

        assert [digest.recipient for digest in plan.digests] == ["office@example.cn"]
        assert plan.unreachable == [other]


class TestSpacing:
    def send(self, now):
        plan = planned(now)
        for digest in plan.digests:
            reminders.record_sent(digest, now=now)
        return plan.digests

    def test_nobody_is_mailed_twice_for_the_same_within_days(self, bureau, reporter, settings):
        settings.REMINDER_SPACING_DAYS = 5
        make_commitment(lead=bureau)

        found = [len(self.send(at(2024, 10, day))) for day in (10, 11, 14, 15, 16)]

        assert found == [1, 0, 0, 1, 0]

    def test_something_new_is_mailed_at_once_and_alone(self, bureau, reporter):
        make_commitment(lead=bureau)
        self.send(at(2024, 10, 10))
        new = make_commitment(lead=bureau)

        (digest,) = self.send(at(2024, 10, 11))

        assert [item.commitment for item in digest.items] == [new]

    def test_a_second_return_is_something_new(self, bureau, reporter):
        commitment = make_commitment(lead=bureau)
        make_review(make_update(commitment, reporter), Decision.RETURNED)
        self.send(at(2024, 10, 10))
        make_review(make_update(commitment, reporter), Decision.RETURNED)

        assert len(self.send(at(2024, 10, 11))) == 1


class TestCommand:
    @pytest.fixture(autouse=True)
    def _day(self, settings):
        settings.TRACKER_TODAY = dt.date(2024, 10, 20)
        settings.SITE_URL = "https://tracker.example.cn"

    def test_dry_run_prints_and_changes_nothing(self, bureau, reporter, capsys):
        commitment = make_commitment(lead=bureau)

        call_command("send_reminders", "--dry-run")

        printed = capsys.readouterr().out
        assert "To: li@example.cn" in printed
        assert commitment.title in printed
        assert f"https://tracker.example.cn/staff/commitments/{commitment.code}/update/" in printed
        assert "逾期未报" in printed
        assert mail.outbox == []
        assert not Reminder.objects.exists()

    def test_departments_without_an_address_are_named(self, bureau, capsys):
        make_commitment(lead=bureau)

        call_command("send_reminders")

        assert "区教委" in capsys.readouterr().err

    def test_no_report_yet(self):
        with pytest.raises(CommandError, match="load_report"):
            call_command("send_reminders")

    def test_the_next_day_mails_nothing_again(self, bureau, reporter, settings):
        make_commitment(lead=bureau)

        call_command("send_reminders")
        settings.TRACKER_TODAY = dt.date(2024, 10, 21)
        call_command("send_reminders")

        assert len(mail.outbox) == 1

    def test_the_real_clock_is_read_in_the_command(self, bureau, reporter, settings):
        settings.TRACKER_TODAY = None
        make_commitment(lead=bureau)

        with time_machine.travel(at(2025, 6, 1)):
            call_command("send_reminders")

        assert mail.outbox == []


class Mailbox:
    """Keeps what a mail server was given; refuses one address."""

    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("full@"):
            return "552 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()


class TestRealServer:
    @pytest.fixture(autouse=True)
    def _day(self, settings):
        settings.TRACKER_TODAY = dt.date(2024, 10, 20)

    def test_a_mail_arrives_as_it_was_written(self, bureau, reporter, mailbox):
        commitment = make_commitment(lead=bureau)
        term = {"reply_by": dt.date(2024, 10, 25), "now": at(2024, 10, 18)}
        chase(commitment, by=make_user(Role.REVIEWER), message="请报最新进展。", **term)

        call_command("send_reminders")

        (letter,) = mailbox.mails
        assert letter["To"] == "li@example.cn"
        assert letter["Auto-Submitted"] == "auto-generated"
        assert "1项" in letter["Subject"]  # overdue and chased, and still one commitment
        assert "请报最新进展。" in letter.get_content()
        assert commitment.title in letter.get_content()
        assert "李老师" in letter.get_content()

    def test_one_refused_address_stops_nobody_else_and_is_tried_again(self, bureau, reporter, mailbox):
        make_user(departments=[bureau], email="full@example.cn")
        make_commitment(lead=bureau)

        with pytest.raises(CommandError, match="1 of 2"):
            call_command("send_reminders")

        assert [letter["To"] for letter in mailbox.mails] == ["li@example.cn"]
        assert list(Reminder.objects.values_list("recipient", flat=True)) == ["li@example.cn"]
