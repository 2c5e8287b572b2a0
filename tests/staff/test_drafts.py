"""Drafts: saved as they are typed, seen by colleagues, taken over on purpose, never overwritten."""

from django.test import Client

from commitments.models import UpdateDraft
from tests.factories import make_update
from tests.staff.conftest import HTMX, signed_in
from tests.staff.test_update import address, words


def save(client: Client, commitment, **overrides):
    return client.post(address(commitment, "draft/"), words(**overrides), **HTMX)


def test_what_is_typed_is_saved_even_when_it_is_wrong(target, wang):
    answer = save(signed_in(wang), target, value="五十几", as_of="")

    assert answer.status_code == 200
    assert 'name="draft_version" value="1"' in answer.content.decode()
    assert UpdateDraft.objects.get().content["value"] == "五十几"


def test_the_next_save_goes_on_from_the_version_it_was_given(measure, wang):
    client = signed_in(wang)
    save(client, measure, account="一")

    answer = save(client, measure, account="一二", draft_version="1")

    assert answer.status_code == 200
    draft = UpdateDraft.objects.get()
    assert (draft.content["account"], draft.version) == ("一二", 2)


def test_another_window_is_told_and_overwrites_nothing(measure, wang):
    client = signed_in(wang)
    save(client, measure, account="第一个窗口")
    save(client, measure, account="第一个窗口，续", draft_version="1")

    answer = save(client, measure, account="第二个窗口", draft_version="1")

    assert answer.status_code == 409
    assert UpdateDraft.objects.get().content["account"] == "第一个窗口，续"


def test_a_save_that_the_submission_overtook_leaves_no_draft(measure, wang):
    client, form = signed_in(wang), words(account="写完了")
    client.post(address(measure), form)

    answer = client.post(address(measure, "draft/"), form, **HTMX)

    assert answer.status_code == 409
    assert not UpdateDraft.objects.exists()


def test_a_closed_tab_finds_the_draft_again(measure, wang):
    save(signed_in(wang), measure, account="写到一半")

    page = signed_in(wang).get(address(measure))

    assert page.context["sheet"].form["account"].value() == "写到一半"


def test_a_colleague_sees_the_draft_and_can_take_it_over(measure, wang, colleague):
    save(signed_in(wang), measure, account="王晓写的")
    client = signed_in(colleague)

    seen = client.get(address(measure))
    answer = client.post(address(measure), {"act": "take_over", "draft_version": "1"})

    assert "王晓" in seen.content.decode()
    assert seen.context["sheet"].form["account"].value() == "王晓写的"
    assert answer.status_code == 302
    assert UpdateDraft.objects.get().owner == colleague


def test_the_first_writer_is_told_after_a_take_over(measure, wang, colleague):
    first = signed_in(wang)
    save(first, measure, account="王晓写的")
    signed_in(colleague).post(address(measure), {"act": "take_over", "draft_version": "1"})

    answer = save(first, measure, account="王晓还在写", draft_version="1")

    assert answer.status_code == 409
    assert "李明" in answer.content.decode()
    assert UpdateDraft.objects.get().content["account"] == "王晓写的"


def test_discarding_ends_the_draft(measure, wang, colleague):
    save(signed_in(wang), measure, account="不要了")

    refused = signed_in(colleague).post(address(measure), {"act": "discard"})
    done = signed_in(wang).post(address(measure), {"act": "discard"})

    assert refused.status_code == 403
    assert done.status_code == 302
    assert not UpdateDraft.objects.exists()


def test_saving_on_purpose_works_without_javascript(measure, wang):
    answer = signed_in(wang).post(address(measure), words(act="draft", account=""))

    assert answer.status_code == 302
    assert answer.url == address(measure)
    assert UpdateDraft.objects.count() == 1


def test_a_draft_remembers_what_it_was_written_on(measure, wang, colleague):
    seen = make_update(measure, colleague)
    client = signed_in(wang)
    save(client, measure, based_on=str(seen.pk))
    newer = make_update(measure, colleague)

    form = client.get(address(measure)).context["sheet"].form
    answer = client.post(address(measure), words(based_on=str(form["based_on"].value()), draft_version="1"))

    assert answer.status_code == 409
    assert answer.context["sheet"].conflict == newer


def test_nobody_but_the_department_sees_a_draft(measure, wang, zhao):
    save(signed_in(wang), measure, account="内部草稿")

    for client in (signed_in(zhao), Client()):
        for page in ("/", "/commitments/", f"/commitments/{measure.code}/", "/staff/"):
            assert "内部草稿" not in client.get(page, follow=True).content.decode()
