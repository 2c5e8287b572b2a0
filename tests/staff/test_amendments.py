"""Amendments as pages: proposing one, deciding another's, the original beside the new."""

import datetime as dt

import pytest
from django.urls import reverse

from commitments.choices import Role
from commitments.models import Amendment
from tests.factories import make_user

TYPED = {
    "kind": "deadline",
    "new_deadline": "2025-06-30",
    "reason": "征地未完成",
    "authority": "区政府第30次常务会议",
    "document_number": "南岸府〔2024〕15号",
}


@pytest.fixture
def second(db):
    return make_user(Role.ADMINISTRATOR, full_name="林管理")


def propose(client, commitment, **fields):
    return client.post(reverse("staff:amendment-propose", args=[commitment.code]), {**TYPED, **fields})


@pytest.mark.parametrize("person", ["wang", "chen"])
def test_are_for_administrators(client, measure, person, request):
    client.force_login(request.getfixturevalue(person))

    assert client.get(reverse("staff:amendment-list")).status_code == 403
    assert propose(client, measure).status_code == 403
    assert not Amendment.objects.exists()


def test_one_proposes_and_another_decides(client, measure, gao, second):
    client.force_login(gao)
    page = client.get(propose(client, measure).url)
    assert not page.context["may_decide"]
    made = Amendment.objects.get()
    assert client.post(page.request["PATH_INFO"], {"decision": "approve"}).status_code == 403

    client.force_login(second)
    client.post(reverse("staff:amendment-detail", args=[made.pk]), {"decision": "approve"})

    measure.refresh_from_db()
    assert measure.deadline == dt.date(2025, 6, 30)
    assert "已批准" in client.get(reverse("staff:amendment-list")).content.decode()


def test_shows_both_verdicts(client, measure, gao, settings):
    settings.TRACKER_TODAY = dt.date(2025, 5, 1)
    client.force_login(gao)

    page = client.get(propose(client, measure, kind="cancellation").url)

    assert page.context["before"].status != page.context["after"].status


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": ""}, ""),
        ({"reason": ""}, "请说明调整理由"),
        ({"document_number": ""}, "请填写文号"),
        ({"new_deadline": ""}, "请填写新的时限"),
        ({"kind": "wording"}, "请填写新的表述"),
        ({"kind": "target"}, ""),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(client, measure, gao, fields, sentence):
    client.force_login(gao)

    page = propose(client, measure, **fields)

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "区政府第30次常务会议" in page.content.decode()


def test_a_refusal_needs_a_reason(client, measure, gao, second):
    client.force_login(gao)
    propose(client, measure)
    client.force_login(second)
    address = reverse("staff:amendment-detail", args=[Amendment.objects.get().pk])

    assert client.post(address, {"decision": "refuse"}).status_code == 422
    assert client.post(address, {"decision": "refuse", "note": "理由不足"}).status_code == 302
    assert not Amendment.objects.get().is_approved


def test_a_target_takes_a_figure_in_its_unit(client, target, gao):
    client.force_login(gao)

    page = client.get(propose(client, target, kind="target", new_comparator="at_least", new_value="40家").url)

    assert Amendment.objects.get().new_value == 40
    assert "40" in page.content.decode()


def test_a_code_leads_to_proposing(client, measure, gao):
    client.force_login(gao)

    found = client.get(reverse("staff:amendment-list"), {"code": measure.code})
    missing = client.get(reverse("staff:amendment-list"), {"code": "2024-9.9-99"})

    assert found.url == reverse("staff:amendment-propose", args=[measure.code])
    assert "没有该编号" in missing.content.decode()
