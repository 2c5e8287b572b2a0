"""One archive of everything: the rows of every table and the files of evidence, with checksums.

Rows are written as JSON lines and not in a database's own format, so that an archive made on SQLite
can be restored on PostgreSQL and the other way round. Sign-in sessions are left out on purpose.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import django
from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST = "manifest.json"
LEFT_OUT = {"sessions.session", "usersessions.usersession"}
#: Made anew by every migration, so an "empty" database holds them; the archive's rows replace them.
MADE_BY_MIGRATION = {"contenttypes.contenttype", "auth.permission"}
BATCH = 1_000


class ArchiveError(Exception):
    """The archive cannot be made or restored; the message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Contents:
    """What an archive holds: rows by table, files by path, both with counts or sizes."""

    rows: dict[str, int]
    files: dict[str, int]


def archived_models() -> list[type[models.Model]]:
    """Return every stored model, the joining tables of many-to-many relations included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]


def write_archive(target: Path, *, media: Path, using: str = "default") -> Contents:
    """Write everything as of one moment into `target` (readable by its owner only).

    Raises ArchiveError when the file exists already. What was begun is removed when it fails.
    """
    try:
        target.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise ArchiveError(f"{target} exists already; a backup is never overwritten.") from error
    try:
        with (
            gzip.open(target, "wb", compresslevel=6) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            return _write(tar, media=media, using=using)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _write(tar: tarfile.TarFile, *, media: Path, using: str) -> Contents:
    sums: dict[str, str] = {}
    rows: dict[str, int] = {}
    with transaction.atomic(using=using):
        if connections[using].vendor == "postgresql":
            # One moment for all tables; SQLite's write lock gives the same.
            connections[using].cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        migrations = _applied(using)
        for model in archived_models():
            name = f"rows/{model._meta.label_lower}.jsonl"
            content, rows[model._meta.label_lower] = _table(model, using)
            sums[name] = _add(tar, name, content)
    files = {}
    # After the rows: a file is only ever added, so each one that a row names is there by now.
    for path in sorted(media.rglob("*")) if media.is_dir() else []:
        if path.is_file():
            name = f"files/{path.relative_to(media).as_posix()}"
            with path.open("rb") as file:
                sums[name] = _add(tar, name, file)
            files[name] = path.stat().st_size
    manifest = {
        "format": FORMAT,
        "django": django.get_version(),
        "migrations": migrations,
        "rows": rows,
        "files": files,
        "sha256": sums,
    }
    _add(tar, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1).encode()))
    return Contents(rows, files)


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> str:
    """Add one member and return its SHA-256."""
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    info = tarfile.TarInfo(name)
    info.size = content.seek(0, io.SEEK_END)
    info.mode = 0o600
    content.seek(0)
    tar.addfile(info, content)
    return digest


def _table(model: type[models.Model], using: str) -> tuple[IO[bytes], int]:
    content = tempfile.SpooledTemporaryFile(max_size=32 * 1024 * 1024)  # noqa: SIM115
    count = 0
    for row in model._base_manager.using(using).order_by("pk").iterator(chunk_size=BATCH):
        cells = {field.attname: _encoded(field, row) for field in model._meta.concrete_fields}
        content.write(json.dumps(cells, ensure_ascii=False).encode() + b"\n")
        count += 1
    return content, count  # type: ignore[return-value]


def _encoded(field: models.Field[Any, Any], row: models.Model) -> Any:
    value = getattr(row, field.attname)
    if value is None or isinstance(value, bool | int | str) or isinstance(field, models.JSONField):
        return value
    return field.value_to_string(row)


def read_manifest(source: Path) -> dict[str, Any]:
    """Return the manifest of an archive whose every byte was checked.

    Raises ArchiveError when a member is missing, added or damaged, or the file is no such archive.
    """
    sums: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        for name, content in _members(source):
            if name == MANIFEST:
                manifest = json.load(content)
            else:
                sums[name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise ArchiveError(f"{source} is damaged or no backup of this program: {error}") from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise ArchiveError(f"{source} is no backup that this version can read.")
    if wrong := sorted(
        name
        for name in sums.keys() | manifest["sha256"].keys()
        if sums.get(name) != manifest["sha256"].get(name)
    ):
        raise ArchiveError(f"{source} is damaged: {', '.join(wrong[:5])} differ from their checksums.")
    return manifest


def _members(source: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(source, "r:gz") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is None:
                raise ArchiveError(f"{source} holds {member.name}, which is neither rows nor a file.")
            yield member.name, content


def restore_archive(source: Path, *, media: Path, using: str = "default") -> Contents:
    """Bring an archive into an empty, migrated database and an empty folder of files; all or nothing.

    Raises ArchiveError when the archive is damaged, of another version, or the place is not empty.
    """
    manifest = read_manifest(source)
    if manifest["migrations"] != _applied(using):
        raise ArchiveError(
            "The backup was made by another version of this program: its migrations differ from this "
            "database's. Restore it with the version that made it, then upgrade."
        )
    _refuse_unless_empty(media, using)
    by_label = {model._meta.label_lower: model for model in archived_models()}
    if unknown := manifest["rows"].keys() - by_label.keys():
        raise ArchiveError(
            f"The backup holds tables that this version does not know: {', '.join(sorted(unknown))}."
        )
    media.mkdir(parents=True, exist_ok=True)
    with transaction.atomic(using=using):
        for label in MADE_BY_MIGRATION:
            by_label[label]._base_manager.using(using).all().delete()
        for name, content in _members(source):
            if name.startswith("rows/"):
                _load(by_label[name.removeprefix("rows/").removesuffix(".jsonl")], content, using)
            elif name.startswith("files/"):
                _place(media, name.removeprefix("files/"), content)
        _reset_sequences(list(by_label.values()), using)
    return Contents(manifest["rows"], manifest["files"])


def _refuse_unless_empty(media: Path, using: str) -> None:
    for model in archived_models():
        if model._meta.label_lower in MADE_BY_MIGRATION:
            continue
        if model._base_manager.using(using).exists():
            raise ArchiveError(
                f"The database is not empty: there are rows of {model._meta.verbose_name_plural}. "
                "Restore into a new database; nothing was changed."
            )
    if media.is_dir() and any(path.is_file() for path in media.rglob("*")):
        raise ArchiveError(f"The folder {media} holds files. Restore into an empty one; nothing was changed.")


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


def _place(media: Path, name: str, content: IO[bytes]) -> None:
    path = (media / name).resolve()
    if not path.is_relative_to(media.resolve()):
        raise ArchiveError(f"The backup holds a file that points outside the folder: {name}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        while chunk := content.read(1 << 20):
            file.write(chunk)
    path.chmod(0o640)


def _reset_sequences(restored: list[type[models.Model]], using: str) -> None:
    """Let new rows be numbered after the restored ones (PostgreSQL keeps a counter apart)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), restored):
            cursor.execute(statement)


def _applied(using: str) -> list[str]:
    applied = MigrationRecorder(connections[using]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)
