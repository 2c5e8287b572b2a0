"""The list: every filter, two-character search, counts beside the values, paging, htmx."""

import datetime as dt
import hashlib
import re

import pytest

from commitments.choices import Decision, Kind, SelfReport
from commitments.models import Scorecard
from commitments.public.facets import facets
from commitments.selection.filters import CommitmentFilter
from tests.factories import (
    at,
    make_commitment,
    make_commitments,
    make_department,
    make_passage,
    make_project,
    make_report,
    make_review,
    make_searchable,
    make_target,
    make_theme,
    make_update,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2024, 10, 20)


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = TODAY


@pytest.fixture
def rows():
    """Return one commitment of each sort, by name."""
    report = make_report()
    lead, support = make_department("区科技局", slug="keji"), make_department("区城管局", slug="chengguan")
    economy = Scorecard.objects.create(key="economy", number=2, name="经济")
    found = {
        "target": make_target(report, theme=make_theme(report, area=0), title="新增企业50家"),
        "project": make_project(
            report, theme=make_theme(report, area=3, number=2), title="建成江南水厂", lead=lead
        ),
        "measure": make_commitment(report, title="整治污水排口", hedge="力争", supports=[support]),
    }
    found["measure"].scorecards.add(economy)
    update = make_update(
        found["project"], account="土建工程全部结束。", status=SelfReport.BLOCKED, obstacle="征地"
    )
    make_review(update, Decision.PUBLISHED, decided_at=at(2024, 9, 1))
    make_searchable()
    return found


def make_report_of(plan: str):
    """Make a report whose plan is these words."""
    text = f"一、2023年工作回顾\n{plan}"
    return make_report(
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        review_end=text.index(plan),
        plan_start=text.index(plan),
        plan_end=len(text),
    )


def names(client, query: str, rows) -> list[str]:
    page = client.get(f"/commitments/{query}").content.decode()
    codes = re.findall(r'row__title" href="/commitments/([^/]+)/"', page)
    return [next(name for name, row in rows.items() if row.code == code) for code in codes]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["target", "project", "measure"]),
        ("?kind=project", ["project"]),
        ("?kind=project&kind=target", ["target", "project"]),
        ("?area=3", ["project"]),
        ("?theme=3.2", ["project"]),
        ("?status=blocked", ["project"]),
        ("?status=not_reported", ["target", "measure"]),
        ("?schedule=unknown", ["target", "project", "measure"]),
        ("?schedule=behind", []),
        ("?scorecard=economy", ["measure"]),
        ("?department=keji", ["project"]),
        ("?department=chengguan", ["measure"]),
        ("?lead=none", ["target", "measure"]),
        ("?lead=named", ["project"]),
        ("?hedge=yes", ["measure"]),
        ("?hedge=no", ["target", "project"]),
        ("?since=2024-09-01", ["project"]),
        ("?since=2024-09-02", []),
        ("?q=污水", ["measure"]),
        ("?q=水厂 江南", ["project"]),
        ("?q=土建", ["project"]),
        ("?q=污水&kind=project", []),
        ("?sort=status", ["target", "measure", "project"]),
        ("?sort=updated", ["project", "target", "measure"]),
    ],
)
def test_shows_what_is_asked_for(client, rows, query, expected):
    assert names(client, query, rows) == expected


def test_search_reads_the_words_of_the_report_with_either_punctuation(client):
    words = "强化“三线一单”,严格准入"
    report = make_report_of(words)
    passage = make_passage(report, start=report.plan_start, end=report.plan_end, text=words)
    row = make_commitment(report, passage=passage, title="严格准入清单")
    make_searchable()

    for query in ("?q=一单”,严格", "?q=一单”，严格"):
        page = client.get(f"/commitments/{query}").content.decode()
        assert f"/commitments/{row.code}/" in page
        assert "<mark>一单”，严格</mark>" in page


def test_hits_are_marked_and_nothing_typed_becomes_markup(client, rows):
    page = client.get("/commitments/?q=污水").content.decode()
    assert "整治<mark>污水</mark>排口" in page

    page = client.get("/commitments/?q=<b>水</b>").content.decode()
    assert "<b>水</b>" not in page


def test_words_and_schedule_are_not_said_twice(client, rows):
    passage = make_passage(rows["measure"].report)
    same = make_commitment(rows["measure"].report, passage=passage, title=passage.text)
    make_review(make_update(same), Decision.PUBLISHED, decided_at=at(2024, 9, 1))

    page = client.get("/commitments/").content.decode()

    row = page[page.index(f'row__title" href="/commitments/{same.code}/"') :].split("</li>")[0]
    assert row.count(">按序时推进<") == 1
    assert "row__words" not in row
    other = page[page.index(f'row__title" href="/commitments/{rows["measure"].code}/"') :].split("</li>")[0]
    assert "row__words" in other


def test_search_in_accounts_shows_where_it_hit(client, rows):
    assert "<mark>土建</mark>工程全部结束" in client.get("/commitments/?q=土建").content.decode()


def test_search_never_finds_what_was_not_approved(client, rows):
    make_update(rows["target"], account="尚未发布的秘密")
    make_searchable()

    assert names(client, "?q=秘密", rows) == []


def test_values_that_do_not_exist_are_named_and_left_out(client, rows):
    response = client.get("/commitments/?kind=dream&area=3")

    assert names(client, "?kind=dream&area=3", rows) == ["project"]
    assert "dream" in response.content.decode()
    assert 'role="alert"' in response.content.decode()


def test_turning_the_page_is_not_read_as_a_choice(rows):
    asked = CommitmentFilter({"page": "3"}, report=rows["target"].report, today=TODAY)

    assert (asked.chosen, asked.order, dict(asked.errors)) == ({}, "report", {})
    assert not hasattr(asked, "_form")  # making the form takes longer than the page


def test_counts_beside_a_filter_keep_the_other_filters(rows):
    report = rows["target"].report
    chosen = CommitmentFilter({"lead": "none"}, report=report, today=TODAY)
    panel = {facet.name: {value.key: value.count for value in facet.values} for facet in facets(chosen)}

    assert panel["kind"] == {"target": 1, "project": 0, "measure": 1}
    assert panel["lead"] == {"none": 2, "named": 1}
    assert panel["status"] == {"not_reported": 2, "blocked": 0}
    assert panel["department"] == {"chengguan": 1, "keji": 0}


def test_every_count_is_what_choosing_it_shows(client, rows):
    report = rows["target"].report
    for facet in facets(CommitmentFilter({}, report=report, today=TODAY)):
        for value in facet.values:
            assert len(names(client, f"?{facet.name}={value.key}", rows)) == value.count


def test_fifty_a_page_and_an_address_for_each(client):
    report = make_report()
    make_commitments(120, report=report)

    first, last = (
        client.get("/commitments/").content.decode(),
        client.get("/commitments/?page=3").content.decode(),
    )

    assert first.count('class="row__title"') == 50
    assert last.count('class="row__title"') == 20
    assert 'href="/commitments/?page=2"' in first
    assert client.get("/commitments/?page=99").content.decode().count('class="row__title"') == 20
    assert client.get("/commitments/?page=x").content.decode().count('class="row__title"') == 50


def test_paging_keeps_what_was_chosen(client):
    make_commitments(60, report=make_report())
    make_searchable()

    page = client.get("/commitments/?kind=measure&q=件事").content.decode()

    assert 'href="/commitments/?kind=measure&amp;q=%E4%BB%B6%E4%BA%8B&amp;page=2"' in page
    assert 'href="/commitments.csv?kind=measure&amp;q=%E4%BB%B6%E4%BA%8B"' in page


def test_htmx_gets_the_region_and_everyone_else_the_page(client, rows):
    htmx = {"hx-request": "true", "hx-request-type": "partial"}
    region = client.get("/commitments/?kind=target", headers=htmx)
    restored = client.get("/commitments/?kind=target", headers={**htmx, "hx-history-restore-request": "true"})
    boosted = client.get("/commitments/?kind=target", headers={**htmx, "hx-boosted": "true"})

    assert region.content.decode().strip().startswith('<div id="browse"')
    assert "<html" not in region.content.decode()
    assert "data-announce" in region.content.decode()
    assert "<html" in restored.content.decode()
    assert "<html" in boosted.content.decode()
    assert "HX-Request" in region.headers["Vary"]
    assert region.headers["ETag"] != restored.headers["ETag"]


def test_nothing_found_helps_on(client, rows):
    page = client.get("/commitments/?q=不存在的词&kind=target").content.decode()

    assert "没有符合全部条件的承诺事项" in page
    assert 'href="/commitments/?kind=target"' in page
    assert 'href="/commitments/?q=' in page


def test_a_project_found_by_its_name_shows_the_name(client):
    make_project(title="完善供水设施")
    make_searchable()

    assert "<mark>江南</mark>水厂" in client.get("/commitments/?q=江南").content.decode()


def test_kinds_are_all_there_is():
    assert set(Kind.values) == {"target", "project", "measure"}
