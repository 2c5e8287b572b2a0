"""The report to be read: every character, every state, every passage by itself."""

import datetime as dt
import re
from html import unescape
from pathlib import Path

import html5lib
import pytest
from django.core.management import call_command

from commitments.models import GlossaryTerm, Passage, Report, TermUse
from commitments.public.book import Setter, coverage
from commitments.typeset import typographic
from tests.factories import make_commitment, make_passage, make_report, make_review, make_target, make_update

pytestmark = pytest.mark.django_db
FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/nanan_2024/nanan_2024.json"


@pytest.fixture(autouse=True)
def _held(settings):
    settings.TRACKER_TODAY = dt.date(2024, 10, 20)


def words_of(page: str) -> str:
    """Return the report's characters as a reader sees them: without signs, links and what they open."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    book = next(element for element in tree.iter("article") if element.get("id") == "book")
    for parent in list(book.iter()):
        for child in list(parent):
            if child.tag in ("a", "button"):
                tail, child.tail = child.tail or "", None
                place = list(parent).index(child)
                parent.remove(child)
                if place:
                    parent[place - 1].tail = (parent[place - 1].tail or "") + tail
                else:
                    parent.text = (parent.text or "") + tail
    return "".join(book.itertext())


def test_holds_every_character_of_the_real_report_in_its_order(client):
    call_command("load_report", str(FIXTURE), verbosity=0)
    report = Report.objects.get()

    page = client.get("/report/?words=1&reasons=1").content.decode()

    shown, expected = (re.sub(r"\s", "", text) for text in (words_of(page), typographic(report.text)))
    assert shown == expected


def test_coverage_of_the_real_report_is_complete(client):
    call_command("load_report", str(FIXTURE), verbosity=0)
    report = Report.objects.get()
    counted = coverage(report, list(report.passages.current()), [])

    assert counted.is_complete
    assert sum(n for _role, n in counted.by_role) == counted.passages
    assert "尚未覆盖全部正文" not in client.get("/report/").content.decode()


def test_a_gap_between_passages_is_admitted(client):
    report = make_report(promises=3)
    make_commitment(report)

    assert "尚未覆盖全部正文" in client.get("/report/").content.decode()


def passage_html(page: str, passage: Passage) -> str:
    return re.search(rf'<span class="pas[^"]*" id="p-{passage.start}">.*?</a></span>', page).group()


def test_a_passage_carries_the_state_of_its_commitments_in_sign_and_words(client):
    report = make_report()
    row = make_commitment(report)
    make_commitment(report, passage=row.passage)
    make_review(make_update(row, status="blocked", obstacle="征地"))

    found = passage_html(client.get("/report/").content.decode(), row.passage)

    assert "s-mixed" in found
    assert 'href="#sign-blocked"' in found
    assert "未填报 1、受阻 1" in unescape(found)
    assert f'href="/report/passages/{row.passage.start}/"' in found


def test_a_state_that_is_not_approved_changes_nothing(client):
    row = make_commitment()
    make_update(row, status="blocked", obstacle="征地")

    assert "s-not_reported" in passage_html(client.get("/report/").content.decode(), row.passage)


@pytest.mark.parametrize(("query", "shown"), [("only=target", "target"), ("only=nonsense", ""), ("", "")])
def test_what_to_show_apart_is_part_of_the_address(client, query, shown):
    make_target()

    page = client.get(f"/report/?{query}").content.decode()

    assert f'data-only="{shown}"' in page


def test_words_and_reasons_are_shown_on_request(client):
    make_target()

    assert "data-words" not in client.get("/report/").content.decode()
    page = client.get("/report/?words=1&reasons=1").content.decode()
    assert " data-words" in page
    assert " data-reasons" in page


def test_last_years_figures_lead_to_the_targets_that_start_from_them(client):
    report = make_report()
    start = report.text.index("地区生产总值")
    target = {"baseline_start": start, "baseline_end": start + 12, "baseline_match": "same"}
    one, other = make_target(report, target=target), make_target(report, target=target)

    page = client.get("/report/").content.decode()

    base = re.search(rf'<span class="base" id="b-{start}">(.*?</a>)</span>', page).group(1)
    assert base.startswith("地区生产总值增长5.1%")
    for row in (one, other):
        assert f'href="/commitments/{row.code}/"' in base


def test_terms_explain_themselves_without_a_script(client):
    report = make_report()
    start = report.text.index("地区生产总值")
    term = GlossaryTerm.objects.create(
        report=report, number=7, term="生产总值", definition="一年的增加值。", start=0, end=4
    )
    TermUse.objects.create(term=term, start=start + 2, end=start + 6)

    page = client.get("/report/").content.decode()

    assert (
        '<span class="gloss">生产总值</span><button type="button" class="note-mark" popovertarget="term-7">'
        in page
    )
    assert re.search(r'<div popover class="termbox" id="term-7".*?一年的增加值。', page, re.DOTALL)


def test_marks_that_overlap_lose_no_character(client):
    report = make_report()
    start = report.text.index("地区生产总值")
    make_target(
        report, target={"baseline_start": start, "baseline_end": start + 12, "baseline_match": "same"}
    )
    term = GlossaryTerm.objects.create(report=report, number=1, term="总值", definition="。", start=0, end=2)
    TermUse.objects.create(term=term, start=start + 4, end=start + 6)

    shown = words_of(client.get("/report/").content.decode())

    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", typographic(report.text))


def test_text_that_looks_like_markup_stays_text(client):
    text = "一、2023年工作回顾\n<b>&\n推进第1件事"
    report = make_report(
        text=text, review_end=text.index("推"), plan_start=text.index("推"), plan_end=len(text)
    )

    assert "&lt;b&gt;&amp;" in client.get("/report/").content.decode()
    assert Setter(report, passages=[], uses=[], rows=[], areas=[]).paragraphs(0, 3)


class TestPassage:
    def test_shows_what_it_promises_in_its_sentence(self, client):
        row = make_commitment()

        page = client.get(f"/report/passages/{row.passage.start}/").content.decode()

        assert row.code in page
        assert f'href="/report/#p-{row.passage.start}"' in page

    def test_says_why_it_promises_nothing(self, client):
        passage = make_passage(make_report(), role="framing", reason="mood only")

        page = client.get(f"/report/passages/{passage.start}/").content.decode()

        assert "没有可以交付的内容" in page
        assert "mood only" in page

    def test_opens_in_place_for_htmx_with_words_that_may_stand_in_a_sentence(self, client):
        row = make_commitment()
        response = client.get(
            f"/report/passages/{row.passage.start}/",
            headers={"hx-request": "true", "hx-request-type": "partial"},
        )

        panel = response.content.decode().strip()
        assert panel.startswith('<span class="panel"')
        assert not re.search(r"<(div|p|ul|ol|dl|section|h[1-6])\b", panel)

    def test_leads_to_its_neighbours(self, client):
        report = make_report()
        first, middle, last = (make_passage(report) for _ in range(3))

        page = client.get(f"/report/passages/{middle.start}/").content.decode()

        assert f'rel="prev" href="/report/passages/{first.start}/"' in page
        assert f'rel="next" href="/report/passages/{last.start}/"' in page

    def test_one_of_an_earlier_reading_is_gone_but_leads_on(self, client):
        report = make_report()
        passage = make_passage(report, is_current=False)
        row = make_commitment(report, passage=passage, is_retired=True)

        response = client.get(f"/report/passages/{passage.start}/")

        assert response.status_code == 410
        assert f"/commitments/{row.code}/" in response.content.decode()

    def test_where_none_begins_there_is_nothing(self, client):
        make_commitment()

        assert client.get("/report/passages/3/").status_code == 404
