"""The API keeps to its own description, whatever it is asked."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from tests.factories import (
    make_amendment,
    make_link,
    make_project,
    make_report,
    make_review,
    make_target,
    make_update,
)
from tracker.wsgi import application

pytestmark = pytest.mark.django_db(transaction=True)

WANTED = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
}


@pytest.fixture
def schema():
    report = make_report()
    for commitment in (make_target(report), make_project(report)):
        update = make_update(commitment)
        make_link(update)
        make_review(update)
        make_amendment(commitment)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def test_every_answer_is_one_that_is_described(schema):
    checks = [check for check in CHECKS.get_all() if check.__name__ in WANTED]
    assert len(checks) == len(WANTED)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == 5

    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def answers_as_described(case):
            case.call_and_validate(checks=checks, headers={"Accept-Encoding": "identity"})

        answers_as_described()
