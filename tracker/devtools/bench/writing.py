"""From measured figures to words: the goals with their ratios, and docs/benchmarks.md."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .places import MAIN

Results = dict[str, Any]
# Session and person, report, and three for the counts of the open view: tests/staff/test_queries.py.
AROUND = 6
HOW_TO_READ = """\
## How to read it

- **Rows**: reports of the real one's shape, each with its own words, departments, updates and reviews. A list shows
  one report, so its last page is the eleventh however many rows the database holds; an address that asks for page
  1,000 of it gets the last one. The thousandth page itself is measured on one report with a list as long as that.
- **Nothing kept**: a process that has just begun. Status and light follow the day, so a list with their counts beside
  its filters has to judge the whole report once: most of its time is loading and judging some 520 rows, and a
  Datasette that counts stored values has nothing of the kind to do. The process keeps the judged rows; after a
  change the next reader waits for the changed rows to be judged, not for all (*right after a change*). No timer is
  involved: what is kept is named by the data version, raised in the transaction of the change.
- **Excel** files are written row by row into a temporary file and sent when they are complete, so that memory stays
  flat and the first byte comes late; CSV is sent while it is written.
- **Beside** wrk, PostgreSQL, the reporters and their reviewer run on the same cores as the server.
"""
ENGINES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


@dataclass(frozen=True)
class Goal:
    """One line of the table: what, the goal, what was measured, whether it is met."""

    what: str
    goal: str
    found: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "**not met**", None: "not measured"}[self.is_met]


def goals(results: Results) -> Iterator[tuple[str, Goal]]:
    """Yield each engine's goals."""
    for engine, found in results["engines"].items():
        for goal in of_engine(found):
            yield ENGINES[engine], goal


def of_engine(found: Results) -> Iterator[Goal]:
    sizes = {int(size): values for size, values in found["sizes"].items()}
    first, last = sizes[min(sizes)], sizes[max(sizes)]
    loads = {size: values["load"] for size, values in sizes.items() if "load" in values}
    if loads:
        yield from kept(loads[min(loads)])
        yield from beside_datasette(loads, {size: values.get("beside") for size, values in sizes.items()})
    if "pages" in first:
        yield not_modified(first)
        yield report_page(first)
        yield from size_matters_not(min(sizes), first, max(sizes), last)
    if "staff" in first:
        yield recording(first)
    if "long" in found:
        yield from long_lists(found["long"])
    if "crowd" in first:
        yield crowd(first["crowd"])
    if "phone" in first:
        yield phone(first["phone"])
    if "lighthouse" in first:
        yield lighthouse(first["lighthouse"])


def kept(load: Results) -> Iterator[Goal]:
    bare = load["bare"]
    ratios = {name: load[f"kept: {name}"]["per_second"] / max(bare["per_second"], 1e-9) for name in MAIN}
    work = {name: bare["cpu_ms"] / max(load[f"kept: {name}"]["cpu_ms"], 1e-9) for name in MAIN}
    text = ", ".join(
        f"{name} {ratio:.2f} ({work[name]:.2f} by processor time)" for name, ratio in ratios.items()
    )
    yield Goal("asked again by anyone, unchanged: of the bare response's requests per second", "≥ 0.8", text,
               min(ratios.values()) >= 0.8)  # fmt: skip


def beside_datasette(loads: dict[int, Results], beside: dict[int, Results | None]) -> Iterator[Goal]:
    for size, wanted in ((600, 8), (100_000, 50), (1_000_000, 50)):
        load = loads.get(size)
        if not load or "Datasette, facets" not in load:
            continue
        theirs = load["Datasette, facets"]["per_second"]
        cold, rolled = load["nothing kept: list"]["per_second"], load["roll kept: list"]["per_second"]
        if theirs:
            text = (
                f"{cold / theirs:.1f} × in a process that knows nothing ({cold:.0f}/s against {theirs:.1f}/s),"
                f" {rolled / theirs:.1f} × in one that has the roll ({rolled:.0f}/s)"
            )
        else:
            text = (
                f"{cold:.0f}/s in a process that knows nothing, {rolled:.0f}/s in one that has the roll;"
                f" Datasette gave no answer in the time, asked by 16 at once"
            )
        if one := beside.get(size):
            text += (
                f"; one at a time, each right after a change: {one['ours']:.0f} ms against {one['theirs']:.0f} ms,"
                f" {one['theirs'] / one['ours']:.1f} ×"
            )
        is_met = cold / theirs >= wanted if theirs else None
        yield Goal(f"list of 50 rows made anew, {size:,} rows: of Datasette's", f"≥ {wanted} ×", text, is_met)


def not_modified(first: Results) -> Goal:
    found = by_name(first["pages"])["list, asked again"]
    text = f"{found['status']}, {found['queries']} query, {found['ms']:.1f} ms"
    is_met = found["status"] == 304 and found["queries"] <= 1
    return Goal("asked again by the same browser", "304, ≤ 1 query", text, is_met)


def report_page(first: Results) -> Goal:
    page = by_name(first["pages"])["report"]
    return Goal("whole report page, nothing kept", "< 100 ms", f"{page['ms']:.0f} ms ({page['cpu_ms']:.0f} ms of processor)",
                page["ms"] < 100)  # fmt: skip


def size_matters_not(small: int, first: Results, large: int, last: Results) -> Iterator[Goal]:
    if small == large:
        return
    before, after = by_name(first["pages"]), by_name(last["pages"])
    names = ("list", "list, filtered", "list, searched", "list, last page")
    ratios = {name: after[name]["ms"] / before[name]["ms"] for name in names}
    work = {name: after[name]["cpu_ms"] / before[name]["cpu_ms"] for name in names}
    text = ", ".join(f"{name} {ratio:.2f} ({work[name]:.2f})" for name, ratio in ratios.items())
    yield Goal(f"{large:,} rows against {small:,}: median, nothing kept (processor time)", "≤ 1.5 ×", text,
               max(ratios.values()) <= 1.5)  # fmt: skip


def recording(first: Results) -> Goal:
    found = by_name(first["staff"])
    act, bare = found["record an update"], found["staff bare"]
    ratio = act["ms"] / bare["ms"]
    queries = act["queries"]
    own = queries - AROUND
    text = (
        f"{own} queries for the act and the row, {queries} with session, person, report and the counts of the open"
        f" view; {act['ms']:.0f} ms, {ratio:.1f} × the bare response of a signed-in person"
    )
    return Goal("recording an update", "≤ 12 queries, ≤ 3 ×", text, own <= 12 and ratio <= 3)


def long_lists(long: Results) -> Iterator[Goal]:
    bulk, ledger, pages = long["bulk"], long["ledger"], by_name(long["deep"])
    first, far = pages["page 1"], pages["page 1,000"]
    text = f"page 1 {first['ms']:.1f} ms, page 1,000 {far['ms']:.1f} ms, {far['ms'] / first['ms']:.2f} ×"
    count = long["export, CSV"]["rows"]
    yield Goal(
        f"page 1,000 of one list of {count:,} rows, roll kept",
        "≤ 1.5 ×",
        text,
        far["ms"] <= 1.5 * first["ms"],
    )
    text = (
        f"preview {bulk['preview']:.1f} s, confirm {bulk['confirm']:.1f} s ({bulk['preview, processor']:.1f} and"
        f" {bulk['confirm, processor']:.1f} s of processor); {bulk['before, MB']} MB before,"
        f" {bulk['preview, MB']} MB after the preview, {bulk['confirm, MB']} MB at the end"
    )
    yield Goal(
        f"bulk edit, {bulk['rows']:,} rows", "< 5 s each", text, max(bulk["preview"], bulk["confirm"]) < 5
    )
    text = f"{ledger['import preview']:.1f} s ({ledger['import preview, processor']:.1f} s of processor) for {ledger['import rows']:,} rows × {ledger['columns']:.0f} columns"
    yield Goal("ledger import, preview", "< 10 s", text, ledger["import preview"] < 10)
    for name in ("CSV", "Excel", "ledger, Excel"):
        export = long.get(f"export, {name}")
        if export is None:
            continue
        text = (
            f"{export['rows']:,} rows in {export['seconds']:.0f} s ({export['processor']:.0f} s of processor), first byte after {export['first byte']:.1f} s,"
            f" peak {export['peak, MB']} MB ({export['before, MB']} MB before)"
        )
        yield Goal(
            f"export, {name}",
            "streamed, < 300 MB",
            text,
            bool(export["streamed"]) and export["peak, MB"] < 300,
        )


def crowd(found: Results) -> Goal:
    alone, beside, people = found["alone"], found["beside"], found["reporters"]
    ratio = beside["median_ms"] / max(alone["median_ms"], 1e-9)
    text = (
        f"readers' median {alone['median_ms']:.0f} → {beside['median_ms']:.0f} ms ({ratio:.2f} ×);"
        f" {people['submitted']} submitted, {people['approved']} approved, errors: {alone['errors'] + beside['errors']}"
        f" of readers, {people['failed']} of reporters"
    )
    errors = alone["errors"] + beside["errors"] + people["failed"]
    return Goal("1,000 readers while 50 report", "no error, ≤ 2 ×", text, not errors and ratio <= 2)


def phone(found: Results) -> Goal:
    text = "; ".join(
        f"{name} {page['first_ms']:.0f} ms, later {page['later_ms']:.0f} ms, {page['bytes'] / 1000:.0f} kB"
        for name, page in found.items()
    )
    is_met = bool(found) and all(
        page["first_ms"] < 1500 and page["later_ms"] < 600 for page in found.values()
    )
    return Goal(
        "slow phone: largest paint, first visit; later pages",
        "< 1.5 s; < 0.6 s",
        text,
        is_met if found else None,
    )


def lighthouse(found: Results) -> Goal:
    kinds = ("performance", "accessibility", "best-practices", "seo")
    below = [f"{name} {'/'.join(str(page[kind]) for kind in kinds)}" for name, page in found.items()
             if any(page[kind] != 100 for kind in kinds)]  # fmt: skip
    text = f"{len(found) - len(below)} of {len(found)} pages 100/100/100/100" + (
        f"; {', '.join(below)}" if below else ""
    )
    return Goal("Lighthouse 12, phone: performance, accessibility, best practices, SEO", "100", text,
                (not below) if found else None)  # fmt: skip


def by_name(rows: list[Results]) -> dict[str, Results]:
    return {row["name"]: row for row in rows}


# --- What is far from its goal, and why ---------------------------------------------------------------


def distances(results: Results) -> Iterator[str]:
    """Yield a sentence with figures for the goals that stay far, of each engine that was measured."""
    for engine, found in results["engines"].items():
        first = found["sizes"][min(found["sizes"], key=int)]
        if "pages" in first and "staff" in first:
            yield f"- **{ENGINES[engine]}, a list made anew**: {parts_of_the_list(first)}"
            yield f"- **{ENGINES[engine]}, recording an update**: {parts_of_recording(first)}"


def parts_of_the_list(first: Results) -> str:
    anew, drawn = by_name(first["pages"])["list"], by_name(first["pages, roll kept"])["list"]
    text = (
        f"{anew['ms']:.0f} ms, of which {anew['ms'] - drawn['ms']:.0f} ms load and judge the report's rows and"
        f" {drawn['ms']:.0f} ms count and draw the page"
    )
    theirs = (first.get("load") or {}).get("Datasette, facets")
    if theirs:
        text += (
            f"; Datasette's page costs {theirs['cpu_ms']:.0f} ms of processor under load, ours from a kept roll"
            f" {first['load']['roll kept: list']['cpu_ms']:.1f} ms"
        )
    return text + "."


def parts_of_recording(first: Results) -> str:
    found = by_name(first["staff"])
    act, bare = found["record an update"], found["staff bare"]
    return (
        f"{act['ms']:.0f} ms, of which {act['db_ms']:.0f} ms wait for {act['queries']} queries ("
        f"{act['db_ms'] / act['queries']:.2f} ms each) and {act['ms'] - act['db_ms']:.0f} ms are spent in Python, on"
        f" the form, the rules and the row; three times the bare response ({bare['queries']} queries,"
        f" {bare['ms']:.1f} ms) is {3 * bare['ms']:.1f} ms."
    )


# --- As text ------------------------------------------------------------------------------------------


def summary(results: Results) -> str:
    """Return the goals for the terminal."""
    lines = [
        f"[{engine}] {goal.what}: {goal.found} (goal {goal.goal}): {goal.verdict}"
        for engine, goal in goals(results)
    ]
    return "\n".join(lines)


def document(results: Results, notes: str = "") -> str:
    """Return docs/benchmarks.md."""
    parts = [
        "# How fast it is\n\nWritten by `bin/bench`, which brings everything up by itself; the figures of one run on"
        " one machine. Believe ratios above 1.5: they were taken in alternation. What the figures mean for many"
        " districts and many years: [scale.md](scale.md).\n",
        table(("", ""), [[name, value] for name, value in results["versions"].items()], texts=True),
        f"Measured on {dt.date.today():%Y-%m-%d}; {results['rounds']} rounds, medians; 16 connections of wrk.\n",  # noqa: DTZ011  the day of this machine
        notes,
        "## Goals\n",
        table(
            ("database", "what", "goal", "measured", ""),
            [[engine, goal.what, goal.goal, goal.found, goal.verdict] for engine, goal in goals(results)],
            texts=True,
        ),
        "## Where the distance comes from\n",
        "\n".join(distances(results)) + "\n",
        HOW_TO_READ,
    ]
    for engine, found in results["engines"].items():
        parts += engine_tables(ENGINES[engine], found)
    return "\n".join(part for part in parts if part)


def engine_tables(engine: str, found: Results) -> Iterator[str]:
    for size, values in found["sizes"].items():
        title = f"## {engine}, {int(size):,} commitments\n\n{found['description']}; {values['bytes'] / 1e6:,.0f} MB on disk.\n"
        yield title
        if "load" in values:
            bare = max(values["load"]["bare"]["per_second"], 1e-9)
            yield table(
                ("under load", "requests/s", "of bare", "median ms", "p99 ms", "processor ms", "bytes", "errors"),
                [
                    [name, f"{row['per_second']:,.1f}", f"{row['per_second'] / bare:.3f}", f"{row['median_ms']:.1f}",
                     f"{row['p99_ms']:.1f}", f"{row['cpu_ms']:.2f}", f"{row['bytes_each']:,.0f}", f"{row['errors']:.0f}"]
                    for name, row in values["load"].items()
                ],
            )  # fmt: skip
        if "acts" in values:
            yield table(
                ("acts of signed-in people, 16 at once", "per second", "median ms", "p99 ms", "bytes", "errors"),
                [[name, *cells(act, "per_second", "median_ms", "p99_ms"), f"{act['bytes_each']:,.0f}", str(act["errors"])]
                 for name, act in values["acts"].items()],
            )  # fmt: skip
        for key, name in (
            ("pages", "one at a time, nothing kept"),
            ("pages, roll kept", "one at a time, roll kept"),
            ("staff", "staff"),
        ):
            if key in values:
                yield table(
                    (name, "ms", "processor ms", "queries", "ms in the database", "bytes"),
                    [[row["name"], *cells(row, "ms", "cpu_ms"), str(row["queries"]), *cells(row, "db_ms"), f"{row['size']:,}"]
                     for row in values[key]],
                )  # fmt: skip


def cells(row: Results, *names: str) -> list[str]:
    return [f"{row[name]:.1f}" for name in names]


def table(head: tuple[str, ...], rows: list[list[str]], *, texts: bool = False) -> str:
    """Return a Markdown table; text left, figures right."""
    marks = ["---" if texts or place == 0 else "---:" for place in range(len(head))]
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join(marks)} |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"
