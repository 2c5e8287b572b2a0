"""Amendments: proposed by one, decided by another, shown beside the original for ever."""

import datetime as dt
from decimal import Decimal

import pytest

from commitments.choices import Comparator, Role
from commitments.models import Amendment, ChangeEntry, Report
from commitments.progress import amendments
from commitments.progress.amendments import Proposal
from commitments.progress.refusals import Invalid, NotAllowed
from tests.factories import at, make_commitment, make_target, make_user

pytestmark = pytest.mark.django_db
NOW = at(2024, 9, 1)


@pytest.fixture
def gao():
    return make_user(Role.ADMINISTRATOR, full_name="高管理")


@pytest.fixture
def second():
    return make_user(Role.ADMINISTRATOR, full_name="林管理")


def proposal(kind="deadline", **fields) -> Proposal:
    values = {
        "reason": "征地未完成",
        "authority": "区政府第30次常务会议",
        "document_number": "南岸府〔2024〕15号",
    }
    if kind == "deadline":
        values["new_deadline"] = dt.date(2025, 6, 30)
    return Proposal(kind=kind, **{**values, **fields})


def propose(commitment, by, **fields) -> Amendment:
    return amendments.propose(commitment, by=by, proposal=proposal(**fields), now=NOW)


def decide(amendment, by, *, approve=True, note="") -> Amendment:
    return amendments.decide(amendment, by=by, approve=approve, note=note, now=NOW)


class TestPropose:
    def test_records_everything_and_shows_the_public_nothing(self, gao):
        commitment = make_commitment()
        version = Report.objects.get().data_version

        made = propose(commitment, gao)

        assert (made.old_deadline, made.new_deadline) == (dt.date(2024, 12, 31), dt.date(2025, 6, 30))
        assert (made.proposed_by_name, made.is_approved) == ("高管理", False)
        assert ChangeEntry.objects.get().act == "amendment.proposed"
        commitment.refresh_from_db()
        assert commitment.deadline is None
        assert Report.objects.get().data_version == version

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"kind": "mood"}, "kind"),
            ({"reason": " "}, "reason"),
            ({"authority": ""}, "authority"),
            ({"document_number": ""}, "document_number"),
            ({"kind": "wording"}, "new_wording"),
            ({"new_deadline": None}, "new_deadline"),
            ({"new_deadline": dt.date(2024, 12, 31)}, "new_deadline"),
            ({"new_deadline": dt.date(2023, 12, 31)}, "new_deadline"),
            ({"kind": "target", "new_value": Decimal(1), "new_comparator": "at_least"}, "kind"),
        ],
    )
    def test_says_what_is_missing(self, gao, fields, field):
        with pytest.raises(Invalid) as raised:
            propose(make_commitment(), gao, **fields)

        assert set(raised.value.problems) == {field}

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"new_value": None, "new_comparator": "at_least"}, "new_value"),
            ({"new_value": Decimal(40), "new_comparator": ""}, "new_comparator"),
            ({"new_value": Decimal(50), "new_comparator": "at_least"}, "new_value"),
        ],
    )
    def test_a_target_needs_another_figure(self, gao, fields, field):
        with pytest.raises(Invalid) as raised:
            propose(make_target(), gao, kind="target", **fields)

        assert set(raised.value.problems) == {field}

    def test_one_of_a_kind_waits_at_a_time(self, gao):
        commitment = make_commitment()
        propose(commitment, gao)

        with pytest.raises(Invalid):
            propose(commitment, gao)
        propose(commitment, gao, kind="cancellation")

    @pytest.mark.parametrize("role", [Role.REPORTER, Role.REVIEWER])
    def test_is_for_administrators(self, role):
        with pytest.raises(NotAllowed):
            propose(make_commitment(), make_user(role))


class TestDecide:
    def test_takes_a_second_administrator(self, gao, second):
        made = propose(make_commitment(), gao)

        for person in (gao, make_user(Role.REVIEWER)):
            with pytest.raises(NotAllowed):
                decide(made, person)
        assert decide(made, second).is_approved

    def test_an_approved_deadline_moves_and_keeps_its_first_date(self, gao, second):
        commitment = make_commitment(deadline=dt.date(2024, 9, 30), first_deadline=dt.date(2024, 6, 30))

        decide(propose(commitment, gao), second)

        commitment.refresh_from_db()
        assert (commitment.deadline, commitment.first_deadline) == (
            dt.date(2025, 6, 30),
            dt.date(2024, 6, 30),
        )
        assert commitment.revision == 2

    def test_without_a_deadline_the_end_of_the_year_was_the_first(self, gao, second):
        commitment = make_commitment()

        decide(propose(commitment, gao), second)

        commitment.refresh_from_db()
        assert commitment.first_deadline == dt.date(2024, 12, 31)

    def test_an_approved_target_leaves_the_promise_as_it_was(self, gao, second):
        commitment = make_target()

        decide(
            propose(
                commitment, gao, kind="target", new_value=Decimal(40), new_comparator=Comparator.AT_LEAST
            ),
            second,
        )

        commitment.target.refresh_from_db()
        assert commitment.target.value == 50
        assert commitment.amendments.approved().get().new_value == 40

    def test_raises_the_data_version_only_when_approved(self, gao, second):
        commitment = make_commitment()
        version = Report.objects.get().data_version

        decide(propose(commitment, gao), second, approve=False, note="理由不足")
        assert Report.objects.get().data_version == version

        decide(propose(commitment, gao), second)
        assert Report.objects.get().data_version == version + 1

    def test_a_refusal_says_why_and_changes_nothing(self, gao, second):
        commitment = make_commitment()
        made = propose(commitment, gao)

        with pytest.raises(Invalid):
            decide(made, second, approve=False)
        decide(made, second, approve=False, note="理由不足")

        commitment.refresh_from_db()
        assert commitment.deadline is None
        assert list(ChangeEntry.objects.order_by("pk").values_list("act", flat=True)) == [
            "amendment.proposed",
            "amendment.refused",
        ]

    def test_is_final(self, gao, second):
        made = decide(propose(make_commitment(), gao), second)

        with pytest.raises(Invalid):
            decide(made, second, approve=False, note="反悔")
