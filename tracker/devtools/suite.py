"""bin/test, inside the environment: the checks, then pytest on each database."""

import argparse
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from .bootstrap import ROOT
from .browser import ensure_browser
from .messages import compile_catalogues
from .postgres import Server, running_server

PROGRAMS = Path(sys.executable).parent


class Check(NamedTuple):
    """What is checked, the command that fails if it is not so, and whether it has something to say if it is."""

    name: str
    command: list[str]
    tells: bool = False


def checks() -> list[Check]:
    templates = committed_templates()
    return [
        Check("types", ["mypy"]),
        Check("lint", ["ruff", "check", "--quiet", "."]),
        Check("format", ["ruff", "format", "--check", "."]),
        Check("imports", ["lint-imports", "--no-logo"]),
        Check("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("translations", ["python", "-m", "tracker.devtools.messages", "--check"]),
        Check("known weaknesses", ["python", "-m", "tracker.devtools.audit"], tells=True),
        Check("template format", ["djade", "--target-version", "5.2", "--check", *templates]),
        Check("template lint", ["djlint", "--lint", "--quiet", *templates]),
    ]


def committed_templates() -> list[str]:
    """Return the templates that git knows, or all of them where there is no git or it refuses.

    From git, so that a half-written file that nobody added yet does not fail its neighbours' run.
    """
    try:
        command = ["git", "ls-files", "*.html"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        listed = []
    return listed or sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def main() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    parser.add_argument("--checks", action="store_true")
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    options, arguments = parser.parse_known_args()
    # A terminated run must still stop its server: end through the `finally` blocks.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    compile_catalogues()
    if options.checks:
        sys.exit(1 if run_checks() else 0)
    if arguments or options.sqlite or options.postgres:
        sys.exit(quick(arguments, postgres=options.postgres))
    sys.exit(full())


def full() -> int:
    """Run everything, whatever fails on the way; name the failures at the end."""
    started = time.monotonic()
    ensure_browser()
    failures = run_checks()
    for database in ("SQLite", "PostgreSQL"):
        if run_pytest(["-n", "3", "--dist", "loadgroup"], postgres=database == "PostgreSQL"):
            failures.append(f"tests on {database}")
    verdict = f"failed: {', '.join(failures)}" if failures else "all checks and tests passed"
    print(f"\nbin/test: {verdict} ({time.monotonic() - started:.0f} s)", flush=True)
    return 1 if failures else 0


def quick(arguments: list[str], *, postgres: bool) -> int:
    """Run pytest with these arguments on one database and return its exit code."""
    if any("e2e" in argument for argument in arguments):
        ensure_browser()
    return run_pytest(arguments, postgres=postgres)


def run_checks() -> list[str]:
    """Run the checks, two at a time, print what they found, and return the names of the failed."""
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for check, done, seconds in pool.map(run_check, checks()):
            print(
                f"{'ok    ' if done.returncode == 0 else 'FAILED'}  {check.name}  ({seconds:.1f} s)",
                flush=True,
            )
            if done.returncode:
                failed.append(check.name)
            if done.returncode or check.tells:
                print(done.stdout, flush=True)
    return failed


def run_check(check: Check) -> tuple[Check, "subprocess.CompletedProcess[str]", float]:
    started = time.monotonic()
    program, *arguments = check.command
    done = subprocess.run(
        [PROGRAMS / program, *arguments],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return check, done, time.monotonic() - started


def run_pytest(arguments: list[str], *, postgres: bool) -> int:
    """Run pytest on one database, started for it if it is PostgreSQL; say which it is."""
    with running_server() if postgres else nullcontext(None) as server:
        print(f"\n=== {describe(server)} ===", flush=True)
        environment = os.environ | ({"DATABASE_URL": server.url} if server else {})
        return subprocess.run(
            [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment
        ).returncode


def describe(server: Server | None) -> str:
    import sqlite3

    return server.description if server else f"SQLite {sqlite3.sqlite_version}"


if __name__ == "__main__":
    main()
