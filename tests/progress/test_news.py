"""What was published, newest first: which decisions make an entry, and in which order they come."""

import pytest

from commitments.choices import Decision
from commitments.models import Commitment
from commitments.progress import news
from tests.factories import (
    at,
    make_amendment,
    make_commitment,
    make_report,
    make_review,
    make_update,
    make_withdrawal,
)

pytestmark = pytest.mark.django_db


def keys(**options) -> list[str]:
    return [item.key for item in news.load(news.entries(Commitment.objects.published(), **options))]


def cursor_of(row) -> news.Cursor:
    return row["at"], row["what"], row["ref"]


def test_an_update_published_and_later_verified_appears_twice():
    update = make_update(make_commitment())
    first = make_review(update, decided_at=at(2024, 6, 10))
    second = make_review(update, Decision.VERIFIED, decided_at=at(2024, 7, 1))

    assert keys() == [f"update-{second.pk}", f"update-{first.pk}"]


def test_amendments_stand_among_the_updates_by_their_day():
    commitment = make_commitment()
    early = make_review(make_update(commitment), decided_at=at(2024, 6, 10))
    amendment = make_amendment(commitment, decided_at=at(2024, 7, 1))
    late = make_review(make_update(commitment), decided_at=at(2024, 8, 1))

    assert keys() == [f"update-{late.pk}", f"amendment-{amendment.pk}", f"update-{early.pk}"]


def test_nothing_appears_that_was_not_approved():
    commitment = make_commitment()
    make_update(commitment)
    make_withdrawal(make_update(commitment))
    make_review(make_update(commitment), Decision.RETURNED)
    make_amendment(commitment, approved=False)
    make_amendment(commitment, is_approved=False)

    assert keys() == []


def test_retired_commitments_are_left_out():
    retired = make_commitment(is_retired=True)
    make_review(make_update(retired))

    assert keys() == []


def test_only_the_given_commitments_are_told_of():
    report = make_report()
    other = make_commitment(report)
    make_review(make_update(other))
    wanted = make_review(make_update(make_commitment(report)))

    rows = news.entries(Commitment.objects.exclude(pk=other.pk))

    assert [item.key for item in news.load(rows)] == [f"update-{wanted.pk}"]


def test_reading_on_from_a_cursor_skips_and_repeats_nothing_even_at_the_same_moment():
    commitment = make_commitment()
    moment = at(2024, 7, 1)
    for _ in range(3):
        make_review(make_update(commitment), decided_at=moment)
        make_amendment(commitment, decided_at=moment)
    make_review(make_update(commitment), decided_at=at(2024, 5, 1))
    every = keys()

    read, after = [], None
    while rows := list(news.entries(Commitment.objects.all(), after=after)[:2]):
        read += [item.key for item in news.load(rows)]
        after = cursor_of(rows[-1])

    assert len(every) == 7
    assert read == every


def test_what_is_published_meanwhile_does_not_shift_what_follows():
    commitment = make_commitment()
    oldest = make_review(make_update(commitment), decided_at=at(2024, 5, 1))
    make_review(make_update(commitment), decided_at=at(2024, 6, 1))
    first_page = list(news.entries(Commitment.objects.all())[:1])

    make_review(make_update(commitment), decided_at=at(2024, 7, 1))

    assert keys(after=cursor_of(first_page[-1])) == [f"update-{oldest.pk}"]


def test_since_leaves_out_what_is_older():
    commitment = make_commitment()
    make_review(make_update(commitment), decided_at=at(2024, 5, 1))
    later = make_review(make_update(commitment), decided_at=at(2024, 6, 1))

    assert keys(since=at(2024, 6, 1)) == [f"update-{later.pk}"]


def test_loading_costs_the_same_for_one_entry_and_for_many(django_assert_num_queries):
    report = make_report()
    for _ in range(12):
        commitment = make_commitment(report)
        make_review(make_update(commitment))
        make_amendment(commitment)
    rows = list(news.entries(Commitment.objects.all()))

    with django_assert_num_queries(3):
        items = news.load(rows)
        assert [len(item.update.evidence.all()) for item in items if item.update] == [0] * 12
        assert [item.commitment.theme.area.number for item in items] == [1] * 24
