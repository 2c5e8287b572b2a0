"""The cast: alice and bob report for the bureau that leads, rita reviews, the chief administers."""

import pytest

from commitments.choices import Role
from tests.factories import make_commitment, make_department, make_user


@pytest.fixture
def bureau():
    return make_department("区教委")


@pytest.fixture
def alice(bureau):
    """Reports for the bureau that leads."""
    return make_user(departments=[bureau], full_name="李丽")


@pytest.fixture
def bob(bureau):
    """Alice's colleague."""
    return make_user(departments=[bureau])


@pytest.fixture
def rita():
    """Reviews."""
    return make_user(Role.REVIEWER, full_name="任督")


@pytest.fixture
def chief():
    """Administers."""
    return make_user(Role.ADMINISTRATOR, full_name="管理员")


@pytest.fixture
def commitment(bureau):
    return make_commitment(lead=bureau)
