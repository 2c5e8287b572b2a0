"""The described tables of the data package (Frictionless): what each holds, and its rows. Approved facts only."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ..models import Report
from ..progress.judging import Judged
from .cells import BYTE_ORDER_MARK, Cell, as_text, in_csv

Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Snapshot:
    """What the tables are made of: the report, its published commitments as judged on a day, and the day."""

    report: Report
    rows: list[Judged]
    today: dt.date
    is_demonstration: bool


@dataclass(frozen=True)
class Field:
    """A column: name, type of the Table Schema, what it holds, and where it points."""

    name: str
    type: str
    description: str | Promise
    required: bool = False
    refers_to: str = ""


@dataclass(frozen=True)
class Table:
    """One file of the package; `key` names the fields that tell its rows apart."""

    name: str
    title: str | Promise
    fields: tuple[Field, ...]
    rows: Callable[[Snapshot], Iterable[Row]]
    key: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Return the file's name inside the package."""
        return f"{self.name}.csv"


def csv_lines(table: Table, snapshot: Snapshot) -> Iterator[str]:
    """Yield the table as CSV, line by line: comma, CRLF, UTF-8 with the mark by which Excel knows it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([field.name for field in table.fields])
    for row in table.rows(snapshot):
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([in_csv(value) for value in row])
    yield buffer.getvalue()


def descriptor(tables: Iterable[Table], snapshot: Snapshot) -> dict[str, Any]:
    """Return datapackage.json: names, types and meanings of everything in the package."""
    report = snapshot.report
    mark = _("[Demonstration data] ") if snapshot.is_demonstration else ""
    description: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"commitments-{report.slug}",
        "id": f"{settings.SITE_URL}{reverse('public:data')}",
        "title": mark + _("Commitments of the %(report)s") % {"report": report},
        "description": _(
            "Every published commitment with its exact words, and every approved update, review and amendment. "
            "Statuses are as judged on %(day)s. Texts that begin with =, +, - or @ are preceded by an apostrophe."
        )
        % {"day": snapshot.today.isoformat()},
        "homepage": f"{settings.SITE_URL}/",
        "version": str(report.data_version),
        "keywords": [report.district, str(report.year), "政府工作报告", "承诺事项"],
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "sources": [{"title": report.title}],
        "resources": [resource(table) for table in tables],
    }
    if report.data_changed_at:
        description["created"] = as_text(report.data_changed_at)
    return description


def resource(table: Table) -> dict[str, Any]:
    """Return the description of one table."""
    schema: dict[str, Any] = {
        "fields": [
            {
                "name": field.name,
                "type": field.type,
                "description": str(field.description),
                **({"constraints": {"required": True}} if field.required else {}),
            }
            for field in table.fields
        ],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    if foreign := [field for field in table.fields if field.refers_to]:
        schema["foreignKeys"] = [
            {
                "fields": field.name,
                "reference": dict(zip(("resource", "fields"), field.refers_to.split("."), strict=True)),
            }
            for field in foreign
        ]
    return {
        "name": table.name,
        "path": table.path,
        "title": str(table.title),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {
            "delimiter": ",",
            "lineTerminator": "\r\n",
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
        },
        "schema": schema,
    }
