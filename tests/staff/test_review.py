"""Review: the queue, the page of one update, three decisions, several at once, never one's own."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.choices import Decision, Role
from commitments.models import Review
from tests.factories import at, make_commitments, make_link, make_review, make_update, make_user
from tests.staff.conftest import signed_in


def test_the_queue_comes_by_waiting_time(report, bureau, wang, chen):
    later, sooner = make_commitments(2, report=report, lead=bureau)
    make_update(later, wang, submitted_at=at(2024, 10, 15))
    make_update(sooner, wang, submitted_at=at(2024, 10, 1, 0, 30))

    waiting = signed_in(chen).get("/staff/review/").context["waiting"]

    assert [line.update.commitment for line in waiting] == [sooner, later]
    assert [line.days for line in waiting] == [19, 5]


def test_the_page_shows_words_before_and_after_and_evidence(target, wang, chen):
    make_review(make_update(target, wang, value=20, account="先前"))
    update = make_update(target, wang, value=35, account="如今")
    make_link(update)

    page = signed_in(chen).get(f"/staff/review/{update.pk}/")

    text = page.content.decode()
    assert target.passage.text.rstrip("，") in text.replace("，", "")
    assert all(word in text for word in ("先前", "如今", "20家", "35家", "区政府网站公告"))
    marked = {item.name for item in page.context["sheet"].differences if item.is_marked}
    assert marked == {"value", "account"}


@pytest.mark.parametrize(
    ("typed", "decision", "public"),
    [
        ({"decision": "verified", "method": "on_site"}, "verified", "s-done"),
        ({"decision": "published", "method": "on_site"}, "published", "s-reported_done"),
    ],
)
def test_a_decision_reaches_the_public(typed, decision, public, measure, wang, chen):
    update = make_update(measure, wang, status="completed", account="全部建成。")
    make_link(update)
    page = f"/commitments/{measure.code}/"
    assert "全部建成" not in Client().get(page).content.decode()

    answer = signed_in(chen).post(f"/staff/review/{update.pk}/", typed)

    assert answer.status_code == 302
    assert Review.objects.get().decision == decision
    after = Client().get(page).content.decode()
    assert "全部建成" in after
    assert public in after


def test_returning_needs_a_reason_which_reaches_the_author(measure, wang, chen):
    update = make_update(measure, wang)
    client = signed_in(chen)

    refused = client.post(f"/staff/review/{update.pk}/", {"decision": "returned", "reason": "  "})
    done = client.post(f"/staff/review/{update.pk}/", {"decision": "returned", "reason": "请附照片。"})

    assert refused.status_code == 422
    assert done.status_code == 302
    assert "请附照片。" in signed_in(wang).get(f"/staff/commitments/{measure.code}/update/").content.decode()


def test_verifying_needs_the_method(measure, wang, chen):
    update = make_update(measure, wang)

    answer = signed_in(chen).post(f"/staff/review/{update.pk}/", {"decision": "verified"})

    assert answer.status_code == 422
    assert not Review.objects.exists()


def test_ones_own_report_offers_no_decision_and_refuses_one(measure, gao):
    update = make_update(measure, gao)
    client = signed_in(gao)

    page = client.get(f"/staff/review/{update.pk}/")
    queue = client.get("/staff/review/")
    answer = client.post(f"/staff/review/{update.pk}/", {"decision": "published"})
    several = client.post("/staff/review/", {f"decision-{update.pk}": "published"})

    assert 'name="decision"' not in page.content.decode()
    assert f'name="decision-{update.pk}"' not in queue.content.decode()
    assert answer.status_code == 403
    assert several.status_code == 422
    assert not Review.objects.exists()


def test_several_at_once_with_one_decision_each(report, bureau, wang, chen):
    first, second, third = (make_update(row, wang) for row in make_commitments(3, report=report, lead=bureau))
    answer = signed_in(chen).post(
        "/staff/review/",
        {
            f"decision-{first.pk}": "telephone",
            f"decision-{second.pk}": "returned",
            f"reason-{second.pk}": "请补充。",
            f"decision-{third.pk}": "",
        },
    )

    assert answer.status_code == 302
    assert {(made.update_id, made.decision, made.method) for made in Review.objects.all()} == {
        (first.pk, "verified", "telephone"),
        (second.pk, "returned", ""),
    }


def test_a_completion_is_never_approved_in_the_list(measure, wang, chen):
    update = make_update(measure, wang, status="completed")
    client = signed_in(chen)

    page = client.get("/staff/review/").content.decode()
    answer = client.post("/staff/review/", {f"decision-{update.pk}": "published"})

    assert '<option value="published">' not in page
    assert answer.status_code == 422
    assert not Review.objects.exists()
    assert measure.code in answer.content.decode()


@pytest.mark.parametrize("decided", [Decision.RETURNED, Decision.PUBLISHED])
def test_the_second_reviewer_is_told_that_it_was_decided(decided, measure, wang, chen):
    update = make_update(measure, wang)
    make_review(update, decided)

    answer = signed_in(chen).post(f"/staff/review/{update.pk}/", {"decision": "published"}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/staff/updates/{update.pk}/"
    assert Review.objects.count() == 1


def test_what_was_published_can_be_verified_later(measure, wang, chen):
    update = make_update(measure, wang)
    make_review(update, Decision.PUBLISHED)
    client = signed_in(chen)

    offered = client.get(f"/staff/review/{update.pk}/").context["form"].fields["decision"].choices
    answer = client.post(
        f"/staff/review/{update.pk}/", {"decision": "verified", "method": "documents", "next": "1"}
    )

    assert [value for value, _label in offered] == ["verified"]
    assert answer.status_code == 302
    measure.refresh_from_db()
    assert measure.approved_is_verified


def test_recording_goes_on_to_the_next_one(report, bureau, wang, chen):
    first, second = (make_update(row, wang) for row in make_commitments(2, report=report, lead=bureau))

    answer = signed_in(chen).post(f"/staff/review/{first.pk}/", {"decision": "published", "next": "1"})

    assert answer.url == f"/staff/review/{second.pk}/"


def test_the_queries_of_the_queue_are_constant(report, bureau, wang):
    client = signed_in(make_user(Role.REVIEWER))
    rows = make_commitments(45, report=report, lead=bureau)

    def queries() -> int:
        client.get("/staff/review/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/staff/review/")
        return len(seen)

    for row in rows[:5]:
        make_link(make_update(row, wang))
    few = queries()
    for row in rows[5:]:
        make_link(make_update(row, wang))

    assert queries() == few


def test_a_line_that_was_refused_keeps_what_was_chosen_and_the_others_are_recorded(
    report, bureau, wang, chen
):
    good, bad, later = (
        make_update(commitment, wang) for commitment in make_commitments(3, report=report, lead=bureau)
    )
    typed = {
        f"decision-{good.pk}": "published",
        f"decision-{bad.pk}": "returned",
        f"reason-{later.pk}": "先放着",
    }

    page = signed_in(chen).post("/staff/review/", typed)

    assert page.status_code == 422
    kept = {line.update: (line.chosen, line.reason) for line in page.context["waiting"]}
    assert kept == {bad: ("returned", ""), later: ("", "先放着")}
    assert {line.update: bool(line.refusal) for line in page.context["waiting"]} == {bad: True, later: False}
    assert f'id="refusal-{bad.pk}"' in page.content.decode()
    assert '<option value="returned" selected>' in page.content.decode()
    assert 'value="先放着"' in page.content.decode()


def test_sending_the_queue_without_a_decision_says_so(measure, wang, chen):
    update = make_update(measure, wang)

    page = signed_in(chen).post("/staff/review/", {f"decision-{update.pk}": ""}, follow=True)

    assert "未选择审核意见，没有记录任何内容。" in page.content.decode()
    assert not Review.objects.exists()
