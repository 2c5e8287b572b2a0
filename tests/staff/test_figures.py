"""How a typed figure is read: what is plainly meant is taken, what may be mixed up gets a sentence."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from commitments.staff.figures import read_figure


@pytest.mark.parametrize(
    ("typed", "unit", "figure"),
    [
        ("12.5", "%", "12.5"),
        ("１２．５％", "%", "12.5"),
        ("1,234，567", "家", "1234567"),
        ("250亿元", "亿元", "250"),
        ("250亿", "亿元", "250"),
        ("80 万", "万平方米", "80"),
        ("-3.2%", "%", "-3.2"),
        ("30", "", "30"),
    ],
)
def test_what_is_plainly_meant_is_taken(typed, unit, figure):
    assert read_figure(typed, unit=unit) == Decimal(figure)


@pytest.mark.parametrize(
    ("typed", "unit", "code"),
    [
        ("250万", "亿元", "unit"),
        ("250万亿", "亿元", "unit"),
        ("250万元", "亿元", "unit"),
        ("25000元", "万元", "unit"),
        ("80平方米", "万平方米", "unit"),
        ("3亿", "万元", "unit"),
        ("2千", "家", "unit"),
        ("5万", "", "unit"),
        ("约50", "家", "invalid"),
        ("50-60", "家", "invalid"),
        ("nan", "家", "invalid"),
        ("1e99", "家", "invalid"),
        ("0.00001", "家", "invalid"),
        ("亿元", "亿元", "invalid"),
    ],
)
def test_what_may_be_mixed_up_gets_a_sentence(typed, unit, code):
    with pytest.raises(ValidationError) as refused:
        read_figure(typed, unit=unit)

    assert refused.value.code == code
