"""Updates, feeds and the calendar of deadlines."""

import datetime as dt
import xml.etree.ElementTree as ET

import pytest

from commitments.choices import Decision
from commitments.public.calendar import escaped, folded
from tests.factories import (
    at,
    make_amendment,
    make_commitment,
    make_department,
    make_report,
    make_review,
    make_theme,
    make_update,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


class TestUpdates:
    def test_are_newest_first(self, client):
        report = make_report()
        make_review(make_update(make_commitment(report), account="先做的事"), decided_at=at(2024, 5, 1))
        make_review(make_update(make_commitment(report), account="后做的事"), decided_at=at(2024, 6, 1))

        page = client.get("/updates/").content.decode()

        assert page.index("后做的事") < page.index("先做的事")

    def test_come_thirty_to_a_page(self, client):
        commitment = make_commitment()
        for day in range(1, 32):
            make_review(make_update(commitment, account=f"第{day}次。"), decided_at=at(2024, 5, day))

        first, second = (
            client.get("/updates/").content.decode(),
            client.get("/updates/?page=2").content.decode(),
        )

        assert "第31次。" in first
        assert "第1次。" not in first
        assert "第1次。" in second
        assert "?page=2" in first

    def test_can_be_narrowed_to_an_area_and_a_department(self, client):
        report = make_report()
        lead = make_department(slug="jiaowei")
        wanted = make_commitment(report, lead=lead, theme=make_theme(report, area=2))
        for commitment in (wanted, make_commitment(report, lead=lead), make_commitment(report)):
            make_review(make_update(commitment, account=f"记录{commitment.code}"))

        page = client.get("/updates/?area=2&department=jiaowei").content.decode()

        assert f"记录{wanted.code}" in page
        assert page.count("记录2024") == 1

    def test_tell_amendments_with_their_reason(self, client):
        make_amendment(make_commitment(), reason="汛期影响施工。")

        page = client.get("/updates/").content.decode()

        assert "汛期影响施工。" in page
        assert "2025年3月31日" in page

    def test_mark_what_is_invented(self, client):
        make_review(make_update(make_commitment(), is_demo=True), is_demo=True)

        assert page_mark in client.get("/updates/").content.decode()


page_mark = "tag--demo"


class TestFeeds:
    def read(self, client, path):
        response = client.get(path)
        assert response["Content-Type"].startswith("application/atom+xml")
        return ET.fromstring(response.content)  # noqa: S314  our own answer

    def test_have_what_the_standard_asks_for(self, client, settings):
        commitment = make_commitment(title="建成,开放<公园>")
        review = make_review(make_update(commitment, account="一&二"), decided_at=at(2024, 6, 1))

        feed = self.read(client, "/updates/feed.atom")

        address = f"{settings.SITE_URL}/commitments/{commitment.code}/"
        entry = feed.find(f"{ATOM}entry")
        assert feed.find(f"{ATOM}id").text == f"{settings.SITE_URL}/updates/feed.atom"
        assert feed.find(f"{ATOM}updated").text == "2024-06-01T02:00:00+00:00"
        assert feed.find(f"{ATOM}author/{ATOM}name").text
        assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"self", "alternate"}
        assert entry.find(f"{ATOM}id").text == f"{address}#update-{review.pk}"
        assert entry.find(f"{ATOM}link").get("href") == f"{address}#update-{review.update_id}"
        assert "建成，开放<公园>" in entry.find(f"{ATOM}title").text
        assert "一&amp;二" in entry.find(f"{ATOM}summary").text

    def test_are_dated_even_while_they_are_empty(self, client):
        make_report()

        feed = self.read(client, "/updates/feed.atom")

        assert feed.find(f"{ATOM}updated").text.startswith("2024-02-04")

    @pytest.mark.parametrize(
        "path", ["/areas/2/feed.atom", "/departments/jiaowei/feed.atom", "/commitments/CODE/feed.atom"]
    )
    def test_of_one_thing_tell_only_of_it(self, client, path):
        report = make_report()
        lead = make_department(slug="jiaowei")
        wanted = make_commitment(report, lead=lead, theme=make_theme(report, area=2))
        for commitment in (wanted, make_commitment(report)):
            make_review(make_update(commitment))

        feed = self.read(client, path.replace("CODE", wanted.code))

        titles = [entry.find(f"{ATOM}title").text for entry in feed.findall(f"{ATOM}entry")]
        assert [title.split()[0] for title in titles] == [wanted.code]

    def test_hold_no_character_that_xml_cannot(self, client):
        make_review(make_update(make_commitment(), account="一\x0b二\x00三".replace("\x00", "\x01")))

        feed = self.read(client, "/updates/feed.atom")

        assert "一二三" in feed.find(f"{ATOM}entry/{ATOM}summary").text

    def test_say_when_the_data_are_invented(self, client):
        make_review(make_update(make_commitment(), is_demo=True), Decision.PUBLISHED, is_demo=True)

        assert "演示数据" in self.read(client, "/updates/feed.atom").find(f"{ATOM}title").text


class TestCalendar:
    def lines(self, client, path="/deadlines.ics"):
        response = client.get(path)
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        text = response.content.decode()
        assert text.endswith("\r\n")
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
        return text.replace("\r\n ", "").split("\r\n")

    def test_has_a_day_for_each_deadline_and_one_for_the_rest(self, client):
        report = make_report()
        dated = make_commitment(report, deadline=dt.date(2024, 9, 30), title="建成公园；开放,免费")
        make_commitment(report)
        make_commitment(report)

        lines = self.lines(client)

        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
        assert "DTSTART;VALUE=DATE:20240930" in lines
        assert "DTEND;VALUE=DATE:20241001" in lines
        assert f"SUMMARY:{dated.code} 建成公园；开放，免费" in lines
        assert "DTSTART;VALUE=DATE:20241231" in lines
        assert "SUMMARY:2项承诺未单独设定时限，均截至年末" in lines

    def test_follows_a_deadline_that_was_moved_with_approval(self, client):
        commitment = make_commitment(deadline=dt.date(2024, 9, 30))
        make_amendment(commitment, old_deadline=dt.date(2024, 9, 30), new_deadline=dt.date(2025, 3, 31))
        make_amendment(commitment, approved=False, new_deadline=dt.date(2026, 1, 1))

        assert "DTSTART;VALUE=DATE:20250331" in self.lines(client)

    def test_can_be_narrowed_to_a_department(self, client):
        report = make_report()
        mine = make_commitment(report, deadline=dt.date(2024, 9, 30), lead=make_department(slug="jiaowei"))
        make_commitment(report, deadline=dt.date(2024, 8, 31))

        lines = self.lines(client, "/deadlines.ics?department=jiaowei")

        assert [line.split("@")[0] for line in lines if line.startswith("UID")] == [f"UID:{mine.code}"]

    def test_is_the_same_while_nothing_changes(self, client):
        make_commitment(deadline=dt.date(2024, 9, 30))

        assert self.lines(client) == self.lines(client)

    def test_texts_are_escaped(self):
        assert escaped("a\\b;c,d\ne\tf\x01") == "a\\\\b\\;c\\,d\\ne f"

    def test_folding_counts_octets_and_never_parts_a_character(self):
        lines = list(folded([("SUMMARY", "承诺" * 60 + "😀" * 20)]))

        assert len(lines) > 3
        assert all(len(line.rstrip("\r\n").encode()) <= 75 for line in lines)
        assert "".join(lines).replace("\r\n ", "").rstrip("\r\n") == "SUMMARY:" + "承诺" * 60 + "😀" * 20
