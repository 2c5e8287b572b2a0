"""Downloads of everything with its history: described tables one by one, and the whole as one package."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import condition, require_safe

from ..progress.roll import judged
from .caching import page_etag, public_page
from .datapackage import Snapshot, Table, csv_lines, descriptor
from .datatables import BY_NAME, TABLES
from .feeds import noon
from .metadata import dataset
from .scope import within
from .site import report_or_404, site_of


@public_page
def data(request: HttpRequest) -> HttpResponse:
    """Describe every table with its columns, and offer them."""
    now = snapshot(request)
    context = {
        "report": now.report,
        "tables": TABLES,
        "today": now.today,
        "total": len(now.rows),
        "dataset": dataset(now.report, site_url=site_of(request).url, total=len(now.rows)),
    }
    return render(request, "public/data.html", context)


@public_page
def data_descriptor(request: HttpRequest) -> HttpResponse:
    """Answer with datapackage.json (Frictionless Data Package); its paths lie beside it."""
    content = descriptor(TABLES, snapshot(request))
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})


@public_page
def data_table(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with one table as CSV."""
    table = BY_NAME.get(name)
    if table is None:
        raise Http404(name)
    lines = "".join(csv_lines(table, snapshot(request)))
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.path}"'
    return response


@public_page
def report_text(request: HttpRequest) -> HttpResponse:
    """Answer with the stored text of the report, to which every place in the tables refers."""
    report = report_or_404(request)
    return HttpResponse(report.text, content_type="text/plain; charset=utf-8")


@require_safe
@condition(etag_func=page_etag)
def data_package(request: HttpRequest) -> HttpResponseBase:
    """Send the whole package as a zip file, made while it is sent."""
    now = snapshot(request)
    response = StreamingHttpResponse(package(TABLES, now), content_type="application/zip")
    name = f"commitments-{now.report.slug}-{now.today:%Y%m%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def snapshot(request: HttpRequest) -> Snapshot:
    """Return what the tables are made of, judged on the tracker's day."""
    report, site = report_or_404(request), site_of(request)
    rows = judged(report, today=site.today, commitments=within(report))
    return Snapshot(report, rows, site.today, site.shows_demonstration)


class _Outlet(io.RawIOBase):
    """Takes what the zip writer writes and gives it on: a file that is never whole in memory."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self.waiting)
        self.waiting.clear()
        return taken


def package(tables: Iterable[Table], now: Snapshot) -> Iterator[bytes]:
    """Yield the zip file piece by piece. Dated by the data, so that equal data make equal bytes."""
    changed = timezone.localtime(now.report.data_changed_at or noon(now.report.delivered_on))
    moment = (changed.year, changed.month, changed.day, changed.hour, changed.minute, changed.second // 2 * 2)
    text = json.dumps(descriptor(tables, now), ensure_ascii=False, indent=2)
    parts: list[tuple[str, Iterable[str]]] = [
        ("datapackage.json", [text]),
        ("report.txt", [now.report.text]),
        *((table.path, csv_lines(table, now)) for table in tables),
    ]
    outlet, sums = _Outlet(), []
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:

        def write(name: str, pieces: Iterable[str]) -> Iterator[bytes]:
            digest = hashlib.sha256()
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                for piece in pieces:
                    encoded = piece.encode()
                    digest.update(encoded)
                    file.write(encoded)
                    yield outlet.take()
            sums.append(f"{digest.hexdigest()}  {name}\n")

        for name, pieces in parts:
            yield from write(name, pieces)
        yield from write("SHA256SUMS", list(sums))
    yield outlet.take()
