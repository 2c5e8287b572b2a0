"""Three machines that share nothing but PostgreSQL: a database and two application machines, each its own network.

Runs in a network of its own (`unshare --net`), where the database is and from where people ask; the
application machines are two further networks, joined to it by cables. Each has its own folders, and evidence is in the
database. Prints lines and findings as JSON. Needs root and `ip`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ..postgres import running_server
from .acts import Crowd, Journal, report, review, sign_in_all
from .person import Person, links_of
from .server import Site

DATABASE, MACHINES = "10.99.0.1", ("10.99.0.2", "10.99.0.3")
# Small enough to be used up, large enough for the people of the trial.
SEARCHES = 30
ROUNDS = 10


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


@contextmanager
def a_machine(number: int) -> Iterator[int]:
    """Join a new network to this one; yield the process that holds it open."""
    holder = subprocess.Popen(["unshare", "--net", "sleep", "3600"])
    try:
        time.sleep(0.2)  # until it is in its network
        run(
            "ip",
            "link",
            "add",
            f"port{number}",
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            str(holder.pid),
        )
        run("ip", "link", "set", f"port{number}", "master", "switch", "up")
        inside = ("nsenter", f"--net=/proc/{holder.pid}/ns/net")
        run(*inside, "ip", "address", "add", f"{MACHINES[number]}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            run(*inside, "ip", "link", "set", device, "up")
        yield holder.pid
    finally:
        holder.kill()
        holder.wait()


@contextmanager
def laid_out() -> Iterator[list[Site]]:
    """Yield the site on each of the application machines, not yet started."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "switch", "type", "bridge")
    run("ip", "address", "add", f"{DATABASE}/24", "dev", "switch")
    run("ip", "link", "set", "switch", "up")
    folder = Path(tempfile.mkdtemp(prefix="tracker-machines-", dir="/tmp"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server = stack.enter_context(running_server(["listen_addresses=*"], durable=True))
        import psycopg

        with (server.home / "data" / "pg_hba.conf").open("a") as rules:
            rules.write("host all postgres 10.99.0.0/24 trust\n")
        with psycopg.connect(server.url.replace("/tracker", "/postgres"), autocommit=True) as admin:
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("CREATE DATABASE tracker")
        sites = []
        for number, address in enumerate(MACHINES):
            holder = stack.enter_context(a_machine(number))
            site = Site(
                f"machine {number + 1}",
                server.url.replace("127.0.0.1", DATABASE),
                folder / str(number),
                host=address,
                limits=("nsenter", f"--net=/proc/{holder}/ns/net"),
                more={"EVIDENCE_IN_DATABASE": "true", "SEARCHES_PER_MINUTE": str(SEARCHES)},
            )
            site.folder.mkdir()
            stack.callback(site.kill)
            sites.append(site)
        yield sites


def trial() -> dict[str, Any]:
    """Do the acts of people on both machines and return what was found."""
    lines: list[str] = []
    findings: list[str] = []
    with laid_out() as (one, other):
        world = one.prepare({"reporters": 4, "reviewers": 1, "administrators": 0})
        other.media.mkdir()
        for site in (one, other):
            site.start()
        people = sign_in_all(world, one.port, one.host)
        crowd = Crowd(world, Journal(), people, rows=6, upload_share=1.0, upload_size=600_000)
        lines.append(f"two application machines at {one.host} and {other.host}, PostgreSQL at {DATABASE}")
        fresh(crowd, (one, other), lines, findings)
        limits((one, other), lines, findings)
        for number, person in enumerate(people.values()):
            move(person, (one, other)[number % 2])
        threads = crowd.start(4, 1, 0)
        time.sleep(5)
        one.kill()
        for person in people.values():
            move(person, other)
        time.sleep(5)
        crowd.stop.set()
        for thread in threads:
            thread.join(60)
        lines.append("one machine killed in the middle; everybody went on, signed in, on the other")
        left = [path for site in (one, other) for path in site.media.rglob("*") if path.is_file()]
        if left:
            findings.append(f"{len(left)} files of evidence lie on an application machine")
        found = json.loads(other.python("-m", "tracker.devtools.faults.verify", given=crowd.journal.entries))
        for act in ("submit", "review"):
            lines.append(f"{act}: {dict(crowd.journal.count(act))}")
        lines.append("in the database: " + ", ".join(f"{n} {name}" for name, n in found["figures"].items()))
        findings += found["findings"]
    return {"lines": lines, "findings": findings}


def move(person: Person, site: Site) -> None:
    """Let a person's next request go to this machine."""
    person.server, person.port = site.host, site.port


def fresh(crowd: Crowd, sites: tuple[Site, Site], lines: list[str], findings: list[str]) -> None:
    """Submit on one machine, approve on the other, and read at once on both what each had kept before."""
    reporter, reviewer = crowd.people["reporters0"], crowd.people["reviewers0"]
    strangers = [Person("", site.port, "198.51.100.77", server=site.host) for site in sites]
    stale = shown = files = 0
    for turn in range(ROUNDS):
        move(reporter, sites[turn % 2])
        move(reviewer, sites[(turn + 1) % 2])
        before = len(crowd.journal.entries)
        report(crowd, reporter)
        sent = crowd.journal.entries[before:]
        code = sent[0]["code"] if sent else crowd.codes()[0]
        pages = [stranger.get(f"/commitments/{code}/").text for stranger in strangers]
        if any(entry["words"] in page for entry in sent for page in pages):
            findings.append("a submitted update was read before its approval")
        review(crowd, reviewer)
        decided = crowd.journal.entries[-1]
        pages = [stranger.get(f"/commitments/{code}/").text for stranger in strangers]
        if pages[0] != pages[1]:
            stale += 1
        if decided.get("decision") in ("published", "verified") and sent:
            shown += all(sent[0]["words"] in page for page in pages)
            evidence = [
                path for path in links_of(pages[0], "/evidence/") if re.fullmatch(r"/evidence/\d+/", path)
            ]
            taken = [strangers[turn % 2].get(path) for path in evidence]
            files += sum(1 for answer in taken if answer.status == 200)
    lines.append(
        f"{ROUNDS} times submitted on one and decided on the other: pages differed {stale} times, {shown} approvals "
        f"were seen at once on both, {files} files of evidence read"
    )
    if stale or not shown or not files:
        findings.append("the machines do not show the same at once")


def limits(sites: tuple[Site, Site], lines: list[str], findings: list[str]) -> None:
    """Search in turn on both machines from one address: together they allow what one would."""
    while time.time() % 60 > 40:  # so that all fall into one period
        time.sleep(1)
    strangers = [Person("", site.port, "198.51.100.201", server=site.host) for site in sites]
    # Each for something else: what was kept is given again uncounted.
    answers = [strangers[turn % 2].get(f"/commitments/?q={turn}").status for turn in range(SEARCHES + 10)]
    allowed = answers.count(200)
    lines.append(
        f"{len(answers)} searches in turn on both, {SEARCHES} a minute allowed: {allowed} answered, rest 429"
    )
    if allowed != SEARCHES or set(answers) != {200, 429}:
        findings.append(f"searches are not counted across machines: {answers}")


def main() -> None:
    # The child of `unshare` must end with its parent's wish, and its servers with it.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    print(json.dumps(trial()))


if __name__ == "__main__":
    main()
