"""Measured from inside: queries, time in the database, time and memory of one request, without a server.

`python -m tracker.devtools.bench.inside PART` with the settings of the site in the environment; prints JSON.
"""

import io
import json
import resource
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import django
from django.conf import settings

settings.ROOT_URLCONF = "tracker.devtools.bench.urls"
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from commitments.models import Commitment, Report, User  # noqa: E402

from .acts import ACTS, HTMX, Task  # noqa: E402
from .load import PLAIN  # noqa: E402
from .places import BARE, DEEP, EXPORTS, LISTS, MAIN, PUBLIC, STAFF  # noqa: E402

TIMES = 7
# As the proxy of docs/deploy.md asks.
ASKS: dict[str, Any] = {
    "HTTP_HOST": "127.0.0.1",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_ACCEPT_ENCODING": "br",
}


@dataclass
class Found:
    """One request, the median of several."""

    name: str
    status: int
    ms: float
    queries: int
    db_ms: float
    size: int
    cpu_ms: float = 0.0
    megabytes: float = 0.0


class Counted:
    """Counts the queries of a block, and the time they take."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):  # the frame of a transaction asks for nothing
            return execute(sql, *arguments)
        began = time.perf_counter()
        try:
            return execute(sql, *arguments)
        finally:
            self.times.append(time.perf_counter() - began)


def client(username: str = "") -> Client:
    made = Client(raise_request_exception=True, **ASKS)
    if username:
        made.force_login(
            User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend"
        )
    return made


def timed(name: str, act: Callable[[], Any], *, times: int = TIMES) -> Found:
    """Do it several times and return the median; the first time, which compiles templates, is left out."""
    samples: list[Found] = []
    for number in range(times + 1):
        counted = Counted()
        with connection.execute_wrapper(counted):
            wall, cpu = time.perf_counter(), time.process_time()
            response = act()
            size = sum(len(piece) for piece in response) if response.streaming else len(response.content)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        found = Found(
            name,
            response.status_code,
            wall * 1000,
            len(counted.times),
            sum(counted.times) * 1000,
            size,
            cpu * 1000,
        )
        if number or times == 1:
            samples.append(found)
    middle = sorted(samples, key=lambda found: found.ms)[len(samples) // 2]
    middle.cpu_ms = statistics.median(found.cpu_ms for found in samples)
    middle.megabytes = peak()
    return middle


def peak() -> float:
    """Return the most memory this process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pages(which: str) -> Iterator[Found]:
    """Every public page, the API, downloads; or `main`, those that goals are set for."""
    reader = client()
    yield timed("bare", lambda: reader.get(BARE))
    places = {**PUBLIC, **EXPORTS} if which == "all" else {**MAIN, **LISTS}
    for name, path in places.items():
        yield timed(name, lambda path=path: reader.get(path))  # type: ignore[misc]
    etag = reader.get(MAIN["list"]).headers["ETag"]
    yield timed("list, asked again", lambda: reader.get(MAIN["list"], headers={"If-None-Match": etag}))


def staff() -> Iterator[Found]:
    """What staff do: their pages and acts, the forms made beforehand."""
    administrator = client("demo-admin")
    for name, path in STAFF.items():
        yield timed(name, lambda path=path: administrator.get(path))  # type: ignore[misc]
    yield timed("staff bare", lambda: administrator.get(BARE))
    somebody = client()
    for name, tasks in ACTS.items():
        ready = iter(list(islice(tasks(), TIMES + 1)))
        yield timed(name, lambda ready=ready: carried_out(somebody, next(ready)))  # type: ignore[misc]


def carried_out(person: Client, task: Task) -> Any:
    """Post a form as its page does. Raises AssertionError when the answer is not that of a success."""
    person.cookies[settings.SESSION_COOKIE_NAME] = task.cookie
    response = person.post(task.path, task.fields, headers=HTMX)
    assert response.status_code == task.status, f"{response.status_code} {task.path}"
    return response


def beside(page: str, other: str) -> dict[str, float]:
    """Ask a server for a page right after a change of one row, and another server for its own, by turns."""
    from commitments import clock
    from commitments.progress.changes import raise_data_version

    report = Report.objects.default()
    changed = [Commitment.objects.published().filter(report=report).values_list("pk", flat=True)[0]]
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(3 * TIMES):
        raise_data_version(report.pk, now=clock.now(), only=changed)
        for name, url in (("ours", page), ("theirs", other)):
            began = time.perf_counter()
            with urllib.request.urlopen(urllib.request.Request(url, headers=dict(PLAIN))) as answer:
                answer.read()
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def deep() -> Iterator[Found]:
    """The first and the thousandth page of a long list, its roll kept."""
    reader = client()
    for name, path in DEEP.items():
        yield timed(name, lambda path=path: reader.get(path))  # type: ignore[misc]


@contextmanager
def stopwatch(found: dict[str, float], name: str) -> Iterator[None]:
    began, cpu = time.perf_counter(), time.process_time()
    yield
    found[name] = round(time.perf_counter() - began, 2)
    found[f"{name}, processor"] = round(time.process_time() - cpu, 2)
    found[f"{name}, MB"] = round(peak())


def bulk() -> dict[str, float]:
    """Preview and confirm one change of 10,000 rows."""
    from commitments import clock
    from commitments.progress import bulk as room

    found: dict[str, float] = {}
    by = User.objects.get(username="demo-admin")
    rows = Commitment.objects.filter(
        pk__in=Commitment.objects.filter(report=Report.objects.default()).order_by("pk").values("pk")[:10_000]
    )
    asked = room.Request(edits={"contact": room.Edit("set", "王主任 62988888")}, reason="统一联系人")
    found["rows"], found["before, MB"] = rows.count(), round(peak())
    with stopwatch(found, "preview"):
        preview = room.preview(rows, asked, by=by, now=clock.now())
    with stopwatch(found, "confirm"):
        room.apply(rows, asked, by=by, now=clock.now(), seen=preview.seen)
    return found


def ledger() -> dict[str, float]:
    """Export the whole ledger, and preview the import of 5,000 of its rows with every column."""
    from openpyxl import load_workbook

    from commitments.exchange import ledger_import
    from commitments.progress.roll import judged

    found: dict[str, float] = {}
    administrator, report = client("demo-admin"), Report.objects.default()
    from commitments import clock
    from commitments.exchange import ledger_export, sheets

    today = clock.today()
    some = judged(report, today=today)[:5_000]
    sheet = ledger_export.rows_of(report, some)
    book = b"".join(
        sheets.written(ledger_export.ledger_sheet(report, sheet, ledger_export.names_of(sheet)), "xlsx")
    )
    found["columns"] = load_workbook(io.BytesIO(book), read_only=True).worksheets[0].max_column or 0
    found["import rows"] = len(some)
    del some, sheet
    with stopwatch(found, "import preview"):
        tables = ledger_import.read_ledger(book, "ledger.xlsx")
        ledger_import.plan_ledger(tables, report, today=today)
    found["size of file, MB"] = round(len(book) / 1e6, 1)
    del administrator
    return found


def export(path: str) -> dict[str, float]:
    """Download a whole list in a process of its own, whose memory is all the export's."""
    found: dict[str, float] = {"before, MB": round(peak())}
    reader = client("demo-admin")
    began, cpu = time.perf_counter(), time.process_time()
    response = reader.get(path)
    size, first = 0, 0.0
    for piece in response:
        first = first or time.perf_counter() - began
        size += len(piece)
    found |= {
        "rows": Commitment.objects.published().filter(report=Report.objects.default()).count(),
        "seconds": round(time.perf_counter() - began, 1),
        "processor": round(time.process_time() - cpu, 1),
        "first byte": round(first, 1),
        "sent, MB": round(size / 1e6, 1),
        "peak, MB": round(peak()),
        "streamed": float(response.streaming),
    }
    return found


def session() -> str:
    """Return the cookie of an administrator."""
    return str(client("demo-admin").cookies["sessionid"].value)


def main() -> None:
    part, *arguments = sys.argv[1:]
    if part == "session":
        return print(session())
    lists: dict[str, Callable[..., Iterator[Found]]] = {"pages": pages, "staff": staff, "deep": deep}
    if part in lists:
        result: Any = [asdict(found) for found in lists[part](*arguments)]
    else:
        acts = {"bulk": bulk, "ledger": ledger, "export": export, "beside": beside}
        result = acts[part](*arguments)  # type: ignore[operator]
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
