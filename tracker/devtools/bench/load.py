"""How many requests a second an address answers: wrk at 16 connections, and the processor time they cost."""

import contextlib
import os
import re
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16
# As a browser behind the proxy of docs/deploy.md asks.
BROWSER = {
    "Accept-Encoding": "gzip, deflate, br",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "127.0.0.1",
}
PLAIN = BROWSER | {"Accept-Encoding": "identity"}
REPORT = """done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FOUND %d %d %d %d %d %d\\n", summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.timeout + e.status, latency:percentile(50), latency:percentile(99)))
end
"""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Target:
    """An address to be loaded, and whose processes answer it."""

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: BROWSER)
    processes: tuple[int, ...] = ()
    # What answers other than 200 are expected: 304 counts as an answer.
    allows: tuple[int, ...] = (200,)
    # What takes seconds to answer needs more of them to be counted.
    at_least_seconds: float = 0.0


@dataclass(frozen=True)
class Sample:
    """One loading of one target."""

    per_second: float
    median_ms: float
    p99_ms: float
    bytes_each: float
    errors: int
    cpu_ms: float


@dataclass
class Result:
    """All samples of one target, and their medians."""

    target: Target
    samples: list[Sample] = field(default_factory=list)

    def median(self, what: str) -> float:
        return float(statistics.median(getattr(sample, what) for sample in self.samples))

    @property
    def per_second(self) -> float:
        return self.median("per_second")

    @property
    def cpu_ms(self) -> float:
        """Return the processor time of one request, which other work on the machine disturbs least."""
        return self.median("cpu_ms")


def measure(targets: Iterable[Target], *, rounds: int, seconds: float) -> dict[str, Result]:
    """Load the targets one after the other, round after round, so that a noisy minute meets them all."""
    results = {target.name: Result(target) for target in targets}
    for result in results.values():
        warm(result.target)
    for _ in range(rounds):
        for result in results.values():
            result.samples.append(load(result.target, max(seconds, result.target.at_least_seconds)))
    return results


def warm(target: Target) -> None:
    """Have every worker and thread answer once, however long its first answer takes."""

    def ask(_number: int) -> None:
        with contextlib.suppress(OSError):  # 304 is an error to urllib, and an answer all the same
            request = urllib.request.Request(target.url, headers=dict(target.headers))
            with urllib.request.urlopen(request, timeout=180) as answer:
                answer.read()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(ask, range(CONNECTIONS)))


def load(target: Target, seconds: float) -> Sample:
    """Load one target. Raises SystemExit when wrk says nothing that can be read."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(REPORT)
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", script.name]
        for name, value in target.headers.items():
            command += ["-H", f"{name}: {value}"]
        settle(target.processes[:1])
        before = cpu_seconds(target.processes)
        done = subprocess.run([*command, "--timeout", "30s", target.url], capture_output=True, text=True)
        spent = cpu_seconds(target.processes) - before
    found = re.search(r"FOUND (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if not found:
        raise SystemExit(f"wrk on {target.url}: {done.stdout[-500:]}{done.stderr[-500:]}")
    requests, micros, size, errors, median, p99 = map(int, found.groups())
    count = max(requests, 1)
    return Sample(
        per_second=requests / (micros / 1e6),
        median_ms=median / 1000,
        p99_ms=p99 / 1000,
        bytes_each=size / count,
        errors=errors,
        cpu_ms=spent / count * 1000,
    )


def settle(server: Iterable[int]) -> None:
    """Return when the server is idle: it still answers the requests that were under way when a load ended."""
    give_up, last = time.monotonic() + 30, -1.0
    while time.monotonic() < give_up and (spent := cpu_seconds(server)) > last + 0.02:
        last = spent
        time.sleep(0.2)


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the processor time so far of these processes, their children, and the children that ended."""
    table = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:
            continue
        rest = text[text.rindex(")") + 2 :].split()
        table[int(path.parent.name)] = (int(rest[1]), sum(map(int, rest[11:13])), sum(map(int, rest[13:15])))
    wanted, grew = {pid for pid in roots if pid in table}, True
    while grew:
        more = {pid for pid, (parent, _own, _ended) in table.items() if parent in wanted} - wanted
        grew, wanted = bool(more), wanted | more
    return sum(table[pid][1] + table[pid][2] for pid in wanted) / TICKS
