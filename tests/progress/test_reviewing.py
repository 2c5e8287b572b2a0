"""Every act in every state, who may decide, and what the public sees after it."""

import datetime as dt

import pytest

from commitments.choices import Decision, Method, Role, SelfReport, UpdateState
from commitments.progress import record
from commitments.progress.record import Decided, Invalid, NotAllowed
from commitments.progress.standing import state_of
from tests.factories import make_commitment, make_user
from tests.progress.acts import NOW, link, review, submit, version

pytestmark = pytest.mark.django_db


# From each state, what each act leads to; None: refused, and nothing changes.
WITHDRAW = "withdraw"
TRANSITIONS = {
    (UpdateState.SUBMITTED, WITHDRAW): UpdateState.WITHDRAWN,
    (UpdateState.SUBMITTED, Decision.RETURNED): UpdateState.RETURNED,
    (UpdateState.SUBMITTED, Decision.PUBLISHED): UpdateState.PUBLISHED,
    (UpdateState.SUBMITTED, Decision.VERIFIED): UpdateState.VERIFIED,
    (UpdateState.PUBLISHED, Decision.VERIFIED): UpdateState.VERIFIED,
}
ACTS = (WITHDRAW, *Decision)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", UpdateState)
def test_every_act_in_every_state(state, act, commitment, alice, rita):
    update = submit(commitment, alice)
    bring_to(state, update, alice, rita)
    wanted = TRANSITIONS.get((state, act))

    if wanted is None:
        with pytest.raises(Decided) as raised:
            carry_out(act, update, alice, rita)
        assert raised.value.state == state
    else:
        carry_out(act, update, alice, rita)

    assert state_of(update) == (wanted or state)


def bring_to(state, update, author, reviewer):
    if state == UpdateState.WITHDRAWN:
        carry_out(WITHDRAW, update, author, reviewer)
    elif state != UpdateState.SUBMITTED:
        carry_out(Decision(state), update, author, reviewer)


def carry_out(act, update, author, reviewer):
    if act == WITHDRAW:
        record.withdraw(update, by=author, now=NOW)
    else:
        review(update, reviewer, act)


class TestReview:
    @pytest.mark.parametrize("decision", Decision)
    def test_never_by_the_author(self, commitment, decision):
        chief = make_user(Role.ADMINISTRATOR)

        with pytest.raises(NotAllowed):
            review(submit(commitment, chief), chief, decision)

    def test_never_by_a_reporter(self, commitment, alice, bob):
        with pytest.raises(NotAllowed):
            review(submit(commitment, alice), bob)

    @pytest.mark.parametrize(
        ("decision", "field"), [("returned", "reason"), ("verified", "method"), ("praised", "decision")]
    )
    def test_needs_a_reason_or_a_method(self, commitment, alice, rita, decision, field):
        with pytest.raises(Invalid) as raised:
            record.review(submit(commitment, alice), by=rita, decision=decision, now=NOW)

        assert set(raised.value.problems) == {field}

    def test_withdrawing_is_the_author_s(self, commitment, alice, bob):
        with pytest.raises(NotAllowed):
            record.withdraw(submit(commitment, alice), by=bob, now=NOW)

    @pytest.mark.parametrize(
        ("decision", "is_public", "is_verified"),
        [
            (Decision.RETURNED, False, False),
            (Decision.PUBLISHED, True, False),
            (Decision.VERIFIED, True, True),
        ],
    )
    def test_moves_what_the_public_sees(self, commitment, alice, rita, decision, is_public, is_verified):
        before = version()
        update = submit(commitment, alice)

        review(update, rita, decision)

        commitment.refresh_from_db()
        assert (commitment.approved_update == update) is is_public
        assert commitment.approved_is_verified is is_verified
        assert version() == before + is_public

    def test_a_later_verification_counts(self, commitment, alice, rita):
        update = submit(commitment, alice)
        review(update, rita, Decision.PUBLISHED)
        review(update, rita, Decision.VERIFIED)

        commitment.refresh_from_db()
        assert commitment.approved_is_verified

    def test_an_older_fact_approved_later_changes_nothing(self, commitment, alice, rita):
        older = submit(commitment, alice, as_of=dt.date(2024, 6, 30))
        newer = submit(commitment, alice, as_of=dt.date(2024, 9, 30), account="二")

        review(newer, rita)
        review(older, rita)

        commitment.refresh_from_db()
        assert commitment.approved_update == newer

    def test_a_correction_replaces_what_it_corrects_even_with_an_earlier_date(self, commitment, alice, rita):
        wrong = submit(commitment, alice, as_of=dt.date(2024, 9, 30))
        review(wrong, rita)
        right = submit(commitment, alice, as_of=dt.date(2024, 6, 30), corrects=wrong, explanation="日期写错")
        review(right, rita)

        commitment.refresh_from_db()
        assert commitment.approved_update == right

    def test_a_new_unverified_fact_is_not_verified_by_the_old_one(self, commitment, alice, rita):
        review(submit(commitment, alice), rita, Decision.VERIFIED)
        review(submit(commitment, alice, account="二", status=SelfReport.NOT_ACHIEVED), rita)

        commitment.refresh_from_db()
        assert not commitment.approved_is_verified


class TestReviewMany:
    def test_carries_out_each_decision_on_its_own(self, bureau, alice, rita):
        first, second, third = (submit(make_commitment(lead=bureau), alice) for _ in range(3))
        record.withdraw(third, by=alice, now=NOW)

        outcome = record.review_many(
            [
                record.ReviewRequest(update=first, decision=Decision.PUBLISHED),
                record.ReviewRequest(update=second, decision=Decision.RETURNED),
                record.ReviewRequest(update=third, decision=Decision.PUBLISHED),
            ],
            by=rita,
            now=NOW,
        )

        assert [made.update for made in outcome.reviews] == [first]
        assert [update for update, _sentence in outcome.refused] == [second, third]

    @pytest.mark.parametrize("decision", [Decision.PUBLISHED, Decision.VERIFIED])
    def test_approves_no_completion(self, commitment, alice, rita, decision):
        update = submit(commitment, alice, status=SelfReport.COMPLETED, evidence=[link(commitment, alice)])

        outcome = record.review_many(
            [record.ReviewRequest(update=update, decision=decision, method=Method.DOCUMENTS)],
            by=rita,
            now=NOW,
        )

        assert outcome.reviews == []
        assert [refused for refused, _sentence in outcome.refused] == [update]

    def test_returns_completions(self, commitment, alice, rita):
        update = submit(commitment, alice, status=SelfReport.COMPLETED, evidence=[link(commitment, alice)])

        outcome = record.review_many(
            [record.ReviewRequest(update=update, decision=Decision.RETURNED, reason="缺验收单")],
            by=rita,
            now=NOW,
        )

        assert len(outcome.reviews) == 1
