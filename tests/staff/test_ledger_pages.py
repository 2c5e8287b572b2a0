"""The exchange room in the browser's eyes: who may enter, bad files, preview, confirmation, conflicts."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from commitments.choices import Role, Via
from commitments.exchange.books import BOOKS
from commitments.models import BulkEdit, ChangeEntry, Commitment
from commitments.progress import fields
from commitments.staff import telling
from tests.exchange.ledgers import NOW, exported, make_ledger, snapshot, write
from tests.factories import make_department, make_user

pytestmark = pytest.mark.django_db

CODE = "2024-1.1-03"


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = NOW.date()


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def upload(client, content: bytes, name: str = "台账.xlsx", key: str = "ledger"):
    return client.post(
        reverse("staff:ledger-import-list", args=[key]), {"file": SimpleUploadedFile(name, content)}
    )


PAGES = [
    reverse("staff:ledger-export"),
    reverse("staff:ledger-file", args=["xlsx"]),
    reverse("staff:ledger-import"),
    *(reverse("staff:ledger-import-list", args=[key]) for key in BOOKS),
    *(reverse("staff:ledger-template", args=[key]) for key in BOOKS),
    reverse("staff:ledger-list-file", args=["departments", "csv"]),
    reverse("staff:ledger-list-file", args=["accounts", "xlsx"]),
    reverse("staff:document-list"),
    reverse("staff:document-file", args=["ledger"]),
    reverse("staff:document-file", args=["notice"]),
    reverse("staff:document-file", args=["year-end"]),
]


class TestWhoMayEnter:
    @pytest.mark.parametrize("page", PAGES)
    def test_nobody_is_led_to_signing_in(self, client, page):
        make_ledger()

        assert client.get(page).status_code == 302

    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("role", [Role.REPORTER, Role.REVIEWER])
    def test_others_are_refused(self, client, page, role):
        make_ledger()
        client.force_login(make_user(role))

        assert client.get(page).status_code == 403

    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_administrators_enter_in_both_languages(self, client, admin, page, language):
        make_ledger()

        client.cookies["django_language"] = language
        response = client.get(page)

        assert response.status_code == 200
        if "text/html" in response["Content-Type"]:
            assert response.content.count(b"<h1") == 1


class TestExport:
    def test_the_filter_decides_what_is_in_the_file(self, client, admin):
        make_ledger()

        response = client.get(reverse("staff:ledger-file", args=["xlsx"]), {"kind": "target"})
        sheet = load_workbook(io.BytesIO(body(response))).worksheets[0]

        assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["2024-1.1-01"]
        assert response["Cache-Control"] == "private, no-store"

    def test_headers_follow_the_screen(self, client, admin):
        make_ledger()
        page = reverse("staff:ledger-file", args=["csv"])

        chinese = body(client.get(page)).decode()
        client.cookies["django_language"] = "en"
        english = body(client.get(page)).decode()

        assert chinese.startswith("\ufeff编号,责任领域,主题,类型,承诺事项,")
        assert english.startswith("\ufeffCode,Area,Theme,Kind,Commitment,")


class TestUpload:
    @pytest.mark.parametrize(
        ("content", "name", "said"),
        [
            (b"PK\x03\x04 broken", "a.xlsx", "文件已损坏"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "旧版.xls"),
            (b"%PDF-1.4", "a.pdf", "只能读取"),
            ("甲,乙\n1,2\n".encode(), "a.csv", "未找到表头"),
        ],
    )
    def test_a_bad_file_is_answered_with_422_and_the_sentence(self, client, admin, content, name, said):
        make_ledger()

        response = upload(client, content, name)

        assert response.status_code == 422
        assert said in response.content.decode()

    def test_no_file_is_answered_with_422(self, client, admin):
        assert client.post(reverse("staff:ledger-import"), {}).status_code == 422

    def test_the_preview_is_the_persons_own(self, client, admin, client_of):
        report = make_ledger()
        page = upload(client, write(exported(report), CODE, contact="李四"))["Location"]

        other = client_of(make_user(Role.ADMINISTRATOR)).get(page)

        assert client.get(page).status_code == 200
        assert other.status_code == 302
        assert "李四" not in other.content.decode()

    def test_a_changed_address_leads_nowhere(self, client, admin):
        report = make_ledger()
        page = upload(client, exported(report))["Location"]

        assert client.get(page.replace("/ledger/preview/", "/accounts/preview/")).status_code == 302
        assert client.get(f"{page[:-4]}xyz/").status_code == 302

    def test_what_waits_lies_outside_of_what_is_served_and_is_gone_after_discarding(
        self, client, admin, settings
    ):
        report = make_ledger()
        page = upload(client, exported(report))["Location"]
        folder = settings.MEDIA_ROOT / "imports"

        assert len(list(folder.iterdir())) == 1
        client.post(page, {"act": "discard"})

        assert list(folder.iterdir()) == []
        assert client.get(page).status_code == 302


@pytest.fixture
def client_of():
    from django.test import Client

    def make(user):
        client = Client()
        client.force_login(user)
        return client

    return make


class TestPreview:
    def test_shows_old_and_new_per_cell_and_writes_nothing(self, client, admin):
        report = make_ledger()
        lead = make_department("区教委")
        before = snapshot(report)

        page = upload(client, write(exported(report), CODE, lead="区教委", contact="李四"))["Location"]
        text = client.get(page).content.decode()

        assert lead.name in text
        assert "李四" in text
        assert snapshot(report) == before

    def test_lists_all_errors_at_once_with_their_places(self, client, admin):
        report = make_ledger()
        content = write(exported(report), CODE, lead="没有的单位", deadline="明年", rhythm="每天")

        text = client.get(upload(client, content)["Location"]).content.decode()

        for said in (
            "没有的单位",
            "“明年”不是日期",
            "“每天”不在可选范围",
            "第4行",
            "“牵头单位”列",
            "工作表“台账”",
        ):
            assert said in text
        assert 'value="apply"' not in text


def seen_in(text: str) -> str:
    return text.split('name="seen" value="')[1].split('"')[0]


class TestConfirmation:
    def test_writes_everything_as_one_batch(self, client, admin):
        report = make_ledger()
        make_department("区教委")
        page = upload(client, write(exported(report), CODE, lead="区教委", tags="新标签"))["Location"]
        seen = seen_in(client.get(page).content.decode())

        response = client.post(page, {"act": "apply", "seen": seen, "reason": "年初分解"})

        batch = BulkEdit.objects.get()
        changed = Commitment.objects.get(code=CODE)
        assert response["Location"] == reverse("staff:batch-detail", args=[batch.pk])
        assert (changed.lead.name, [tag.name for tag in changed.tags.all()]) == ("区教委", ["新标签"])
        assert (batch.via, batch.reason, batch.changed_count) == (Via.IMPORT, "年初分解", 1)
        assert ChangeEntry.objects.filter(bulk_edit=batch).count() == 1

    def test_a_large_one_tells_how_far_it_has_come(self, client, admin, monkeypatch):
        monkeypatch.setattr(telling, "SHOW_PROGRESS_FROM", 0)
        report = make_ledger()
        page = upload(client, write(exported(report), CODE, contact="李四"))["Location"]
        asked = {"seen": seen_in(client.get(page).content.decode()), "reason": "年初分解"}

        text = body(client.post(page, asked)).decode()

        assert "0 / 1" in text
        assert reverse("staff:batch-detail", args=[BulkEdit.objects.get().pk]) in text
        assert Commitment.objects.get(code=CODE).contact == "李四"
        assert client.get(page).status_code == 302  # the upload is gone

    def test_asks_for_a_reason(self, client, admin):
        report = make_ledger()
        page = upload(client, write(exported(report), CODE, contact="李四"))["Location"]
        seen = seen_in(client.get(page).content.decode())

        response = client.post(page, {"act": "apply", "seen": seen, "reason": ""})

        assert response.status_code == 422
        assert Commitment.objects.get(code=CODE).contact == ""

    def test_shows_the_difference_when_rows_changed_since_the_preview(self, client, admin):
        report = make_ledger()
        page = upload(client, write(exported(report), CODE, contact="李四"))["Location"]
        seen = seen_in(client.get(page).content.decode())
        change(CODE, admin, contact="王五")

        response = client.post(page, {"act": "apply", "seen": seen, "reason": "年初分解"})

        assert response.status_code == 409
        assert "王五" in response.content.decode()
        assert Commitment.objects.get(code=CODE).contact == "王五"

    @pytest.mark.parametrize(("decision", "stands"), [("mine", "李四"), ("theirs", "王五")])
    def test_a_conflict_is_decided_and_never_overwritten(self, client, admin, decision, stands):
        report = make_ledger()
        content = write(exported(report), CODE, contact="李四")
        content = write(content, "2024-1.1-01", contact="赵六")
        change(CODE, admin, contact="王五")
        page = upload(client, content)["Location"]
        text = client.get(page).content.decode()
        posted = {"act": "apply", "seen": seen_in(text), "reason": "年初分解"}

        undecided = client.post(page, posted)
        decided = client.post(page, {**posted, f"decide-{CODE}:assigned": decision})

        assert "王五" in text
        assert undecided.status_code == 422
        assert decided.status_code == 302
        assert Commitment.objects.get(code=CODE).contact == stands
        assert Commitment.objects.get(code="2024-1.1-01").contact == "赵六"

    def test_many_conflicts_can_be_decided_at_once_and_one_otherwise(self, client, admin, monkeypatch):
        monkeypatch.setattr("commitments.staff.ledger.DECIDE_REST_FROM", 1)
        report = make_ledger()
        content = write(write(exported(report), CODE, contact="李四"), "2024-1.1-02", contact="赵六")
        for code in (CODE, "2024-1.1-02"):
            change(code, admin, contact="王五")
        page = upload(client, content)["Location"]
        seen = seen_in(client.get(page).content.decode())
        posted = {"act": "apply", "seen": seen, "reason": "年初分解", "rest": "theirs"}

        client.post(page, {**posted, f"decide-{CODE}:assigned": "mine"})

        contacts = dict(Commitment.objects.values_list("code", "contact"))
        assert (contacts[CODE], contacts["2024-1.1-02"]) == ("李四", "王五")


def change(code: str, by, **values) -> None:
    """Change a commitment as somebody else would, through the door of the domain."""
    commitment = Commitment.objects.get(code=code)
    old = fields.values_of([commitment])[commitment.pk]
    fields.write([fields.plan(commitment, old, values)], by=by, now=NOW, via=Via.PAGE, reason="另行调整")
