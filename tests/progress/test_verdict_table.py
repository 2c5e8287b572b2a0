"""Every combination of kind, comparator, stage, self-report, date, review state, hedge and amendment."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.choices import PublicStatus, Schedule, SelfReport
from commitments.progress.inputs import Thresholds
from commitments.progress.verdict import judge

from . import verdict_table
from .verdict_table import DATES, REVIEWS, TABLE, YEAR_END, verdict

S = PublicStatus
PROMISES = list(verdict_table.promises())
CASES = [
    (promise, fact, word, date)
    for (_, promise, fact), word, date in itertools.product(PROMISES, SelfReport, DATES)
]
COMPLETED = {S.DONE, S.DONE_LATE}


def test_the_reviewed_table_holds():
    assert verdict_table.render() == TABLE.read_text(encoding="utf-8"), (
        "Verdicts changed. Run `python -m tests.progress.verdict_table`, read the diff, raise RULE_VERSION."
    )


@pytest.mark.parametrize("review", REVIEWS)
def test_review_decides_only_between_reported_and_completed(review):
    """Without evidence or verification 已完成 becomes 自报完成待核验; without approval nothing is known."""
    for case in CASES:
        proven, found = verdict(*case), verdict(*case, review=review)

        if review == "none":
            assert (found.status, found.schedule) == (S.NOT_REPORTED, Schedule.UNKNOWN)
        elif review != "verified+evidence" and proven.status in COMPLETED:
            assert found.status == S.REPORTED_DONE
            assert found.fulfilled is None
        else:
            assert found.status == proven.status
        if review != "none":
            assert found.schedule == proven.schedule


@pytest.mark.parametrize("review", REVIEWS)
def test_hedge_and_wording_never_change_a_verdict(review):
    for case in CASES:
        plain = verdict(*case, review=review)
        hedged = verdict(*case, review=review, hedge="力争", is_reworded=True, finish_line="通车")

        assert (plain.status, plain.schedule, plain.fulfilled) == (
            hedged.status,
            hedged.schedule,
            hedged.fulfilled,
        )


def test_fulfilled_follows_the_status():
    for case, review in itertools.product(CASES, REVIEWS):
        found = verdict(*case, review=review)

        expected = True if found.status in COMPLETED else (False if found.status == S.NOT_ACHIEVED else None)
        assert found.fulfilled is expected


def test_nothing_stays_open_once_reporting_has_closed():
    open_states = {S.ON_SCHEDULE, S.BEHIND, S.NOT_STARTED, S.BLOCKED}
    for promise, fact, word, date in CASES:
        if date == "closed":
            assert verdict(promise, fact, word, date).status not in open_states


def test_cancelled_is_amended_whatever_was_reported():
    for case in CASES:
        assert verdict(*case, is_cancelled=True).status == S.AMENDED


def test_an_extension_never_makes_a_verdict_worse():
    extended = {"due_on": dt.date(2025, 6, 30), "first_due_on": YEAR_END, "is_extended": True}
    for case in CASES:
        if case[3] in ("final", "overdue", "closed", "late"):
            before, after = verdict(*case), verdict(*case, **extended)
            # A rate that was the year's becomes a rate on the way, and what was overdue for want of a
            # figure still lacks it; nothing else may fall.
            if before.status not in COMPLETED and after.status != S.NOT_MEASURABLE:
                assert WORTH[after.status] >= WORTH[before.status]


# --- More progress never yields a worse verdict ------------------------------------------------

WORTH = {
    S.NOT_REPORTED: 0,
    S.NOT_ACHIEVED: 0,
    S.NOT_MEASURABLE: 1,
    S.NOT_STARTED: 2,
    S.BLOCKED: 3,
    S.BEHIND: 4,
    S.ON_SCHEDULE: 5,
    S.AMENDED: 6,
    S.REPORTED_DONE: 7,
    S.DONE_LATE: 8,
    S.DONE: 9,
}
LIGHTS = {
    Schedule.UNKNOWN: 0,
    Schedule.OVERDUE: 1,
    Schedule.BEHIND: 2,
    Schedule.ON_SCHEDULE: 3,
    Schedule.AHEAD: 4,
}
words = st.sampled_from(SelfReport.values)
days = st.dates(dt.date(2024, 1, 1), dt.date(2026, 1, 1))


@st.composite
def progress(draw):
    """Draw one promise with a worse and a better fact, said and approved alike, on one day."""
    name = draw(st.sampled_from(["figure", "stage"]))
    if name == "figure":
        bar = draw(_bars())
        low, high = sorted(draw(st.tuples(_figures, _figures)))
        falling = bar.comparator == "at_most" or (
            bar.direction == "down" and bar.comparator in ("equal", "about")
        )
        worse, better = ({"value": high}, {"value": low}) if falling else ({"value": low}, {"value": high})
        first = draw(st.none() | _figures)
        promise = {"kind": "target", "bar": bar}
        if first is not None:
            promise["first_bar"] = verdict_table.Bar(
                bar.comparator, _harder(bar.value, first, falling=falling), bar.unit, bar.direction
            )
    else:
        promised = draw(st.sampled_from(verdict_table.Stage.values))
        rungs = verdict_table.LADDERS[verdict_table.ladder_of(promised)]
        first_rung, second_rung = sorted(draw(st.tuples(*[st.integers(0, len(rungs) - 1)] * 2)))
        worse, better = {"stage": rungs[first_rung]}, {"stage": rungs[second_rung]}
        promise = {"kind": "project", "promised_stage": promised}
    return promise, worse, better


_figures = st.decimals(-100, 1000, places=2)


def _harder(value, other, *, falling):
    return min(value, other) if falling else max(value, other)


@st.composite
def _bars(draw):
    return verdict_table.Bar(
        draw(st.sampled_from(verdict_table.Comparator.values)),
        draw(_figures),
        draw(st.sampled_from(["家", "%"])),
        draw(st.sampled_from(["up", "down"])),
    )


def _judge(promise, fact, *, word, as_of, today, due_on, is_verified, extended):
    values = {"starts_on": dt.date(2024, 1, 1), "due_on": due_on, "year_end": YEAR_END}
    if extended:
        values |= {"first_due_on": due_on - dt.timedelta(days=90), "is_extended": True}
    report = verdict_table.Reported(word, as_of, is_verified=is_verified, has_evidence=True, **fact)
    facts = verdict_table.Facts(**{**values, **promise, "report": report})
    return judge(facts, today=today, thresholds=Thresholds())


@given(progress(), words, days, days, days, st.booleans(), st.booleans())
def test_more_progress_never_yields_a_worse_verdict(case, word, as_of, today, due_on, is_verified, extended):
    promise, worse, better = case
    circumstances = {
        "word": word,
        "as_of": as_of,
        "today": today,
        "due_on": due_on,
        "is_verified": is_verified,
        "extended": extended,
    }

    less = _judge(promise, worse, **circumstances)
    more = _judge(promise, better, **circumstances)

    assert WORTH[more.status] >= WORTH[less.status]
    if more.status == less.status and LIGHTS[more.schedule] and LIGHTS[less.schedule]:
        assert LIGHTS[more.schedule] >= LIGHTS[less.schedule]


@given(st.sampled_from(CASES), words, days)
def test_the_day_never_changes_what_is_proven(case, word, today):
    """Nothing that is completed and verified is taken back by the mere passing of time."""
    promise, fact, _, date = case
    found = verdict(promise, fact, word, date)
    as_of = DATES[date][0]
    later = judge(found.facts, today=max(today, DATES[date][1]), thresholds=Thresholds())

    assert as_of <= YEAR_END or found.status != S.DONE or later.status == S.DONE
    if found.status in COMPLETED:
        assert later.status == found.status
