"""bin/bench, inside the environment: brings everything up, measures, prints the goals, writes docs/benchmarks.md."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..bootstrap import ROOT, VAR
from ..messages import compile_catalogues
from ..postgres import running_server
from . import load, servers, tools, writing
from .load import PLAIN, Target
from .places import BARE, BIG_SLUG, EXPORTS, LONG_WORD, MAIN, PUBLIC, STAFF
from .start import parse

FOLDER = VAR / "bench"
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
PARTS = ["load", "pages", "staff", "crowd", "phone", "lighthouse"]
# Commitments of the long list: bulk edit and import take the first of them, the export all.
LONG = 100_000
FACETS = "_facet=status&_facet=kind&_facet=area&_facet=lead"
Results = dict[str, Any]


def main() -> None:
    options = parse(sys.argv[1:])
    parts = options.only or (["load", "pages", "staff"] if options.quick else PARTS)
    sizes = sorted(options.rows or ([600, 100_000] if options.quick else [600, 100_000, 1_000_000]))
    rounds, seconds = options.rounds or (1 if options.quick else 3), 1.0 if options.quick else 2.0
    FOLDER.mkdir(parents=True, exist_ok=True)
    compile_catalogues()
    collect_static()
    if tools.program("wrk") is None:
        raise SystemExit("bin/bench needs wrk: apt-get install wrk")
    results: Results = {"versions": tools.versions(), "rounds": rounds, "engines": {}}
    for engine in options.engine or ["postgresql", "sqlite"]:
        with database(engine) as (url, process, description):
            found: Results = {"description": description, "sizes": {}}
            results["engines"][engine] = found
            for size in sizes:
                fill(url, size)
                say(f"{NAMES[engine]}, {size:,} rows: measuring")
                found["sizes"][str(size)] = at_size(
                    url, process, parts, rounds=rounds, seconds=seconds, is_first=size == sizes[0],
                    is_whole=engine == "postgresql",
                )  # fmt: skip
                save(results)
            if "staff" in parts:
                count = 2_000 if options.quick else LONG
                found["long"] = long_list(url, count, workbooks=engine == "postgresql")
                save(results)
    save(results)
    print(writing.summary(results))
    if not options.quick and not options.only:
        (ROOT / "docs" / "benchmarks.md").write_text(writing.document(results), encoding="utf-8")


def collect_static() -> None:
    """Put style sheets and scripts where the production server gives them from."""
    environment = servers.environment(f"sqlite:///{FOLDER / 'none.sqlite3'}")
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def save(results: Results) -> None:
    (FOLDER / "results.json").write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")


@contextmanager
def database(engine: str) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Yield an empty database of this kind: its address, its processes, what it is."""
    if engine == "sqlite":
        import sqlite3

        path = FOLDER / "bench.sqlite3"
        for file in FOLDER.glob("bench.sqlite3*"):
            file.unlink()
        yield f"sqlite:///{path}", (), f"SQLite {sqlite3.sqlite_version}"
        for file in FOLDER.glob("bench.sqlite3*"):
            file.unlink()
        return
    # As Debian sets it up, but for memory in proportion to this machine; nothing is kept, so no fsync.
    with running_server(
        ["shared_buffers=1GB", "effective_cache_size=4GB", "maintenance_work_mem=512MB", "work_mem=16MB",
         "max_wal_size=8GB", "random_page_cost=1.1", "max_connections=100"]
    ) as server:  # fmt: skip
        import psycopg

        with psycopg.connect(server.url.replace("/tracker", "/postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE tracker")
        yield server.socket_url, (server.pid,), server.description


def fill(url: str, size: int) -> None:
    """Bring the database to this size."""
    say(f"filling to {size:,} commitments")
    inside("prepare", str(size), url=url)


def inside(module: str, *arguments: str, url: str, **changes: str) -> str:
    """Run one of our modules with the site's settings and return what it printed."""
    environment = servers.environment(url, **changes)
    done = subprocess.run(
        [sys.executable, "-m", f"tracker.devtools.bench.{module}", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{module} {' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
    return done.stdout


def measured(part: str, *arguments: str, url: str, **changes: str) -> Any:
    return json.loads(inside("inside", part, *arguments, url=url, **changes).splitlines()[-1])


def at_size(
    url: str,
    process: tuple[int, ...],
    parts: list[str],
    *,
    rounds: int,
    seconds: float,
    is_first: bool,
    is_whole: bool,
) -> Results:
    """Measure everything at the size that the database has now; under load every page only at the smallest."""
    found: Results = {"bytes": database_size(url)}
    if "pages" in parts:
        which = "all" if is_first else "main"
        found["pages"] = measured("pages", which, url=url, PAGE_CACHE_URL="dummy://", ROLLS_KEPT="0")
        found["pages, roll kept"] = measured("pages", "main", url=url, PAGE_CACHE_URL="dummy://")
    if "staff" in parts:
        found["staff"] = measured("staff", url=url)
    if "load" in parts:
        every = is_first and is_whole
        found["load"], found["beside"] = loaded(url, process, rounds=rounds, seconds=seconds, every=every)
    if "load" in parts and is_first:
        found["acts"] = acts(url, seconds=2 * seconds)
    if "crowd" in parts and is_first:
        found["crowd"] = crowd(url, seconds=20)
    # What a browser sees is the same on either database.
    if is_first and is_whole and {"phone", "lighthouse"} & set(parts):
        from . import phone

        # Lighthouse asks for robots.txt without the headers of a proxy, and would be redirected to https.
        with servers.site(url, SECURE_SSL_REDIRECT="false") as site:
            if "phone" in parts:
                found["phone"] = phone.paints(site.url)
            if "lighthouse" in parts:
                public = {name: place for name, place in PUBLIC.items() if is_page(name, place)}
                found["lighthouse"] = phone.scores(site.url, public, FOLDER)
    return found


def is_page(name: str, place: str) -> bool:
    """Say whether an address is a page to be looked at."""
    return not place.startswith("/api/") and place.endswith("/") and "," not in name


def loaded(
    url: str, process: tuple[int, ...], *, rounds: int, seconds: float, every: bool
) -> tuple[Results, Results]:
    """Load the pages kept and not kept, the baselines beside them, in alternation; `every` page, or the main ones.

    The second: the list after a change beside Datasette's page, one at a time; empty without Datasette.
    """
    beside: Results = {}
    flat = FOLDER / "flat.sqlite3"
    inside("prepare", "flat", str(flat), url=url)
    with contextlib.ExitStack() as stack:
        kept = stack.enter_context(servers.site(url))
        rolled = stack.enter_context(servers.site(url, PAGE_CACHE_URL="dummy://"))
        bare_of_all = stack.enter_context(servers.site(url, PAGE_CACHE_URL="dummy://", ROLLS_KEPT="0"))
        page = get(kept.url + MAIN["list"])
        file = stack.enter_context(servers.nginx(page))
        dataset = stack.enter_context(servers.datasette(tools.datasette(), flat))
        mine = (kept.pid, *process)
        targets = [Target("bare", kept.url + BARE, processes=mine)]
        targets += [Target(f"kept: {name}", kept.url + place, processes=mine) for name, place in MAIN.items()]
        etag = urllib.request.urlopen(urllib.request.Request(kept.url + MAIN["list"], headers=PLAIN)).headers[
            "ETag"
        ]
        targets.append(
            Target("304: list", kept.url + MAIN["list"], PLAIN | {"If-None-Match": etag}, mine, (304,))
        )
        targets += [
            Target(f"roll kept: {name}", rolled.url + place, PLAIN, (rolled.pid, *process))
            for name, place in (*MAIN.items(), ("list, searched", PUBLIC["list, searched"]))
        ]
        targets += [
            Target(f"nothing kept: {name}", bare_of_all.url + place, PLAIN, (bare_of_all.pid, *process))
            for name, place in MAIN.items()
        ]
        if every:
            targets += [
                Target(f"kept: {name}", kept.url + place, processes=mine)
                for name, place in PUBLIC.items()
                if name not in MAIN
            ]
            targets += [
                Target(f"export: {name}", kept.url + place, processes=mine) for name, place in EXPORTS.items()
            ]
        cookie = inside("inside", "session", url=url).split()[-1]
        signed_in = PLAIN | {"Cookie": f"sessionid={cookie}"}
        for name, place in STAFF.items() if every else [("admin changelist", STAFF["admin changelist"])]:
            targets.append(Target(f"staff: {name}", kept.url + place, signed_in, mine))
        if file:
            targets.append(Target("nginx", f"{file.url}/page", processes=(file.pid,)))
        if dataset:
            table = f"{dataset.url}/flat/commitments"
            searched = f"{table}?{FACETS}&_search={LONG_WORD}"
            targets += [
                Target(name, address, PLAIN, (dataset.pid,), at_least_seconds=8)
                for name, address in (
                    ("Datasette, facets", f"{table}?{FACETS}"), ("Datasette, facets and search", searched)
                )
            ]  # fmt: skip
        results = load.measure(targets, rounds=rounds, seconds=seconds)
        if dataset:
            beside = measured("beside", rolled.url + MAIN["list"], f"{table}?{FACETS}", url=url)
    flat.unlink(missing_ok=True)
    medians = {
        name: {
            what: round(result.median(what), 3)
            for what in ("per_second", "median_ms", "p99_ms", "bytes_each", "errors", "cpu_ms")
        }
        for name, result in results.items()
    }
    return medians, beside


def get(url: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=load.BROWSER)) as answer:
        body: bytes = answer.read()
        return body


def acts(url: str, *, seconds: float) -> Results:
    """Have 16 signed-in people at once do what staff do, act by act."""
    with servers.site(url) as site:
        told = inside("acts", site.url, str(seconds), url=url, SITE_URL=https(site))
    found: Results = json.loads(told.splitlines()[-1])
    return found


def https(site: servers.Running) -> str:
    """Return the address that a browser behind the proxy would see."""
    return site.url.replace("http:", "https:")


def crowd(url: str, *, seconds: int) -> Results:
    """Load the list with 1,000 connections, alone and while people submit."""
    with servers.site(url) as site:
        alone = thousand(site.url, seconds)
        environment = servers.environment(url, SITE_URL=https(site))
        people = subprocess.Popen(
            [sys.executable, "-m", "tracker.devtools.bench.crowd", site.url, str(seconds)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(2)
        beside = thousand(site.url, seconds)
        told, errors = people.communicate(timeout=180)
    if people.returncode:
        raise SystemExit(f"the reporters failed: {errors[-2000:]}")
    return {"alone": alone, "beside": beside, "reporters": json.loads(told.splitlines()[-1])}


def thousand(url: str, seconds: int) -> Results:
    """Load with 1,000 connections."""
    before = load.CONNECTIONS
    load.CONNECTIONS = 1_000
    try:
        sample = load.load(Target("crowd", f"{url}{MAIN['list']}"), seconds)
    finally:
        load.CONNECTIONS = before
    return {"per_second": sample.per_second, "median_ms": sample.median_ms, "p99_ms": sample.p99_ms, "errors": sample.errors}  # fmt: skip


def long_list(url: str, count: int, *, workbooks: bool) -> Results:
    """Measure what is done to many rows at once, on a report of its own.

    Writing workbooks takes minutes and asks either database the same, so once is enough.
    """
    say(f"a list of {count:,} rows")
    inside("prepare", "big", str(count), url=url)
    found: Results = {}
    chosen = {"DEFAULT_REPORT": BIG_SLUG}
    found["deep"] = measured("deep", url=url, PAGE_CACHE_URL="dummy://", **chosen)
    for part in ("bulk", "ledger"):
        found[part] = measured(part, url=url, **chosen)
    for name, path in LONG_EXPORTS.items() if workbooks else [("CSV", LONG_EXPORTS["CSV"])]:
        found[f"export, {name}"] = measured("export", path, url=url, **chosen)
    return found


LONG_EXPORTS = {
    "CSV": "/commitments.csv",
    "Excel": "/commitments.xlsx",
    "ledger, Excel": "/staff/ledger/export/ledger.xlsx",
}


def database_size(url: str) -> int:
    """Return the bytes on disk."""
    if url.startswith("sqlite"):
        return sum(
            path.stat().st_size for path in Path(url.removeprefix("sqlite:///")).parent.glob("bench.sqlite3*")
        )
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    main()
