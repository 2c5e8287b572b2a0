"""Drafts never overwrite each other; chases are asked, answered, closed."""

import datetime as dt

import pytest

from commitments.choices import Role
from commitments.models import ChangeEntry, Evidence
from commitments.progress import record
from commitments.progress.record import Invalid, NotAllowed
from tests.factories import make_user
from tests.progress.acts import NOW, link, submit

pytestmark = pytest.mark.django_db


class TestDrafts:
    def save(self, commitment, by, version=None, **typed):
        return record.save_draft(commitment, by=by, content=typed, now=NOW, version=version, based_on=None)

    def test_are_kept_as_typed(self, commitment, alice):
        draft = self.save(commitment, alice, value="约五十")
        draft = self.save(commitment, alice, draft.version, value="50")

        draft.refresh_from_db()
        assert (draft.content, draft.version) == ({"value": "50"}, 2)

    def test_of_two_windows_the_later_overwrites_nothing(self, commitment, alice):
        self.save(commitment, alice, account="一")
        self.save(commitment, alice, 1, account="二")

        with pytest.raises(record.DraftConflict) as raised:
            self.save(commitment, alice, 1, account="三")
        assert raised.value.draft.content == {"account": "二"}

    def test_a_window_left_open_does_not_bring_back_what_was_submitted(self, commitment, alice):
        self.save(commitment, alice)
        submit(commitment, alice)

        with pytest.raises(record.DraftConflict):
            self.save(commitment, alice, 1)

    def test_a_colleague_sees_it_and_takes_it_over_with_its_evidence(self, commitment, alice, bob):
        draft = self.save(commitment, alice, account="一")
        link(commitment, alice, draft)
        with pytest.raises(record.DraftConflict):
            self.save(commitment, bob, account="二")

        taken = record.take_over_draft(draft, by=bob, now=NOW)

        assert (taken.owner, taken.content) == (bob, {"account": "一"})
        with pytest.raises(record.DraftConflict):
            self.save(commitment, alice, 1)
        assert submit(commitment, bob).evidence.count() == 1

    def test_discarding_takes_the_evidence_along(self, commitment, alice, bob):
        draft = self.save(commitment, alice)
        link(commitment, alice, draft)
        with pytest.raises(NotAllowed):
            record.discard_draft(draft, by=bob, now=NOW)

        record.discard_draft(draft, by=alice, now=NOW)

        assert Evidence.objects.count() == 0

    def test_are_for_those_who_report(self, commitment):
        with pytest.raises(NotAllowed):
            self.save(commitment, make_user())


class TestChases:
    def test_are_asked_answered_and_closed(self, commitment, alice, rita):
        asked = record.chase(commitment, by=rita, message="请报进展", reply_by=dt.date(2024, 10, 15), now=NOW)
        answered = record.reply_to_chase(asked, by=alice, reply="本周报送", now=NOW)
        closed = record.close_chase(answered, by=rita, now=NOW)

        assert (closed.reply, closed.replied_by_name, closed.closed_by_name) == ("本周报送", "李丽", "任督")
        acts = list(ChangeEntry.objects.order_by("pk").values_list("act", flat=True))
        assert acts == ["chase.asked", "chase.replied", "chase.closed"]

    def test_closing_twice_changes_nothing(self, commitment, rita):
        asked = record.chase(commitment, by=rita, message="请报", reply_by=dt.date(2024, 10, 15), now=NOW)
        first = record.close_chase(asked, by=rita, now=NOW)

        assert (
            record.close_chase(asked, by=make_user(Role.REVIEWER), now=NOW).closed_by_name
            == first.closed_by_name
        )

    @pytest.mark.parametrize(("message", "day", "field"), [(" ", 15, "message"), ("请报", 7, "reply_by")])
    def test_need_words_and_a_term(self, commitment, rita, message, day, field):
        with pytest.raises(Invalid) as raised:
            record.chase(commitment, by=rita, message=message, reply_by=dt.date(2024, 10, day), now=NOW)

        assert set(raised.value.problems) == {field}

    def test_are_refused_to_the_wrong_people(self, commitment, alice, rita):
        with pytest.raises(NotAllowed):
            record.chase(commitment, by=alice, message="请报", reply_by=dt.date(2024, 10, 15), now=NOW)
        asked = record.chase(commitment, by=rita, message="请报", reply_by=dt.date(2024, 10, 15), now=NOW)
        with pytest.raises(NotAllowed):
            record.reply_to_chase(asked, by=make_user(), reply="好", now=NOW)
        with pytest.raises(NotAllowed):
            record.close_chase(asked, by=alice, now=NOW)

    def test_are_answered_once(self, commitment, alice, rita):
        asked = record.chase(commitment, by=rita, message="请报", reply_by=dt.date(2024, 10, 15), now=NOW)
        record.reply_to_chase(asked, by=alice, reply="好", now=NOW)

        with pytest.raises(Invalid):
            record.reply_to_chase(asked, by=alice, reply="又", now=NOW)
