"""The counts: constant queries, denominators, and only what is published and approved."""

import datetime as dt
from decimal import Decimal

import pytest

from commitments.choices import Decision, Kind, PublicStatus, SelfReport
from commitments.models import Commitment
from commitments.progress import summaries
from commitments.progress.roll import judged
from tests.factories import (
    make_commitment,
    make_commitments,
    make_department,
    make_link,
    make_project,
    make_report,
    make_review,
    make_target,
    make_theme,
    make_update,
)

pytestmark = pytest.mark.django_db
JULY = dt.date(2024, 7, 1)


def complete(commitment, **overrides):
    update = make_update(commitment, status=SelfReport.COMPLETED, **overrides)
    make_link(update)
    make_review(update, Decision.VERIFIED)
    return update


def test_everything_starts_as_not_reported():
    report = make_report()
    make_target(), make_project(), make_commitment()

    rows = judged(report, today=JULY)

    assert [row.status for row in rows] == [PublicStatus.NOT_REPORTED] * 3


@pytest.mark.parametrize("size", [10, 1000])
def test_the_number_of_queries_does_not_grow(size, django_assert_num_queries):
    report = make_report()
    make_commitments(size)
    complete(Commitment.objects.first())
    Commitment.objects.update(lead=make_department())

    with django_assert_num_queries(4):
        rows = judged(report, today=JULY)
        summaries.by_area(rows), summaries.by_theme(rows), summaries.by_department(rows)
        summaries.by_kind(rows), summaries.headline(rows).all, summaries.stale(rows, today=JULY)
        summaries.unassigned_count(rows)

    assert len(rows) == size


def test_the_rows_are_complete(django_assert_num_queries):
    report = make_report()
    lead = make_department()
    make_target(lead=lead), make_project(), complete(make_commitment())
    rows = judged(report, today=JULY)

    with django_assert_num_queries(0):
        words = [
            (str(commitment.theme.area), commitment.theme.key, commitment.passage.text, str(commitment.lead))
            for commitment in (row.commitment for row in rows)
        ]
        reported = [row.commitment.approved_update.account for row in rows if row.commitment.approved_update]
    assert len(words) == 3
    assert len(reported) == 1
    assert rows[0].commitment.lead == lead


def test_retired_codes_are_not_counted():
    report = make_report()
    make_commitment(is_retired=True), make_commitment()

    assert len(judged(report, today=JULY)) == 1


def test_the_list_can_be_narrowed():
    report = make_report()
    make_commitment(), make_target()

    rows = judged(report, today=JULY, commitments=Commitment.objects.filter(kind=Kind.TARGET))

    assert [row.commitment.kind for row in rows] == [Kind.TARGET]


def test_the_headline_carries_denominator_and_counts_the_hedged_apart():
    report = make_report()
    complete(make_commitment())
    complete(make_commitment(hedge="力争"))
    make_commitment(hedge="力争"), make_commitment()

    headline = summaries.headline(judged(report, today=JULY))

    assert (headline.all.numerator, headline.all.denominator) == (2, 4)
    assert headline.all.share == Decimal("0.5")
    assert (headline.hedged.numerator, headline.hedged.denominator) == (1, 2)
    assert "÷" in str(headline.all.formula)


def test_completed_without_verification_is_not_in_the_rate():
    report = make_report()
    update = make_update(make_commitment(), status=SelfReport.COMPLETED)
    make_link(update)
    make_review(update, Decision.PUBLISHED)

    assert summaries.headline(judged(report, today=JULY)).all.numerator == 0


def test_completed_late_is_in_the_rate():
    report = make_report()
    complete(make_commitment(deadline=dt.date(2024, 3, 31)), as_of=dt.date(2024, 4, 30))

    rows = judged(report, today=JULY)

    assert rows[0].status == PublicStatus.DONE_LATE
    assert summaries.headline(rows).all.numerator == 1


def test_rate_of_nothing_has_no_share():
    report = make_report()

    assert summaries.headline(judged(report, today=JULY)).all.share is None


def test_every_status_is_counted_also_with_zero():
    counts = summaries.count_by_status([])

    assert list(counts) == list(PublicStatus)
    assert set(counts.values()) == {0}


def test_groups_add_up_to_the_whole():
    report = make_report()
    bureau = make_department("区甲局")
    complete(make_commitment(lead=bureau))
    make_commitment(theme=make_theme(report, area=2))
    make_target(lead=make_department("区乙局"))
    rows = judged(report, today=JULY)

    for group in (summaries.by_area, summaries.by_theme, summaries.by_kind, summaries.by_department):
        assert sum(tally.total for tally in group(rows).values()) == 3
    assert list(summaries.by_department(rows))[-1] is None
    assert summaries.by_department(rows)[bureau].kept == 1
    assert summaries.unassigned_count(rows) == 1


def test_submitted_updates_change_no_count():
    report = make_report()
    before = summaries.count_by_status(judged(report, today=JULY))
    commitment = make_commitment()
    baseline = summaries.count_by_status(judged(report, today=JULY))

    make_update(commitment, status=SelfReport.COMPLETED)

    assert summaries.count_by_status(judged(report, today=JULY)) == baseline != before


class TestStale:
    def test_old_news_of_an_open_commitment_is_stale_and_oldest_comes_first(self):
        report = make_report()
        for day in (dt.date(2024, 4, 1), dt.date(2024, 3, 1), dt.date(2024, 6, 20)):
            make_review(make_update(make_commitment(), as_of=day))

        old = summaries.stale(judged(report, today=JULY), today=JULY)

        assert [row.verdict.facts.report.as_of.month for row in old] == [3, 4]

    def test_what_is_completed_or_never_reported_is_not_stale(self):
        report = make_report()
        complete(make_commitment(), as_of=dt.date(2024, 2, 1))
        make_commitment()

        assert summaries.stale(judged(report, today=JULY), today=JULY) == []

    def test_an_ended_year_does_not_go_stale_for_ever(self):
        report = make_report()
        make_review(make_update(make_commitment(), status=SelfReport.NOT_STARTED, as_of=dt.date(2025, 1, 20)))
        years_later = dt.date(2030, 1, 1)

        rows = judged(report, today=years_later)

        assert summaries.stale(rows, today=years_later) == []


def test_elapsed_share_of_the_year():
    report = make_report()

    assert summaries.elapsed_of_year(report, today=dt.date(2023, 12, 31)) == 0
    assert summaries.elapsed_of_year(report, today=dt.date(2024, 12, 31)) == 1
    assert summaries.elapsed_of_year(report, today=dt.date(2030, 1, 1)) == 1


def test_a_report_says_whether_it_carries_demonstration_data():
    report = make_report()
    assert not summaries.is_demo(report)

    make_update(make_commitment(), is_demo=True)

    assert summaries.is_demo(report)
