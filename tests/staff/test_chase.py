"""Chasing and who has reported."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.choices import AmendmentKind
from commitments.models import ChangeEntry, Chase
from tests.factories import (
    at,
    make_amendment,
    make_commitment,
    make_commitments,
    make_department,
    make_update,
)
from tests.staff.conftest import HTMX, signed_in


@pytest.fixture
def chase(measure, chen) -> Chase:
    signed_in(chen).post(
        f"/staff/commitments/{measure.code}/chase/", {"message": "请报进展。", "reply_by": "2024-10-25"}
    )
    return Chase.objects.get()


def test_a_chase_is_shown_to_both_sides_until_it_is_closed(chase, measure, wang, chen):
    reporter, reviewer = signed_in(wang), signed_in(chen)
    form, asked = f"/staff/commitments/{measure.code}/update/", f"/staff/commitments/{measure.code}/chase/"
    assert "请报进展。" in reporter.get(form).content.decode()

    reporter.post(f"/staff/chases/{chase.pk}/reply/", {"reply": "本周内报送。"})
    assert "本周内报送。" in reviewer.get(asked).content.decode()
    reviewer.post(f"/staff/chases/{chase.pk}/close/")

    assert "请报进展。" not in reporter.get(form).content.decode()
    chase.refresh_from_db()
    assert (chase.replied_by_name, chase.closed_by_name) == ("王晓", "陈督查")


@pytest.mark.parametrize(
    "typed", [{"message": "", "reply_by": "2024-10-25"}, {"message": "请报", "reply_by": "2024-10-01"}]
)
def test_a_chase_needs_words_and_a_term_to_come(typed, measure, chen):
    answer = signed_in(chen).post(f"/staff/commitments/{measure.code}/chase/", typed)

    assert answer.status_code == 422
    assert not Chase.objects.exists()


def test_a_chase_is_answered_once(chase, wang, colleague):
    signed_in(wang).post(f"/staff/chases/{chase.pk}/reply/", {"reply": "甲"})
    second = signed_in(colleague).post(f"/staff/chases/{chase.pk}/reply/", {"reply": "乙"})

    chase.refresh_from_db()
    assert chase.reply == "甲"
    assert second.status_code == 422
    # The second one reads the first reply beside their own words.
    assert "甲" in second.content.decode()
    assert second.context["form"]["reply"].value() == "乙"


def test_who_has_reported_stands_by_name_and_not_by_rank(report, bureau, wang, chen):
    other = make_department("区安监局")
    reported = make_commitment(report, lead=bureau)
    make_update(reported, wang, submitted_at=at(2024, 10, 15))
    make_commitment(report, lead=bureau)
    make_commitment(report, lead=other)
    make_commitment(report)
    make_amendment(
        make_commitment(report, lead=bureau),
        kind=AmendmentKind.CANCELLATION,
        new_deadline=None,
        old_deadline=None,
    )

    lines = signed_in(chen).get("/staff/periods/").context["lines"]

    names = [line.department and line.department.name for line in lines]
    assert names == [*sorted([bureau.name, other.name]), None]
    assert len(lines[-1].not_asked) == 1
    mine = next(line for line in lines if line.department == bureau)
    assert (len(mine.reported), len(mine.overdue), len(mine.not_asked)) == (1, 1, 1)


def test_after_the_year_and_its_grace_nothing_is_asked_for(report, bureau, chen, settings):
    settings.TRACKER_TODAY = None
    make_commitment(report, lead=bureau)

    lines = signed_in(chen).get("/staff/periods/").context["lines"]

    assert not lines[0].missing
    assert len(lines[0].not_asked) == 1


class TestChasingMany:
    """What is overdue: two commitments of one bureau, one of another; asked in one go."""

    @pytest.fixture
    def overdue(self, report, bureau):
        rows = [make_commitment(report, lead=bureau) for _ in range(2)]
        rows.append(make_commitment(report, lead=make_department("区交通局")))
        make_commitment(report)  # nobody leads it: nobody is asked
        return rows

    def send(self, client, rows, page=None, **typed):
        seen = (page or client.get("/staff/chases/")).context["choice"].seen
        asked = {"message": "请报进展。", "reply_by": "2024-10-27", "seen": seen, **typed}
        return client.post("/staff/chases/", {"pk": [row.pk for row in rows], **asked})

    def test_shows_who_would_be_asked_by_department_and_asks_them(self, overdue, chen, bureau):
        client = signed_in(chen)
        shown = client.get("/staff/chases/").context["choice"]
        assert [(group.department.name, group.ticked) for group in shown.groups] == [
            ("区交通局", 1), ("区发展改革委", 2),
        ]  # fmt: skip

        answer = self.send(client, overdue[1:])

        assert answer.url == "/staff/periods/"
        assert "已向2个单位催办2个事项" in client.get(answer.url).content.decode()
        assert {chase.commitment_id for chase in Chase.objects.all()} == {row.pk for row in overdue[1:]}
        assert ChangeEntry.objects.filter(act="chase.asked", commitment__in=overdue).count() == 2

    def test_what_was_asked_lately_is_not_ticked_and_said(self, overdue, chen):
        client = signed_in(chen)
        self.send(client, overdue[:1])

        page = client.get("/staff/chases/")

        assert [line.is_ticked for line in page.context["choice"].lines] == [False, True, True]
        assert "10-20 已催办，请于 10-27 前回复" in page.content.decode()
        assert "其中1项近日已催办，未勾选" in page.content.decode()

    def test_what_was_closed_long_ago_is_ticked_again(self, overdue, chen, settings):
        client = signed_in(chen)
        self.send(client, overdue[:1])
        client.post(f"/staff/chases/{Chase.objects.get().pk}/close/")
        assert not client.get("/staff/chases/").context["choice"].lines[0].is_ticked

        settings.TRACKER_TODAY = dt.date(2024, 10, 28)

        assert all(line.is_ticked for line in client.get("/staff/chases/").context["choice"].lines)

    def test_what_was_chased_or_reported_meanwhile_is_shown_before_anything_is_sent(
        self, overdue, chen, wang, gao
    ):
        client, page = signed_in(chen), signed_in(chen).get("/staff/chases/")
        self.send(signed_in(gao), overdue[:1])
        make_update(overdue[1], wang, submitted_at=at(2024, 10, 19))

        answer = self.send(client, overdue, page=page)

        assert answer.status_code == 409
        assert Chase.objects.count() == 1
        assert [row.pk for row in answer.context["choice"].ticked] == [overdue[2].pk]
        assert self.send(client, overdue[2:]).status_code == 302

    @pytest.mark.parametrize("typed", [{"message": " "}, {"reply_by": "2024-10-01"}, {"pk": []}])
    def test_needs_words_a_term_to_come_and_something_ticked(self, overdue, chen, typed):
        answer = self.send(signed_in(chen), overdue, **typed)

        assert answer.status_code == 422
        assert not Chase.objects.exists()

    def test_is_narrowed_by_department_and_urgency(self, overdue, chen, bureau):
        client = signed_in(chen)

        region = client.get(f"/staff/chases/?scope=all&department={bureau.slug}", **HTMX).content.decode()

        assert [row for row in overdue if f'id="pk-{row.pk}" checked' in region] == overdue[:2]
        assert "<h1" not in region
        assert client.get("/staff/chases/?group=stale").context["choice"].lines == []

    @pytest.mark.parametrize("others", [1, 60])
    def test_takes_as_many_queries_for_many(self, overdue, report, bureau, chen, others):
        rows = make_commitments(others, report=report, lead=bureau)
        client = signed_in(chen)
        page = client.get("/staff/chases/")

        with CaptureQueriesContext(connection) as asked:
            self.send(client, rows, page=page)

        queries = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
        assert Chase.objects.count() == others
        assert len(queries) <= 16, "\n".join(queries)
