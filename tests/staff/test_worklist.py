"""The worklist: order by urgency, counts, filters, the last view, and its cost."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.choices import Decision, Role
from commitments.models import Chase, Scorecard
from commitments.progress import record
from tests.factories import (
    at,
    make_commitment,
    make_commitments,
    make_department,
    make_link,
    make_review,
    make_searchable,
    make_target,
    make_theme,
    make_update,
    make_user,
)
from tests.staff.conftest import HTMX, signed_in


def groups(user, query: str = "") -> dict[str, list[str]]:
    """Return the titles under each heading of the page."""
    page = signed_in(user).get(f"/staff/{query}").context["worklist"]
    return {str(urgency): [row.commitment.title for row in rows] for urgency, rows in page.groups}


def test_mine_come_by_urgency(report, bureau, wang, chen):
    def mine(title):
        return make_commitment(report, lead=bureau, title=title)

    fresh = at(2024, 10, 15)
    make_review(make_update(mine("已报"), wang, submitted_at=fresh, as_of=dt.date(2024, 10, 15)))
    make_update(mine("待审"), wang, submitted_at=fresh)
    make_review(
        make_update(mine("久未更新"), wang, submitted_at=fresh, as_of=dt.date(2024, 6, 1)), reviewer=chen
    )
    make_review(make_update(mine("本期应报"), wang, submitted_at=at(2024, 10, 5), as_of=dt.date(2024, 9, 30)))
    mine("从未填报")
    chased = mine("被催办")
    Chase.objects.create(
        commitment=chased,
        asked_by=chen,
        asked_by_name="陈",
        asked_at=fresh,
        message="请报",
        reply_by="2024-10-25",
    )
    make_review(make_update(mine("被退回"), wang, submitted_at=fresh), Decision.RETURNED, reviewer=chen)

    assert list(groups(wang).items()) == [
        ("returned", ["被退回"]),
        ("chased", ["被催办"]),
        ("overdue", ["从未填报"]),
        ("due", ["本期应报"]),
        ("stale", ["久未更新"]),
        ("waiting", ["待审"]),
        ("rest", ["已报"]),
    ]


def test_a_kept_promise_is_no_longer_asked_for(report, bureau, wang, chen):
    done = make_commitment(report, lead=bureau)
    update = make_update(done, wang, status="completed", as_of=dt.date(2024, 5, 1))
    make_link(update)
    record.review(update, by=chen, decision=Decision.VERIFIED, method="on_site", now=at(2024, 6, 1))

    assert groups(wang) == {"rest": [done.title]}


def test_other_departments_rows_are_not_there(report, bureau, wang, zhao):
    make_commitment(report, lead=bureau)

    assert groups(zhao) == {}


def test_supporting_departments_see_the_row(report, wang, bureau):
    helped = make_commitment(report, lead=make_department("别的局"), supports=[bureau])

    assert groups(wang) == {"overdue": [helped.title]}


def test_a_reviewer_without_a_department_sees_everything_and_a_reporter_cannot_ask_for_it(report, wang, chen):
    make_commitment(report, title="无人认领")

    # Nobody leads it, so nobody is late with it.
    assert groups(chen) == {"rest": ["无人认领"]}
    assert groups(wang, "?scope=all") == {}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=水厂", ["建成水厂"]),
        ("?q=2024-2", ["别的领域"]),
        ("?kind=target", ["企业五十家"]),
        ("?area=2", ["别的领域"]),
        ("?scorecard=grp", ["建成水厂"]),
        ("?status=behind", []),
        ("?group=due", []),
        ("?kind=nonsense&area=99&page=nonsense", ["建成水厂", "企业五十家", "别的领域"]),
    ],
)
def test_filters(query, found, report, bureau, wang):
    plant = make_commitment(report, lead=bureau, title="建成水厂")
    plant.scorecards.add(Scorecard.objects.create(key="grp", number=9, name="测试报表"))
    make_target(report, lead=bureau, title="企业五十家")
    make_commitment(report, lead=bureau, title="别的领域", theme=make_theme(report, area=2))
    make_searchable()

    assert [title for titles in groups(wang, query).values() for title in titles] == found


def test_areas_to_choose_from_are_written_with_the_punctuation_of_the_page(report, wang, client):
    make_theme(report)
    report.areas.update(title="扩大内需,促进消费")
    client.force_login(wang)

    page = client.get("/staff/").content.decode()

    assert ">扩大内需，促进消费</option>" in page


def test_the_last_view_comes_back_and_can_be_reset(report, wang):
    client = signed_in(wang)
    client.get("/staff/?kind=target&q=&page=2")

    again = client.get("/staff/")
    client.get("/staff/?reset=1")
    after = client.get("/staff/")

    assert (again.status_code, again.url) == (302, "/staff/?kind=target")
    assert after.status_code == 200


def test_an_administrator_of_a_department_sees_its_rows_first_and_all_on_request(report, bureau):
    make_commitment(report, lead=bureau, title="本局")
    make_commitment(report, lead=make_department("别的局"), title="别局")
    gao = make_user(Role.ADMINISTRATOR, departments=[bureau])

    assert groups(gao) == {"overdue": ["本局"]}
    assert groups(gao, "?scope=all") == {"overdue": ["本局", "别局"]}


def test_htmx_gets_only_the_results(report, bureau, wang):
    make_commitment(report, lead=bureau)

    answer = signed_in(wang).get("/staff/?kind=measure", **HTMX)

    text = answer.content.decode()
    assert 'id="results"' in text
    assert "<h1" not in text
    assert "HX-Request" in answer["Vary"]


def test_the_counts_on_top_ignore_the_page_but_not_the_scope(report, bureau, wang):
    make_commitments(130, report=report, lead=bureau)

    shown = signed_in(wang).get("/staff/?page=3").context["worklist"]

    assert {count.urgency: count.number for count in shown.counts}["overdue"] == 130
    assert len(shown.page.object_list) == 10


def test_a_count_leads_to_its_group_with_the_other_filters_and_back(report, bureau, wang):
    make_commitment(report, lead=bureau)
    client = signed_in(wang)

    page = client.get("/staff/?kind=measure")
    alone = client.get(next(c.address for c in page.context["worklist"].counts if c.urgency == "due"))
    chosen = next(c for c in alone.context["worklist"].counts if c.is_chosen)

    assert (alone.request["QUERY_STRING"], chosen.urgency) == ("kind=measure&group=due", "due")
    assert chosen.address == "/staff/?kind=measure"
    assert "已筛选" in page.content.decode()
    assert "已筛选" not in client.get("/staff/?reset=1").content.decode()


def test_a_draft_and_a_chase_are_marked_in_the_row(measure, wang, chen, settings):
    record.save_draft(measure, by=wang, content={}, now=at(2024, 10, 19), version=None, based_on=None)
    record.chase(measure, by=chen, message="请报", reply_by=dt.date(2024, 10, 25), now=at(2024, 10, 18))

    text = signed_in(wang).get("/staff/").content.decode()

    assert "草稿：王晓" in text
    assert "催办，10-25前回复" in text
    settings.TRACKER_TODAY = dt.date(2024, 10, 26)
    assert "催办，10-25逾期未回复" in signed_in(wang).get("/staff/").content.decode()


def queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("url", ["/staff/?reset=1", "/staff/periods/"])
def test_the_queries_are_as_many_for_ten_rows_as_for_a_thousand(url, report, bureau):
    client = signed_in(make_user(Role.ADMINISTRATOR, departments=[bureau]))
    author = make_user(departments=[bureau])
    for commitment in make_commitments(10, report=report, lead=bureau):
        make_review(make_update(commitment, author))
    few = queries(client, url)
    make_commitments(990, report=report, lead=bureau)

    assert queries(client, url) == few
    assert few < 20
