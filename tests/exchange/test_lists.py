"""Departments and accounts, out and in; invitations without passwords."""

import io
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook

from commitments.choices import DepartmentKind, Role, Via
from commitments.exchange import department_list, invitations, staff_list
from commitments.exchange.books import BOOKS, Request, send_invitations
from commitments.exchange.plans import Moved
from commitments.models import ChangeEntry, Department, User
from commitments.progress.refusals import Invalid, NotAllowed
from tests.exchange.ledgers import NOW, TODAY
from tests.factories import make_department, make_report, make_user

pytestmark = pytest.mark.django_db

UNITS = "责任单位,英文名称,网址标识,单位类型,联系人,联系人邮箱,联系电话,启用\n"
STAFF = "用户名,姓名,邮箱,角色,所属单位,启用\n"


def departments(text: str):
    tables = department_list.read_departments((UNITS + text).encode(), "a.csv")
    return tables, department_list.plan_departments(tables)


def apply_departments(text: str, **options):
    tables, plan = departments(text)
    options = {"seen": plan.fingerprint, "reason": "机构名册", "by": make_user(Role.ADMINISTRATOR), **options}
    return department_list.apply_departments(tables, now=NOW, **options)


def accounts(text: str, by=None):
    tables = staff_list.read_accounts((STAFF + text).encode(), "a.csv")
    return tables, staff_list.plan_accounts(tables, by=by or make_user(Role.ADMINISTRATOR))


def apply_accounts(text: str, by=None, **options):
    by = by or make_user(Role.ADMINISTRATOR)
    tables, plan = accounts(text, by)
    options = {"seen": plan.fingerprint, "reason": "人员名单", **options}
    return staff_list.apply_accounts(tables, by=by, now=NOW, **options)


def cells(plan):
    return [(cell.title, cell.old, cell.new) for line in plan.changes for cell in line.cells]


class TestDepartments:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("file_format", ["xlsx", "csv"])
    def test_out_and_in_changes_nothing(self, language, file_format):
        make_department(
            "=区教委", name_en="+Education", kind=DepartmentKind.TOWN, contact_name="@张三", contact_email="a@example.cn",
            contact_phone="+86 23 6290 0000", second_contact_name="李四", second_contact_email="b@example.cn",
        )  # fmt: skip
        make_department(is_active=False)

        with override(language):
            content = b"".join(department_list.export_departments(file_format))
        plan = department_list.plan_departments(department_list.read_departments(content, f"a.{file_format}"))

        assert (plan.faults, plan.changes, plan.conflicts, plan.unchanged) == ([], [], [], 2)

    def test_new_ones_are_made_and_known_ones_changed(self):
        known = make_department("区教委", slug="jiaowei")

        count = apply_departments("区教委,,,,张三,z@example.cn,62900000,\n南坪镇,Nanping,,镇,,,,\n")

        known.refresh_from_db()
        made = Department.objects.get(name="南坪镇")
        assert count == 2
        assert (known.contact_name, known.contact_phone) == ("张三", "62900000")
        assert (made.kind, made.slug, made.is_active) == (DepartmentKind.TOWN, "unit-1", True)
        assert list(ChangeEntry.objects.order_by("pk").values_list("act", "via", "reason")) == [
            ("department.changed", Via.IMPORT, "机构名册"),
            ("department.added", Via.IMPORT, "机构名册"),
        ]

    def test_the_address_tells_which_one_is_renamed(self):
        known = make_department("区教委", slug="jiaowei")

        apply_departments("区教育委员会,,jiaowei,,,,,\n")

        known.refresh_from_db()
        assert (known.name, Department.objects.count()) == ("区教育委员会", 1)

    def test_what_is_wrong_is_said_all_at_once(self):
        make_department("区教委", slug="jiaowei")

        _tables, plan = departments(
            "区财政局,,jiao wei,,,not-a-mail,,\n,,,,,,,\n,English,,,,,,\n区住建委,,,怪,,,,也许\n区住建委,,,,,,,\n"
        )

        assert [fault.row for fault in plan.faults] == [2, 2, 4, 5, 5, 6]

    def test_the_district_is_one_of_a_report(self):
        make_report(district="南岸区")
        tables = department_list.read_departments(
            "责任单位,所属区县\n甲局,南岸区\n乙局,渝北区\n".encode(), "a.csv"
        )

        plan = department_list.plan_departments(tables)

        assert [(fault.row, fault.column) for fault in plan.faults] == [(3, "所属区县")]

    def test_a_change_by_somebody_else_is_a_conflict(self):
        unit = make_department("区教委")
        content = b"".join(department_list.export_departments("csv")).replace(
            "区教委,".encode(), "区教委,X".encode()
        )
        Department.objects.filter(pk=unit.pk).update(contact_name="他人")

        plan = department_list.plan_departments(department_list.read_departments(content, "a.csv"))

        assert (plan.changes, [line.label for line in plan.conflicts]) == ([], ["区教委"])

    def test_a_row_that_the_file_left_alone_is_no_conflict(self):
        known = make_department("区教委", contact_name="张三")
        content = b"".join(department_list.export_departments("csv"))
        Department.objects.filter(pk=known.pk).update(contact_name="李四")

        plan = department_list.plan_departments(department_list.read_departments(content, "a.csv"))

        assert (plan.changes, plan.conflicts, plan.unchanged) == ([], [], 1)

    def test_the_words_of_an_office_s_own_list_are_known_and_the_rest_is_named(self):
        content = "单位名称,单位类型,联络员,电话,排名\n区教委,部门,张三,62900000,1\n".encode()

        plan = department_list.plan_departments(department_list.read_departments(content, "a.csv"))

        assert [new for _title, _old, new in cells(plan)] == ["区教委", "张三", "62900000"]
        assert "排名" in plan.notes[0]

    def test_only_administrators_and_only_what_was_seen(self):
        with pytest.raises(NotAllowed):
            apply_departments("区教委,,,,,,,\n", by=make_user(Role.REVIEWER))
        with pytest.raises(Moved):
            apply_departments("区教委,,,,,,,\n", seen="other")
        with pytest.raises(Invalid):
            apply_departments("区教委,,,,,,,\n", reason="")


class TestAccounts:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("file_format", ["xlsx", "csv"])
    def test_out_and_in_changes_nothing(self, language, file_format):
        unit, other = (
            make_department("区教委"),
            make_department("区住建委（人防办、地震局）", name_en="Housing"),
        )
        make_user(Role.REVIEWER, full_name="=张三", departments=[unit, other])
        make_user(Role.REPORTER, is_active=False)

        with override(language):
            content = b"".join(staff_list.export_accounts(file_format))
        plan = staff_list.plan_accounts(
            staff_list.read_accounts(content, f"a.{file_format}"), by=User.objects.all()[0]
        )

        assert (plan.faults, plan.changes, plan.conflicts, plan.unchanged) == ([], [], [], 2)

    def test_no_password_leaves_the_house(self):
        user = make_user(password="Geheim-2024-x")

        sheet = load_workbook(io.BytesIO(b"".join(staff_list.export_accounts("xlsx")))).worksheets[0]

        texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
        assert not [text for text in texts if "md5" in text or "Geheim" in text or user.password in text]

    def test_a_list_of_staff_becomes_accounts_that_cannot_sign_in_before_the_invitation(self):
        make_department("区教委")

        made = apply_accounts(",张三,zhang@example.cn,,区教委,\nlisi,李四,li@example.cn,审核员,,\n")

        zhang, li = User.objects.get(email="zhang@example.cn"), User.objects.get(username="lisi")
        assert made.invited == [zhang, li]
        assert (zhang.username, zhang.role, zhang.full_name) == ("zhang", Role.REPORTER, "张三")
        assert [unit.name for unit in zhang.departments.all()] == ["区教委"]
        assert li.role == Role.REVIEWER
        assert not zhang.has_usable_password()
        assert ChangeEntry.objects.filter(act="account.added", via=Via.IMPORT).count() == 2

    def test_known_accounts_are_found_by_name_or_address(self):
        one = make_user(Role.REPORTER, username="one", email="one@example.cn")
        two = make_user(Role.REPORTER, username="two", email="two@example.cn")

        made = apply_accounts("one,张三,,,,\n,李四,TWO@example.cn,审核员,,\n")

        one.refresh_from_db()
        two.refresh_from_db()
        assert (one.full_name, two.full_name, two.role, made.invited) == ("张三", "李四", Role.REVIEWER, [])

    def test_an_old_address_opens_nothing_any_more(self):
        user = make_user(username="one", email="old@example.cn")
        EmailAddress.objects.create(user=user, email="old@example.cn", verified=True, primary=True)

        apply_accounts("one,,new@example.cn,,,\n")

        assert not EmailAddress.objects.filter(email="old@example.cn").exists()

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (",张三,,,,\n", "没有名称"),
            ("zhang,张三,,,,\n", "邮箱"),
            ("zhang,张三,not-a-mail,,,\n", "邮箱地址"),
            ("zhang,张三,taken@example.cn,,,\n", "已有其他账号"),
            ("zh ang,张三,z@example.cn,,,\n", "用户名"),
            ("zhang,张三,z@example.cn,市长,,\n", "不在可选范围"),
            ("zhang,张三,z@example.cn,,没有的局,\n", "没有的局"),
            ("zhang,张三,z@example.cn,,,\nli,李四,Z@example.cn,,,\n", "两行"),
            ("zhang,张三,z@example.cn,,,\nZhang,李四,l@example.cn,,,\n", "用户名"),
            ("boss,张三,,,,否\n", "超级用户"),
        ],
    )
    def test_what_is_wrong_is_said(self, row, said):
        make_user(email="taken@example.cn")
        make_user(Role.ADMINISTRATOR, username="boss", is_superuser=True)

        _tables, plan = accounts(row)

        assert said in " ".join(fault.message for fault in plan.faults)

    def test_nobody_takes_the_role_from_oneself(self):
        admin = make_user(Role.ADMINISTRATOR, username="admin-a")

        _tables, plan = accounts("admin-a,,,填报员,,\n", admin)

        assert len(plan.faults) == 1


class TestInvitations:
    def test_holds_a_link_for_choosing_a_password_and_no_password(self):
        make_report()
        (user,) = apply_accounts("zhang,张三,zhang@example.cn,,,\n").invited

        said, warning = send_invitations([user])

        (message,) = mail.outbox
        link = re.search(r"http://127\.0\.0\.1:8000(/accounts/password/reset/key/\S+)", message.body)
        client = Client()
        form = client.get(link[1], follow=True)
        done = client.post(
            form.redirect_chain[-1][0],
            {"password1": "Nanping-3-Bridge", "password2": "Nanping-3-Bridge"},
            follow=True,
        )
        # The invited person is led on to signing in; the link works once.
        assert 'class="button" href="/accounts/login/"' in done.content.decode()
        assert ChangeEntry.objects.get(act="account.password").actor == user
        assert "链接已失效" in Client().get(link[1], follow=True).content.decode()
        user.refresh_from_db()
        assert (message.to, "张三" in message.body, "zhang" in message.body) == (
            ["zhang@example.cn"],
            True,
            True,
        )
        assert ("1" in said, warning) == (True, "")
        assert user.check_password("Nanping-3-Bridge")

    def test_is_sent_when_the_list_is_confirmed_and_again_to_those_who_did_not_come(self):
        report, admin = make_report(), make_user(Role.ADMINISTRATOR)
        book = BOOKS["accounts"]
        tables = book.read((STAFF + "zhang,张三,zhang@example.cn,,,\n").encode(), "a.csv")
        seen = book.plan(tables, report, admin, TODAY).fingerprint

        outcome = book.apply(
            Request(tables=tables, report=report, by=admin, now=NOW, reason="人员名单", seen=seen)
        )

        assert [message.to for message in mail.outbox] == [["zhang@example.cn"]]
        assert "1" in outcome.sentence
        assert [user.username for user in invitations.never_signed_in()][-1:] == ["zhang"]

    def test_a_mail_that_cannot_leave_is_said_and_the_others_go(self, monkeypatch, settings):
        users = [make_user(), make_user()]

        def refuse(self, messages):
            if users[0].email in messages[0].to:
                raise OSError("refused")
            return len(messages)

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        said, warning = send_invitations(users)

        assert "1" in said
        assert users[0].email in warning

    def test_invented_accounts_are_not_mailed(self):
        make_user(is_demo=True)

        assert list(invitations.never_signed_in()) == []


@pytest.mark.parametrize("key", BOOKS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_empty_template_is_read_and_changes_nothing(key, language):
    book = BOOKS[key]

    with override(language):
        content = b"".join(book.template())
    tables = book.read(content, "a.xlsx")

    assert [len(table.rows) for table in tables] == [0]
