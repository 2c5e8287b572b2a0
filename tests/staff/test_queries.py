"""What recording an update costs in queries, however long the worklist is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Commitment
from tests.factories import make_commitments, make_review, make_update
from tests.staff.conftest import HTMX, signed_in
from tests.staff.test_update import address, words

# Session and person; the report; three for the counts of the view that is open (four more where the roll
# of the report is not kept, as in tests). The rest is the act: check, lock, append, log, and the row.
AROUND = 2 + 1 + 3 + 4
ACT = 12


@pytest.mark.parametrize("others", [1, 60])
def test_an_update_is_recorded_in_twelve_queries_whatever_the_worklist(report, bureau, measure, wang, others):
    for commitment in make_commitments(others, report=report, lead=bureau)[:30]:
        make_review(make_update(commitment, wang))
    before = make_update(measure, wang)
    make_review(before)
    client = signed_in(wang)
    client.get("/staff/")

    with CaptureQueriesContext(connection) as asked:
        answer = client.post(address(measure), words(based_on=str(before.pk), account="主体完工。"), **HTMX)

    queries = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert answer.status_code == 200
    assert Commitment.objects.get(pk=measure.pk).updates.count() == 2
    assert len(queries) <= ACT + AROUND, "\n".join(queries)
