"""The servers of a run: the site as in production, PostgreSQL, nginx, Datasette. Each stops with its block."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..bootstrap import ROOT, VAR
from ..postgres import free_port
from .load import BROWSER
from .tools import program

HOST = "127.0.0.1"
# As docs/deploy.md has it.
GRANIAN = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "2", "--workers-kill-timeout", "5"]


@dataclass(frozen=True)
class Running:
    """A server that answers: its address and its process."""

    url: str
    pid: int


def environment(database: str, **changes: str) -> dict[str, str]:
    """Return the settings of a production site on this database, without limits on who asks how often."""
    return os.environ | {
        "TRACKER_MODE": "production",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "SECRET_KEY": "only for bin/bench " * 4,
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": database,
        "TRUSTED_PROXIES": "1",
        "TRACKER_TODAY": "2024-10-20",
        "MEDIA_ROOT": str(VAR / "bench" / "media"),
        "SEARCHES_PER_MINUTE": "100000000",
        "DOWNLOADS_PER_MINUTE": "100000000",
        "LOG_LEVEL": "ERROR",
        **changes,
    }


@contextmanager
def site(database: str, **changes: str) -> Iterator[Running]:
    """Serve the site with the bare response beside it."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--host",
        HOST,
        "--port",
        str(port),
        "--log-level",
        "warning",
        *GRANIAN,
    ]
    with started(
        [*command, "tracker.devtools.bench.site:application"],
        port,
        "/health/live",
        environment(database, **changes),
    ) as running:
        yield running


@contextmanager
def nginx(body: bytes) -> Iterator[Running | None]:
    """Serve one file of this content; None where there is no nginx."""
    binary = program("nginx", "nginx-light")
    if binary is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="tracker-nginx-") as name:
        home, port = Path(name), free_port()
        home.chmod(0o755)
        (home / "page").write_bytes(body)
        (home / "conf").write_text(
            f"worker_processes 2; daemon off; pid {home}/pid; error_log {home}/error.log; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {home}/body; proxy_temp_path {home}/proxy;"
            f" fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;"
            f" server {{ listen {HOST}:{port}; location / {{ root {home}; default_type text/html; }} }} }}\n"
        )
        with started(
            [binary, "-c", str(home / "conf"), "-p", str(home)], port, "/page", dict(os.environ)
        ) as running:
            yield running


@contextmanager
def datasette(binary: Path | None, path: Path) -> Iterator[Running | None]:
    """Serve a SQLite file for reading, fifty rows a page; None where there is no Datasette."""
    if binary is None:
        yield None
        return
    port = free_port()
    command = [str(binary), "serve", "-i", str(path), "-h", HOST, "-p", str(port)]
    command += ["--setting", "default_page_size", "50", "--setting", "suggest_facets", "off"]
    command += ["--setting", "facet_time_limit_ms", "20000", "--setting", "sql_time_limit_ms", "20000"]
    with started(command, port, "/", dict(os.environ)) as running:
        yield running


@contextmanager
def started(command: list[str], port: int, path: str, settings: dict[str, str]) -> Iterator[Running]:
    """Run a server until the end of the block, once it has answered."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            give_up = time.monotonic() + 120
            while not answers(port, path):
                if process.poll() is not None or time.monotonic() > give_up:
                    log.seek(0)
                    raise SystemExit(
                        f"{command[0]} did not start: {log.read().decode(errors='replace')[-2000:]}"
                    )
                time.sleep(0.2)
            yield Running(f"http://{HOST}:{port}", process.pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def answers(port: int, path: str) -> bool:
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)):
            return False
    request = urllib.request.Request(f"http://{HOST}:{port}{path}", headers=BROWSER)
    try:
        with urllib.request.urlopen(request, timeout=60):
            return True
    except OSError:
        return False


def flat_copy(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Write the rows as the one table that Datasette shows, with indexes for its facets and a search."""
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TABLE commitments (code, title, words, kind, area, theme, lead, hedge, status, as_of, account)"
        )
        database.executemany("INSERT INTO commitments VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows)
        for column in ("kind", "area", "lead", "status"):
            database.execute(f"CREATE INDEX by_{column} ON commitments ({column})")
        database.execute(
            "CREATE VIRTUAL TABLE commitments_fts USING fts5(title, words, account, content='commitments', tokenize='trigram')"
        )
        database.execute("INSERT INTO commitments_fts (commitments_fts) VALUES ('rebuild')")
        database.commit()
