"""One commitment on its page."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from commitments.choices import AmendmentKind, Decision, SelfReport
from commitments.models import GlossaryTerm, TermUse
from tests.factories import (
    at,
    make_amendment,
    make_commitment,
    make_department,
    make_link,
    make_passage,
    make_project,
    make_report,
    make_review,
    make_target,
    make_update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


def page_of(client, commitment) -> str:
    response = client.get(f"/commitments/{commitment.code}/")
    assert response.status_code == 200
    return response.content.decode()


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_marks_the_exact_words_in_their_sentence_and_links_into_the_report(client):
    report = make_report()
    commitment = make_commitment(report)

    page = page_of(client, commitment)

    assert f"<mark>{commitment.passage.text.rstrip()}".replace(",", "，") in page
    assert f'href="/report/#p-{commitment.passage.start}"' in page


def test_explains_its_status_by_steps_and_names_the_rule(client):
    page = text_of(page_of(client, make_commitment()))

    assert "为什么是这个状态" in page
    assert "规则第1版" in page


def test_last_years_rank_is_given_in_words(client):
    rank = {"comparator": "", "value": None, "unit": "", "baseline_match": "same"}
    commitment = make_target(target=rank | {"baseline_start": 0, "baseline_end": 4})

    page = text_of(page_of(client, commitment))

    assert "同一报告中的上年数值 · 文字表述 · 同一指标" in page


def test_nobody_leading_is_a_finding_and_not_a_gap(client):
    assert "尚未明确责任单位" in page_of(client, make_commitment())


def test_departments_and_deadline(client):
    lead, support = make_department("区科技局"), make_department("区教委")
    commitment = make_commitment(lead=lead, supports=[support], deadline=dt.date(2024, 6, 30))

    page = page_of(client, commitment)

    assert f'href="/departments/{lead.slug}/"' in page
    assert f'href="/departments/{support.slug}/"' in page
    assert "2024年6月30日" in page


def test_timeline_shows_approved_updates_newest_first_with_evidence(client):
    commitment = make_commitment()
    early = make_update(commitment, account="春季进场。", submitted_at=at(2024, 4, 1))
    late = make_update(commitment, account="秋季封顶。", submitted_at=at(2024, 9, 1), corrects=early)
    make_link(late, title="现场照片")
    make_review(early)
    make_review(late, Decision.VERIFIED)
    make_update(commitment, account="还在审核。", submitted_at=at(2024, 9, 9))

    page = page_of(client, commitment)

    assert page.index("秋季封顶") < page.index("春季进场")
    assert "现场照片" in page
    assert "还在审核" not in page
    assert f'href="#update-{early.pk}"' in page
    assert "查阅资料" in page


def test_names_of_people_are_not_shown(client):
    commitment = make_commitment()
    update = make_update(commitment, author_name="王小明")
    make_review(update, reviewer_name="李大双")

    page = page_of(client, commitment)

    assert "王小明" not in page
    assert "李大双" not in page


def test_approved_amendments_only(client):
    commitment = make_target()
    values = {"kind": AmendmentKind.DEADLINE, "new_deadline": dt.date(2025, 3, 31)}
    make_amendment(commitment, reason="汛期影响", **values)
    make_amendment(commitment, approved=False, reason="仍在商议", **values)

    page = page_of(client, commitment)

    assert "汛期影响" in page
    assert "2025年3月31日" in page
    assert "仍在商议" not in page


def test_both_verdicts_stand_beside_an_amendment(client):
    commitment = make_target()
    update = make_update(
        commitment, value=Decimal(45), status=SelfReport.COMPLETED, as_of=dt.date(2024, 9, 30)
    )
    make_link(update)
    make_review(update, Decision.VERIFIED)
    make_amendment(
        commitment,
        kind=AmendmentKind.TARGET,
        new_deadline=None,
        new_value=Decimal(40),
        new_comparator="at_least",
    )

    page = page_of(client, commitment)
    _before, amended = page.split('id="amendments-title"')

    assert re.findall(r"按原承诺判定|按调整后判定|按序时推进|经批准调整", amended)[:4] == [
        "按原承诺判定", "按序时推进", "按调整后判定", "经批准调整",
    ]  # fmt: skip
    assert "由另一名管理员批准" in amended
    assert "调整后 ≥ 40" in page


def test_a_target_is_drawn_with_its_baseline_in_its_own_words(client):
    report = make_report()
    start = report.text.index("地区生产总值")
    commitment = make_target(
        report,
        target={
            "baseline_start": start,
            "baseline_end": start + 12,
            "baseline_value": "5.1",
            "baseline_match": "same",
        },
    )

    page = page_of(client, commitment)

    assert f"target-{commitment.pk}-title" in page
    assert "<mark>地区生产总值增长5.1%</mark>" in page
    assert f'href="/report/#b-{start}"' in page


def test_a_project_stands_on_its_ladder(client):
    commitment = make_project()
    make_review(make_update(commitment, stage="started"))

    page = text_of(page_of(client, commitment))

    assert "江南水厂" in page
    assert "建成" in page


def test_nothing_is_said_twice_about_where_it_stands(client):
    commitment = make_project(promised="built")
    make_review(make_update(commitment, stage="under_way", invested=Decimal(1248)))

    page = text_of(page_of(client, commitment))

    assert "责任单位填报：推进中 · 累计完成投资1248万元" in page
    assert "序时： 按序时推进" not in page


def test_what_was_invested_is_told_in_the_readers_units(client):
    commitment = make_project(promised="built")
    make_review(make_update(commitment, stage="under_way", invested=Decimal(1248)))
    client.cookies["django_language"] = "en"

    assert "invested so far: 12.48 million yuan" in text_of(page_of(client, commitment))


def test_finish_line_is_the_departments_word(client):
    page = page_of(client, make_project(promised="under_way", finish_line="主体结构完工"))

    assert "主体结构完工" in page
    assert "这是责任单位的表述" in page


def test_same_words_same_promise_and_terms(client):
    report = make_report()
    passage = make_passage(report)
    one, other = (
        make_commitment(report, passage=passage),
        make_commitment(report, passage=passage, title="同段另一项"),
    )
    twin = make_commitment(report, title="另处同一承诺")
    one.same_promise.add(twin)
    term = GlossaryTerm.objects.create(
        report=report, number=1, term="四张清单", definition="清单。", start=0, end=4
    )
    TermUse.objects.create(term=term, passage=passage, start=passage.start, end=passage.start + 2)

    page = page_of(client, one)

    for commitment in (other, twin):
        assert f'href="/commitments/{commitment.code}/"' in page
    assert "四张清单" in page


def test_neighbours_follow_the_report_and_pass_over_retired_ones(client):
    report = make_report()
    first, retired, last = (
        make_commitment(report),
        make_commitment(report, is_retired=True),
        make_commitment(report),
    )

    page = page_of(client, first)

    assert f'rel="next" href="/commitments/{last.code}/"' in page
    assert 'rel="prev"' not in page
    assert "不再单列" in page_of(client, retired)


def test_carries_a_qr_code_and_open_graph(client, settings):
    settings.SITE_URL = "https://chengnuo.example.gov.cn"
    commitment = make_commitment(title='标题"引号"')

    page = page_of(client, commitment)

    assert '<svg viewBox="0 0 ' in page
    assert (
        f'property="og:url" content="https://chengnuo.example.gov.cn/commitments/{commitment.code}/"' in page
    )
    assert 'property="og:title" content="标题&quot;引号&quot;"' in page


def test_unknown_codes_are_not_found_with_help(client):
    make_report()

    response = client.get("/commitments/2024-9.9-99/")

    assert response.status_code == 404
    assert 'role="search"' in response.content.decode()


def test_completed_without_verification_is_only_reported(client):
    commitment = make_commitment()
    make_review(make_update(commitment, status=SelfReport.COMPLETED))

    assert "自报完成" in page_of(client, commitment)
