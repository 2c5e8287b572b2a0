"""The rules of the verdict on deadlines, ended years, amendments; and how it explains itself."""

import datetime as dt
import inspect

import pytest
from django.utils.translation import override

from commitments.choices import Comparator, Stage
from commitments.progress import explanation
from commitments.progress import verdict as module
from commitments.progress.verdict import RULE_VERSION, Thresholds, judge

from .verdict_cases import (
    CLOSED,
    IN_GRACE,
    JULY,
    YEAR_END,
    L,
    R,
    S,
    bar,
    facts,
    keys,
    project,
    target,
    verdict,
)


class TestTime:
    def test_the_last_day_is_not_overdue(self):
        assert verdict(facts(R.IN_PROGRESS, due_on=JULY), JULY).is_overdue is False
        late = verdict(facts(R.IN_PROGRESS, due_on=JULY), JULY + dt.timedelta(days=1))
        assert (late.status, late.schedule, late.is_overdue) == (S.BEHIND, L.OVERDUE, True)

    def test_an_early_deadline_is_overdue_until_the_years_reporting_closes(self):
        case = facts(R.IN_PROGRESS, due_on=dt.date(2024, 3, 31))

        assert verdict(case, dt.date(2025, 3, 1)).status == S.BEHIND
        assert verdict(case, CLOSED).status == S.NOT_ACHIEVED

    @pytest.mark.parametrize(
        ("case", "status"),
        [
            (facts(R.IN_PROGRESS), S.NOT_ACHIEVED),
            (facts(R.NOT_STARTED), S.NOT_ACHIEVED),
            (facts(R.BLOCKED), S.NOT_ACHIEVED),
            (target(R.IN_PROGRESS, "49"), S.NOT_ACHIEVED),
            (target(R.IN_PROGRESS, "50"), S.DONE),
            (target(R.IN_PROGRESS, None), S.NOT_MEASURABLE),
            (target(R.IN_PROGRESS, "6.4", of=bar("6", unit="%")), S.NOT_MEASURABLE),
            (project(promised=Stage.BUILT, stage=Stage.STARTED), S.NOT_ACHIEVED),
            (project(promised=Stage.BUILT, stage=""), S.NOT_MEASURABLE),
            (facts(R.COMPLETED, proven=False), S.REPORTED_DONE),
            (facts(R.COMPLETED), S.DONE),
        ],
    )
    def test_an_ended_year_shows_its_final_state(self, case, status):
        assert verdict(case, CLOSED).status == status
        assert verdict(case, dt.date(2031, 6, 1)).status == status

    def test_grace_is_a_setting(self):
        assert verdict(facts(R.IN_PROGRESS), CLOSED, grace_days=61).status == S.BEHIND

    def test_completed_after_the_deadline_is_late(self):
        result = verdict(facts(R.COMPLETED, as_of=dt.date(2025, 1, 1)), IN_GRACE)

        assert (result.status, result.fulfilled) == (S.DONE_LATE, True)

    def test_reported_late_but_finished_in_time_is_not_late(self):
        assert verdict(facts(R.COMPLETED, as_of=YEAR_END), dt.date(2026, 1, 1)).status == S.DONE


class TestAmendments:
    def test_cancelled(self):
        assert verdict(facts(R.IN_PROGRESS, is_cancelled=True)).status == S.AMENDED

    def test_an_extension_reads_so_once_the_first_deadline_has_passed(self):
        case = facts(
            R.IN_PROGRESS,
            as_of=YEAR_END,
            due_on=dt.date(2025, 6, 30),
            first_due_on=YEAR_END,
            is_extended=True,
        )

        assert verdict(case, YEAR_END).status == S.ON_SCHEDULE
        assert verdict(case, IN_GRACE).status == S.AMENDED
        assert verdict(case, dt.date(2025, 8, 29)).status == S.BEHIND
        assert verdict(case, dt.date(2025, 8, 30)).status == S.NOT_ACHIEVED

    def test_completion_within_the_extension_is_not_late_and_both_dates_are_said(self):
        case = facts(
            R.COMPLETED,
            as_of=dt.date(2025, 5, 1),
            due_on=dt.date(2025, 6, 30),
            first_due_on=YEAR_END,
            is_extended=True,
        )

        result = verdict(case, dt.date(2025, 7, 1))

        assert result.status == S.DONE
        assert "deadline_moved" in keys(result)

    @pytest.mark.parametrize(
        ("value", "status"), [("29", S.BEHIND), ("30", S.AMENDED), ("49", S.AMENDED), ("50", S.DONE)]
    )
    def test_a_lowered_target_does_not_read_as_the_first_one(self, value, status):
        case = target(R.IN_PROGRESS, value, of=bar("30"), first_bar=bar("50"), as_of=YEAR_END)

        assert verdict(case, IN_GRACE).status == status


class TestExplanation:
    def test_names_the_rule_and_carries_facts_and_thresholds(self):
        case = target(R.IN_PROGRESS, "25")
        limits = Thresholds(stale_days=30)

        result = judge(case, today=JULY, thresholds=limits)

        assert result.rule_version == RULE_VERSION
        assert result.facts is case
        assert result.thresholds is limits
        assert keys(result)[-1] == "rule"

    def test_reads_as_sentences_with_numbers(self):
        with override("en"):
            words = [str(step) for step in verdict(target(R.IN_PROGRESS, "25.50")).steps]

        assert "Reported figure: 25.5, as of June 30, 2024." in words
        assert any("49.7% of the promise was to be expected" in sentence for sentence in words)

    def test_hedge_is_said_and_changes_nothing(self):
        plain, hedged = verdict(target()), verdict(target(hedge="力争"))

        assert hedged.status == plain.status
        assert "hedge" in keys(hedged)

    def test_every_sentence_is_used_and_every_used_one_exists(self):
        source = inspect.getsource(module)
        assert [
            key for key in explanation.SENTENCES if f'"{key}"' not in source and key not in Comparator
        ] == []
