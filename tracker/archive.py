"""One archive of everything: the rows of every table and the files that they name, with checksums.

Rows are written as JSON lines and not in a database's own format, so that an archive made on SQLite
can be restored on PostgreSQL and the other way round. Sign-in sessions are left out on purpose.
The checksums find damage, not forgery: keep archives where only administrators can write.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import django
from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from .storage import stored_files

FORMAT = 1
MANIFEST = "manifest.json"
#: Stored files are kept as files, so that an archive can move between folder and database.
LEFT_OUT = {
    "sessions.session",
    "usersessions.usersession",
    "tracker.ratecount",
    "tracker.storedfile",
    "tracker.storedpiece",
}
#: Made anew by every migration, so an "empty" database holds them; the archive's rows replace them.
MADE_BY_MIGRATION = {"contenttypes.contenttype", "auth.permission"}
BATCH = 1_000


class ArchiveError(Exception):
    """The archive cannot be made or restored; the message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Contents:
    """What an archive holds: rows by table, files by path, both with counts or sizes.

    `missing` are files that a row names and that were not there to be kept.
    """

    rows: dict[str, int]
    files: dict[str, int]
    missing: tuple[str, ...] = ()


def archived_models() -> list[type[models.Model]]:
    """Return every stored model, the joining tables of many-to-many relations included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]


def write_archive(target: Path, *, using: str = "default") -> Contents:
    """Write everything as of one moment into `target` (readable by its owner only).

    The name appears once the archive is whole and on the disk: what an interrupted run leaves behind
    is called `target`.part. Raises ArchiveError when the file exists already.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already; a backup is never overwritten.")
    draft = target.with_name(f"{target.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with draft.open("wb") as file:
            with (
                gzip.GzipFile(fileobj=file, filename="", mode="wb", compresslevel=6) as packed,
                tarfile.open(fileobj=packed, mode="w") as tar,
            ):
                contents = _write(tar, using=using)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a renaming, never replaces what somebody else put there meanwhile.
        os.link(draft, target)
    except FileExistsError as error:
        raise ArchiveError(f"{target} exists already; a backup is never overwritten.") from error
    finally:
        draft.unlink(missing_ok=True)
    return contents


@contextmanager
def _one_moment(using: str) -> Iterator[None]:
    """Read all tables as of one moment for the length of the block, keeping nobody from writing."""
    connection = connections[using]
    # The mode is only known, and would be set anew, on connecting.
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        # In SQLite's write-ahead log a transaction that only reads sees one moment and locks nobody out.
        mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # type: ignore[attr-defined]
        try:
            with transaction.atomic(using=using):
                yield
        finally:
            connection.transaction_mode = mode  # type: ignore[attr-defined]
    else:
        with transaction.atomic(using=using):
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def _write(tar: tarfile.TarFile, *, using: str) -> Contents:
    sums: dict[str, str] = {}
    rows: dict[str, int] = {}
    named: set[str] = set()
    with _one_moment(using):
        migrations = _applied(using)
        for model in archived_models():
            label = model._meta.label_lower
            content, rows[label] = _table(model, using, named)
            with content:
                sums[f"rows/{label}.jsonl"] = _add(tar, f"rows/{label}.jsonl", content)
    files: dict[str, int] = {}
    missing: list[str] = []
    # After the rows: a file is written before the row that names it, and never changed. What no row
    # names is left out: a file may be half written, or left over from a request that failed.
    for name in sorted(named):
        try:
            with default_storage.open(name) as file:
                sums[f"files/{name}"] = _add(tar, f"files/{name}", file)
                files[f"files/{name}"] = file.tell()
        except FileNotFoundError:
            missing.append(name)
    manifest = {
        "format": FORMAT,
        "django": django.get_version(),
        "migrations": migrations,
        "rows": rows,
        "files": files,
        "missing": missing,
        "sha256": sums,
    }
    _add(tar, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1).encode()))
    return Contents(rows, files, tuple(missing))


def _add(tar: tarfile.TarFile, name: str, content: Any) -> str:
    """Add one member and return its SHA-256."""
    content.seek(0)
    digest = hashlib.sha256()
    while chunk := content.read(1 << 20):
        digest.update(chunk)
    info = tarfile.TarInfo(name)
    info.size = content.seek(0, io.SEEK_END)
    info.mode = 0o600
    content.seek(0)
    tar.addfile(info, content)
    return digest.hexdigest()


def _table(model: type[models.Model], using: str, named: set[str]) -> tuple[IO[bytes], int]:
    """Return the rows as JSON lines and their number; add to `named` the files that they name."""
    content = tempfile.SpooledTemporaryFile(max_size=32 * 1024 * 1024)  # noqa: SIM115
    fields = list(model._meta.concrete_fields)
    files = [field.attname for field in fields if isinstance(field, models.FileField)]
    count = 0
    for row in model._base_manager.using(using).order_by("pk").iterator(chunk_size=BATCH):
        cells = {field.attname: _encoded(field, row) for field in fields}
        named.update(cells[name] for name in files if cells[name])
        # Sorted, because PostgreSQL gives the keys of a JSON value back in an order of its own.
        content.write(json.dumps(cells, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        count += 1
    return content, count


def _encoded(field: models.Field[Any, Any], row: models.Model) -> Any:
    value = getattr(row, field.attname)
    if value is None or isinstance(value, bool | int | str) or isinstance(field, models.JSONField):
        return value
    return field.value_to_string(row)


def read_manifest(source: Path) -> dict[str, Any]:
    """Return the manifest of an archive whose every byte was checked.

    Raises ArchiveError when a member is missing, added, doubled or damaged, would land outside its
    folder, or the file is no such archive.
    """
    sums: dict[str, str] = {}
    manifest: Any = None
    try:
        for name, content in _members(source):
            if name in sums or (name == MANIFEST and manifest is not None):
                raise ArchiveError(f"{source} holds {name} twice.")
            if name == MANIFEST:
                manifest = json.load(content)
            else:
                sums[name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        raise ArchiveError(f"{source} is damaged or no backup of this program: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArchiveError(f"{source} is no backup that this version can read.")
    expected = manifest.get("sha256")
    if not isinstance(expected, dict) or not {"rows", "files", "migrations"} <= manifest.keys():
        raise ArchiveError(f"{source} is damaged: its manifest is not complete.")
    if wrong := sorted(
        name for name in sums.keys() | expected.keys() if sums.get(name) != expected.get(name)
    ):
        raise ArchiveError(f"{source} is damaged: {', '.join(wrong[:5])} differ from their checksums.")
    if strange := [name for name in sums if not _is_ours(name)]:
        raise ArchiveError(f"{source} holds {strange[0]}, which does not belong into a backup.")
    return manifest


def _is_ours(name: str) -> bool:
    """Say whether a member lies below rows/ or files/ and nowhere else."""
    path = PurePosixPath(name)
    return (
        path.parts[0] in ("rows", "files")
        and len(path.parts) > 1
        and ".." not in path.parts
        and str(path) == name
        and "\0" not in name
    )


def _members(source: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the members, and read on to the end of the file: its last bytes hold a checksum of all."""
    with gzip.open(source, "rb") as packed:
        with tarfile.open(fileobj=packed, mode="r:") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is None:
                    raise ArchiveError(f"{source} holds {member.name}, which is neither rows nor a file.")
                yield member.name, content
        while packed.read(1 << 20):
            pass


def restore_archive(source: Path, *, using: str = "default") -> Contents:
    """Bring an archive into an empty, migrated database and an empty place for files; all or nothing.

    Every row is read back and compared with the archive before the restored state counts. Raises
    ArchiveError when the archive is damaged, of another version, or the place is not empty.
    """
    manifest = read_manifest(source)
    if manifest["migrations"] != _applied(using):
        raise ArchiveError(
            "The backup was made by another version of this program: its migrations differ from this "
            "database's. Restore it with the version that made it, then upgrade."
        )
    _refuse_unless_empty(using)
    by_label = {model._meta.label_lower: model for model in archived_models()}
    if unknown := manifest["rows"].keys() - by_label.keys():
        raise ArchiveError(
            f"The backup holds tables that this version does not know: {', '.join(sorted(unknown))}."
        )
    placed: list[str] = []
    try:
        with transaction.atomic(using=using):
            _restore(source, by_label, placed, using)
            _compare(manifest, by_label, using)
    except BaseException:
        for name in placed:
            default_storage.delete(name)
        raise
    return Contents(manifest["rows"], manifest["files"], tuple(manifest.get("missing", ())))


def _restore(source: Path, by_label: dict[str, type[models.Model]], placed: list[str], using: str) -> None:
    for label in MADE_BY_MIGRATION:
        by_label[label]._base_manager.using(using).all().delete()
    for name, content in _members(source):
        folder, _, rest = name.partition("/")
        if folder == "rows":
            _load(by_label[rest.removesuffix(".jsonl")], content, using)
        elif folder == "files":
            _place(rest, content, placed)
    _reset_sequences(list(by_label.values()), using)
    by_label["contenttypes.contenttype"].objects.clear_cache()  # type: ignore[attr-defined]


def _compare(manifest: dict[str, Any], by_label: dict[str, type[models.Model]], using: str) -> None:
    """Raise ArchiveError unless every table reads exactly as the archive has it.

    SQLite, for one, holds no more than fifteen digits of a decimal.
    """
    for label in manifest["rows"]:
        try:
            content, _ = _table(by_label[label], using, set())
        except ArithmeticError:
            found = "a figure that cannot be read back"
        else:
            with content:
                content.seek(0)
                found = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
        if found != manifest["sha256"][f"rows/{label}.jsonl"]:
            raise ArchiveError(
                f"This database does not hold the rows of {label} exactly as they are in the backup. "
                "Nothing was restored."
            )


def _refuse_unless_empty(using: str) -> None:
    for model in archived_models():
        if model._meta.label_lower in MADE_BY_MIGRATION:
            continue
        if model._base_manager.using(using).exists():
            raise ArchiveError(
                f"The database is not empty: there are rows of {model._meta.verbose_name_plural}. "
                "Restore into a new database; nothing was changed."
            )
    if found := next(stored_files(), None):
        raise ArchiveError(
            f"The place for evidence holds files ({found[0]}). Restore into an empty one; nothing was changed."
        )


def _load(model: type[models.Model], content: IO[bytes], using: str) -> None:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    batch: list[models.Model] = []
    for line in content:
        cells = json.loads(line)
        batch.append(model(**{name: _decoded(fields[name], value) for name, value in cells.items()}))
        if len(batch) == BATCH:
            model._base_manager.using(using).bulk_create(batch)
            batch = []
    model._base_manager.using(using).bulk_create(batch)


def _decoded(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField | models.FileField):
        return value
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)


def _place(name: str, content: IO[bytes], placed: list[str]) -> None:
    saved = default_storage.save(name, File(content, name))
    placed.append(saved)
    if saved != name:
        raise ArchiveError(f"The file {name} could not be placed under its name.")


def _reset_sequences(restored: list[type[models.Model]], using: str) -> None:
    """Let new rows be numbered after the restored ones (PostgreSQL keeps a counter apart)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), restored):
            cursor.execute(statement)


def _applied(using: str) -> list[str]:
    applied = MigrationRecorder(connections[using]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)
