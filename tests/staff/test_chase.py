"""Chasing and who has reported."""

import pytest

from commitments.choices import AmendmentKind
from commitments.models import Chase
from tests.factories import at, make_amendment, make_commitment, make_department, make_update
from tests.staff.conftest import signed_in


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
