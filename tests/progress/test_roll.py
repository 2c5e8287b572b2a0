"""The roll after a change: what changed is judged anew, the rest is taken over, and nothing is stale."""

import datetime as dt

import pytest

from commitments.choices import Decision, SelfReport
from commitments.models import Department, Report, Scorecard
from commitments.progress import roll as room
from commitments.progress.amendments import decide
from commitments.progress.bulk import Edit
from commitments.progress.changes import raise_data_version
from commitments.progress.roll import roll_of
from tests.factories import make_amendment, make_commitment, make_commitments, make_department, make_report
from tests.progress.acts import NOW, link, review, submit
from tests.progress.bulk_acts import apply, everything, request

pytestmark = pytest.mark.django_db
TODAY = dt.date(2024, 10, 20)


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.ROLLS_KEPT = 8
    room._kept.clear()
    yield
    room._kept.clear()


@pytest.fixture
def commitments(bureau):
    """Return four commitments of which the bureau leads the first."""
    make_report()
    return [make_commitment(lead=bureau), *make_commitments(3)]


def now() -> room.Roll:
    made = roll_of(Report.objects.get(), today=TODAY)
    assert made.keys, "what they are counted by is on it"
    return made


def shown(made: room.Roll) -> object:
    """Return all that pages read from a roll."""
    rows = [(row.commitment.pk, row.commitment.lead, row.verdict) for row in made.rows]
    return rows, made.keys, made.totals, made.themes, made.departments, made.pks


def from_scratch() -> object:
    room._kept.clear()
    return shown(now())


def approve(commitments, people):
    update = submit(
        commitments[0], people["alice"], status=SelfReport.BLOCKED, obstacle="征地", help_needed="无"
    )
    review(update, people["rita"])


def verify(commitments, people):
    evidence = [link(commitments[0], people["alice"])]
    update = submit(
        commitments[0], people["alice"], status=SelfReport.COMPLETED, evidence=evidence, confirmed=True
    )
    review(update, people["rita"], Decision.VERIFIED)


def amend(commitments, people):
    amendment = make_amendment(
        commitments[0], approved=False, new_deadline=dt.date(2024, 11, 30), proposed_by=people["rita"]
    )
    decide(amendment, by=people["chief"], approve=True, note="", now=NOW)


def assign(commitments, people):
    other, card = Department.objects.get(name="区城管局"), Scorecard.objects.get()
    edits = {"supports": Edit("add", frozenset([other.pk])), "scorecards": Edit("add", frozenset([card.pk]))}
    apply(request(**edits), people["chief"], everything().filter(pk=commitments[0].pk))


@pytest.mark.parametrize("act", [approve, verify, amend, assign])
def test_after_an_act_only_its_row_is_judged_anew(act, commitments, alice, rita, chief):
    people = {"alice": alice, "rita": rita, "chief": chief}
    make_department("区城管局"), Scorecard.objects.create(key="economy", number=2, name="经济")
    before = now()

    act(commitments, people)
    after = now()

    assert [a is b for a, b in zip(after.rows, before.rows, strict=True)] == [False, True, True, True]
    assert shown(after) == from_scratch() != shown(before)


def test_what_all_rows_share_makes_all_of_them_anew(commitments, bureau):
    before = now()
    bureau.name = "区教育委员会"
    bureau.save()
    raise_data_version(Report.objects.get().pk, now=NOW)

    after = now()

    assert not set(map(id, after.rows)) & set(map(id, before.rows))
    assert after.rows[0].commitment.lead.name == "区教育委员会"


def test_a_change_costs_the_queries_of_its_rows(commitments, alice, rita, django_assert_num_queries):
    now()
    approve(commitments, {"alice": alice, "rita": rita})
    report = Report.objects.get()

    with django_assert_num_queries(6):
        assert roll_of(report, today=TODAY).keys
    with django_assert_num_queries(0):
        assert roll_of(report, today=TODAY).keys


def test_who_asked_earlier_is_given_the_newer_roll(commitments, alice, rita):
    early = Report.objects.get()
    approve(commitments, {"alice": alice, "rita": rita})
    newest = now()

    assert roll_of(early, today=TODAY) is newest


def test_the_next_day_is_another_roll(commitments):
    before = now()

    after = roll_of(Report.objects.get(), today=TODAY + dt.timedelta(days=1))

    assert not set(map(id, after.rows)) & set(map(id, before.rows))


def test_a_row_that_was_not_on_it_makes_the_roll_anew(commitments):
    now()
    retired = commitments[3]
    retired.is_retired = True
    retired.save()
    raise_data_version(retired.report_id, now=NOW)
    assert len(now().rows) == 3

    retired.is_retired = False
    retired.save()
    raise_data_version(retired.report_id, now=NOW, only=[retired.pk])

    assert len(now().rows) == 4
