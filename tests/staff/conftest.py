"""The people of the staff tests: wang reports for one bureau, zhao for another, chen reviews, gao administers."""

import datetime as dt

import pytest
from django.test import Client

from commitments.choices import Role
from commitments.models import Commitment, Department, Report, User
from tests.factories import make_commitment, make_department, make_report, make_target, make_user


@pytest.fixture(autouse=True)
def _a_day_in_october(settings) -> None:
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


@pytest.fixture
def report(db) -> Report:
    return make_report()


@pytest.fixture
def bureau(db) -> Department:
    return make_department("区发展改革委")


@pytest.fixture
def wang(bureau) -> User:
    return make_user(departments=[bureau], full_name="王晓")


@pytest.fixture
def colleague(bureau) -> User:
    return make_user(departments=[bureau], full_name="李明")


@pytest.fixture
def zhao(db) -> User:
    return make_user(departments=[make_department("区交通局")], full_name="赵强")


@pytest.fixture
def chen(db) -> User:
    return make_user(Role.REVIEWER, full_name="陈督查")


@pytest.fixture
def gao(db) -> User:
    return make_user(Role.ADMINISTRATOR, full_name="高管理")


@pytest.fixture
def measure(report, bureau) -> Commitment:
    return make_commitment(report, lead=bureau)


@pytest.fixture
def target(report, bureau) -> Commitment:
    return make_target(report, lead=bureau)


def signed_in(user: User, *, language: str = "zh-hans") -> Client:
    """Return a browser in which the person is signed in and has chosen the language."""
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


HTMX = {"HTTP_HX_REQUEST": "true"}
