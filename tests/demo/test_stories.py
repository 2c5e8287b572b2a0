"""The stories themselves: repeatable, plausible, and such that the door to progress would take them."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from commitments.choices import LADDERS, Comparator, Direction, Kind, SelfReport, Stage, ladder_of
from commitments.demo import cast, words
from commitments.demo.stories import DEMO_DAY, WEIGHTS, story_of
from commitments.demo.story import Promise
from commitments.progress.verdict import Bar

BARS = [
    Bar(Comparator.EQUAL, Decimal(2), "所", metric="新增公办幼儿园"),
    Bar(Comparator.AT_LEAST, Decimal(250), "亿元", metric="资金到位额"),
    Bar(Comparator.MORE_THAN, Decimal(400), "亿元", metric="软件业务收入"),
    Bar(Comparator.ABOUT, Decimal(6), "%", metric="增速"),
    Bar(Comparator.AT_MOST, Decimal("5.5"), "%", Direction.DOWN, metric="失业率"),
    Bar(Comparator.AT_LEAST, Decimal(95), "%", metric="参保率"),
]
PROMISES = [
    Promise("2024-1.1-01", "落实十大便捷行动", Kind.MEASURE),
    Promise("2024-1.1-02", "位次保持前列", Kind.TARGET),
    *[Promise(f"2024-0.1-{number:02d}", bar.metric, Kind.TARGET, bar=bar) for number, bar in enumerate(BARS)],
    *[
        Promise(f"2024-7.1-{number:02d}", f"建设{stage}", Kind.PROJECT, name="滨江步道", promised_stage=stage)
        for number, stage in enumerate(Stage.values)
    ],
]
ALL = [(promise, name) for promise in PROMISES for name in WEIGHTS]


@pytest.mark.parametrize("name", WEIGHTS)
def test_the_same_code_tells_the_same_story(name):
    for promise in PROMISES:
        assert story_of(promise, name) == story_of(promise, name)


@pytest.mark.parametrize("name", WEIGHTS)
def test_nothing_happens_after_the_day_of_the_demonstration_or_out_of_order(name):
    for promise in PROMISES:
        told = story_of(promise, name).told

        assert all(dt.date(2024, 1, 1) <= update.as_of <= update.submitted_on < DEMO_DAY for update in told)
        assert [update.submitted_on for update in told] == sorted(update.submitted_on for update in told)


def test_every_sentence_says_that_it_is_invented():
    for promise, name in ALL:
        for update in story_of(promise, name).told:
            texts = [update.account, update.obstacle, update.help_needed, update.explanation, update.reason]
            assert all(text.startswith(words.MARK) for text in texts if text)


def test_open_promises_stay_below_what_was_promised():
    for promise, name in ALL:
        for update in story_of(promise, name).told:
            if update.status != SelfReport.COMPLETED and promise.bar and not promise.bar.is_rate:
                assert update.value is None or update.value < promise.bar.value
            if update.stage:
                assert update.stage in LADDERS[ladder_of(promise.promised_stage)]


def test_departments_and_accounts_are_recognisably_invented():
    assert all(unit.name.startswith(("示范", "演示", "样例", "示例")) for unit in cast.UNITS)
    assert len({unit.slug for unit in cast.UNITS}) == len(cast.UNITS) >= 25
    assert all(account.email.endswith("@example.org") for account in cast.accounts())
    assert Counter(account.role for account in cast.accounts() if account.is_open) == {
        "reporter": 1,
        "reviewer": 1,
        "administrator": 1,
    }
