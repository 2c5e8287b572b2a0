"""Reporting periods: they exist by themselves, ask once a window, and end with the year."""

import datetime as dt
import itertools

import pytest
from django.utils.translation import override

from commitments.choices import Decision, Rhythm
from commitments.models import Commitment, ProgressUpdate, Withdrawal
from commitments.progress import periods
from commitments.progress.periods import Standing
from tests.factories import at, make_commitment, make_report, make_review, make_update

DELIVERED = dt.date(2024, 2, 4)


def day(text):
    return dt.date.fromisoformat(text)


def ask(today, submitted=None, rhythm=Rhythm.MONTHLY):
    moment = at(*map(int, submitted.split("-"))) if submitted else None
    return periods.standing_of(2024, rhythm, moment, today=day(today), since=DELIVERED)


class TestCalendar:
    def test_twelve_months_each_due_on_the_set_day_of_the_next(self):
        months = periods.periods_of(2024, Rhythm.MONTHLY, due_day=8)

        assert len(months) == 12
        assert [str(month.due_on) for month in months][::11] == ["2024-02-08", "2025-01-08"]
        assert all(
            later.opens_on - earlier.due_on == dt.timedelta(days=1)
            for earlier, later in itertools.pairwise(months)
        )
        assert (months[1].start, months[1].end) == (day("2024-02-01"), day("2024-02-29"))

    def test_four_quarters(self):
        quarters = periods.periods_of(2024, Rhythm.QUARTERLY, due_day=8)

        assert [str(quarter.due_on) for quarter in quarters] == [
            "2024-04-08",
            "2024-07-08",
            "2024-10-08",
            "2025-01-08",
        ]

    def test_what_ended_before_the_report_was_delivered_is_not_asked_for(self):
        months = periods.periods_of(2024, Rhythm.MONTHLY, since=DELIVERED)

        assert months[0].start == day("2024-02-01")
        assert months[0].opens_on == day("2024-01-01")

    def test_due_day_and_rhythm_are_settings(self, settings):
        settings.REPORTING_DUE_DAY, settings.REPORTING_RHYTHM = 5, "quarterly"

        assert periods.periods_of(2024)[0].due_on == day("2024-04-05")

    @pytest.mark.parametrize(
        ("today", "key"),
        [
            ("2023-12-31", None),
            ("2024-01-01", "2024-M01"),
            ("2024-10-08", "2024-M09"),
            ("2024-10-09", "2024-M10"),
            ("2025-01-08", "2024-M12"),
            ("2025-01-09", None),
            ("2031-05-05", None),
        ],
    )
    def test_the_period_asked_for_on_a_day(self, today, key):
        period = periods.current_period(2024, today=day(today))

        assert (period and period.key) == key

    def test_names_follow_the_language(self):
        month = periods.periods_of(2024, Rhythm.MONTHLY)[9]
        quarter = periods.periods_of(2024, Rhythm.QUARTERLY)[3]

        with override("zh-hans"):
            assert (str(month), str(quarter)) == ("2024年10月", "2024年第4季度")
        with override("en"):
            assert (str(month), str(quarter)) == ("October 2024", "Quarter 4 of 2024")


class TestStanding:
    @pytest.mark.parametrize(
        ("today", "submitted", "found"),
        [
            # In the window of September (9 September to 8 October).
            ("2024-10-08", None, Standing.OVERDUE),
            ("2024-10-08", "2024-09-08", Standing.DUE),
            ("2024-10-08", "2024-09-09", Standing.REPORTED),
            # The due day itself is still in time, the day after is not.
            ("2024-10-09", "2024-09-08", Standing.OVERDUE),
            ("2024-10-09", "2024-09-09", Standing.DUE),
            # One late submission brings the facts up to date: nothing older is asked for.
            ("2024-10-20", "2024-10-20", Standing.REPORTED),
            # The first period of the report.
            ("2024-01-15", None, Standing.DUE),
            ("2024-03-08", None, Standing.DUE),
            ("2024-03-09", None, Standing.OVERDUE),
            # The year is over: overdue during the grace, then nothing more.
            ("2025-01-09", "2024-12-20", Standing.REPORTED),
            ("2025-02-01", "2024-11-20", Standing.OVERDUE),
            ("2025-03-01", None, Standing.OVERDUE),
            ("2025-03-02", None, Standing.CLOSED),
            ("2030-01-01", None, Standing.CLOSED),
            ("2023-12-31", None, Standing.CLOSED),
        ],
    )
    def test_monthly(self, today, submitted, found):
        assert ask(today, submitted) == found

    @pytest.mark.parametrize(
        ("today", "submitted", "found"),
        [
            ("2024-10-09", "2024-07-08", Standing.OVERDUE),
            ("2024-10-09", "2024-07-09", Standing.DUE),
            ("2024-12-01", "2024-10-09", Standing.REPORTED),
        ],
    )
    def test_quarterly(self, today, submitted, found):
        assert ask(today, submitted, Rhythm.QUARTERLY) == found

    def test_the_moment_counts_where_the_district_is(self):
        late_evening_in_london = dt.datetime(2024, 9, 8, 16, 30, tzinfo=dt.UTC)  # 9 September in Chongqing

        found = periods.standing_of(
            2024, Rhythm.MONTHLY, late_evening_in_london, today=day("2024-10-08"), since=None
        )

        assert found == Standing.REPORTED


@pytest.mark.django_db
class TestRows:
    def test_a_commitments_own_rhythm_comes_first(self):
        make_report()
        monthly, quarterly = make_commitment(), make_commitment(rhythm=Rhythm.QUARTERLY)
        update = make_update(monthly, submitted_at=at(2024, 8, 1))

        assert periods.standing(monthly, update, today=day("2024-10-01")) == Standing.OVERDUE
        assert periods.standing(quarterly, update, today=day("2024-10-01")) != Standing.OVERDUE

    def test_a_returned_update_counts_as_none(self):
        commitment = make_commitment()
        update = make_update(commitment, submitted_at=at(2024, 10, 10))
        make_review(update, Decision.RETURNED)

        returned = ProgressUpdate.objects.with_state().get(pk=update.pk)

        assert periods.standing(commitment, returned, today=day("2024-10-20")) == Standing.OVERDUE

    def test_last_submission_leaves_out_what_was_withdrawn_or_returned(self, django_assert_num_queries):
        commitment = make_commitment()
        counts = make_update(commitment, submitted_at=at(2024, 5, 5))
        make_review(make_update(commitment, submitted_at=at(2024, 6, 5)), Decision.RETURNED)
        Withdrawal.objects.create(
            update=make_update(commitment, submitted_at=at(2024, 7, 5)), at=at(2024, 7, 6)
        )
        make_commitment()

        with django_assert_num_queries(1):
            first, second = periods.with_last_submission(Commitment.objects.order_by("sequence"))

        assert first.last_submitted_at == counts.submitted_at
        assert second.last_submitted_at is None
