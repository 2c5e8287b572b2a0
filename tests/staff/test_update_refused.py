"""What the form of one update says of entries that it cannot take, and that no word is lost on the way."""

from django.core.files.uploadedfile import SimpleUploadedFile

from commitments.models import Evidence, UpdateDraft
from tests.factories import make_link, make_update
from tests.staff.conftest import signed_in
from tests.staff.test_update import PDF, address, words


def test_words_beyond_the_limit_are_counted_not_cut(measure, wang):
    client = signed_in(wang, language="en")
    long = "很" * 4001

    answer = client.post(address(measure), words(account=long))

    field = client.get(address(measure)).context["sheet"].form["account"]
    assert "maxlength" not in str(field)
    assert answer.status_code == 422
    assert "4000" in answer.context["sheet"].form.errors["account"][0]
    assert UpdateDraft.objects.get().content["account"] == long


def test_evidence_that_is_refused_is_said_above_the_form_as_well(measure, wang):
    upload = SimpleUploadedFile("工作台账.pdf", b"MZ no document")

    answer = signed_in(wang).post(address(measure), words(evidence_file=upload))

    assert answer.status_code == 422
    assert 'class="error-summary" role="alert"' in answer.content.decode()
    assert "data-wrong" in answer.content.decode()


def test_going_back_in_the_browser_and_sending_other_words_loses_neither(measure, wang):
    client, form = signed_in(wang), words(account="写错了")
    client.post(address(measure), form)

    back = client.post(address(measure), {**form, "account": "改正了"})
    again = back.context["sheet"].form
    assert UpdateDraft.objects.get().content["account"] == "改正了"
    sent = {**form, "account": "改正了"} | {name: again[name].value() for name in ("token", "based_on")}
    answer = client.post(address(measure), {**sent, "draft_version": "1"})

    assert (back.status_code, answer.status_code) == (409, 302)
    assert not UpdateDraft.objects.exists()
    assert [update.account for update in measure.updates.order_by("pk")] == ["写错了", "改正了"]


def test_enter_in_a_field_submits_and_removes_no_evidence(measure, wang):
    client = signed_in(wang)
    client.post(address(measure), words(act="evidence", link_url="https://www.example.cn/a"))

    page = client.get(address(measure)).content.decode()

    form = page[page.index("data-draft=") :]
    first = form[form.index('<button type="submit"') :].split(">", 1)[0]
    assert 'name="remove"' in form
    assert 'name="act" value="submit"' in first


def test_what_was_withdrawn_is_written_anew_from_its_own_words_and_evidence(measure, wang):
    update = make_update(measure, wang, account="写了很久的话")
    make_link(update)
    client = signed_in(wang)

    detail = client.post(f"/staff/updates/{update.pk}/withdraw/", follow=True).content.decode()
    again = address(measure) + f"?again={update.pk}"
    form = client.get(again).context["sheet"].form
    client.post(again, words(act="reuse"))

    assert f'href="{again}"' in detail
    assert form["account"].value() == "写了很久的话"
    assert Evidence.objects.filter(draft=UpdateDraft.objects.get()).count() == 1


def test_a_file_need_not_be_chosen_again_because_another_entry_was_wrong(measure, wang):
    upload = SimpleUploadedFile("工作台账.pdf", PDF)

    answer = signed_in(wang).post(address(measure), words(as_of="昨天", evidence_file=upload))

    assert answer.status_code == 422
    assert [piece.title for piece in answer.context["sheet"].evidence] == ["工作台账.pdf"]
    assert Evidence.objects.get().draft == UpdateDraft.objects.get()
