"""Whatever stands in the ledger goes out and comes back unchanged; whatever is typed is taken over or refused."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.choices import Rhythm
from commitments.exchange.ledger_columns import ASSIGNED_KEYS, FACT_KEYS
from commitments.models import Commitment, Department, Report, Tag
from tests.exchange.ledgers import exported, make_ledger, planned, write
from tests.factories import make_department

pytestmark = pytest.mark.django_db

CODE = "2024-1.1-03"
ODD = st.text(alphabet="=+-@'\"\t\r\n、，,;；（）() _x005F甲乙aB　：", min_size=1, max_size=24)
TEXT = st.one_of(ODD, st.text(max_size=60)).filter(
    lambda text: ("\x00" not in text and text.isprintable()) or "\n" in text
)
storable = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def ledger() -> Iterator[Report]:
    """Give each example a ledger of its own, and take everything back after it."""
    with transaction.atomic():
        yield make_ledger()
        transaction.set_rollback(True)


def storable_text(text: str) -> str:
    """Return the text without what PostgreSQL and SQLite cannot store."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


@storable
@given(
    finish_line=TEXT,
    contact=TEXT,
    names=st.lists(ODD.filter(lambda name: name.strip()), min_size=1, max_size=3, unique=True),
    tags=st.lists(ODD.filter(lambda name: name.strip()), max_size=3, unique=True),
    deadline=st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2034, 12, 31)),
    rhythm=st.sampled_from(["", *Rhythm.values]),
    file_format=st.sampled_from(["xlsx", "csv"]),
)
def test_whatever_is_stored_comes_back_unchanged(
    finish_line, contact, names, tags, deadline, rhythm, file_format
):
    with ledger() as report:
        units = [Department.objects.filter(name=name).first() or make_department(name) for name in names]
        commitment = Commitment.objects.get(code=CODE)
        commitment.finish_line, commitment.contact = storable_text(finish_line), storable_text(contact)[:80]
        commitment.deadline, commitment.rhythm, commitment.lead = deadline, rhythm, units[0]
        commitment.save()
        commitment.supports.set(units[1:])
        commitment.tags.set([Tag.objects.get_or_create(name=name)[0] for name in tags])

        plan = planned(report, exported(report, file_format), f"a.{file_format}")

        assert plan.faults == []
        assert [(line.code, line.cells) for line in plan.changes + plan.conflicts] == []


@storable
@given(
    key=st.sampled_from([*ASSIGNED_KEYS, *FACT_KEYS, "version", "link", "title"]),
    typed=st.one_of(
        ODD.filter(lambda text: text.isprintable()), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
        st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), st.none(),
    ),
)  # fmt: skip
def test_whatever_is_typed_is_a_change_or_an_error_and_touches_no_other_row(key, typed):
    with ledger() as report:
        plan = planned(report, write(exported(report), CODE, **{key: typed}))

        assert {line.code for line in plan.changes} <= {CODE}
        assert plan.conflicts == []
        assert all(fault.row == 4 and fault.message for fault in plan.faults)
        assert plan.unchanged + bool(plan.changes or plan.faults) == plan.rows
