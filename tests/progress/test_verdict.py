"""The rules of the verdict, one by one. Every combination stands in test_verdict_table.py."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override

from commitments.choices import Comparator, Direction, Kind, Stage
from commitments.progress.verdict import Bar

from .verdict_cases import (
    CLOSED,
    IN_GRACE,
    JULY,
    JUNE_END,
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


class TestVerification:
    @pytest.mark.parametrize(
        ("is_verified", "has_evidence", "status"),
        [
            (True, True, S.DONE),
            (True, False, S.REPORTED_DONE),
            (False, True, S.REPORTED_DONE),
            (False, False, S.REPORTED_DONE),
        ],
    )
    def test_completed_needs_evidence_and_verification(self, is_verified, has_evidence, status):
        result = verdict(facts(R.COMPLETED, is_verified=is_verified, has_evidence=has_evidence))

        assert result.status == status
        assert result.fulfilled is (True if status == S.DONE else None)
        assert ("no_evidence" in keys(result)) is not has_evidence
        assert ("not_verified" in keys(result)) is not is_verified

    def test_without_an_approved_update_nothing_is_reported(self):
        result = verdict(facts(None))

        assert (result.status, result.schedule, result.fulfilled) == (S.NOT_REPORTED, L.UNKNOWN, None)

    @pytest.mark.parametrize("today", [JULY, IN_GRACE, CLOSED, dt.date(2031, 1, 1)])
    def test_what_was_never_reported_stays_so(self, today):
        assert verdict(facts(None), today).status == S.NOT_REPORTED


class TestFigures:
    @pytest.mark.parametrize(
        ("comparator", "unit", "value", "is_reached"),
        [
            (Comparator.AT_LEAST, "家", "50", True),
            (Comparator.AT_LEAST, "家", "49.9999", False),
            (Comparator.MORE_THAN, "亿元", "50", False),
            (Comparator.MORE_THAN, "亿元", "50.0001", True),
            (Comparator.AT_MOST, "%", "50", True),
            (Comparator.AT_MOST, "%", "50.0001", False),
            (Comparator.EQUAL, "家", "51", True),
            (Comparator.EQUAL, "家", "49", False),
            (Comparator.EQUAL, "%", "50", True),
            (Comparator.EQUAL, "%", "51", True),
            (Comparator.EQUAL, "%", "49.99", False),
            (Comparator.ABOUT, "%", "47.5", True),
            (Comparator.ABOUT, "%", "47.4999", False),
            (Comparator.ABOUT, "%", "60", True),
        ],
    )
    def test_comparators_at_their_edges(self, comparator, unit, value, is_reached):
        case = target(R.COMPLETED, value, of=bar("50", comparator, unit), as_of=YEAR_END)

        assert verdict(case, IN_GRACE).status == (S.DONE if is_reached else S.BEHIND)

    @pytest.mark.parametrize(
        ("comparator", "value", "is_reached"),
        [
            (Comparator.EQUAL, "49", True),
            (Comparator.EQUAL, "51", False),
            (Comparator.ABOUT, "52.5", True),
            (Comparator.ABOUT, "52.6", False),
            (Comparator.ABOUT, "10", True),
        ],
    )
    def test_lower_is_better_turns_the_bare_figures_round(self, comparator, value, is_reached):
        falling = bar("50", comparator, "%", Direction.DOWN)

        assert falling.is_reached(Decimal(value), Decimal("0.05")) is is_reached

    def test_about_a_negative_figure_leaves_room_on_the_right_side(self):
        assert bar("-4", Comparator.ABOUT, "%").threshold(Decimal("0.05")) == Decimal("-4.2")

    def test_the_tolerance_of_about_is_a_setting_and_is_shown(self):
        case = target(R.COMPLETED, "5.5", of=bar("6", Comparator.ABOUT, "%"), as_of=YEAR_END)

        assert verdict(case).status == S.ON_SCHEDULE
        result = verdict(case, about_tolerance=Decimal("0.1"))
        assert result.status == S.DONE
        assert result.thresholds.about_tolerance == Decimal("0.1")
        with override("en"):
            assert "tolerance of 10%, the bar is 5.4%" in " ".join(map(str, result.steps))

    def test_figure_decides_over_a_claim_of_completion(self):
        result = verdict(target(R.COMPLETED, "40", as_of=JUNE_END))

        assert result.status == S.ON_SCHEDULE
        assert "contradicts_completed" in keys(result)

    def test_figure_decides_over_modesty(self):
        result = verdict(target(R.IN_PROGRESS, "50"))

        assert result.status == S.DONE
        assert "contradicts_open" in keys(result)

    def test_a_beginning_in_figures_is_not_not_started(self):
        result = verdict(target(R.NOT_STARTED, "30"))

        assert result.status == S.ON_SCHEDULE
        assert "contradicts_not_started" in keys(result)

    def test_completed_without_the_figure_is_never_done(self):
        result = verdict(target(R.COMPLETED, None))

        assert result.status == S.REPORTED_DONE
        assert "figure_missing" in keys(result)

    def test_a_rate_of_june_is_not_the_rate_of_the_year(self):
        growth = bar("6", Comparator.AT_LEAST, "%")

        assert verdict(target(R.IN_PROGRESS, "6.4", of=growth)).status == S.ON_SCHEDULE
        assert verdict(target(R.COMPLETED, "6.4", of=growth)).status == S.DONE
        assert verdict(target(R.IN_PROGRESS, "6.4", of=growth, as_of=YEAR_END), IN_GRACE).status == S.DONE

    def test_a_ceiling_that_holds_in_june_is_not_kept_yet(self):
        deaths = bar("30", Comparator.AT_MOST, "人")

        assert verdict(target(R.IN_PROGRESS, "12", of=deaths)).status == S.ON_SCHEDULE
        assert verdict(target(R.IN_PROGRESS, "40", of=deaths)).status == S.BEHIND
        assert verdict(target(R.IN_PROGRESS, "29", of=deaths, as_of=YEAR_END), IN_GRACE).status == S.DONE

    def test_a_rank_is_judged_by_a_person(self):
        result = verdict(facts(R.COMPLETED, kind=Kind.TARGET))

        assert result.status == S.DONE
        assert "by_a_person" in keys(result)

    @pytest.mark.parametrize("today", [JULY, CLOSED])
    def test_a_rank_that_nobody_judged_cannot_be_measured(self, today):
        assert verdict(facts(R.IN_PROGRESS, kind=Kind.TARGET), today).status == S.NOT_MEASURABLE

    def test_progress_on_a_figure_without_the_figure_cannot_be_measured(self):
        result = verdict(target(R.IN_PROGRESS, None))

        assert (result.status, result.schedule) == (S.NOT_MEASURABLE, L.UNKNOWN)
        assert "unmeasured" in keys(result)

    def test_that_it_will_be_late_is_known_without_a_figure(self):
        case = target(R.IN_PROGRESS, None, expected_on=dt.date(2025, 3, 1))

        assert verdict(case).status == S.BEHIND

    def test_share_is_exact(self):
        assert verdict(target(R.IN_PROGRESS, "12.5")).share == Decimal("0.25")
        assert verdict(target(R.IN_PROGRESS, "3", of=bar("6", unit="%"))).share is None


class TestProjects:
    @pytest.mark.parametrize(
        ("promised", "stage", "status"),
        [
            (Stage.PLANNED, Stage.PLANNED, S.DONE),
            (Stage.STARTED, Stage.PLANNED, S.ON_SCHEDULE),
            (Stage.STARTED, Stage.STARTED, S.DONE),
            (Stage.STARTED, Stage.BUILT, S.DONE),
            (Stage.UNDER_WAY, Stage.STARTED, S.ON_SCHEDULE),
            (Stage.UNDER_WAY, Stage.UNDER_WAY, S.ON_SCHEDULE),
            (Stage.UNDER_WAY, Stage.BUILT, S.DONE),
            (Stage.BUILT, Stage.UNDER_WAY, S.ON_SCHEDULE),
            (Stage.BUILT, Stage.IN_OPERATION, S.DONE),
            (Stage.IN_OPERATION, Stage.BUILT, S.ON_SCHEDULE),
            (Stage.IN_OPERATION, Stage.IN_OPERATION, S.DONE),
            (Stage.HELD, Stage.PLANNED, S.ON_SCHEDULE),
            (Stage.HELD, Stage.HELD, S.DONE),
            (Stage.IMPROVED, Stage.UNDER_WAY, S.ON_SCHEDULE),
            (Stage.IMPROVED, Stage.IMPROVED, S.DONE),
        ],
    )
    def test_the_promised_stage_sets_the_bar(self, promised, stage, status):
        assert verdict(project(promised=promised, stage=stage)).status == status

    def test_a_verb_without_a_finish_line_is_kept_by_being_under_way(self):
        case = project(promised=Stage.UNDER_WAY, stage=Stage.UNDER_WAY, finish_line="主体结构封顶")

        result = verdict(case, IN_GRACE)

        assert result.status == S.DONE
        assert "no_finish_line" in keys(result)
        assert "finish_line" in keys(result)

    def test_it_is_also_kept_when_the_department_calls_it_finished(self):
        case = project(R.COMPLETED, promised=Stage.UNDER_WAY, stage=Stage.UNDER_WAY)

        assert verdict(case).status == S.DONE

    def test_a_stage_of_another_ladder_proves_nothing(self):
        result = verdict(project(R.COMPLETED, promised=Stage.HELD, stage=Stage.BUILT))

        assert result.status == S.REPORTED_DONE
        assert "stage_missing" in keys(result)

    def test_stage_decides_over_a_claim_of_completion(self):
        result = verdict(project(R.COMPLETED, promised=Stage.BUILT, stage=Stage.STARTED))

        assert result.status == S.ON_SCHEDULE
        assert "contradicts_completed" in keys(result)

    def test_finished_late_by_the_day_of_the_stage(self):
        case = {"promised": Stage.BUILT, "stage": Stage.BUILT, "due_on": JUNE_END, "as_of": JULY}

        assert verdict(project(**case, stage_on=JUNE_END)).status == S.DONE
        assert verdict(project(**case, stage_on=dt.date(2024, 7, 1))).status == S.DONE_LATE

    def test_a_later_stage_after_the_deadline_does_not_prove_lateness(self):
        case = project(promised=Stage.STARTED, stage=Stage.BUILT, due_on=JUNE_END, stage_on=JULY)

        result = verdict(case)

        assert result.status == S.DONE
        assert "finished_by" in keys(result)

    @pytest.mark.parametrize(
        ("stage", "today", "light"),
        [
            (Stage.PLANNED, dt.date(2024, 5, 1), L.ON_SCHEDULE),
            (Stage.PLANNED, dt.date(2024, 9, 1), L.BEHIND),
            (Stage.STARTED, dt.date(2024, 9, 1), L.ON_SCHEDULE),
            (Stage.STARTED, dt.date(2024, 12, 1), L.BEHIND),
            (Stage.UNDER_WAY, dt.date(2024, 12, 30), L.ON_SCHEDULE),
        ],
    )
    def test_a_project_stands_on_a_stage_until_the_next_is_due(self, stage, today, light):
        assert verdict(project(promised=Stage.BUILT, stage=stage, as_of=today), today).schedule == light


class TestSchedule:
    @pytest.mark.parametrize(
        ("value", "light", "status"),
        [
            ("22", L.BEHIND, S.BEHIND),
            ("23", L.ON_SCHEDULE, S.ON_SCHEDULE),  # 46% against 49.7% expected, tolerance 5 points
            ("27", L.ON_SCHEDULE, S.ON_SCHEDULE),
            ("28", L.AHEAD, S.ON_SCHEDULE),
        ],
    )
    def test_straight_line_with_tolerance(self, value, light, status):
        result = verdict(target(R.IN_PROGRESS, value))

        assert (result.schedule, result.status) == (light, status)

    def test_a_curve_replaces_the_line_for_its_metric(self):
        case = target(R.IN_PROGRESS, "18", of=Bar(Comparator.AT_LEAST, Decimal(50), "亿元", metric="投资"))

        assert verdict(case).schedule == L.BEHIND
        late = verdict(case, curves={"投资": "late"})
        assert late.schedule == L.ON_SCHEDULE
        assert "前慢后快" in " ".join(map(str, late.steps))

    def test_a_fresh_figure_counts_as_of_its_day_then_the_plan_moves_on(self):
        case = target(R.IN_PROGRESS, "25", as_of=JUNE_END)

        assert verdict(case, dt.date(2024, 8, 29)).schedule == L.ON_SCHEDULE
        assert verdict(case, dt.date(2024, 10, 20)).schedule == L.BEHIND

    def test_narrative_light_goes_out_with_old_news(self):
        assert verdict(facts(R.IN_PROGRESS), dt.date(2024, 8, 29)).schedule == L.ON_SCHEDULE
        assert verdict(facts(R.IN_PROGRESS), dt.date(2024, 8, 30)).schedule == L.UNKNOWN

    def test_expecting_to_finish_late_is_behind(self):
        result = verdict(facts(R.IN_PROGRESS, expected_on=dt.date(2025, 1, 1)))

        assert (result.status, result.schedule) == (S.BEHIND, L.BEHIND)

    def test_a_rate_within_tolerance_is_on_schedule(self):
        growth = bar("6", Comparator.AT_LEAST, "%")

        assert verdict(target(R.IN_PROGRESS, "5.7", of=growth)).schedule == L.ON_SCHEDULE
        assert verdict(target(R.IN_PROGRESS, "5.69", of=growth)).schedule == L.BEHIND

    @pytest.mark.parametrize(
        ("self_report", "status"),
        [(R.BLOCKED, S.BLOCKED), (R.NOT_STARTED, S.NOT_STARTED), (R.NOT_ACHIEVED, S.NOT_ACHIEVED)],
    )
    def test_the_departments_own_bad_news_stands(self, self_report, status):
        assert verdict(facts(self_report)).status == status

    def test_blocked_with_the_figure_reached_is_done(self):
        assert verdict(target(R.BLOCKED, "50")).status == S.DONE
