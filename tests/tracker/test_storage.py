"""Files of evidence: whole or not at all; what interrupted requests left behind is cleared."""

import errno
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from commitments.models import Evidence
from commitments.progress import evidence as evidence_room
from commitments.progress.refusals import Invalid
from tests.factories import at, make_commitment, make_department, make_user

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n" + b"x" * 1000


@pytest.fixture
def full_disk(monkeypatch):
    """The disk fills up while a file is written through."""

    def fails(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)


def stored(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_file_is_saved_and_read_back():
    name = default_storage.save("2024/06/a", ContentFile(PDF))

    assert default_storage.open(name).read() == PDF


def test_nothing_is_left_of_a_file_that_found_no_room(full_disk, settings):
    with pytest.raises(OSError, match="No space"):
        default_storage.save("2024/06/a", ContentFile(PDF))

    assert stored(settings) == []


def test_who_uploads_to_a_full_disk_reads_a_sentence(full_disk, settings):
    bureau = make_department()
    reporter, commitment = make_user(departments=[bureau]), make_commitment(lead=bureau)

    with pytest.raises(Invalid) as refused:
        evidence_room.add_file(
            commitment, by=reporter, upload=SimpleUploadedFile("证明.pdf", PDF), now=at(2024, 6, 1)
        )

    assert refused.value.problems["file"][0].code == "not_stored"
    assert not Evidence.objects.exists()
    assert stored(settings) == []


class TestLeftovers:
    @pytest.fixture
    def files(self, settings):
        """One named by a row, one left over, one that is just being uploaded."""
        bureau = make_department()
        reporter, commitment = make_user(departments=[bureau]), make_commitment(lead=bureau)
        piece = evidence_room.add_file(
            commitment, by=reporter, upload=SimpleUploadedFile("a.pdf", PDF), now=at(2024, 6, 1)
        )
        old, young = (
            default_storage.save("old", ContentFile(b"x")),
            default_storage.save("young", ContentFile(b"x")),
        )
        for name in (piece.file.name, old):
            os.utime(default_storage.path(name), (0, 0))
        return {"named": piece.file.name, "old": old, "young": young}

    def test_only_old_files_without_a_row_go(self, files):
        call_command("clear_leftovers")

        assert [name for name, path in files.items() if default_storage.exists(path)] == ["named", "young"]

    def test_a_dry_run_removes_nothing(self, files, capsys):
        call_command("clear_leftovers", dry_run=True)

        assert all(default_storage.exists(path) for path in files.values())
        assert "1 files that no row names, of 2." in capsys.readouterr().out
