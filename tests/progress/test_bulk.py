"""Bulk edit: previewed, confirmed, all or nothing, logged, and taken back."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.choices import Rhythm, Role, SelfReport, Via
from commitments.models import (
    Amendment,
    BulkEdit,
    ChangeEntry,
    Commitment,
    ProgressUpdate,
    Report,
    Scorecard,
    Tag,
)
from commitments.progress import bulk, fields
from commitments.progress.bulk import Changed, Edit, Request
from commitments.progress.record import Invalid, NotAllowed
from tests.factories import make_commitment, make_commitments, make_department, make_user
from tests.progress.acts import NOW, content, submit
from tests.progress.bulk_acts import apply, everything, preview, request, sets

pytestmark = pytest.mark.django_db


class TestPreview:
    def test_shows_old_beside_new_and_what_stays(self, chief, bureau):
        changing, staying = make_commitment(), make_commitment(lead=bureau)
        retired = make_commitment(is_retired=True)

        made = preview(request(lead=Edit("set", bureau.pk)), chief)

        assert made.rows == [(changing, [("牵头单位", "", "区教委")])]
        assert made.unchanged == [staying]
        assert [row for row, _sentence in made.refused] == [retired]

    def test_writes_nothing(self, chief, bureau):
        make_commitment()

        preview(request(lead=Edit("set", bureau.pk)), chief)

        assert everything().unassigned().count() == 1
        assert ChangeEntry.objects.count() == 0

    def test_is_for_administrators(self, bureau):
        for role in (Role.REPORTER, Role.REVIEWER):
            with pytest.raises(NotAllowed):
                preview(request(lead=Edit("set", bureau.pk)), make_user(role))

    def test_needs_something_to_do(self, chief):
        with pytest.raises(Invalid):
            preview(request(), chief)
        with pytest.raises(Invalid):
            preview(request(code=Edit("set", "x")), chief)

    def test_a_lead_does_not_support_as_well(self, chief, bureau):
        led, supported = make_commitment(lead=bureau), make_commitment(supports=[bureau])

        adding = preview(request(supports=Edit("add", sets(bureau))), chief)
        leading = preview(request(lead=Edit("set", bureau.pk)), chief)

        assert [row for row, _sentence in adding.refused] == [led]
        assert leading.rows == [(supported, [("牵头单位", "", "区教委"), ("配合单位", "区教委", "")])]

    def test_a_deadline_set_by_an_amendment_stays(self, chief):
        amended = make_commitment(deadline=dt.date(2024, 12, 1))
        Amendment.objects.create(
            commitment=amended,
            kind="deadline",
            new_deadline=dt.date(2024, 12, 1),
            reason="征地",
            authority="区政府",
            document_number="南岸府〔2024〕1号",
            proposed_by=chief,
            proposed_by_name="x",
            proposed_at=NOW,
            decided_by=make_user(Role.ADMINISTRATOR),
            decided_at=NOW,
            is_approved=True,
        )

        ((row, sentence),) = preview(request(deadline=Edit("set", dt.date(2024, 9, 1))), chief).refused

        assert row == amended
        assert "南岸府〔2024〕1号" in sentence


class TestFields:
    def changed(self, chief, **edits) -> Commitment:
        apply(request(**edits), chief)
        return Commitment.objects.get()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("deadline", dt.date(2024, 9, 30)),
            ("rhythm", Rhythm.QUARTERLY),
            ("finish_line", "通水并移交"),
            ("contact", "张三 6298"),
        ],
    )
    def test_plain_fields_are_set_and_cleared(self, chief, name, value):
        make_commitment()

        assert getattr(self.changed(chief, **{name: Edit("set", value)}), name) == value
        assert getattr(self.changed(chief, **{name: Edit("clear")}), name) in (None, "")

    def test_sets_are_added_to_reduced_replaced_and_cleared(self, chief, bureau):
        make_commitment(supports=[bureau])
        other, third = make_department(), make_department()

        def supports(edit):
            return set(self.changed(chief, supports=edit).supports.all())

        assert supports(Edit("add", sets(other))) == {bureau, other}
        assert supports(Edit("remove", sets(bureau))) == {other}
        assert supports(Edit("replace", sets(bureau, third))) == {bureau, third}
        assert supports(Edit("clear")) == set()

    def test_scorecards_and_tags(self, chief):
        make_commitment()
        card, tag = Scorecard.objects.create(key="a", number=1, name="经济"), Tag.objects.create(name="重点")

        row = self.changed(chief, scorecards=Edit("add", sets(card)), tags=Edit("replace", sets(tag)))

        assert (list(row.scorecards.all()), list(row.tags.all())) == ([card], [tag])

    def test_only_what_was_filled_changes(self, chief, bureau):
        make_commitment(contact="张三", deadline=dt.date(2024, 6, 30))

        row = self.changed(chief, lead=Edit("set", bureau.pk))

        assert (row.contact, row.deadline, row.lead) == ("张三", dt.date(2024, 6, 30), bureau)

    def test_the_first_deadline_stays_visible(self, chief):
        make_commitment()

        self.changed(chief, deadline=Edit("set", dt.date(2024, 6, 30)))
        row = self.changed(chief, deadline=Edit("set", dt.date(2024, 9, 30)))

        assert (row.first_deadline, row.deadline) == (dt.date(2024, 6, 30), dt.date(2024, 9, 30))


class TestApply:
    def test_is_one_batch_with_one_entry_a_row(self, chief, bureau):
        make_commitments(3)

        batch = apply(request(lead=Edit("set", bureau.pk)), chief)

        assert (batch.changed_count, batch.actor_name, batch.reason, batch.via) == (
            3,
            "管理员",
            "年初分解",
            Via.BULK,
        )
        entry = batch.entries.order_by("pk").first()
        assert (entry.before, entry.after) == ({"lead": None}, {"lead": {"id": bureau.pk, "name": "区教委"}})
        assert batch.entries.count() == 3
        assert set(everything().values_list("revision", flat=True)) == {2}
        assert Report.objects.get().data_version == 2

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_needs_a_reason(self, chief, bureau, reason):
        make_commitment()

        with pytest.raises(Invalid):
            apply(request(reason, lead=Edit("set", bureau.pk)), chief)

    def test_needs_something_that_changes(self, chief, bureau):
        make_commitment(lead=bureau)

        with pytest.raises(Invalid):
            apply(request(lead=Edit("set", bureau.pk)), chief)

    def test_asks_again_when_rows_changed_since_the_preview(self, chief, bureau):
        first, second = make_commitment(), make_commitment()
        wanted = request(lead=Edit("set", bureau.pk))
        seen = preview(wanted, chief).seen
        apply(request(contact=Edit("set", "李四")), chief, Commitment.objects.filter(pk=second.pk))

        with pytest.raises(Changed) as raised:
            bulk.apply(everything(), wanted, by=chief, now=NOW, seen=seen)

        assert raised.value.differing == [second]
        assert everything().unassigned().count() == 2
        bulk.apply(everything(), wanted, by=chief, now=NOW, seen=raised.value.preview.seen)
        assert everything().unassigned().count() == 0
        assert first.changes.count() == 1

    def test_asks_again_when_rows_join_the_selection(self, chief, bureau):
        make_commitment()
        wanted = request(lead=Edit("set", bureau.pk))
        seen = preview(wanted, chief).seen
        late = make_commitment()

        with pytest.raises(Changed) as raised:
            bulk.apply(everything(), wanted, by=chief, now=NOW, seen=seen)
        assert raised.value.differing == [late]

    @pytest.mark.parametrize("reported", [None, content()])
    def test_tells_how_far_it_is_and_stopping_halfway_leaves_nothing(
        self, chief, bureau, monkeypatch, reported
    ):
        monkeypatch.setattr(bulk, "STEP", 50)
        monkeypatch.setattr(fields, "CHUNK", 50)
        make_commitments(120)
        wanted = Request(progress=reported, reason="统一更新", edits={"lead": Edit("set", bureau.pk)})
        steps = bulk.applying(everything(), wanted, by=chief, now=NOW, seen=preview(wanted, chief).seen)
        told = [next(steps).done for _ in range(6 if reported else 3)]
        steps.close()

        assert told == ([0, 25, 50, 60, 85, 110] if reported else [0, 50, 100])

        assert not ProgressUpdate.objects.exists()
        assert not BulkEdit.objects.exists()
        assert everything().unassigned().count() == 120

    def test_the_number_of_queries_does_not_grow_with_the_rows(self, chief, bureau):
        make_commitments(1000)
        department = make_department()
        wanted = request(
            lead=Edit("set", bureau.pk),
            supports=Edit("add", sets(department)),
            deadline=Edit("set", dt.date(2024, 9, 30)),
        )
        few = Commitment.objects.filter(sequence__lte=10)
        many = Commitment.objects.filter(sequence__gt=10)

        with CaptureQueriesContext(
            connection,
        ) as ten:
            apply(wanted, chief, few)
        with CaptureQueriesContext(connection) as thousand:
            apply(wanted, chief, many)

        assert len(ten) < 40
        assert len(thousand) < 140


class TestProgressForAll:
    def test_goes_through_the_door_of_a_single_one(self, chief):
        rows = [make_commitment(), make_commitment()]
        wanted = Request(progress=content(), reason="统一更新")

        batch = apply(wanted, chief)

        assert {update.commitment for update in batch.updates.all()} == set(rows)
        assert ChangeEntry.objects.filter(act="update.submitted", bulk_edit=batch).count() == 2

    def test_completes_nothing_blindly(self, chief):
        make_commitment()
        made = preview(Request(progress=content(status=SelfReport.COMPLETED), reason="x"), chief)

        assert made.changed == []
        assert len(made.refused) == 1

    def test_asks_again_when_somebody_reported_meanwhile(self, chief, bureau):
        row = make_commitment(lead=bureau)
        wanted = Request(progress=content(), reason="统一更新")
        seen = preview(wanted, chief).seen
        submit(row, make_user(departments=[bureau]), account="刚刚填报")

        with pytest.raises(Changed):
            bulk.apply(everything(), wanted, by=chief, now=NOW, seen=seen)

    def test_reports_for_one_s_own_department(self, chief, bureau):
        chief.departments.add(bureau)
        led, other = make_commitment(lead=bureau), make_commitment()

        apply(Request(progress=content(), reason="统一更新"), chief)

        assert (led.updates.get().department, other.updates.get().department) == (bureau, None)

    def test_repeating_what_stands_counts_as_no_change(self, chief):
        row = make_commitment()
        submit(row, chief)

        apply(Request(progress=content(account=""), reason="统一更新"), chief)

        assert row.updates.first().is_unchanged

    def test_a_thousand_rows_take_few_queries(self, chief):
        make_commitments(1000)
        wanted = Request(progress=content(), reason="统一更新")
        seen = preview(wanted, chief).seen

        with CaptureQueriesContext(connection) as thousand:
            bulk.apply(everything(), wanted, by=chief, now=NOW, seen=seen)

        assert len(thousand) < 100
        assert ProgressUpdate.objects.count() == 1000

    def test_previews_a_thousand_rows_in_few_queries(self, chief, django_assert_max_num_queries):
        make_commitments(1000)

        with django_assert_max_num_queries(30):
            preview(Request(progress=content(), reason="x"), chief)
