"""Two people, one commitment: threads that start together, on the real database."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from commitments.choices import Decision, Role
from commitments.models import ProgressUpdate, Review
from commitments.progress import record
from commitments.progress.record import Decided
from tests.factories import make_user
from tests.progress.acts import NOW, content, review, submit

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_of_two_submissions_one_learns_of_the_other(self, commitment, alice, bob):
        results = at_once(
            lambda: record.submit(
                commitment, by=alice, content=content(), token=uuid.uuid4(), now=NOW, based_on=None
            ),
            lambda: record.submit(
                commitment, by=bob, content=content(), token=uuid.uuid4(), now=NOW, based_on=None
            ),
        )

        assert sorted(type(result).__name__ for result in results) == ["Conflict", "ProgressUpdate"]
        assert ProgressUpdate.objects.count() == 1

    def test_of_two_clicks_one_appends(self, commitment, alice):
        token = uuid.uuid4()

        def click():
            return record.submit(commitment, by=alice, content=content(), token=token, now=NOW, based_on=None)

        first, second = at_once(click, click)

        assert first == second
        assert ProgressUpdate.objects.count() == 1

    def test_of_two_decisions_one_counts(self, commitment, alice, rita):
        update = submit(commitment, alice)
        other = make_user(Role.REVIEWER)

        results = at_once(lambda: review(update, rita), lambda: review(update, other, Decision.RETURNED))

        assert sorted(type(result).__name__ for result in results) == ["Decided", "Review"]
        assert Review.objects.count() == 1

    def test_withdrawing_and_deciding_exclude_each_other(self, commitment, alice, rita):
        update = submit(commitment, alice)

        results = at_once(lambda: review(update, rita), lambda: record.withdraw(update, by=alice, now=NOW))

        assert [type(result) for result in results].count(Decided) == 1


def at_once(*acts) -> list:
    """Run each act in a thread of its own, started together; return results or exceptions in order."""
    ready = threading.Barrier(len(acts))
    results: list = [None] * len(acts)

    def run(number, act):
        ready.wait()
        try:
            with transaction.atomic():
                results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
