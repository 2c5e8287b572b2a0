"""load_demo: every state, held at a day, refused beside real work, and removed without a trace."""

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from commitments.choices import Decision, PublicStatus, Role, Stage, UpdateState
from commitments.demo.load import load
from commitments.demo.stories import DEMO_DAY
from commitments.models import (
    Amendment,
    ChangeEntry,
    Chase,
    Commitment,
    Department,
    ProgressUpdate,
    Report,
    UpdateDraft,
    User,
)
from commitments.progress import amendments, record, reviewing, summaries
from commitments.progress.content import UpdateContent, problems
from commitments.progress.roll import judged
from tests.factories import (
    at,
    make_commitment,
    make_department,
    make_project,
    make_report,
    make_searchable,
    make_target,
    make_update,
    make_user,
)

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "nanan_2024" / "nanan_2024.json"
PASSWORD = "a-word-for-the-show"
pytestmark = pytest.mark.django_db


@pytest.fixture
def held(settings):
    settings.TRACKER_TODAY = DEMO_DAY
    return DEMO_DAY


@pytest.fixture
def small(held):
    """A report with a few commitments of every kind."""
    report = make_report()
    for _ in range(12):
        make_commitment(report), make_target(report), make_project(report, promised=Stage.IN_OPERATION)
    make_searchable()
    return report


@pytest.fixture
def whole(held):
    """The whole report of 2024."""
    call_command("load_report", str(FIXTURE), verbosity=0)
    return Report.objects.get()


def rows_of_every_table():
    """Return everything in the database but what the loading may leave: versions and the clock's counters."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if field.attname not in ("data_version", "whole_version", "public_version", "data_changed_at")
        ]
        found[model._meta.label] = sorted(map(repr, model._default_manager.values_list(*columns)))
    return found


class TestWhole:
    def test_every_state_can_be_seen(self, whole):
        load(whole, password=PASSWORD)

        rows = judged(whole, today=DEMO_DAY)
        counts = summaries.count_by_status(rows)
        assert [status for status, count in counts.items() if not count] == []
        assert counts[PublicStatus.NOT_REPORTED] < len(rows) / 4
        states = set(ProgressUpdate.objects.with_state().values_list("state", flat=True))
        assert states == set(UpdateState.values)
        assert ProgressUpdate.objects.filter(corrects__isnull=False).exists()
        assert ProgressUpdate.objects.filter(is_unchanged=True).exists()
        assert UpdateDraft.objects.exists()
        assert Amendment.objects.filter(is_approved=True).count() == 1
        assert {bool(chase.replied_at) for chase in Chase.objects.all()} == {True, False}
        assert 0 < summaries.unassigned_count(rows) < 50
        assert (
            30 <= Commitment.objects.reportable_by(User.objects.get(username="demo-reporter")).count() <= 90
        )

    def test_the_door_to_progress_would_have_taken_every_update(self, whole):
        load(whole, password=PASSWORD)

        commitments = Commitment.objects.select_related("report", "target", "project")
        found = {}
        for commitment in commitments.prefetch_related("updates__evidence", "updates__reviews"):
            previous = None
            for update in sorted(commitment.updates.all(), key=lambda update: update.pk):
                wrong = problems(
                    content(update),
                    commitment,
                    previous,
                    update.submitted_at.date(),
                    has_evidence=bool(update.evidence.all()),
                )
                if wrong:
                    found[commitment.code, update.as_of] = wrong
                decisions = {review.decision for review in update.reviews.all()}
                if Decision.RETURNED not in decisions and not hasattr(update, "withdrawal"):
                    previous = update
        assert found == {}

    def test_the_public_record_stands_where_reviewing_would_have_put_it(self, whole):
        load(whole, password=PASSWORD)

        for commitment in Commitment.objects.filter(updates__isnull=False).distinct():
            loaded = (commitment.approved_update_id, commitment.approved_is_verified)
            reviewing._move_approved(commitment)
            assert (commitment.approved_update_id, commitment.approved_is_verified) == loaded, commitment.code


def content(update):
    names = UpdateContent.__dataclass_fields__
    return UpdateContent(**{name: getattr(update, name) for name in names})


class TestLoading:
    def test_is_the_same_every_time(self, small):
        def told():
            columns = (
                "commitment__code",
                "author_name",
                "submitted_at",
                "as_of",
                "status",
                "value",
                "stage",
                "token",
            )
            return list(ProgressUpdate.objects.order_by("pk").values_list(*columns))

        call_command("load_demo", password=PASSWORD)
        first = told()
        call_command("load_demo", remove=True)
        call_command("load_demo", password=PASSWORD)

        assert told() == first != []

    def test_everything_is_flagged(self, small):
        call_command("load_demo", password=PASSWORD)

        for model in apps.get_app_config("commitments").get_models():
            if any(field.name == "is_demo" for field in model._meta.fields):
                assert not model.objects.filter(is_demo=False).exists(), model
        assert summaries.is_demo(small)

    def test_the_public_version_rises(self, small):
        before = small.data_version

        call_command("load_demo", password=PASSWORD)

        small.refresh_from_db()
        assert small.data_version > before

    def test_the_accounts_can_sign_in_and_the_password_is_printed_once(self, small, client, capsys):
        call_command("load_demo")

        *_, password = capsys.readouterr().out.strip().splitlines()[1].split()
        for name in ("demo-reporter", "demo-reviewer", "demo-admin"):
            assert client.login(username=name, password=password), name
        assert User.objects.get(username="demo-admin").is_administrator

    def test_loading_again_does_nothing_but_may_set_the_password(self, small, client):
        call_command("load_demo", password=PASSWORD)
        count = ProgressUpdate.objects.count()

        call_command("load_demo", password="another-word-for-it")

        assert ProgressUpdate.objects.count() == count
        assert client.login(username="demo-reporter", password="another-word-for-it")

    def test_a_weak_password_is_refused(self, small):
        with pytest.raises(CommandError):
            call_command("load_demo", password="1234")

        assert not User.objects.filter(is_demo=True).exists()

    def test_real_progress_is_refused(self, small):
        make_update(Commitment.objects.first())

        with pytest.raises(CommandError, match="real progress"):
            call_command("load_demo")

        assert not Department.objects.filter(is_demo=True).exists()

    def test_a_real_draft_is_refused(self, small):
        commitment = Commitment.objects.first()
        UpdateDraft.objects.create(commitment=commitment, owner=make_user(), saved_at=at(2024, 3, 1))

        with pytest.raises(CommandError, match="real progress"):
            call_command("load_demo")

    def test_a_report_of_another_year_is_refused(self, held):
        make_report(slug="nanan-2025", year=2025)

        with pytest.raises(CommandError, match="2025"):
            call_command("load_demo")

    def test_without_a_report_there_is_a_hint(self, held):
        with pytest.raises(CommandError, match="load_report"):
            call_command("load_demo")


class TestRemoving:
    def test_leaves_no_trace(self, small):
        own = make_department("区甲局")
        Commitment.objects.filter(sequence__lte=3).update(
            lead=own, deadline=dt.date(2024, 9, 30), first_deadline=dt.date(2024, 9, 30), contact="王科长"
        )
        before = rows_of_every_table()

        call_command("load_demo", password=PASSWORD)
        assert rows_of_every_table() != before
        call_command("load_demo", remove=True)

        assert rows_of_every_table() == before

    def test_what_was_done_on_the_pages_in_the_meantime_goes_as_well(self, small, client):
        before = rows_of_every_table()
        call_command("load_demo", password=PASSWORD)
        reporter, reviewer = (User.objects.get(username=f"demo-{role}") for role in ("reporter", "reviewer"))
        commitment = Commitment.objects.filter(approved_update__isnull=True).first()
        commitment.lead = reporter.departments.get()
        commitment.save(update_fields=["lead"])
        now = at(2024, 10, 20)
        said = UpdateContent(status="not_started", as_of=DEMO_DAY, account="尚未启动。")
        latest = record.latest_update(commitment)
        update = record.submit(
            commitment,
            by=reporter,
            content=said,
            token="0d1ad5a2-6c5c-4f5c-9df0-0c7a2f5f0f10",
            now=now,
            based_on=latest and latest.pk,
            confirmed=True,
        )
        record.review(update, by=reviewer, decision=Decision.PUBLISHED, now=now)
        client.force_login(reporter)

        call_command("load_demo", remove=True)

        commitment.refresh_from_db()
        Commitment.objects.filter(pk=commitment.pk).update(lead=None)
        assert rows_of_every_table() == before

    def test_a_deadline_that_was_amended_on_the_pages_goes_back(self, small):
        before = rows_of_every_table()
        call_command("load_demo", password=PASSWORD)
        people = User.objects.in_bulk(field_name="username")
        commitment = Commitment.objects.filter(deadline=None).first()
        made = amendments.propose(
            commitment,
            by=people["demo-admin-2"],
            proposal=amendments.Proposal(
                kind="deadline",
                new_deadline=dt.date(2025, 6, 30),
                reason="工期调整",
                authority="区政府",
                document_number="1号",
            ),
            now=at(2024, 10, 20),
        )
        amendments.decide(made, by=people["demo-admin"], approve=True, note="", now=at(2024, 10, 20))

        call_command("load_demo", remove=True)

        assert rows_of_every_table() == before

    def test_what_a_real_administrator_decided_stays(self, small):
        from commitments.progress import fields

        call_command("load_demo", password=PASSWORD)
        own, administrator = make_department("区甲局"), make_user(Role.ADMINISTRATOR)
        commitment = Commitment.objects.exclude(lead=None).first()
        plan = fields.plan(commitment, fields.values_of([commitment])[commitment.pk], {"lead": own.pk})
        fields.write([plan], by=administrator, now=at(2024, 10, 20), via="page", reason="分工调整")

        call_command("load_demo", remove=True)

        commitment.refresh_from_db()
        assert commitment.lead == own
        assert ChangeEntry.objects.get().actor == administrator

    def test_without_demonstration_data_nothing_happens(self, small):
        before = rows_of_every_table()

        call_command("load_demo", remove=True)

        assert rows_of_every_table() == before

    def test_a_real_update_that_leans_on_it_is_not_torn_away(self, small):
        call_command("load_demo", password=PASSWORD)
        wrong = ProgressUpdate.objects.first()
        make_update(wrong.commitment, corrects=wrong)

        with pytest.raises(CommandError, match="Real updates"):
            call_command("load_demo", remove=True)

        assert ProgressUpdate.objects.filter(is_demo=True).exists()

    def test_real_rows_cannot_be_deleted_this_way(self, small):
        real = make_update(Commitment.objects.first())

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM commitments_progressupdate WHERE id = %s", [real.pk])
