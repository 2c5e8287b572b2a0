"""Submitting: who may, what is refused, what an update carries with it."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from commitments.choices import Decision, Role, SelfReport, Stage, UpdateState
from commitments.models import ChangeEntry, ProgressUpdate
from commitments.progress import record
from commitments.progress.record import Conflict, Invalid, NotAllowed
from commitments.progress.standing import state_of
from tests.factories import at, make_commitment, make_department, make_project, make_target, make_user
from tests.progress.acts import NOW, content, link, review, submit, version

pytestmark = pytest.mark.django_db


class TestSubmit:
    def test_appends_what_was_said_with_the_names_of_today(self, commitment, alice, bureau):
        update = submit(commitment, alice)

        assert (update.author_name, update.department_name, update.department) == ("李丽", "区教委", bureau)
        assert (update.account, update.submitted_at, update.is_unchanged) == ("已开工。", NOW, False)
        assert state_of(update) == UpdateState.SUBMITTED

    def test_is_logged_and_shows_the_public_nothing(self, commitment, alice):
        before = version()
        update = submit(commitment, alice)

        entry = ChangeEntry.objects.get()
        assert (entry.act, entry.object_id, entry.commitment, entry.actor) == (
            "update.submitted",
            update.pk,
            commitment,
            alice,
        )
        assert entry.after["account"] == "已开工。"
        commitment.refresh_from_db()
        assert commitment.approved_update is None
        assert version() == before

    def test_a_second_click_appends_nothing(self, commitment, alice):
        token = uuid.uuid4()
        first = submit(commitment, alice, token=token)
        again = record.submit(commitment, by=alice, content=content(), token=token, now=NOW, based_on=None)

        assert again == first
        assert ProgressUpdate.objects.count() == 1

    def test_a_token_is_not_good_for_somebody_else(self, commitment, alice, bob):
        token = uuid.uuid4()
        submit(commitment, alice, token=token)

        with pytest.raises(Invalid):
            submit(commitment, bob, token=token)

    def test_the_second_of_two_sees_what_the_first_submitted(self, commitment, alice, bob):
        first = submit(commitment, alice)

        with pytest.raises(Conflict) as raised:
            record.submit(commitment, by=bob, content=content(), token=uuid.uuid4(), now=NOW, based_on=None)
        assert raised.value.newer == first

        seen = raised.value.newer.pk
        record.submit(
            commitment, by=bob, content=content(account="二期"), token=uuid.uuid4(), now=NOW, based_on=seen
        )
        assert ProgressUpdate.objects.count() == 2

    def test_a_withdrawn_update_is_no_conflict(self, commitment, alice, bob):
        record.withdraw(submit(commitment, alice), by=alice, now=NOW)

        record.submit(commitment, by=bob, content=content(), token=uuid.uuid4(), now=NOW, based_on=None)

    def test_bad_content_is_refused_by_field(self, commitment, alice):
        with pytest.raises(Invalid) as raised:
            submit(commitment, alice, account="", as_of=dt.date(2024, 12, 1))

        assert set(raised.value.problems) == {"account", "as_of"}
        assert not raised.value.can_be_confirmed
        assert ProgressUpdate.objects.count() == 0

    def test_an_odd_figure_is_refused_until_confirmed(self, bureau, alice):
        target = make_target(lead=bureau)
        odd = {"value": Decimal(5000), "value_source": "统计"}

        with pytest.raises(Invalid) as raised:
            submit(target, alice, **odd)
        assert raised.value.can_be_confirmed

        assert submit(target, alice, confirmed=True, **odd).value == 5000

    def test_repeating_the_last_update_counts_as_no_change(self, commitment, alice):
        submit(commitment, alice)
        again = submit(commitment, alice, account="", as_of=dt.date(2024, 10, 5))

        assert again.is_unchanged
        assert again.account == "已开工。"

    @pytest.mark.parametrize("role", [Role.REPORTER, Role.REVIEWER])
    def test_people_of_other_departments_may_not(self, commitment, role):
        stranger = make_user(role, departments=[make_department()])

        with pytest.raises(NotAllowed):
            submit(commitment, stranger)

    def test_supporting_departments_and_administrators_may(self, commitment):
        helper = make_department()
        commitment.supports.add(helper)

        assert submit(commitment, make_user(departments=[helper])).department == helper
        assert submit(commitment, make_user(Role.ADMINISTRATOR), account="二").department is None

    def test_nobody_reports_on_a_retired_commitment(self, bureau, alice):
        with pytest.raises(NotAllowed):
            submit(make_commitment(lead=bureau, is_retired=True), alice)

    def test_demonstration_accounts_leave_demonstration_rows(self, commitment, bureau):
        demo = make_user(departments=[bureau], is_demo=True)

        assert submit(commitment, demo).is_demo
        assert ChangeEntry.objects.get().is_demo


class TestEvidenceOfAnUpdate:
    def test_moves_from_the_draft_which_ends(self, commitment, alice):
        draft = record.save_draft(commitment, by=alice, content={}, now=NOW, version=None, based_on=None)
        piece = link(commitment, alice, draft)

        update = submit(commitment, alice, status=SelfReport.COMPLETED)

        piece.refresh_from_db()
        assert (piece.update, piece.draft) == (update, None)
        assert not alice.drafts.exists()

    def test_a_colleague_s_draft_stays_with_its_evidence(self, commitment, alice, bob):
        draft = record.save_draft(commitment, by=alice, content={}, now=NOW, version=None, based_on=None)
        piece = link(commitment, alice, draft)

        submit(commitment, bob)

        piece.refresh_from_db()
        assert (piece.update, piece.draft) == (None, draft)

    def test_may_be_pieces_of_an_earlier_update(self, commitment, alice):
        piece = link(commitment, alice)
        first = submit(commitment, alice, evidence=[piece])
        second = submit(commitment, alice, evidence=[piece], account="验收通过", status=SelfReport.COMPLETED)

        assert [piece.url for piece in second.evidence.all()] == [piece.url]
        assert first.evidence.count() == 1

    def test_may_not_be_somebody_else_s(self, commitment, alice, bob):
        with pytest.raises(NotAllowed):
            submit(commitment, bob, evidence=[link(commitment, alice)])


class TestUnchanged:
    def test_says_the_last_facts_again_with_their_evidence(self, bureau, alice):
        project = make_project(lead=bureau)
        done = {"stage": Stage.BUILT, "stage_on": dt.date(2024, 9, 1), "status": SelfReport.COMPLETED}
        first = submit(project, alice, evidence=[link(project, alice)], **done)

        again = record.submit_unchanged(
            project, by=alice, token=uuid.uuid4(), now=at(2024, 11, 8), based_on=first.pk
        )

        assert (again.is_unchanged, again.stage, again.as_of) == (True, Stage.BUILT, dt.date(2024, 11, 8))
        assert again.evidence.count() == 1
        assert again.account == first.account

    def test_needs_something_that_stayed_the_same(self, commitment, alice):
        with pytest.raises(Invalid):
            record.submit_unchanged(commitment, by=alice, token=uuid.uuid4(), now=NOW, based_on=None)

    def test_is_no_answer_to_a_return(self, commitment, alice, rita):
        review(update := submit(commitment, alice), rita, Decision.RETURNED)

        with pytest.raises(Invalid):
            record.submit_unchanged(commitment, by=alice, token=uuid.uuid4(), now=NOW, based_on=update.pk)

    def test_is_not_for_a_year_long_over(self, commitment, alice):
        update = submit(commitment, alice)

        with pytest.raises(Invalid):
            record.submit_unchanged(
                commitment, by=alice, token=uuid.uuid4(), now=at(2026, 1, 8), based_on=update.pk
            )

    def test_conflicts_with_what_came_between(self, commitment, alice, bob):
        first = submit(commitment, alice)
        newer = submit(commitment, bob, account="二")

        with pytest.raises(Conflict) as raised:
            record.submit_unchanged(commitment, by=alice, token=uuid.uuid4(), now=NOW, based_on=first.pk)
        assert raised.value.newer == newer

    def test_keeps_the_verification_of_what_it_repeats(self, commitment, alice, rita):
        first = submit(commitment, alice, status=SelfReport.COMPLETED, evidence=[link(commitment, alice)])
        review(first, rita, Decision.VERIFIED)
        again = record.submit_unchanged(
            commitment, by=alice, token=uuid.uuid4(), now=at(2024, 11, 8), based_on=first.pk
        )

        review(again, rita, Decision.PUBLISHED)

        commitment.refresh_from_db()
        assert (commitment.approved_update, commitment.approved_is_verified) == (again, True)
