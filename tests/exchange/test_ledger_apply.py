"""What confirming a ledger writes: one batch, all or nothing, that can be taken back."""

import pytest

from commitments.choices import Role, Via
from commitments.exchange.plans import Moved
from commitments.models import BulkEdit, ChangeEntry, Commitment, Tag
from commitments.progress import batches
from commitments.progress.refusals import Invalid, NotAllowed
from tests.exchange.ledgers import NOW, applied, exported, make_ledger, snapshot, steps, write
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PROJECT, MEASURE = "2024-1.1-02", "2024-1.1-03"


class TestWriting:
    def test_untouched_rows_stay_untouched(self):
        report = make_ledger()
        before = {row[0]: row for row in snapshot(report)}

        applied(report, write(exported(report), MEASURE, contact="李四"))

        after = {row[0]: row for row in snapshot(report)}
        assert {code for code in before if before[code] != after[code]} == {MEASURE}

    def test_is_one_batch_that_can_be_taken_back(self):
        report = make_ledger()
        admin = make_user(Role.ADMINISTRATOR)
        before = [row[:9] for row in snapshot(report)]

        batch = applied(report, write(exported(report), MEASURE, contact="李四", tags="重点"), by=admin)
        batches.revert(batch, by=admin, reason="退回", now=NOW)

        assert batch.via == Via.IMPORT
        assert (
            ChangeEntry.objects.filter(bulk_edit=batch, via=Via.IMPORT, act="commitment.changed").count() == 1
        )
        assert [row[:9] for row in snapshot(report)] == before

    def test_tells_how_far_it_is_and_stopping_halfway_leaves_nothing(self):
        report = make_ledger()
        before, admin = snapshot(report), make_user(Role.ADMINISTRATOR)
        content = write(exported(report), MEASURE, contact="李四")
        content = write(content, PROJECT, contact="王五")

        going = steps(report, content, by=admin)
        told = [(step.done, step.total, step.batch) for _, step in zip(range(2), going, strict=False)]
        going.close()

        assert told == [(0, 2, None), (2, 2, None)]
        assert snapshot(report) == before
        assert not BulkEdit.objects.exists()

    def test_all_or_nothing(self):
        report = make_ledger()
        before = snapshot(report)
        content = write(exported(report), MEASURE, contact="李四", tags="全新的词")
        content = write(content, PROJECT, lead="没有的局")

        with pytest.raises(Invalid):
            applied(report, content)

        assert snapshot(report) == before
        assert not Tag.objects.filter(name="全新的词").exists()

    def test_what_moved_since_the_preview_is_shown_before_it_is_written(self):
        report = make_ledger()
        content = write(exported(report), MEASURE, contact="李四")

        with pytest.raises(Moved):
            applied(report, content, seen="something else")
        assert Commitment.objects.get(code=MEASURE).contact == ""

    def test_only_administrators_and_only_with_a_reason(self):
        report = make_ledger()
        content = write(exported(report), MEASURE, contact="李四")

        with pytest.raises(NotAllowed):
            applied(report, content, by=make_user(Role.REVIEWER))
        with pytest.raises(Invalid):
            applied(report, content, reason=" ")

    def test_the_public_sees_a_new_version_of_the_data(self):
        report = make_ledger()

        applied(report, write(exported(report), MEASURE, lead="区财政局"))

        was = report.data_version
        report.refresh_from_db()
        assert report.data_version == was + 1
