"""Evidence: which links and files are taken, how they are kept, and what is refused in a sentence."""

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from docx import Document
from openpyxl import Workbook

from commitments.models import Evidence
from commitments.progress import evidence, record
from commitments.progress.refusals import Invalid, NotAllowed
from tests.progress.acts import NOW, submit

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20


def saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return stream.getvalue()


def add(commitment, by, name: str, data: bytes, **options) -> Evidence:
    return evidence.add_file(commitment, by=by, upload=SimpleUploadedFile(name, data), now=NOW, **options)


def refusal(commitment, by, name: str, data: bytes) -> str:
    with pytest.raises(Invalid) as raised:
        add(commitment, by, name, data)
    (problem,) = raised.value.problems["file"]
    return problem.code


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "data", "content_type"),
        [
            ("验收.pdf", PDF, "application/pdf"),
            ("照片.PNG", PNG, "image/png"),
            ("照片.jpeg", JPEG, "image/jpeg"),
            ("报告.docx", saved(Document()), evidence._OFFICE + "wordprocessingml.document"),
            ("台账.xlsx", saved(Workbook()), evidence._OFFICE + "spreadsheetml.sheet"),
        ],
    )
    def test_are_known_by_their_content(self, commitment, alice, name, data, content_type):
        piece = add(commitment, alice, name, data)

        assert (piece.content_type, piece.title, piece.size) == (content_type, name, len(data))
        assert piece.sha256 == hashlib.sha256(data).hexdigest()
        with piece.file.open() as stored:
            assert stored.read() == data

    def test_are_stored_under_a_name_that_gives_nothing_away(self, commitment, alice):
        piece = add(commitment, alice, "../../机密.pdf", PDF)

        assert "机密" not in piece.file.name
        assert ".." not in piece.file.name
        assert piece.title == "机密.pdf"

    @pytest.mark.parametrize(
        ("name", "data", "code"),
        [
            ("空.pdf", b"", "empty"),
            ("页.html", b"<!doctype html><script>alert(1)</script>", "type"),
            ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "type"),
            ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "type"),
            ("工具.exe", b"MZ" + b"\x00" * 300, "type"),
            ("通知.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_office"),
            ("包.zip", archive("a.txt"), "type"),
            ("页.pdf", PNG, "ending"),
            ("表.xlsm", archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
            ("表.xlsx", archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
            ("表.xlsm", archive("[Content_Types].xml", "xl/workbook.xml"), "ending"),
            ("坏.xlsx", b"PK\x03\x04 not an archive", "broken"),
        ],
    )
    def test_of_other_kinds_are_refused(self, commitment, alice, name, data, code):
        assert refusal(commitment, alice, name, data) == code
        assert Evidence.objects.count() == 0

    def test_have_a_largest_size(self, commitment, alice, settings):
        settings.EVIDENCE_MAX_MB = 1

        assert refusal(commitment, alice, "大.pdf", PDF + b"\x00" * 1024 * 1024) == "too_large"

    def test_are_for_those_who_report(self, commitment, rita):
        with pytest.raises(NotAllowed):
            add(commitment, rita, "a.pdf", PDF)

    def test_are_refused_in_the_reader_s_language(self, commitment, alice):
        with translation.override("en"), pytest.raises(Invalid) as raised:
            add(commitment, alice, "空.pdf", b"")

        assert str(raised.value) == "The file is empty."


class TestLinks:
    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("", "required"),
            ("www.example.gov.cn", "form"),
            ("javascript:alert(1)", "form"),
            ("ftp://example.gov.cn/a", "form"),
            ("https://user:word@example.gov.cn/", "credentials"),
            ("https://example.gov.cn/" + "a" * 1000, "too_long"),
        ],
    )
    def test_are_checked_for_form(self, commitment, alice, url, code):
        with pytest.raises(Invalid) as raised:
            evidence.add_link(commitment, by=alice, url=url, now=NOW)

        assert [problem.code for problem in raised.value.problems["url"]] == [code]

    def test_may_name_an_archived_copy(self, commitment, alice):
        piece = evidence.add_link(
            commitment,
            by=alice,
            url="https://example.gov.cn/公告",
            archived_url="https://web.archive.org/web/2024/https://example.gov.cn/",
            now=NOW,
        )

        assert piece.archived_url
        assert piece.title == "example.gov.cn"


class TestRemoving:
    def test_takes_the_file_along(self, commitment, alice, django_capture_on_commit_callbacks):
        piece = add(commitment, alice, "a.pdf", PDF)
        storage, name = piece.file.storage, piece.file.name

        with django_capture_on_commit_callbacks(execute=True):
            evidence.remove(piece, by=alice)

        assert not storage.exists(name)

    def test_is_over_once_submitted(self, commitment, alice):
        piece = add(commitment, alice, "a.pdf", PDF)
        submit(commitment, alice, evidence=[piece])

        with pytest.raises(NotAllowed):
            evidence.remove(Evidence.objects.get(), by=alice)

    def test_leaves_a_file_that_an_update_shows(self, commitment, alice, django_capture_on_commit_callbacks):
        submit(commitment, alice, evidence=[add(commitment, alice, "a.pdf", PDF)])
        shown = Evidence.objects.get()
        draft = record.save_draft(commitment, by=alice, content={}, now=NOW, version=None, based_on=None)
        copy = Evidence.objects.get(pk=shown.pk)
        copy.pk, copy.update, copy.draft = None, None, draft
        copy.save(force_insert=True)

        with django_capture_on_commit_callbacks(execute=True):
            evidence.remove(copy, by=alice)

        assert shown.file.storage.exists(shown.file.name)

    def test_is_the_owner_s(self, commitment, alice, bob):
        with pytest.raises(NotAllowed):
            evidence.remove(add(commitment, alice, "a.pdf", PDF), by=bob)
