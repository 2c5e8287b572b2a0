"""Files of evidence: whole or not at all; what interrupted requests left behind is cleared."""

import errno
import os
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from commitments.models import Evidence
from commitments.models.guards import remove_guards
from commitments.progress import evidence as evidence_room
from commitments.progress.refusals import Invalid
from tests.factories import at, make_commitment, make_department, make_user
from tracker.archive import restore_archive, write_archive
from tracker.models import StoredFile, StoredPiece
from tracker.storage import PIECE

pytestmark = pytest.mark.django_db

IN_DATABASE = {"BACKEND": "tracker.storage.DatabaseStorage"}
PDF = b"%PDF-1.4\n" + b"x" * 1000


@pytest.fixture
def full_disk(monkeypatch):
    """The disk fills up while a file is written through."""

    def fails(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)


def settings_of(name: str) -> dict:
    return getattr(django_settings, name)


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


class TestInTheDatabase:
    """For machines that share nothing but the database."""

    @pytest.fixture
    def storage(self):
        with override_settings(STORAGES={**settings_of("STORAGES"), "default": IN_DATABASE}):
            yield default_storage

    @pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17])
    @pytest.mark.parametrize("kind", [ContentFile, partial(SimpleUploadedFile, "证明.pdf")])
    def test_a_file_is_read_as_it_was_saved(self, storage, size, kind):
        content = os.urandom(size)

        name = storage.save("2024/06/a", kind(content))

        assert storage.open(name).read() == content
        assert (storage.size(name), storage.exists(name)) == (size, True)

    def test_any_stretch_can_be_read(self, storage):
        content = os.urandom(2 * PIECE + 100)
        file = storage.open(storage.save("a", ContentFile(content)))

        file.seek(PIECE - 10)
        assert file.read(20) == content[PIECE - 10 : PIECE + 10]
        file.seek(-5, os.SEEK_END)
        assert file.read() == content[-5:]

    def test_it_goes_with_the_transaction(self, storage):
        with transaction.atomic():
            storage.save("a", ContentFile(b"x"))
            transaction.set_rollback(True)

        assert not storage.exists("a")
        assert not StoredPiece.objects.exists()

    def test_what_is_not_there_is_said_as_for_files(self, storage):
        with pytest.raises(FileNotFoundError):
            storage.open("nowhere").read()

    def test_names_are_listed_and_removed(self, storage):
        for name in ("imports/a", "imports/b", "2024/06/c"):
            storage.save(name, ContentFile(b"x"))

        assert storage.listdir("imports") == ([], ["a", "b"])
        storage.delete("imports/a")
        assert [name for name, _ in storage.everything()] == ["2024/06/c", "imports/b"]

    def test_evidence_is_added_served_and_archived(self, storage, tmp_path, client):
        bureau = make_department()
        reporter, commitment = make_user(departments=[bureau]), make_commitment(lead=bureau)
        piece = evidence_room.add_file(
            commitment, by=reporter, upload=SimpleUploadedFile("a.pdf", PDF), now=at(2024, 6, 1)
        )
        client.force_login(reporter)

        response = client.get(f"/staff/evidence/{piece.pk}/")

        assert b"".join(response.streaming_content) == PDF
        assert response["Content-Length"] == str(len(PDF))


@pytest.mark.django_db(transaction=True)
def test_an_archive_moves_files_from_the_folder_into_the_database(tmp_path):
    bureau = make_department()
    reporter, commitment = make_user(departments=[bureau]), make_commitment(lead=bureau)
    piece = evidence_room.add_file(
        commitment, by=reporter, upload=SimpleUploadedFile("a.pdf", PDF), now=at(2024, 6, 1)
    )
    write_archive(tmp_path / "b.tar.gz")
    remove_guards()
    call_command("flush", interactive=False, verbosity=0)

    with override_settings(STORAGES={**settings_of("STORAGES"), "default": IN_DATABASE}):
        restore_archive(tmp_path / "b.tar.gz")

        assert Evidence.objects.get().file.read() == PDF
        assert StoredFile.objects.get().name == piece.file.name
