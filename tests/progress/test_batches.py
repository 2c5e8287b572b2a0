"""Taking a batch back: as a whole, leaving alone what changed since, and doing it again."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.choices import Decision, Role, Via
from commitments.models import (
    Commitment,
    Tag,
)
from commitments.progress import amendments, batches, fields, record
from commitments.progress.bulk import Edit, Request
from commitments.progress.record import Invalid, NotAllowed
from tests.factories import make_commitment, make_commitments, make_department, make_user
from tests.progress.acts import LATER, NOW, content, review, submit
from tests.progress.bulk_acts import apply, request

pytestmark = pytest.mark.django_db


class TestRevert:
    def test_restores_what_was_and_is_itself_a_batch(self, chief, bureau):
        other = make_department()
        row = make_commitment(lead=other, supports=[bureau], contact="张三")
        batch = apply(request(lead=Edit("set", bureau.pk), contact=Edit("clear")), chief)

        made = batches.revert(batch, by=chief, reason="选错单位", now=NOW)

        row.refresh_from_db()
        assert (row.lead, row.contact, set(row.supports.all())) == (other, "张三", {bureau})
        assert (made.reverts, made.via, made.changed_count) == (batch, Via.REVERT, 1)
        assert row.revision == 3

    @pytest.mark.parametrize("reported", [None, content()])
    def test_tells_how_far_it_is_and_stopping_halfway_leaves_nothing(
        self, chief, bureau, monkeypatch, reported
    ):
        monkeypatch.setattr(batches, "STEP", 50)
        monkeypatch.setattr(fields, "CHUNK", 50)
        make_commitments(120)
        wanted = Request(progress=reported, reason="统一更新", edits={"lead": Edit("set", bureau.pk)})
        batch = apply(wanted, chief)

        steps = batches.reverting(batch, by=chief, reason="撤", now=NOW)
        told = [(step.done, step.total) for _, step in zip(range(6 if reported else 3), steps, strict=False)]
        steps.close()

        assert told == [(done, 240 if reported else 120) for done in (0, 50, 100, 120, 170, 220)[: len(told)]]
        assert len(told) == (6 if reported else 3)
        assert not batch.reverted_by.exists()
        assert not Commitment.objects.unassigned().exists()

    def test_redo_is_taking_the_revert_back(self, chief, bureau):
        row = make_commitment()
        undone = batches.revert(
            apply(request(lead=Edit("set", bureau.pk)), chief), by=chief, reason="试", now=NOW
        )

        batches.revert(undone, by=chief, reason="还是对的", now=NOW)

        row.refresh_from_db()
        assert row.lead == bureau

    def test_leaves_rows_changed_since_alone_unless_chosen(self, chief, bureau):
        kept, moved = make_commitment(), make_commitment()
        batch = apply(request(lead=Edit("set", bureau.pk)), chief)
        other = make_department()
        apply(request(lead=Edit("set", other.pk)), chief, Commitment.objects.filter(pk=moved.pk))

        planned = batches.revert_preview(batch, by=chief)
        assert [row.commitment for row in planned.restored] == [kept]
        assert [row.commitment for row in planned.changed_since] == [moved]

        batches.revert(batch, by=chief, reason="撤", now=NOW)
        moved.refresh_from_db()
        assert moved.lead == other

        batches.revert(batch, by=chief, reason="全撤", now=NOW, also={moved.pk})
        moved.refresh_from_db()
        assert moved.lead is None

    def test_other_fields_changed_since_do_not_matter(self, chief, bureau):
        row = make_commitment()
        batch = apply(request(lead=Edit("set", bureau.pk)), chief)
        apply(request(contact=Edit("set", "张三")), chief)

        batches.revert(batch, by=chief, reason="撤", now=NOW)

        row.refresh_from_db()
        assert (row.lead, row.contact) == (None, "张三")

    def test_leaves_a_deadline_that_an_amendment_set(self, chief, bureau):
        row = make_commitment()
        batch = apply(request(lead=Edit("set", bureau.pk), deadline=Edit("set", dt.date(2024, 9, 30))), chief)
        made = amendments.propose(row, by=chief, proposal=LATER, now=NOW)
        amendments.decide(made, by=make_user(Role.ADMINISTRATOR), approve=True, note="", now=NOW)

        ((refused, sentence),) = batches.revert_preview(batch, by=chief).refused
        batches.revert(batch, by=chief, reason="撤", now=NOW, also={row.pk})

        row.refresh_from_db()
        assert (refused, "第9号" in sentence) == (row, True)
        assert (row.lead, row.deadline) == (None, dt.date(2025, 6, 30))

    def test_a_first_deadline_set_by_mistake_is_no_slip_afterwards(self, chief):
        row = make_commitment()
        batches.revert(
            apply(request(deadline=Edit("set", dt.date(2024, 1, 31))), chief), by=chief, reason="错", now=NOW
        )
        apply(request(deadline=Edit("set", dt.date(2024, 9, 30))), chief)

        row.refresh_from_db()
        assert row.first_deadline == row.deadline == dt.date(2024, 9, 30)

    def test_withdraws_one_s_own_updates_that_nobody_decided(self, chief):
        waiting, decided = make_commitment(), make_commitment()
        batch = apply(Request(progress=content(), reason="统一更新"), chief)
        review(decided.updates.get(), make_user(Role.REVIEWER), Decision.PUBLISHED)

        made = batches.revert(batch, by=chief, reason="撤", now=NOW)

        assert made.changed_count == 1
        (entry,) = made.entries.all()
        assert (entry.act, entry.via, entry.reason) == ("update.withdrawn", Via.REVERT, "撤")
        assert record.latest_update(waiting) is None
        assert record.latest_update(decided) is not None

    def test_redo_submits_what_was_withdrawn_where_nobody_has_reported_since(self, chief):
        waiting, reported = make_commitment(), make_commitment()
        batch = apply(Request(progress=content(), reason="统一更新"), chief)
        undone = batches.revert(batch, by=chief, reason="撤", now=NOW)
        submit(reported, chief, account="他人填报。")

        ((refused, _sentence),) = batches.revert_preview(undone, by=chief).refused
        redone = batches.revert(undone, by=chief, reason="还是对的", now=NOW)

        update = record.latest_update(waiting)
        assert (update.account, update.bulk_edit, refused) == ("已开工。", redone, reported)
        assert record.latest_update(reported).account == "他人填报。"

    def test_the_report_s_text_never_comes_along_with_the_rows(self, chief, bureau):
        make_commitment()
        wanted = Request(edits={"lead": Edit("set", bureau.pk)}, progress=content(), reason="统一更新")

        with CaptureQueriesContext(connection) as asked:
            undone = batches.revert(apply(wanted, chief), by=chief, reason="撤", now=NOW)
            batches.revert(undone, by=chief, reason="还是对的", now=NOW)

        assert not [query["sql"] for query in asked if '"commitments_report"."text"' in query["sql"]]

    def test_tells_which_batches_do_not_hold_any_more(self):
        assert batches.taken_back({1: None, 2: 1, 3: None}) == {1}
        assert batches.taken_back({1: None, 2: 1, 3: 2}) == {2}
        assert batches.taken_back({1: None, 2: 1, 3: 2, 4: 3}) == {1, 3}

    def test_says_so_when_something_no_longer_exists(self, chief):
        row = make_commitment()
        row.tags.add(tag := Tag.objects.create(name="重点"))
        batch = apply(request(tags=Edit("clear")), chief)
        tag.delete()

        ((refused, _sentence),) = batches.revert_preview(batch, by=chief).refused
        assert refused == row
        with pytest.raises(Invalid):
            batches.revert(batch, by=chief, reason="撤", now=NOW)

    def test_needs_a_reason_and_the_role(self, chief, bureau):
        make_commitment()
        batch = apply(request(lead=Edit("set", bureau.pk)), chief)

        with pytest.raises(Invalid):
            batches.revert(batch, by=chief, reason=" ", now=NOW)
        with pytest.raises(NotAllowed):
            batches.revert(batch, by=make_user(Role.REVIEWER), reason="撤", now=NOW)
