"""Attacks with files and words, each tried: uploads, formulas, markup, expressions that take for ever."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

import commitments
import tracker
from commitments.models import Evidence
from commitments.progress import evidence as evidence_room
from commitments.progress import record
from commitments.progress.refusals import Invalid
from commitments.selection.search import pattern_of
from tests.factories import make_review, make_update
from tests.progress import acts

from .patterns import ambiguity
from .world import TODAY, World, make_world, png

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings) -> World:
    settings.TRACKER_TODAY = TODAY
    return make_world()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


def office(**parts: bytes) -> bytes:
    """Return an archive that passes for a Word document."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class TestUploads:
    def add(self, world: World, name: str, content: bytes, kind: str = "image/png") -> Evidence:
        upload = SimpleUploadedFile("x", content, kind)
        upload._name = name  # as a hostile client sends it, not as Django's class tidies it
        return evidence_room.add_file(world.waiting, by=world.people["reporter"], upload=upload, now=acts.NOW)

    @pytest.mark.parametrize(
        ("name", "content"),
        # A file that begins like a picture passes for one, and is then served as one and nothing else: below.
        [
            ("a.svg", SVG), ("a.png", SVG), ("a.svg.png", SVG), ("a.html", HTML), ("a.pdf", HTML), ("a.png", HTML),
            ("a.png.html", png()), ("a.png.exe", png()), ("a.php", png()), ("a.png\x00.html", png()), ("a", png()),
            ("a.png", b"%PDF-1.7 <script>"), ("a.pdf", png()), ("a.docx", b"PK\x03\x04" + HTML), ("a.png", b"MZ\x90"),
            ("a.png", b""), ("a.docx", office(**{"word/vbaProject.bin": b"x"})), ("a.xlsx", office()), ("a.zip", office()),
            ("a.jar", office()), ("a.html", b"GIF89a" + HTML), ("a.js", b"\xff\xd8\xff/*" + HTML),
        ],
    )  # fmt: skip
    def test_what_is_not_what_it_says_is_refused(self, name, content, world):
        with pytest.raises(Invalid):
            self.add(world, name, content)

        assert world.waiting.evidence.count() == 0

    @pytest.mark.parametrize(
        "name", ["../../../etc/passwd.png", "..\\..\\win.png", "/etc/x.png", "C:\\x.png", "%2e%2e%2fx.png"]
    )
    def test_a_name_leads_nowhere(self, name, world, settings):
        piece = self.add(world, name, png())

        assert re.fullmatch(r"\d{4}/\d{2}/[0-9a-f]{32}", piece.file.name)
        assert "/" not in piece.title
        assert "\\" not in piece.title

    def test_a_polyglot_is_served_as_the_picture_it_says_it_is_and_runs_nothing(self, world):
        """A real picture with a page behind it passes; the headers make it harmless."""
        piece = self.add(world, 'a"; filename=x.html.png', png() + HTML)
        acts.submit(world.waiting, world.people["reporter"], evidence=[piece])
        record.review(
            world.waiting.updates.latest("pk"),
            by=world.people["reviewer"],
            decision="published",
            now=acts.NOW,
        )
        piece = Evidence.objects.latest("pk")

        for client, url in (
            (Client(), f"/evidence/{piece.pk}/"),
            (world.client("reporter"), f"/staff/evidence/{piece.pk}/"),
        ):
            response = client.get(url)
            assert response.status_code == 200
            assert response["Content-Type"] == "image/png"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response["Content-Security-Policy"]
            assert "default-src 'none'" in response["Content-Security-Policy"]
            named = response["Content-Disposition"].replace('\\"', "")
            assert re.fullmatch(r"""inline; filename(="[^"]*"|\*=[\w'-]*''[^"; ]*)""", named, re.I), named

    def test_a_document_is_downloaded_never_shown(self, world):
        piece = self.add(world, "说明.docx", office(), "text/html")
        acts.submit(world.waiting, world.people["reporter"], evidence=[piece])

        response = world.client("reporter").get(f"/staff/evidence/{Evidence.objects.latest('pk').pk}/")

        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Type"].startswith("application/vnd.openxmlformats")

    def test_too_large_is_refused_with_a_sentence(self, world, settings):
        settings.EVIDENCE_MAX_MB = 1

        with pytest.raises(Invalid):
            self.add(world, "a.png", png() + b"0" * 1024 * 1024)

    def test_an_archive_bomb_is_not_unpacked(self, world, monkeypatch):
        bomb = office(**{"word/media/image1.png": b"\0" * 1_000_000})
        opened = []
        whole = zipfile.ZipFile.open
        monkeypatch.setattr(
            zipfile.ZipFile, "open", lambda self, name, *more: opened.append(name) or whole(self, name, *more)
        )

        self.add(world, "a.docx", bomb, "x/y")

        assert [name for name in opened if "media" in str(name)] == []


class TestWords:
    """What people type stays what it is, wherever it is shown or taken away."""

    NASTY = [
        "=1+1",
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "＝1+1",
        " =1",
        "'=1",
        '=HYPERLINK("http://x")',
    ]

    @pytest.mark.parametrize("text", NASTY)
    def test_no_cell_of_any_table_begins_a_formula(self, text, world):
        update = make_update(
            world.approved, world.people["reporter"], account=text, value=1, value_source=text, obstacle=text
        )
        make_review(update)
        admin = world.client("administrator")
        tables = [
            "/commitments.csv",
            "/data/updates.csv",
            "/staff/ledger/export/ledger.csv",
            "/staff/changes/?format=csv",
        ]
        books = ["/commitments.xlsx", "/staff/ledger/export/ledger.xlsx", "/staff/documents/ledger/"]

        for url in tables:
            text_of = b"".join(admin.get(url)).decode("utf-8-sig")
            for row in csv.reader(io.StringIO(text_of)):
                for cell in row:
                    assert not re.match(r"[=+@＝＋＠\t\r]|[-－](?![\d.]+$)", cell), (url, cell)
        for url in books:
            book = load_workbook(io.BytesIO(b"".join(admin.get(url))))
            formulas = [
                cell.coordinate
                for sheet in book
                for row in sheet.iter_rows()
                for cell in row
                if cell.data_type == "f"
            ]
            assert formulas == [], url

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "</script><script>",
            "]]><x/>",
        ],
    )
    def test_markup_is_shown_as_words(self, text, world):
        update = make_update(
            world.approved, world.people["reporter"], account=text, value=1, value_source=text, obstacle=text
        )
        make_review(update)
        code = world.approved.code
        pages = [
            f"/commitments/{code}/",
            f"/commitments/?q={quote(text)}",
            "/updates/",
            "/updates/feed.atom",
            "/targets/",
        ]
        pages += [f"/commitments/{code}/feed.atom"]

        for url in pages:
            shown = Client().get(url).content.decode()
            assert text not in shown, url
            assert "<img src=x" not in shown, url
        staff = world.client("administrator").get(f"/staff/?q={quote(text)}").content.decode()
        assert "<script>alert" not in staff
        assert "<img src=x" not in staff

    def test_words_that_look_like_a_template_are_words(self, world):
        make_review(
            make_update(
                world.approved, world.people["reporter"], account="{{ 7|add:70 }}{% debug %}", value=1
            )
        )

        shown = Client().get(f"/commitments/{world.approved.code}/").content.decode()

        assert "{{ 7|add:70 }}{% debug %}" in shown

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "java\nscript:x",
            "file:///etc/passwd",
            "//x.example",
        ],
    )
    def test_a_link_is_one_to_the_web(self, url, world):
        with pytest.raises(Invalid):
            evidence_room.add_link(world.waiting, by=world.people["reporter"], url=url, now=acts.NOW)


class TestExpressions:
    """Each regular expression of the site meets what people send; none may run for ever."""

    @pytest.mark.parametrize(
        "careless",
        [
            r"(a+)+$", r"(a|a)*b", r"(\d+)*x", r"a*a*b", r".*,.*;", r"\s*,?\s*$", r"(\w+\s?)+$", r"(?:x|xy?|y)*z",
            r"[^、]+、[^、]+分别.*、", r"(?:\d+|[1-9])*x",
        ],
    )  # fmt: skip
    def test_a_careless_one_is_noticed(self, careless):
        assert ambiguity(re.compile(careless))

    def test_takes_time_in_proportion(self):
        found = {
            f"{module.__name__}.{name}": one
            for module in modules()
            for name, one in vars(module).items()
            if isinstance(one, re.Pattern)
        }
        found["a search"] = pattern_of(["(a+)+$", "a" * 100])
        assert {"commitments.exchange.cells", "tracker.logs"} <= {name.rpartition(".")[0] for name in found}

        assert {name: wrong for name, one in found.items() if (wrong := ambiguity(one))} == {}


def modules() -> Iterator[ModuleType]:
    """Yield every module of the site. What reads reports (reading/) is only run by commands, on chosen texts."""
    for package in (commitments, tracker):
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if not re.search(r"\.(reading|migrations|management|devtools)\b", found.name):
                yield import_module(found.name)
