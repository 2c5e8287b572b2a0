"""The grid of the bulk edit: a field in every cell, previewed and confirmed like any bulk edit."""

import datetime as dt

import pytest
from django.urls import reverse

from commitments.models import BulkEdit, Commitment, Tag
from tests.factories import make_commitment, make_department, make_theme


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


class TestGrid:
    def grid(self, query=""):
        return f"{reverse('staff:bulk-grid')}{query}"

    def cells(self, *rows, **changes) -> dict:
        """Return the cells of the rows as the page holds them, with these changes typed into the first."""
        data = {"row": [row.pk for row in rows], "reason": "核对分工"}
        for number, row in enumerate(rows):
            values = {
                name: getattr(row, name) or "" for name in ("deadline", "rhythm", "contact", "finish_line")
            }
            values |= {
                "lead": row.lead_id or "",
                "revision": row.revision,
                **(changes if number == 0 else {}),
            }
            data |= {f"r{row.pk}-{name}": value for name, value in values.items()}
        return data

    def test_is_for_administrators(self, client, rows, chen):
        client.force_login(chen)

        assert client.get(self.grid()).status_code == 403

    def test_shows_a_field_in_every_cell(self, client, rows, gao):
        client.force_login(gao)

        page = client.get(self.grid("?area=1")).content.decode()

        assert page.count('aria-label="2024-1.1-01') == 8
        assert f'name="r{rows[2].pk}-lead"' not in page

    def test_previews_then_writes_what_differs_as_one_batch(self, client, rows, office, gao):
        client.force_login(gao)
        typed_in = self.cells(*rows, lead=office.pk, deadline="2024-11-30")

        shown = client.post(self.grid(), {**typed_in, "step": "preview"})
        assert [row.commitment for row in shown.context["preview"].changed] == [rows[0]]
        assert Commitment.objects.unassigned().count() == 3

        client.post(self.grid(), {**typed_in, "step": "apply", "seen": shown.context["preview"].seen})
        rows[0].refresh_from_db()
        assert (rows[0].lead, rows[0].deadline) == (office, dt.date(2024, 11, 30))
        assert BulkEdit.objects.get().changed_count == 1

    def test_overwrites_nothing_that_somebody_else_changed(self, client, rows, gao):
        client.force_login(gao)
        typed_in = self.cells(*rows, contact="张三")
        Commitment.objects.filter(pk=rows[0].pk).update(finish_line="别人刚写", revision=2)

        shown = client.post(self.grid(), {**typed_in, "step": "preview"})

        assert [row for row, _sentence in shown.context["preview"].refused] == [rows[0]]
        assert "其间已被他人修改" in shown.content.decode()

    def test_a_text_of_several_lines_is_no_change(self, client, rows, gao):
        Commitment.objects.filter(pk=rows[0].pk).update(finish_line="通水\n移交")
        client.force_login(gao)
        typed_in = self.cells(*rows, finish_line="通水\r\n移交")

        shown = client.post(self.grid(), {**typed_in, "step": "preview"})

        assert shown.context["preview"].changed == []

    @pytest.mark.parametrize(
        ("changes", "extra"),
        [({"deadline": "2024-02-30"}, {}), ({"lead": "9999"}, {}), ({}, {"reason": " "})],
    )
    def test_bad_cells_get_a_sentence(self, client, rows, gao, changes, extra):
        client.force_login(gao)

        page = client.post(self.grid(), {**self.cells(*rows, **changes), **extra, "step": "preview"})

        assert page.status_code == 422

    def test_going_back_keeps_what_was_typed(self, client, rows, gao):
        client.force_login(gao)

        page = client.post(self.grid(), {**self.cells(*rows, contact="张三"), "step": "edit"})

        assert page.status_code == 200
        assert 'value="张三"' in page.content.decode()

    def test_a_lead_that_is_no_longer_active_stays(self, client, rows, office, gao):
        Commitment.objects.filter(pk=rows[0].pk).update(lead=office)
        office.is_active = False
        office.save()
        client.force_login(gao)

        assert f'<option value="{office.pk}" selected>' in client.get(self.grid()).content.decode()

    def test_sets_are_typed_as_names(self, client, rows, office, gao):
        Tag.objects.create(name="重点")
        make_department("区卫生健康委、区疾控局")
        client.force_login(gao)
        typed_in = self.cells(*rows, supports="区卫生健康委、区疾控局，区教委", tags="重点")

        shown = client.post(self.grid(), {**typed_in, "step": "preview"})
        client.post(self.grid(), {**typed_in, "step": "apply", "seen": shown.context["preview"].seen})

        assert {unit.name for unit in rows[0].supports.all()} == {"区卫生健康委、区疾控局", "区教委"}
        assert [tag.name for tag in rows[0].tags.all()] == ["重点"]

    def test_a_name_that_is_in_no_list_is_named_and_kept(self, client, rows, office, gao):
        client.force_login(gao)
        typed_in = self.cells(*rows, supports="区教委、区教委二科")

        answer = client.post(self.grid(), {**typed_in, "step": "preview"})

        assert answer.status_code == 422
        assert "名单中没有：区教委二科" in answer.content.decode()
        assert "区教委、区教委二科" in answer.content.decode()

    def test_sets_that_nobody_touched_are_no_change(self, client, rows, office, gao):
        rows[0].supports.add(office)
        client.force_login(gao)
        page = client.get(self.grid())
        cell = f'name="r{rows[0].pk}-supports" value="区教委"'

        shown = client.post(self.grid(), {**self.cells(*rows, supports="区教委"), "step": "preview"})

        assert cell in page.content.decode()
        assert shown.context["preview"].changed == []
