"""Figures as people read them: exact, and with units that readers of either language know."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from commitments.progress.explanation import Step
from commitments.quantities import ENGLISH_UNITS, percent, plain_figure, promised, quantity


@pytest.mark.parametrize(
    ("value", "text"),
    [("6.5000", "6.5"), ("1500", "1500"), ("1E+3", "1000"), ("0.0000", "0"), ("-0.50", "-0.5")],
)
def test_figures_are_written_without_zeros_and_exponents(value, text):
    assert plain_figure(Decimal(value)) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ("0.38", "38%"),
        ("0.1488", "14.9%"),
        ("0.0625", "6.3%"),
        ("1.2", "120%"),
        ("0", "0%"),
        ("1", "100%"),
        ("0.0001", "0.1%"),
        ("0.9999", "99.9%"),
    ],
)
def test_a_share_has_at_most_one_decimal_and_is_nothing_or_all_only_when_it_is(share, text):
    assert percent(Decimal(share)) == text
    assert percent(float(share)) == text


def test_no_share_is_a_dash():
    assert percent(None) == "—"


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        ("250.0000", "亿元", "250亿元", "25 billion yuan"),
        ("124.25", "亿元", "124.25亿元", "12.425 billion yuan"),
        ("0.5", "亿元", "0.5亿元", "50 million yuan"),
        ("10", "万元", "10万元", "100,000 yuan"),
        ("2", "万平方米", "2万平方米", "20,000 m²"),
        ("-3.5", "万人", "-3.5万人", "-35,000 people"),
        ("1000", "个", "1000个", "1,000"),
        ("50", "家", "50家", "50"),
        ("300", "天", "300天", "300 days"),
        ("6", "%", "6%", "6%"),
        ("3", "km", "3\u2009km", "3\u2009km"),
        ("0", "亿元", "0亿元", "0 yuan"),
        ("12", "里弄", "12里弄", "12里弄"),
        ("7", "", "7", "7"),
    ],
)
def test_a_unit_is_said_in_the_reader_s_language(value, unit, chinese, english):
    with override("zh-hans"):
        assert quantity(Decimal(value), unit) == chinese
    with override("en"):
        assert quantity(Decimal(value), unit) == english


def test_the_largest_figure_that_is_stored_stays_exact():
    with override("en"):
        assert quantity(Decimal("9999999999999999.9999"), "亿元") == "999999999999999.99999 billion yuan"


def test_english_units_hold_no_chinese():
    assert all(noun.isascii() or noun in ("m²", "km²") for _factor, noun in ENGLISH_UNITS.values())


def test_a_promise_names_its_comparator():
    with override("en"):
        assert promised("at_least", "25 billion yuan") == "at least 25 billion yuan"


def test_an_explanation_says_amounts_like_the_page():
    step = Step("at_least", {"value": Decimal("250"), "unit": "亿元", "tolerance": "5%", "bar": Decimal(250)})

    with override("en"):
        assert str(step) == "Promised: at least 25 billion yuan."
    with override("zh-hans"):
        assert str(step) == "承诺：不低于250亿元。"
