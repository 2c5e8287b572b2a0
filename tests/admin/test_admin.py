"""The administration site: complete, for administrators only, read-only where history is appended, logged."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.choices import Role
from commitments.models import BulkEdit, ChangeEntry, Commitment, Department, Report, Tag, User
from tests.factories import (
    make_amendment,
    make_commitment,
    make_commitments,
    make_department,
    make_link,
    make_project,
    make_review,
    make_target,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_app_config("commitments").get_models() if not model._meta.auto_created]
NAMES = [model._meta.model_name for model in MODELS]
WRITTEN = {"commitment", "tag", "department", "user"}


@pytest.fixture
def chief():
    """An administrator by role, not a superuser."""
    return make_user(Role.ADMINISTRATOR, full_name="高管理")


@pytest.fixture
def signed_in(client, chief):
    client.force_login(chief)
    return client


@pytest.fixture
def rows():
    """At least one row in most tables."""
    commitment = make_commitment(lead=make_department())
    make_link(update := make_update(commitment))
    make_review(update)
    make_target()
    make_project()
    Tag.objects.create(name="重点")


def address(name: str, page: str = "changelist", *arguments) -> str:
    return reverse(f"admin:commitments_{name}_{page}", args=arguments)


def editing(commitment: Commitment, **fields) -> dict:
    """Return the form of a commitment as the page holds it, with these fields changed."""
    values = {
        "lead": commitment.lead_id or "",
        "deadline": commitment.deadline or "",
        "rhythm": commitment.rhythm,
        "finish_line": commitment.finish_line,
        "contact": commitment.contact,
        "supports": [row.pk for row in commitment.supports.all()],
        "seen_revision": commitment.revision,
        "reason": "调整分工",
    }
    return {**values, **fields}


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_every_table_is_there_and_can_be_searched(model):
    table = admin.site.get_model_admin(model)

    assert table.search_fields
    assert not table.show_full_result_count


class TestWhoMayEnter:
    @pytest.mark.parametrize("name", NAMES)
    def test_an_administrator_who_is_no_superuser_opens_every_table(self, signed_in, rows, chief, name):
        assert not chief.is_superuser
        assert signed_in.get(address(name)).status_code == 200
        assert signed_in.get(address(name), {"q": "词"}).status_code == 200

    @pytest.mark.parametrize("name", NAMES)
    def test_and_every_row(self, signed_in, rows, name):
        row = apps.get_model("commitments", name).objects.first()
        if row is not None:
            assert signed_in.get(address(name, "change", row.pk)).status_code == 200

    @pytest.mark.parametrize("role", [Role.REPORTER, Role.REVIEWER])
    def test_others_are_kept_out(self, client, rows, role):
        client.force_login(make_user(role))

        assert client.get(reverse("admin:index")).status_code in (302, 403)
        assert client.get(address("commitment")).status_code in (302, 403)

    def test_somebody_who_loses_the_role_loses_the_site(self, client, chief):
        chief.role = Role.REPORTER
        chief.save(update_fields=["role"])
        client.force_login(User.objects.get(pk=chief.pk))

        assert client.get(reverse("admin:index")).status_code in (302, 403)

    def test_signing_in_is_the_same_door_as_everywhere(self, client):
        assert reverse("account_login") in client.get(reverse("admin:login")).url

    def test_both_languages(self, signed_in, rows, settings):
        assert "承诺事项" in signed_in.get(reverse("admin:index")).content.decode()
        signed_in.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        assert "progress updates" in signed_in.get(reverse("admin:index")).content.decode().lower()


class TestAppended:
    @pytest.mark.parametrize("name", [name for name in NAMES if name not in WRITTEN])
    def test_is_for_reading_only(self, signed_in, rows, name):
        row = apps.get_model("commitments", name).objects.first()

        assert signed_in.get(address(name, "add")).status_code == 403
        if row is not None:
            assert signed_in.post(address(name, "change", row.pk), {}).status_code == 403
            assert signed_in.post(address(name, "delete", row.pk), {"post": "yes"}).status_code == 403

    def test_superusers_do_not_change_history_either(self, client, rows):
        client.force_login(make_user(Role.ADMINISTRATOR, is_superuser=True))

        assert client.get(address("progressupdate", "add")).status_code == 403

    @pytest.mark.parametrize("name", NAMES)
    def test_nothing_is_deleted_by_ticking(self, signed_in, rows, name):
        assert "delete_selected" not in signed_in.get(address(name)).content.decode()


class TestCommitment:
    def test_is_edited_through_the_door_of_the_bulk_edit(self, signed_in, chief):
        old, new = make_department("区教委"), make_department("区科技局")
        commitment = make_commitment(lead=old, supports=[new])
        version = Report.objects.get().data_version

        signed_in.post(
            address("commitment", "change", commitment.pk),
            editing(commitment, lead=new.pk, deadline="2024-09-30"),
        )

        commitment.refresh_from_db()
        assert (commitment.lead, commitment.deadline, commitment.revision) == (new, dt.date(2024, 9, 30), 2)
        assert commitment.first_deadline == dt.date(2024, 9, 30)
        # A department leads or supports, not both.
        assert commitment.supports.count() == 0
        entry = ChangeEntry.objects.get(act="commitment.changed")
        assert (entry.actor, entry.via, entry.reason) == (chief, "admin", "调整分工")
        assert entry.before["lead"]["name"] == "区教委"
        assert Report.objects.get().data_version == version + 1

    def test_is_not_overwritten_by_a_page_left_open(self, signed_in):
        commitment = make_commitment()
        stale = editing(commitment, contact="旧页面")
        Commitment.objects.update(contact="别人刚改", revision=2)

        page = signed_in.post(address("commitment", "change", commitment.pk), stale)

        commitment.refresh_from_db()
        assert commitment.contact == "别人刚改"
        assert page.status_code == 200

    def test_a_deadline_set_by_an_amendment_stays(self, signed_in):
        commitment = make_commitment(deadline=dt.date(2025, 3, 31))
        make_amendment(commitment, document_number="第5号")

        page = signed_in.post(
            address("commitment", "change", commitment.pk), editing(commitment, deadline="2024-09-30")
        )

        commitment.refresh_from_db()
        assert commitment.deadline == dt.date(2025, 3, 31)
        assert "第5号" in page.content.decode()

    def test_needs_a_reason(self, signed_in):
        commitment = make_commitment()

        signed_in.post(
            address("commitment", "change", commitment.pk), editing(commitment, contact="x", reason="")
        )

        commitment.refresh_from_db()
        assert commitment.contact == ""

    def test_the_words_follow_the_report(self, signed_in):
        commitment = make_commitment()

        signed_in.post(address("commitment", "change", commitment.pk), editing(commitment, title="别的标题"))

        commitment.refresh_from_db()
        assert commitment.title != "别的标题"

    @pytest.mark.parametrize("across", ["0", "1"])
    def test_ticked_rows_are_edited_together_on_the_bulk_page(self, signed_in, across):
        first, second = make_commitment(), make_commitment()

        done = signed_in.post(
            address("commitment"),
            {"action": "edit_in_bulk", "_selected_action": [first.pk], "select_across": across},
        )
        page = signed_in.get(done.url)

        shown = [row.commitment for row in page.context["selection"].page]
        assert shown == ([first, second] if across == "1" else [first])
        assert 'name="everything" value="1" checked' in page.content.decode()
        assert f"在管理后台勾选的全部{len(shown)}个承诺事项" in page.content.decode()

    def test_the_batch_says_how_many_were_ticked(self, signed_in):
        commitment = make_commitment()
        place = signed_in.post(
            address("commitment"), {"action": "edit_in_bulk", "_selected_action": [commitment.pk]}
        ).url
        typed = {"everything": "1", "contact": "王主任 62988888", "reason": "统一联系人"}

        seen = signed_in.post(place, {**typed, "step": "preview"}).context["preview"].seen
        signed_in.post(place, {**typed, "step": "apply", "seen": seen})

        assert BulkEdit.objects.get().selection == "勾选1项"


def test_a_deleted_tag_stands_in_the_log_of_each_commitment_that_had_it(signed_in):
    commitment, tag = make_commitment(), Tag.objects.create(name="重点")
    commitment.tags.add(tag)

    signed_in.post(address("tag", "delete", tag.pk), {"post": "yes"})

    entry = ChangeEntry.objects.get(act="commitment.changed")
    assert (entry.commitment, entry.before["tags"][0]["name"], entry.after["tags"]) == (
        commitment,
        "重点",
        [],
    )
    assert not Tag.objects.exists()


class TestDepartment:
    def test_is_added_and_changed_and_logged(self, signed_in):
        fields = {"name": "区水利局", "slug": "water", "kind": "bureau", "is_active": "on"}
        signed_in.post(address("department", "add"), fields)
        made = Department.objects.get(slug="water")
        signed_in.post(address("department", "change", made.pk), {**fields, "contact_name": "张三"})

        acts = list(ChangeEntry.objects.order_by("pk").values_list("act", "after__contact_name"))
        assert acts == [("department.added", None), ("department.changed", "张三")]

    def test_is_deleted_only_while_nothing_names_it(self, signed_in):
        unused, supporting = make_department(), make_department()
        make_commitment(supports=[supporting])

        for department in (unused, supporting):
            signed_in.post(address("department", "delete", department.pk), {"post": "yes"})

        assert list(Department.objects.all()) == [supporting]
        assert ChangeEntry.objects.get(act="department.deleted").object_id == unused.pk


class TestAccount:
    FIELDS = {
        "username": "li",
        "full_name": "李丽",
        "email": "li@example.cn",
        "role": "reporter",
        "is_active": "on",
    }

    def test_is_added_without_a_password_and_invited(self, signed_in):
        signed_in.post(address("user", "add"), self.FIELDS)
        account = User.objects.get(username="li")
        assert not account.has_usable_password()

        signed_in.post(address("user"), {"action": "send_invitation", "_selected_action": [account.pk]})

        (message,) = mail.outbox
        assert message.to == ["li@example.cn"]
        assert "/accounts/password/reset/key/" in message.body
        assert "已为您开通账号" in message.body, "the same mail as after an import"

    def test_is_logged_without_its_password(self, signed_in):
        signed_in.post(address("user", "add"), self.FIELDS)

        entry = ChangeEntry.objects.get(act="account.added")
        assert entry.after["full_name"] == "李丽"
        assert "password" not in entry.after

    def test_of_a_superuser_is_not_changed_by_a_role(self, signed_in):
        root = make_user(Role.ADMINISTRATOR, is_superuser=True)

        assert signed_in.post(address("user", "change", root.pk), self.FIELDS).status_code == 403

    def test_cannot_be_made_a_superuser_here(self, signed_in):
        signed_in.post(address("user", "add"), {**self.FIELDS, "is_superuser": "on"})

        assert not User.objects.get(username="li").is_superuser

    def test_nobody_takes_their_own_role_away(self, signed_in, chief):
        signed_in.post(
            address("user", "change", chief.pk),
            {**self.FIELDS, "username": chief.username, "role": "reporter"},
        )

        chief.refresh_from_db()
        assert chief.role == Role.ADMINISTRATOR
        assert chief.is_active

    def test_is_never_deleted(self, signed_in):
        account = make_user()

        assert signed_in.post(address("user", "delete", account.pk), {"post": "yes"}).status_code == 403

    def test_the_role_alone_opens_the_site(self, signed_in):
        signed_in.post(address("user", "add"), {**self.FIELDS, "role": "administrator"})

        assert User.objects.get(username="li").is_staff


@pytest.mark.parametrize("name", ["commitment", "progressupdate", "changeentry"])
def test_sixty_rows_take_as_many_queries_as_one(signed_in, name):
    make_update(make_commitment(lead=make_department()))
    with CaptureQueriesContext(connection) as few:
        signed_in.get(address(name))
    author = make_user()
    for commitment in make_commitments(60, lead=make_department()):
        make_update(commitment, author)

    with CaptureQueriesContext(connection) as many:
        signed_in.get(address(name))

    assert len(many) <= len(few) + 1
    assert not [query["sql"] for query in many if '"commitments_report"."text"' in query["sql"]]


def test_secrets_of_second_factors_and_rights_beside_the_role_are_no_tables_here():
    apps_shown = {model._meta.app_label for model in admin.site._registry}

    assert apps_shown == {"commitments"}


def test_the_log_says_what_was_done_in_words_and_is_filtered_by_them(signed_in):
    commitment = make_commitment()
    signed_in.post(address("commitment", "change", commitment.pk), editing(commitment, contact="李四"))

    page = signed_in.get(address("changeentry"), headers={"accept-language": "zh-hans"}).content.decode()

    assert "修改承诺事项" in page
    assert "commitment.changed</td>" not in page
    shown = {
        act: signed_in.get(f"{address('changeentry')}?act={act}")
        for act in ("commitment.changed", "chase.asked")
    }
    assert [found.context["cl"].result_count for found in shown.values()] == [1, 0]
