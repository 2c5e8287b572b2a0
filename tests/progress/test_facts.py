"""From rows to facts: only what is approved, with approved changes applied."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.choices import AmendmentKind, Comparator, Decision, PublicStatus, SelfReport, Stage
from commitments.models import Amendment, Commitment, UpdateDraft, Withdrawal
from commitments.progress.facts import facts_of, promise_of, thresholds_from_settings, with_facts
from commitments.progress.judging import verdict_of
from tests.factories import (
    at,
    make_commitment,
    make_link,
    make_project,
    make_report,
    make_review,
    make_target,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db
JULY = dt.date(2024, 7, 10)


def loaded(commitment):
    return with_facts(Commitment.objects.all()).get(pk=commitment.pk)


def amend(commitment, kind, *, approved=True, **values):
    people = {
        "proposed_by": make_user("administrator"),
        "proposed_by_name": "甲",
        "proposed_at": at(2024, 8, 1),
    }
    if approved:
        people |= {
            "decided_by": make_user("administrator"),
            "decided_by_name": "乙",
            "decided_at": at(2024, 8, 5),
            "is_approved": True,
        }
    return Amendment.objects.create(
        commitment=commitment,
        kind=kind,
        reason="市级计划调整",
        authority="区政府常务会议",
        **people,
        **values,
    )


def test_loading_and_reading_many_takes_two_queries(django_assert_num_queries):
    make_report()
    make_target(), make_project(), make_commitment()

    with django_assert_num_queries(2):
        for commitment in with_facts(Commitment.objects.all()):
            facts_of(commitment)


def test_a_commitment_loaded_plainly_gives_the_same_facts():
    commitment = make_target()
    update = make_update(commitment, value=Decimal(20))
    make_link(update)
    make_review(update)
    amend(commitment, AmendmentKind.TARGET, new_comparator=Comparator.AT_LEAST, new_value=Decimal(30))

    assert facts_of(Commitment.objects.get(pk=commitment.pk)) == facts_of(loaded(commitment))


def test_the_text_of_the_report_does_not_travel_with_every_row():
    assert "text" in loaded(make_commitment()).report.get_deferred_fields()


def test_the_promise_is_read_by_kind():
    target, project, measure = (
        make_target(),
        make_project(promised=Stage.STARTED),
        make_commitment(hedge="力争"),
    )

    assert (facts_of(target).bar.value, facts_of(target).bar.unit) == (Decimal(50), "家")
    assert facts_of(project).promised_stage == Stage.STARTED
    assert (facts_of(measure).bar, facts_of(measure).promised_stage, facts_of(measure).hedge) == (
        None,
        "",
        "力争",
    )


def test_without_a_deadline_the_year_is_the_deadline():
    assert facts_of(make_commitment()).due_on == dt.date(2024, 12, 31)
    assert facts_of(make_commitment(deadline=dt.date(2024, 6, 30))).due_on == dt.date(2024, 6, 30)


def test_verified_and_evidence_come_from_the_approved_update():
    commitment = make_commitment()
    update = make_update(commitment, status=SelfReport.COMPLETED)
    make_link(update)
    make_review(update, Decision.VERIFIED)

    report = facts_of(loaded(commitment)).report

    assert (report.is_verified, report.has_evidence) == (True, True)
    assert verdict_of(loaded(commitment), today=JULY).status == PublicStatus.DONE


def test_evidence_of_another_update_does_not_count():
    commitment = make_commitment()
    make_link(make_update(commitment))
    make_review(make_update(commitment, status=SelfReport.COMPLETED), Decision.VERIFIED)

    assert facts_of(loaded(commitment)).report.has_evidence is False


def test_no_change_after_the_deadline_does_not_make_a_completion_late():
    commitment = make_commitment(deadline=dt.date(2024, 6, 30))
    first = make_update(commitment, status=SelfReport.COMPLETED, as_of=dt.date(2024, 6, 20))
    make_link(first)
    make_review(first, Decision.VERIFIED)
    repeated = make_update(
        commitment, status=SelfReport.COMPLETED, as_of=dt.date(2024, 7, 5), is_unchanged=True
    )
    make_link(repeated)
    make_review(repeated, Decision.VERIFIED)

    assert verdict_of(loaded(commitment), today=JULY).status == PublicStatus.DONE
    assert facts_of(Commitment.objects.get()) == facts_of(loaded(commitment))


class TestAmendments:
    def test_an_approved_deadline_counts_and_the_first_stays_known(self):
        commitment = make_commitment(deadline=dt.date(2024, 9, 30), first_deadline=dt.date(2024, 9, 30))
        amend(
            commitment,
            AmendmentKind.DEADLINE,
            old_deadline=dt.date(2024, 9, 30),
            new_deadline=dt.date(2024, 11, 30),
        )

        facts = facts_of(loaded(commitment))

        assert (facts.due_on, facts.first_due_on, facts.is_extended) == (
            dt.date(2024, 11, 30),
            dt.date(2024, 9, 30),
            True,
        )

    def test_the_latest_approved_target_counts_and_the_printed_one_stays_known(self):
        commitment = make_target()
        for value in (40, 30):
            amend(
                commitment,
                AmendmentKind.TARGET,
                new_comparator=Comparator.AT_LEAST,
                new_value=Decimal(value),
            )

        facts = facts_of(loaded(commitment))

        assert (facts.bar.value, facts.first_bar.value) == (Decimal(30), Decimal(50))

    def test_wording_and_cancellation(self):
        reworded, cancelled = make_commitment(), make_commitment()
        amend(reworded, AmendmentKind.WORDING, new_wording="推进此事")
        amend(cancelled, AmendmentKind.CANCELLATION)

        assert facts_of(loaded(reworded)).is_reworded
        assert verdict_of(loaded(cancelled), today=JULY).status == PublicStatus.AMENDED

    def test_a_proposed_amendment_changes_nothing(self):
        commitment = make_target()
        before = facts_of(loaded(commitment))

        amend(commitment, AmendmentKind.CANCELLATION, approved=False)
        amend(
            commitment,
            AmendmentKind.TARGET,
            approved=False,
            new_comparator=Comparator.AT_LEAST,
            new_value=Decimal(1),
        )

        assert facts_of(loaded(commitment)) == before


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["draft", "submitted", "returned", "withdrawn"]),
            st.sampled_from(SelfReport.values),
            st.none() | st.integers(0, 1000),
            st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)),
        ),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
    st.dates(dt.date(2024, 1, 1), dt.date(2026, 6, 1)),
)
def test_an_unapproved_fact_never_changes_the_public_one(attempts, has_approved, today):
    commitment = make_target(code=f"2024-1.1-{Commitment.objects.count() + 1:02d}")
    if has_approved:
        make_review(make_update(commitment, value=Decimal(20)))
    before = verdict_of(loaded(commitment), today=today)

    for fate, status, value, as_of in attempts:
        said = {"status": status, "value": value, "as_of": as_of, "obstacle": "资金未到位"}
        if fate == "draft":
            content = {"status": status, "value": str(value)}
            UpdateDraft.objects.update_or_create(
                commitment=commitment,
                defaults={"owner": make_user(), "content": content, "saved_at": at(2024, 6, 1)},
            )
            continue
        update = make_update(commitment, token=uuid.uuid4(), **said)
        make_link(update)
        if fate == "returned":
            make_review(update, Decision.RETURNED)
        elif fate == "withdrawn":
            Withdrawal.objects.create(update=update, at=at(2024, 6, 6))

    assert verdict_of(loaded(commitment), today=today) == before


def test_what_is_being_typed_can_be_judged_without_being_stored():
    from commitments.progress.verdict import Reported, Thresholds, judge

    commitment = make_target()
    typed = Reported(SelfReport.COMPLETED, JULY, Decimal(50), is_verified=True, has_evidence=True)

    preview = judge(promise_of(commitment, report=typed), today=JULY, thresholds=Thresholds())

    assert preview.status == PublicStatus.DONE


def test_thresholds_are_the_settings(settings):
    settings.SCHEDULE_TOLERANCE, settings.ABOUT_TOLERANCE = 0.1, 0.02
    settings.STALE_DAYS, settings.REPORTING_GRACE_DAYS = 30, 15
    settings.SCHEDULE_CURVES = {"投资": "late"}

    limits = thresholds_from_settings()

    assert (limits.schedule_tolerance, limits.about_tolerance) == (Decimal("0.1"), Decimal("0.02"))
    assert (limits.stale_days, limits.grace_days, limits.curves) == (30, 15, {"投资": "late"})


def test_an_unknown_curve_is_refused(settings):
    settings.SCHEDULE_CURVES = {"投资": "steep"}

    with pytest.raises(ImproperlyConfigured, match="steep"):
        thresholds_from_settings()
