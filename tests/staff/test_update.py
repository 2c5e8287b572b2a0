"""The form of one update: fields by kind, sentences beside fields, nothing lost, conflict, withdrawal."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from commitments.choices import Decision, SelfReport, Stage
from commitments.models import Evidence, ProgressUpdate, UpdateDraft
from tests.factories import make_project, make_review, make_update
from tests.staff.conftest import HTMX, signed_in

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def words(**overrides) -> dict[str, str]:
    return {
        "act": "submit",
        "token": str(uuid.uuid4()),
        "based_on": "",
        "draft_version": "",
        "status": "in_progress",
        "as_of": "2024-10-18",
        "account": "已开工。",
        **overrides,
    }


def address(commitment, suffix="") -> str:
    return f"/staff/commitments/{commitment.code}/update/{suffix}"


def test_submitting_works_without_javascript(measure, wang):
    answer = signed_in(wang).post(address(measure), words())

    assert answer.status_code == 302
    assert answer.url == "/staff/#row-2024-1-1-01"
    update = measure.updates.get()
    assert (update.author, update.status, update.account) == (wang, "in_progress", "已开工。")


def test_submitting_in_the_row_answers_with_the_row_and_the_counts(measure, wang):
    answer = signed_in(wang).post(address(measure), words(), **HTMX)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="row-2024-1-1-01"' in text
    assert 'id="worklist-counts"' in text
    assert "<h1" not in text
    assert "autofocus" in text


def test_the_counts_after_an_act_are_those_of_the_view_that_is_open(measure, target, wang):
    answer = signed_in(wang).post(
        address(measure), words(), **HTMX, HTTP_HX_CURRENT_URL="http://testserver/staff/?kind=measure"
    )

    counted = re.findall(r"group=(\w+)\"><strong>(\d+)", answer.content.decode())
    assert {group: int(count) for group, count in counted if count != "0"} == {"waiting": 1}


def test_a_second_click_submits_nothing_twice(measure, wang):
    once = words()
    client = signed_in(wang)

    client.post(address(measure), once)
    answer = client.post(address(measure), once)

    assert answer.status_code == 302
    assert measure.updates.count() == 1


@pytest.mark.parametrize(
    ("kind", "asked", "not_asked"),
    [
        ("measure", ["account"], ["value", "stage", "invested"]),
        ("target", ["value", "value_source"], ["stage", "invested"]),
        ("project", ["stage", "stage_on", "invested"], ["value", "value_source"]),
    ],
)
def test_each_kind_is_asked_for_its_own_facts(kind, asked, not_asked, report, bureau, wang, request):
    commitment = make_project(report, lead=bureau) if kind == "project" else request.getfixturevalue(kind)

    text = signed_in(wang).get(address(commitment)).content.decode()

    assert all(f'name="{name}"' in text for name in asked)
    assert not any(f'name="{name}"' in text for name in not_asked)


@pytest.mark.parametrize(
    ("overrides", "field", "sentence"),
    [
        ({"as_of": "2023-12-31"}, "as_of", "before the report’s year"),
        ({"as_of": "2024-12-01"}, "as_of", "lies in the future"),
        ({"as_of": "昨天"}, "as_of", "2024-06-30"),
        ({"value": "五十"}, "value", "Write a number"),
        ({"value": "0.005万"}, "value", "Write the figure in 家"),
        ({"value": "30", "value_source": ""}, "value_source", "source of the figure"),
        ({"status": "completed", "value": "55", "value_source": "台账"}, "evidence", "needs evidence"),
        ({"status": "blocked"}, "obstacle", "Name the obstacle"),
        ({"value": "900", "value_source": "台账"}, "value", "ten times as much"),
        ({"value": "500000", "value_source": "台账"}, "value", "万 mistaken for 亿"),
        ({"link_url": "不是网址"}, "link_url", "beginning with https"),
    ],
)
@pytest.mark.parametrize("extra", [{}, HTMX], ids=["page", "row"])
def test_bad_input_gets_a_sentence_status_422_and_nothing_is_lost(
    overrides, field, sentence, extra, target, wang
):
    client = signed_in(wang, language="en")
    answer = client.post(address(target), words(**overrides), **extra)

    text = answer.content.decode().replace("&#x27;", "’").replace("'", "’")
    assert answer.status_code == 422
    assert sentence.replace("'", "’") in text
    assert target.updates.count() == 0
    # What was typed stands in the form, and in the draft as well.
    assert "已开工。" in text
    draft = UpdateDraft.objects.get(commitment=target)
    assert draft.content["account"] == "已开工。"
    for name, value in overrides.items():
        if value and name != "act":
            assert draft.content.get(name) == value


def test_an_odd_figure_goes_through_once_it_is_confirmed(target, wang):
    client = signed_in(wang)
    odd = words(value="900", value_source="台账")

    first = client.post(address(target), odd)
    again = client.post(address(target), {**odd, "confirmed": "on", "draft_version": "1"})

    assert 'name="confirmed"' in first.content.decode()
    assert again.status_code == 302
    assert target.updates.get().value == 900


def test_a_figure_may_be_typed_full_width_and_with_its_unit(target, wang):
    signed_in(wang).post(address(target), words(value="１，２３.５ 家", value_source="台账", confirmed="on"))

    assert str(target.updates.get().value) == "123.5000"


def test_a_stage_going_backwards_asks_for_the_reason(report, bureau, wang):
    project = make_project(report, lead=bureau)
    earlier = make_update(project, wang, stage=Stage.UNDER_WAY)
    back = words(stage="started", based_on=str(earlier.pk))
    client = signed_in(wang)

    refused = client.post(address(project), back)
    explained = client.post(address(project), {**back, "explanation": "上次填错。", "draft_version": "1"})

    assert refused.status_code == 422
    assert 'name="explanation"' in refused.content.decode()
    assert explained.status_code == 302


def test_the_form_is_filled_in_from_last_time_but_for_the_account(target, wang):
    update = make_update(target, wang, value=30, value_source="科技台账", account="上月的话")
    make_review(update)

    form = signed_in(wang).get(address(target)).context["sheet"].form

    assert form["value"].value() == "30"
    assert form["value_source"].value() == "科技台账"
    assert not form["account"].value()


def test_a_returned_report_comes_back_whole_with_the_reason(measure, wang):
    make_review(make_update(measure, wang, account="写错了"), Decision.RETURNED, reason="请写明日期。")

    answer = signed_in(wang).get(address(measure))

    assert "请写明日期。" in answer.content.decode()
    assert answer.context["sheet"].form["account"].value() == "写错了"


def test_no_change_in_one_click(measure, wang):
    previous = make_update(measure, wang)
    make_review(previous)

    answer = signed_in(wang).post(
        f"/staff/commitments/{measure.code}/unchanged/",
        {"token": str(uuid.uuid4()), "based_on": str(previous.pk)},
        **HTMX,
    )

    assert answer.status_code == 200
    newest = measure.updates.latest("pk")
    assert newest.is_unchanged
    assert newest.account == previous.account


def test_two_at_once_the_second_sees_both_and_decides(measure, wang, colleague):
    make_update(measure, colleague, account="同事已报。")
    client = signed_in(wang)

    conflict = client.post(address(measure), words(account="我写的话。"))

    text = conflict.content.decode()
    assert conflict.status_code == 409
    assert "同事已报。" in text
    assert "我写的话。" in text
    assert measure.updates.count() == 1
    newer = measure.updates.get()
    assert f'name="based_on" value="{newer.pk}"' in text

    again = client.post(
        address(measure), words(account="我写的话。", based_on=str(newer.pk), draft_version="1")
    )

    assert again.status_code == 302
    assert set(measure.updates.values_list("account", flat=True)) == {"同事已报。", "我写的话。"}


def test_the_preview_says_what_the_public_would_read_and_writes_nothing(target, wang):
    answer = signed_in(wang).post(address(target, "preview/"), words(value="60"), **HTMX)

    assert answer.status_code == 200
    assert "s-reported_done" in answer.content.decode()
    assert not UpdateDraft.objects.exists()
    assert not ProgressUpdate.objects.exists()


def test_what_is_completed_is_no_longer_expected(measure, wang):
    done = words(status="completed", expected_on="2024-11-20", link_url="https://example.gov.cn/1")

    signed_in(wang).post(address(measure), done)

    assert measure.updates.get().expected_on is None


def test_the_preview_of_a_completion_says_that_it_needs_evidence(target, wang):
    client = signed_in(wang, language="en")
    bare = client.post(address(target, "preview/"), words(value="60"), **HTMX)
    shown = client.post(
        address(target, "preview/"), words(value="60", link_url="https://example.gov.cn/1"), **HTMX
    )

    assert "Evidence is needed" in bare.content.decode()
    assert "s-done" in shown.content.decode()
    assert "Evidence is needed" not in shown.content.decode()


def test_the_preview_of_a_figure_that_cannot_be_read_is_empty(target, wang):
    answer = signed_in(wang).post(address(target, "preview/"), words(value="3万"), **HTMX)

    assert "s-not_measurable" not in answer.content.decode()


def test_the_same_amount_on_both_sides_of_a_conflict_is_no_difference(report, bureau, wang, colleague):
    project = make_project(report, lead=bureau)
    make_update(project, colleague, invested=2502, stage=Stage.STARTED)

    answer = signed_in(wang).post(address(project), words(invested="2502", stage="under_way"))

    changed = {item.name: item.is_changed for item in answer.context["sheet"].side_by_side}
    assert (changed["invested"], changed["stage"]) == (False, True)


def test_writing_below_the_draft_of_a_colleague_says_whose_it_is(measure, wang, colleague):
    signed_in(colleague).post(address(measure, "draft/"), words(account="我先写的。"))

    answer = signed_in(wang, language="en").post(address(measure, "draft/"), words(), **HTMX)

    assert answer.status_code == 409
    assert "李明 has begun a draft" in answer.content.decode()


def test_a_link_and_a_file_become_evidence_of_the_draft_then_of_the_update(measure, wang):
    client = signed_in(wang)
    link = words(act="evidence", link_url="https://example.gov.cn/1", link_title="公告")

    client.post(address(measure), link)
    client.post(
        address(measure),
        words(act="evidence", draft_version="2", evidence_file=SimpleUploadedFile("验收.pdf", PDF)),
    )
    pieces = Evidence.objects.order_by("pk")
    assert [piece.title for piece in pieces] == ["公告", "验收.pdf"]
    assert all(piece.draft_id and not piece.update_id for piece in pieces)

    done = client.post(address(measure), words(status="completed"))

    assert done.status_code == 302
    assert measure.updates.get().evidence.count() == 2
    assert not UpdateDraft.objects.exists()


def test_a_file_sent_with_the_submission_is_not_lost_to_a_mistake(measure, wang):
    upload = SimpleUploadedFile("验收.pdf", PDF)

    answer = signed_in(wang).post(address(measure), words(account="", evidence_file=upload))

    assert answer.status_code == 422
    assert Evidence.objects.get().title == "验收.pdf"
    assert "验收.pdf" in answer.content.decode()


def test_a_program_in_disguise_is_refused_beside_the_field(measure, wang):
    upload = SimpleUploadedFile("验收.pdf", b"MZ\x90\x00 not a pdf")

    answer = signed_in(wang).post(address(measure), words(act="evidence", evidence_file=upload))

    assert answer.status_code == 422
    assert not Evidence.objects.exists()


def test_evidence_is_served_only_to_those_who_may_read_it(measure, wang, zhao, chen):
    client = signed_in(wang)
    client.post(address(measure), words(act="evidence", evidence_file=SimpleUploadedFile("验收.pdf", PDF)))
    url = f"/staff/evidence/{Evidence.objects.get().pk}/"

    own = client.get(url)

    assert b"".join(own.streaming_content) == PDF
    assert own["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in own["Cache-Control"]
    assert [signed_in(other).get(url).status_code for other in (zhao, chen)] == [403, 403]
    client.post(address(measure), words())
    assert [signed_in(other).get(url).status_code for other in (zhao, chen)] == [403, 200]


def test_evidence_of_a_draft_can_be_removed(measure, wang):
    client = signed_in(wang)
    client.post(address(measure), words(act="evidence", link_url="https://example.gov.cn/1"))
    piece = Evidence.objects.get()

    answer = client.post(address(measure), {**words(draft_version="2"), "remove": str(piece.pk)})

    assert answer.status_code == 302
    assert not Evidence.objects.exists()


def test_evidence_of_a_returned_report_is_used_again_with_one_click(measure, wang, chen):
    client = signed_in(wang)
    pdf = SimpleUploadedFile("验收.pdf", PDF)
    client.post(
        address(measure), words(link_url="https://example.gov.cn/1", link_title="公告", evidence_file=pdf)
    )
    returned = measure.updates.get()
    make_review(returned, Decision.RETURNED, reviewer=chen)
    assert "验收.pdf" in client.get(address(measure)).content.decode()

    client.post(address(measure), words(act="reuse", based_on=str(returned.pk)))
    once_more = client.post(
        address(measure), words(act="reuse", based_on=str(returned.pk), draft_version="1")
    )
    done = client.post(
        address(measure), words(based_on=str(returned.pk), draft_version="2", account="补充。")
    )

    assert (once_more.status_code, done.status_code) == (302, 302)
    again = measure.updates.latest("pk")
    assert again != returned
    assert [(piece.title, piece.sha256) for piece in again.evidence.all()] == [
        (piece.title, piece.sha256) for piece in returned.evidence.all()
    ]


def test_withdrawing_before_anybody_decided(measure, wang, colleague):
    update = make_update(measure, wang)

    refused = signed_in(colleague).post(f"/staff/updates/{update.pk}/withdraw/")
    done = signed_in(wang).post(f"/staff/updates/{update.pk}/withdraw/")

    assert refused.status_code == 403
    assert done.status_code == 302
    assert ProgressUpdate.objects.with_state().get().state == "withdrawn"


def test_a_correction_names_what_it_corrects(measure, wang):
    wrong = make_update(measure, wang, account="数字写错")
    make_review(wrong)
    client = signed_in(wang)

    opened = client.get(f"{address(measure)}?corrects={wrong.pk}")
    corrected = words(based_on=str(wrong.pk), corrects=str(wrong.pk), account="改正", explanation="笔误")
    answer = client.post(address(measure), corrected)

    assert opened.context["sheet"].form["account"].value() == "数字写错"
    assert answer.status_code == 302
    assert measure.updates.latest("pk").corrects == wrong


def test_a_report_that_is_over_proposes_its_last_day(measure, wang, settings):
    settings.TRACKER_TODAY = None

    form = signed_in(wang).get(address(measure)).context["sheet"].form

    assert str(form["as_of"].value()) == "2024-12-31"


@pytest.mark.parametrize("status", SelfReport.values)
def test_the_preview_copes_with_any_status_on_its_own(status, target, wang):
    answer = signed_in(wang).post(address(target, "preview/"), {"status": status}, **HTMX)

    assert answer.status_code == 200
