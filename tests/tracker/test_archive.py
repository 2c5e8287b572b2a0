"""Backup and restore: every row and file comes back, on the other engine too; what is damaged is refused."""

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import override_settings

from commitments.models import Commitment, Evidence, User
from commitments.models.guards import missing_guards, remove_guards
from commitments.selection.search import matching
from tests.factories import make_user
from tests.tracker.sample import FILE, everything, fill
from tracker import archive
from tracker.archive import ArchiveError, read_manifest, restore_archive, write_archive
from tracker.devtools.postgres import running_server

ROOT = Path(__file__).resolve().parents[2]


class Kept(NamedTuple):
    """What the sample became: the archive, and the rows by which it is judged."""

    archive: bytes
    rows: dict[str, Any]


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker, tmp_path_factory) -> Kept:
    """The sample written, archived and removed again, once for all: emptying PostgreSQL takes seconds."""
    folder = tmp_path_factory.mktemp("kept")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"):
        try:
            fill()
            rows = everything()
            write_archive(folder / "backup.tar.gz")
        finally:
            remove_guards()
            call_command("flush", interactive=False, verbosity=0)
    return Kept((folder / "backup.tar.gz").read_bytes(), rows)


@pytest.fixture
def media(settings) -> Path:
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def backup(kept, tmp_path) -> Path:
    """An archive of the sample."""
    path = tmp_path / "backup.tar.gz"
    path.write_bytes(kept.archive)
    return path


class TestRoundTrip:
    pytestmark = pytest.mark.django_db

    def test_the_sample_has_a_row_in_every_table(self, kept):
        assert [label for label, rows in kept.rows.items() if not rows] == []

    def test_every_row_and_file_comes_back(self, kept, backup, media):
        before = kept.rows

        contents = restore_archive(backup)

        assert everything() == before
        assert Evidence.objects.get(kind="file").file.read() == FILE
        assert sum(contents.rows.values()) == sum(map(len, before.values()))
        assert missing_guards() == []
        some = Commitment.objects.first()
        assert some in Commitment.objects.filter(matching(some.title[:2], some.report)), (
            "it is searched again"
        )

    def test_the_first_thing_that_a_process_does_may_be_a_backup(self):
        def read_first_of_all() -> bool:
            # A thread has connections of its own, none of them open.
            try:
                with archive._one_moment("default"):
                    return connections["default"].in_atomic_block
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(read_first_of_all).result()

    def test_new_rows_are_numbered_after_the_restored_ones(self, backup, media):
        restore_archive(backup)
        taken = set(User.objects.values_list("pk", flat=True))

        assert make_user().pk > max(taken)

    def test_a_value_that_this_engine_cannot_hold_is_refused(self, backup, media):
        if connection.vendor == "postgresql":
            pytest.skip("PostgreSQL holds every decimal")
        longer = b"12345678901234567.8901"
        repack(backup, change=lambda name, data: data.replace(b"12345678901.2345", longer), listed=True)

        with pytest.raises(ArchiveError, match=r"does not hold the rows of commitments\.progressupdate"):
            restore_archive(backup)

        assert not User.objects.exists()

    def test_what_was_made_on_one_engine_is_restored_on_the_other(self, kept, backup, tmp_path):
        before = kept.rows
        other = running_server() if connection.vendor == "sqlite" else nullcontext(None)
        with other as server:
            environment = os.environ | {
                "TRACKER_MODE": "test",
                "DJANGO_SETTINGS_MODULE": "tracker.settings",
                "DATABASE_URL": server.url if server else f"sqlite:///{tmp_path}/other.sqlite3",
                "MEDIA_ROOT": str(tmp_path / "other-media"),
            }
            if server:
                create_database(server.url)
            run("manage.py", "migrate", "--verbosity=0", env=environment)
            run("manage.py", "restore", str(backup), env=environment)
            after = run("-m", "tests.tracker.sample", env=environment)

        assert json.loads(after) == json.loads(json.dumps(before))
        copies = [path for path in (tmp_path / "other-media").rglob("*") if path.is_file()]
        assert [path.read_bytes() for path in copies] == [FILE]


@pytest.mark.django_db(transaction=True)
class TestWriting:
    def test_only_whole_files_that_a_row_names_are_kept_for_the_owner_alone(self, tmp_path, media):
        fill()
        (media / "half-written").write_bytes(b"x")

        contents = write_archive(tmp_path / "b.tar.gz")

        assert list(contents.files) == [f"files/{Evidence.objects.get(kind='file').file.name}"]
        assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600
        assert [path.name for path in tmp_path.iterdir() if path.name != "media"] == ["b.tar.gz"]

    def test_a_lost_file_is_named_and_the_rest_is_kept(self, tmp_path, media, capsys):
        fill()
        lost = Evidence.objects.get(kind="file").file
        Path(lost.path).unlink()

        call_command("backup", tmp_path / "b.tar.gz")

        assert lost.name in capsys.readouterr().err
        assert read_manifest(tmp_path / "b.tar.gz")["missing"] == [lost.name]


def run(*arguments: str, env: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def create_database(url: str) -> None:
    import psycopg

    with psycopg.connect(url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE tracker")


def unpacked(content: bytes) -> bytes | None:
    """Return what was packed; None when that cannot be told any more."""
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return None


class TestRefusals:
    pytestmark = pytest.mark.django_db  # the archive of the sample is made in one

    """Found by reading alone: no database is asked."""

    def test_a_backup_is_never_overwritten(self, backup, media):
        with pytest.raises(ArchiveError, match="never overwritten"):
            write_archive(backup)

    @pytest.mark.django_db(transaction=True)
    def test_what_is_interrupted_leaves_no_archive(self, tmp_path, media, monkeypatch):
        monkeypatch.setattr(archive, "_table", lambda *_: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            write_archive(tmp_path / "b.tar.gz")

        assert not list(tmp_path.glob("b.tar.gz*"))

    @pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.95])
    def test_a_flipped_bit_is_found(self, backup, place):
        content = bytearray(backup.read_bytes())
        whole = gzip.decompress(content)
        content[int(len(content) * place)] ^= 0x10
        backup.write_bytes(content)

        if unpacked(content) == whole:
            # One of the few bits of a compressed block that say nothing.
            assert read_manifest(backup)
            return
        with pytest.raises(ArchiveError, match="damaged"):
            read_manifest(backup)

    @pytest.mark.parametrize("share", [0.0, 0.2, 0.7, 0.999])
    def test_a_truncated_archive_is_found(self, backup, share):
        content = backup.read_bytes()
        backup.write_bytes(content[: int(len(content) * share)])

        with pytest.raises(ArchiveError, match=r"damaged|no backup"):
            read_manifest(backup)

    def test_another_file_is_no_backup(self, tmp_path):
        (tmp_path / "x").write_text("a list of names")

        with pytest.raises(CommandError, match="no backup"):
            call_command("restore", tmp_path / "x", "--check")

    def test_rows_that_were_changed_are_found(self, backup):
        repack(
            backup,
            change=lambda name, data: (
                data.replace(b"reporter", b"reviewer") if "user.jsonl" in name else data
            ),
        )

        with pytest.raises(ArchiveError, match=r"rows/commitments\.user\.jsonl"):
            read_manifest(backup)

    def test_a_member_that_was_added_or_removed_is_found(self, backup):
        repack(backup, added={"files/added": b"x"}, dropped="rows/commitments.review.jsonl")

        with pytest.raises(ArchiveError, match=r"files/added, rows/commitments\.review\.jsonl"):
            read_manifest(backup)

    def test_a_member_that_comes_twice_is_refused(self, backup):
        repack(backup, added={"rows/commitments.user.jsonl": b""})

        with pytest.raises(ArchiveError, match="twice"):
            read_manifest(backup)

    @pytest.mark.parametrize(
        "name",
        [
            "files/../../escaped",
            "../escaped",
            "files//etc/escaped",
            "/etc/escaped",
            "files/./escaped",
            "other/escaped",
        ],
    )
    def test_a_name_that_points_elsewhere_is_refused_and_nothing_is_written(
        self, backup, media, tmp_path, name
    ):
        repack(backup, added={name: b"x"}, listed=True)

        with pytest.raises(ArchiveError, match="does not belong"):
            restore_archive(backup)

        assert not media.exists()
        assert not list(tmp_path.rglob("escaped"))

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
    def test_links_and_devices_are_refused(self, backup, kind):
        link = tarfile.TarInfo("files/link")
        link.type, link.linkname = kind, "/etc/passwd"
        repack(backup, members=[link])

        with pytest.raises(ArchiveError, match="neither rows nor a file"):
            read_manifest(backup)

    @pytest.mark.parametrize("manifest", [b"[]", b"{}", b'{"format": 1}', b"no json", b'{"format": 99}'])
    def test_a_strange_manifest_is_refused(self, backup, manifest):
        repack(backup, change=lambda name, data: manifest if name == archive.MANIFEST else data)

        with pytest.raises(ArchiveError):
            read_manifest(backup)


class TestPlace:
    """Refused because of where it would go; what is there stays."""

    pytestmark = pytest.mark.django_db

    def test_a_backup_of_another_version_is_refused(self, backup, media, monkeypatch):
        monkeypatch.setattr(archive, "_applied", lambda using: ["commitments.0001_initial"])

        with pytest.raises(ArchiveError, match="another version"):
            restore_archive(backup)

    def test_a_database_that_is_not_empty_is_refused(self, backup, media):
        make_user()
        before = everything()

        with pytest.raises(ArchiveError, match="not empty"):
            restore_archive(backup)

        assert everything() == before

    def test_a_folder_that_is_not_empty_is_refused(self, backup, media):
        media.mkdir()
        (media / "kept").write_text("x")

        with pytest.raises(ArchiveError, match="holds files"):
            restore_archive(backup)

        assert (media / "kept").read_text() == "x"

    def test_what_fails_half_way_leaves_the_place_empty(self, backup, media, monkeypatch):
        before = everything()
        monkeypatch.setattr(archive, "_reset_sequences", lambda *_: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            restore_archive(backup)

        assert everything() == before
        assert [path for path in media.rglob("*") if path.is_file()] == []


def repack(path, *, change=lambda name, data: data, added=None, dropped="", listed=False, members=()):
    """Write the archive anew with these changes; `listed` makes the manifest vouch for what was added."""
    with tarfile.open(path, "r:gz") as old:
        contents = [(member.name, old.extractfile(member).read()) for member in old]
    contents = [(name, change(name, data)) for name, data in contents if name != dropped]
    if listed:
        manifest = json.loads(dict(contents)[archive.MANIFEST])
        for name, data in [*contents, *(added or {}).items()]:
            manifest["sha256"][name] = archive.hashlib.sha256(data).hexdigest()
        del manifest["sha256"][archive.MANIFEST]
        contents = [
            (name, json.dumps(manifest).encode() if name == archive.MANIFEST else data)
            for name, data in contents
        ]
    with gzip.open(path, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as new:
        for name, data in [*contents, *(added or {}).items()]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
        for info in members:
            new.addfile(info)
