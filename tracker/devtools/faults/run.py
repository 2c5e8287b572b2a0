"""bin/faults, inside the environment: the trials, one after the other, on each database; figures at the end."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..bootstrap import ROOT
from ..messages import compile_catalogues
from ..postgres import running_server
from .acts import Crowd, Journal, sign_in_all
from .person import Person
from .server import Site

ALL = "kill,cut,disk,crowd,two,machines,million"
USAGE = f"bin/faults [--quick] [--only {ALL}] [--engine sqlite|postgresql]"


@dataclass
class Trial:
    """A trial's name, what it found wrong, and its figures as lines."""

    name: str
    engine: str
    findings: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass
class Size:
    """How long and how many."""

    kills: int = 24
    cut_seconds: float = 30
    crowd_seconds: float = 90
    reporters: int = 50
    reviewers: int = 5
    updates: int = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/faults", usage=USAGE, description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute in all, to see that it works")
    parser.add_argument("--only", default=ALL)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    compile_catalogues()
    size = (
        Size(kills=4, cut_seconds=5, crowd_seconds=8, reporters=12, updates=20_000)
        if options.quick
        else Size()
    )
    chosen = options.only.split(",")
    trials: list[Trial] = []
    for engine in options.engine or ["sqlite", "postgresql"]:
        for name, trial in TRIALS.items():
            if name not in chosen or (name in ("cut", "machines") and engine == "sqlite"):
                continue
            with a_site(engine) as site:
                print(f"\n=== {name} on {site.name} ===", flush=True)
                result = Trial(name, site.name)
                trial(site, size, result)
                trials.append(result)
                print(*(f"  {line}" for line in result.lines), sep="\n", flush=True)
                print(*(f"  WRONG: {line}" for line in result.findings[:20]), sep="\n", flush=True)
    wrong = sum(len(trial.findings) for trial in trials)
    print(f"\nbin/faults: {len(trials)} trials, {wrong} findings")
    sys.exit(1 if wrong else 0)


@contextmanager
def a_site(engine: str) -> Iterator[Site]:
    """A site on a database of its own, which ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-faults-", dir="/tmp"))
    try:
        if engine == "sqlite":
            import sqlite3

            site = Site(f"SQLite {sqlite3.sqlite_version}", f"sqlite:///{folder}/db.sqlite3", folder)
            yield from _stopped(site)
        else:
            with running_server(durable=True) as server:
                import psycopg

                with psycopg.connect(server.url.replace("/tracker", "/postgres"), autocommit=True) as admin:
                    admin.execute("CREATE DATABASE tracker")
                yield from _stopped(Site(server.description.split(",")[0], server.url, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stopped(site: Site) -> Iterator[Site]:
    try:
        yield site
    finally:
        site.kill()


# --- The trials ---------------------------------------------------------------------------------------


def kill(site: Site, size: Size, trial: Trial) -> None:
    """SIGKILL all server processes in the middle of a change, under load, start again, many times."""
    world = site.prepare({"reporters": 12, "reviewers": 2, "administrators": 4})
    site.start()
    crowd = Crowd(world, Journal(), sign_in_all(world, site.port), upload_share=0.5, upload_size=400_000)
    threads = crowd.start(12, 2, 4)
    met: Counter[str] = Counter()
    for number in range(size.kills):
        # Not at any moment: while a change of this kind is under way.
        kind = list(crowd.sending)[number % len(crowd.sending)]
        crowd.sending[kind].clear()
        met[kind] += crowd.sending[kind].wait(20)
        time.sleep(random.uniform(0.0, 0.4))
        site.kill()
        site.start()
    time.sleep(3)
    end(crowd, threads)
    trial.lines.append(f"server killed {size.kills} times, within 0.4 s after the sending of: {dict(met)}")
    judge(site, crowd, trial)


def cut(site: Site, size: Size, trial: Trial) -> None:
    """Cut every connection to PostgreSQL again and again under load; then see whether the site recovers."""
    import psycopg

    world = site.prepare({"reporters": 12, "reviewers": 2, "administrators": 2})
    site.start()
    crowd = Crowd(world, Journal(), sign_in_all(world, site.port))
    threads = crowd.start(12, 2, 2)
    cuts, give_up = 0, time.monotonic() + size.cut_seconds
    with psycopg.connect(site.database, autocommit=True) as admin:
        while time.monotonic() < give_up:
            time.sleep(random.uniform(0.2, 0.8))
            cuts += len(
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).fetchall()
            )
    end(crowd, threads)
    trial.lines.append(f"{cuts} connections cut in {size.cut_seconds:.0f} s")
    reader = crowd.people[world["reporters"][0]]
    statuses = Counter(reader.get("/staff/").status for _ in range(20))
    trial.lines.append(f"20 pages asked for right afterwards: {dict(statuses)}")
    if statuses[200] < 20:
        trial.findings.append(f"the site did not recover: {dict(statuses)}")
    judge(site, crowd, trial)


def disk(site: Site, size: Size, trial: Trial) -> None:
    """Let the folder of evidence fill up under uploads; make room again; see that uploads go on."""
    site.media.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(site.media)], capture_output=True
    )
    if mounted.returncode:
        # Without the right to mount: files of the server may not grow beyond a size.
        site.limits = ("prlimit", "--fsize=200000")
        trial.lines.append("no right to mount a small disk: files limited to 200 kB instead")
    try:
        world = site.prepare({"reporters": 6, "reviewers": 1, "administrators": 0})
        site.start()
        crowd = Crowd(world, Journal(), sign_in_all(world, site.port), upload_share=1.0, upload_size=600_000)
        threads = crowd.start(6, 0, 0)
        time.sleep(6)
        if not mounted.returncode:
            free = shutil.disk_usage(site.media).free
            trial.lines.append(f"after 6 s {free // 1000} kB of 3,146 kB are free")
            subprocess.run(["mount", "-o", "remount,size=200m", str(site.media)], check=True)
        full = crowd.journal.count("submit")
        time.sleep(4)
        end(crowd, threads)
        after = crowd.journal.count("submit")
        trial.lines.append(f"while full: {dict(full)}; at the end: {dict(after)}")
        if not mounted.returncode and after["accepted"] == full["accepted"]:
            trial.findings.append("uploads did not go on after room was made")
        if not mounted.returncode and full["accepted"] == sum(full.values()):
            trial.findings.append("the disk never filled up")
        judge(site, crowd, trial)
    finally:
        site.kill()
        if not mounted.returncode:
            subprocess.run(["umount", str(site.media)], check=False)


def crowd(site: Site, size: Size, trial: Trial) -> None:
    """Fifty reporters, five reviewers and two administrators at once on a dozen rows."""
    world = site.prepare({"reporters": size.reporters, "reviewers": size.reviewers, "administrators": 2})
    site.start()
    people = sign_in_all(world, site.port)
    everyone = Crowd(world, Journal(), people)
    threads = everyone.start(size.reporters, size.reviewers, 2)
    time.sleep(size.crowd_seconds)
    end(everyone, threads)
    times = sorted(everyone.journal.times)
    if times:
        trial.lines.append(
            f"{size.reporters} reporters, {size.reviewers} reviewers, 2 administrators for {size.crowd_seconds:.0f} s;"
            f" submitting took {statistics.median(times):.2f} s (median), {times[int(len(times) * 0.95)]:.2f} s (95 %)"
        )
    errors = sum(1 for entry in everyone.journal.entries if entry["outcome"] in ("error", "unknown"))
    if errors:
        trial.findings.append(f"{errors} requests ended in an error")
    judge(site, everyone, trial)


def two(site: Site, size: Size, trial: Trial) -> None:
    """Two servers that share nothing but the database and the files: sign in on one, act on the other."""
    from ..postgres import free_port
    from .server import wait_until_ready

    world = site.prepare({"reporters": 2, "reviewers": 1, "administrators": 0})
    site.start()
    other_port = free_port()
    other = site.spawn(other_port)
    try:
        wait_until_ready(other_port)
        people = sign_in_all(world, site.port)
        for person in people.values():
            person.port = other_port
        everyone = Crowd(world, Journal(), people)
        threads = everyone.start(2, 1, 0)
        time.sleep(3)
        end(everyone, threads)
        done = everyone.journal.count("submit")["accepted"]
        trial.lines.append(f"signed in on one server, {done} submissions on the other")
        if not done:
            trial.findings.append("a sign-in on one server does not count on the other")
        wrong = [attempt("reporters1", port) for port in (site.port, other_port) * 5]
        trial.lines.append(f"ten wrong passwords, in turn on both: {wrong}")
        if not any("too many" in answer for answer in wrong[5:7]):
            trial.findings.append("wrong passwords are not counted across servers")
        judge(site, everyone, trial)
    finally:
        os.killpg(other.pid, signal.SIGKILL)
        other.wait()


def attempt(name: str, port: int) -> str:
    """Try a wrong password and return what came of it."""
    from .person import filled, form_of

    stranger = Person(name, port, "198.51.100.200", cookies={"django_language": "en"})
    form = form_of(stranger.get("/accounts/login/").text, "login")
    answer = stranger.post("/accounts/login/", filled(form, login=name, password="wrong"))
    if answer.status == 429 or "Too many" in answer.text:
        return "too many"
    return "refused" if answer.status == 200 else str(answer.status)


def machines(site: Site, size: Size, trial: Trial) -> None:
    """Two application machines and one for the database, each in a network of its own."""
    if os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("unshare")):
        trial.lines.append("not tried: needs root, ip and unshare")
        return
    command = ["unshare", "--net", sys.executable, "-m", "tracker.devtools.faults.machines"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        trial.findings.append(f"the trial itself ended with {done.returncode}")
        return
    found = json.loads(done.stdout.splitlines()[-1])
    trial.lines += found["lines"]
    trial.findings += found["findings"]


def million(site: Site, size: Size, trial: Trial) -> None:
    """A million updates: what the steps of an upgrade take, and whom they keep waiting."""
    site.prepare({"reporters": 1, "reviewers": 0, "administrators": 0})
    found = json.loads(site.python("-m", "tracker.devtools.faults.million", str(size.updates)))
    trial.lines += found["lines"]
    trial.findings += found["findings"]


TRIALS: dict[str, Callable[[Site, Size, Trial], None]] = {
    "kill": kill,
    "cut": cut,
    "disk": disk,
    "crowd": crowd,
    "two": two,
    "machines": machines,
    "million": million,
}


def end(crowd: Crowd, threads: list[threading.Thread]) -> None:
    crowd.stop.set()
    for thread in threads:
        thread.join(120)


def judge(site: Site, crowd: Crowd, trial: Trial) -> None:
    """Compare what people were told with what is there."""
    for act in ("submit", "review", "bulk", "import"):
        if outcomes := crowd.journal.count(act):
            trial.lines.append(
                f"{act}: " + ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
            )
    for odd, count in crowd.journal.odd.most_common(8):
        trial.lines.append(f"  {count} × {odd}")
    found: dict[str, Any] = json.loads(
        site.python("-m", "tracker.devtools.faults.verify", given=crowd.journal.entries)
    )
    trial.lines.append(
        "in the database: " + ", ".join(f"{count} {name}" for name, count in found["figures"].items())
    )
    trial.findings += found["findings"]
    trial.lines.append("nothing lost, doubled or half-applied" if not found["findings"] else "see below")


if __name__ == "__main__":
    main()
