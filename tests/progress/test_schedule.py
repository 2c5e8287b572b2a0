"""Elapsed and expected shares."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.choices import Schedule
from commitments.progress.schedule import CURVES, elapsed_share, expected_share, light, reference_day

START, END = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
shares = st.decimals(0, 1, places=6)


@pytest.mark.parametrize(
    ("today", "share"),
    [
        (dt.date(2023, 12, 31), Decimal(0)),
        (START, Decimal(1) / 366),
        (dt.date(2024, 6, 30), Decimal(182) / 366),
        (END, Decimal(1)),
        (dt.date(2026, 1, 1), Decimal(1)),
    ],
)
def test_both_ends_belong_to_the_period(today, share):
    assert elapsed_share(START, END, today) == share


def test_a_period_that_ends_before_it_starts_is_over():
    assert elapsed_share(END, START, END) == 1
    assert elapsed_share(END, START, dt.date(2023, 1, 1)) == 0


@pytest.mark.parametrize("curve", CURVES)
def test_every_curve_runs_from_nothing_to_all(curve):
    assert expected_share(Decimal(0), curve) == 0
    assert expected_share(Decimal(1), curve) == 1


@given(shares, shares, st.sampled_from(sorted(CURVES)))
def test_no_curve_ever_falls(left, right, curve):
    low, high = sorted((left, right))

    assert 0 <= expected_share(low, curve) <= expected_share(high, curve) <= 1


def test_the_named_points_are_met():
    assert expected_share(Decimal("0.5"), "late") == Decimal("0.35")
    assert expected_share(Decimal("0.625"), "late") == Decimal("0.5")
    assert expected_share(Decimal("0.5"), "at_end") == 0


def test_an_unknown_curve_is_an_error():
    with pytest.raises(KeyError):
        expected_share(Decimal("0.5"), "steep")


def test_a_fact_counts_as_of_its_own_day_while_fresh():
    today = dt.date(2024, 10, 20)

    assert reference_day(dt.date(2024, 9, 30), today, 60) == dt.date(2024, 9, 30)
    assert reference_day(dt.date(2024, 3, 31), today, 60) == dt.date(2024, 8, 21)


@pytest.mark.parametrize(
    ("actual", "found"),
    [
        ("0.44", Schedule.BEHIND),
        ("0.45", Schedule.ON_SCHEDULE),
        ("0.55", Schedule.ON_SCHEDULE),
        ("0.56", Schedule.AHEAD),
    ],
)
def test_light_is_on_schedule_up_to_the_tolerance_itself(actual, found):
    assert light(Decimal(actual), Decimal("0.5"), Decimal("0.05")) == found
