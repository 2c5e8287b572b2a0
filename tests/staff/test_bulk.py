"""Bulk edit, batches and the change log as pages: without JavaScript first, then with it."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from commitments import clock
from commitments.models import BulkEdit, ChangeEntry, Commitment, ProgressUpdate, SavedFilter
from commitments.progress.changes import Change, log
from commitments.staff import bulk, telling
from tests.factories import make_commitment, make_commitments, make_department, make_theme

PAGES = ["staff:bulk-edit", "staff:batch-list"]


@pytest.fixture
def rows(report):
    return [
        make_commitment(report),
        make_commitment(report),
        make_commitment(report, theme=make_theme(report, area=2)),
    ]


@pytest.fixture
def office(db):
    return make_department("区教委")


def url(query: str = "") -> str:
    return f"{reverse('staff:bulk-edit')}{query}"


def typed(**fields) -> dict:
    return {"reason": "年初分解", **fields}


def preview(client, query="", **fields):
    return client.post(url(query), typed(step="preview", **fields))


def confirm(client, query="", **fields):
    """Confirm what the preview shows, with the hidden fields it holds."""
    shown = preview(client, query, **fields)
    return client.post(url(query), typed(step="apply", seen=shown.context["preview"].seen, **fields))


class TestPermission:
    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("person", ["wang", "chen"])
    def test_is_for_administrators(self, client, rows, name, person, request):
        client.force_login(request.getfixturevalue(person))

        assert client.get(reverse(name)).status_code == 403

    @pytest.mark.parametrize("name", PAGES)
    def test_others_are_led_to_sign_in(self, client, rows, name):
        assert client.get(reverse(name)).status_code == 302

    def test_a_reporter_s_post_changes_nothing(self, client, rows, office, wang):
        client.force_login(wang)

        client.post(url(), typed(step="apply", everything=1, lead=office.pk, seen="1.1.0"))

        assert not BulkEdit.objects.exists()


class TestChoosing:
    def test_shows_what_matches(self, client, rows, gao):
        client.force_login(gao)

        page = client.get(url("?area=2"))

        assert [row.commitment for row in page.context["selection"].page] == [rows[2]]
        assert "符合当前筛选条件的全部1个承诺事项" in page.content.decode()

    def test_htmx_gets_the_list_alone(self, client, rows, gao):
        client.force_login(gao)

        page = client.get(url("?area=2"), headers={"HX-Request": "true"})

        assert "<h1" not in page.content.decode()
        assert 'id="results"' in page.content.decode()

    def test_the_number_of_queries_does_not_grow(self, client, report, gao, django_assert_max_num_queries):
        make_commitments(1000, report=report)
        client.force_login(gao)

        with django_assert_max_num_queries(30):
            client.get(url())

    def test_filters_are_saved_found_and_forgotten(self, client, rows, gao):
        client.force_login(gao)

        client.post(reverse("staff:filter-save"), {"name": "二区", "query": "area=2"})
        assert "二区" in client.get(url()).content.decode()

        saved = SavedFilter.objects.get(owner=gao, query="area=2")
        client.post(reverse("staff:filter-delete", args=[saved.pk]))
        assert not SavedFilter.objects.exists()
        acts = ChangeEntry.objects.order_by("pk").values_list("act", "object_label")
        assert list(acts) == [("row.added", "二区"), ("row.deleted", "二区")]

    def test_nobody_forgets_another_s_filter(self, client, rows, gao, chen):
        saved = SavedFilter.objects.create(owner=chen, name="x", query="area=2")
        client.force_login(gao)

        assert client.post(reverse("staff:filter-delete", args=[saved.pk])).status_code == 404


class TestPreview:
    def test_shows_old_beside_new_and_writes_nothing(self, client, rows, office, gao):
        client.force_login(gao)

        page = preview(client, everything=1, lead=office.pk).content.decode()

        assert page.count("<ins>区教委</ins>") == 3
        assert Commitment.objects.unassigned().count() == 3

    def test_takes_ticked_rows_only(self, client, rows, office, gao):
        client.force_login(gao)

        shown = preview(client, pk=[rows[0].pk], lead=office.pk)

        assert [row.commitment for row in shown.context["preview"].changed] == [rows[0]]

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"everything": 1}, "请至少填写一项"),
            ({"everything": 1, "contact": "x", "reason": ""}, "请填写修改理由"),
            ({"contact": "x"}, "请至少选择一个承诺事项"),
            ({"everything": 1, "contact": "x", "clear": "contact"}, "既已填写又被勾选清空"),
            ({"everything": 1, "supports_op": "add"}, "请至少勾选一项"),
            ({"everything": 1, "deadline": "2024-02-30"}, "2024-06-30"),
        ],
    )
    def test_bad_input_gets_a_sentence_and_loses_nothing(self, client, rows, gao, fields, sentence):
        client.force_login(gao)

        page = client.post(url(), {"reason": "年初", "step": "preview", **fields})

        assert page.status_code == 422
        assert sentence in page.content.decode()

    def test_leads_back_to_the_form_with_what_was_typed(self, client, rows, gao):
        client.force_login(gao)

        page = client.post(url(), typed(step="edit", pk=[rows[0].pk], contact="张三 6298"))

        assert page.status_code == 200
        assert 'value="张三 6298"' in page.content.decode()
        assert f'id="pk-{rows[0].pk}" checked' in page.content.decode()

    def test_what_was_ticked_under_another_filter_stays_ticked(self, client, rows, gao):
        client.force_login(gao)
        ticked = [rows[0].pk, rows[2].pk]

        page = client.post(url("?area=2"), typed(step="edit", pk=ticked, contact="张三")).content.decode()

        assert f'id="pk-{rows[2].pk}" checked' in page
        assert f'<input type="hidden" name="pk" value="{rows[0].pk}" data-elsewhere>' in page


class TestConfirm:
    def test_changes_all_and_leads_to_the_batch(self, client, rows, office, gao):
        client.force_login(gao)

        done = confirm(client, "?area=1", everything=1, lead=office.pk, deadline="2024-09-30")

        batch = BulkEdit.objects.get()
        assert done.url == reverse("staff:batch-detail", args=[batch.pk])
        assert Commitment.objects.filter(lead=office, deadline=dt.date(2024, 9, 30)).count() == 2
        assert batch.selection == "符合筛选条件的全部事项：责任领域：责任领域1"
        assert "区教委" in client.get(done.url).content.decode()

    def test_shows_the_difference_when_rows_changed_meanwhile(self, client, rows, office, gao):
        client.force_login(gao)
        seen = preview(client, everything=1, lead=office.pk).context["preview"].seen
        Commitment.objects.filter(pk=rows[1].pk).update(revision=7)

        page = client.post(url(), typed(step="apply", everything=1, lead=office.pk, seen=seen))

        assert page.status_code == 409
        assert page.context["differing"] == [rows[1]]
        assert not BulkEdit.objects.exists()

    def test_submits_the_same_update_for_all(self, client, rows, gao):
        client.force_login(gao)

        confirm(client, everything=1, status="in_progress", as_of="2024-09-30", account="统一部署")

        assert ProgressUpdate.objects.filter(account="统一部署", author=gao).count() == 3

    def test_a_large_batch_tells_how_far_it_has_come(self, client, rows, office, gao, monkeypatch):
        monkeypatch.setattr(telling, "SHOW_PROGRESS_FROM", 1)
        client.force_login(gao)

        done = confirm(client, everything=1, lead=office.pk)
        page = b"".join(done.streaming_content).decode()

        assert "0 / 3" in page
        assert reverse("staff:batch-detail", args=[BulkEdit.objects.get().pk]) in page
        assert page.rstrip().endswith("</html>")

    def test_a_large_batch_says_what_stopped_it(self, client, rows, office, gao, monkeypatch):
        monkeypatch.setattr(telling, "SHOW_PROGRESS_FROM", 1)
        client.force_login(gao)
        seen = preview(client, everything=1, lead=office.pk).context["preview"].seen
        Commitment.objects.filter(pk=rows[1].pk).update(revision=7)

        done = client.post(url(), typed(step="apply", everything=1, lead=office.pk, seen=seen))

        assert "预览后有事项发生变动" in b"".join(done.streaming_content).decode()
        assert not BulkEdit.objects.exists()


class TestTurningThePageWithoutScripts:
    @pytest.fixture
    def pages(self, client, rows, gao, monkeypatch):
        monkeypatch.setattr(bulk, "PER_PAGE", 2)
        client.force_login(gao)

    def test_ticks_and_what_is_filled_in_travel_along(self, client, pages, rows, office):
        there = client.post(
            url("?page=2"),
            {"step": "turn", "pk": [rows[0].pk], "lead": office.pk, "supports_op": "add", "account": "统一"},
        )
        page = there.content.decode()

        assert there.status_code == 200
        assert f'<input type="hidden" name="pk" value="{rows[0].pk}" data-elsewhere>' in page
        assert f'<option value="{office.pk}" selected>' in page
        assert '<option value="add" selected>' in page
        assert "统一</textarea>" in page
        assert "error-summary" not in page

        back = client.post(url("?page=1"), {"step": "turn", "pk": [rows[0].pk, rows[2].pk]})

        assert [row.pk for row in rows if f'id="pk-{row.pk}" checked' in back.content.decode()] == [
            rows[0].pk
        ]
        assert back.context["selection"].ticked_elsewhere == [rows[2].pk]

    def test_everything_that_matches_stays_chosen(self, client, pages):
        page = client.post(url("?page=2"), {"step": "turn", "everything": "1"}).content.decode()

        assert 'name="everything" value="1" checked' in page

    def test_those_elsewhere_are_unticked_at_once(self, client, pages, rows):
        shown = client.post(url(), {"step": "untick", "pk": [rows[0].pk, rows[2].pk], "contact": "张三"})

        assert f'id="pk-{rows[0].pk}" checked' in shown.content.decode()
        assert "data-elsewhere>" not in shown.content.decode()
        assert 'value="张三"' in shown.content.decode()


class TestBatches:
    def test_a_batch_is_taken_back_and_done_again(self, client, rows, office, gao):
        client.force_login(gao)
        confirm(client, everything=1, lead=office.pk)
        batch = BulkEdit.objects.get()

        shown = client.get(reverse("staff:batch-revert", args=[batch.pk]))
        assert "3项将恢复原状" in shown.content.decode()
        client.post(reverse("staff:batch-revert", args=[batch.pk]), {"reason": "选错"})
        assert Commitment.objects.unassigned().count() == 3

        undone = BulkEdit.objects.get(reverts=batch)
        client.post(reverse("staff:batch-revert", args=[undone.pk]), {"reason": "还是对的"})
        assert Commitment.objects.unassigned().count() == 0
        assert "已撤销" in client.get(reverse("staff:batch-list")).content.decode()

    def test_taking_back_a_large_one_tells_how_far_it_has_come(self, client, rows, office, gao, monkeypatch):
        client.force_login(gao)
        confirm(client, everything=1, lead=office.pk)
        monkeypatch.setattr(telling, "SHOW_PROGRESS_FROM", 1)
        address = reverse("staff:batch-revert", args=[BulkEdit.objects.get().pk])

        page = b"".join(client.post(address, {"reason": "选错"}).streaming_content).decode()

        assert "0 / 3" in page
        assert reverse("staff:batch-detail", args=[BulkEdit.objects.latest("pk").pk]) in page
        assert Commitment.objects.unassigned().count() == 3
        assert client.post(address, {"reason": " "}).status_code == 422

    def test_taking_back_needs_a_reason(self, client, rows, office, gao):
        client.force_login(gao)
        confirm(client, everything=1, lead=office.pk)

        page = client.post(reverse("staff:batch-revert", args=[BulkEdit.objects.get().pk]), {"reason": ""})

        assert page.status_code == 422
        assert Commitment.objects.unassigned().count() == 0


class TestChangeLog:
    @pytest.fixture
    def logged(self, client, rows, office, gao):
        client.force_login(gao)
        confirm(client, everything=1, lead=office.pk, contact="=cmd|'/c calc'!A1")

    def log(self, client, query=""):
        return client.get(f"{reverse('staff:change-log')}{query}")

    def test_shows_who_what_why_before_and_after(self, client, logged):
        page = self.log(client).content.decode()

        assert page.count("<ins>区教委</ins>") == 3
        assert "高管理" in page
        assert "年初分解" in page

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("?q=年初", 3),
            ("?q=2024-2.1", 1),
            ("?q=没有", 0),
            ("?q=区教委+calc", 3),
            ("?act=commitment.changed&via=bulk", 3),
            ("?via=import", 0),
            ("?since=2024-10-20&until=2024-10-20", 3),
            ("?until=2024-10-19", 0),
            ("?since=unsinn", 3),
        ],
    )
    def test_is_searched(self, client, logged, query, count):
        assert self.log(client, query).context["page"].paginator.count == count

    def test_goes_out_as_a_file_without_formulas(self, client, logged):
        text = b"".join(self.log(client, "?format=csv&q=2024-2.1").streaming_content).decode()

        assert text.startswith("\ufeff")
        table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        assert [line[5:8] for line in table[1:]] == [
            ["牵头单位", "", "区教委"],
            ["联系人", "", "'=cmd|'/c calc'!A1"],
        ]

    def test_names_the_fields_of_every_table_in_words(self, client, gao, office):
        client.force_login(gao)
        before, after = {"contact_name": "张三", "kind": "bureau"}, {"contact_name": "李四", "kind": "town"}
        log(Change(act="department.changed", row=office, before=before, after=after), by=gao, now=clock.now())

        (line,) = self.log(client).context["lines"]

        assert line.cells == [("联系人", "张三", "李四"), ("类别", "区级部门", "镇")]

    def test_people_read_what_concerns_them(self, client, logged, rows, wang, chen, bureau):
        Commitment.objects.filter(pk=rows[0].pk).update(lead=bureau)

        client.force_login(wang)
        assert self.log(client).context["page"].paginator.count == 1
        client.force_login(chen)
        assert self.log(client).context["page"].paginator.count == 3

    def test_ten_or_a_thousand_entries_take_as_many_queries(
        self, client, report, gao, office, django_assert_max_num_queries
    ):
        make_commitments(1000, report=report)
        client.force_login(gao)
        confirm(client, everything=1, lead=office.pk)

        with django_assert_max_num_queries(12):
            self.log(client)
