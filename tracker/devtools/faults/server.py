"""The site as it runs in production: granian with several workers, on a database of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from ..bootstrap import ROOT
from ..postgres import free_port

HOST = "127.0.0.1"


@dataclass
class Site:
    """One database, one folder of evidence, and the server processes on them."""

    name: str
    database: str
    folder: Path
    workers: int = 2
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    limits: tuple[str, ...] = ()
    host: str = HOST
    has_collected: ClassVar[bool] = False
    more: dict[str, str] = field(default_factory=dict)

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "TRACKER_MODE": "production",
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "SECRET_KEY": "only for bin/faults " * 4,
            "ALLOWED_HOSTS": HOST,
            "SITE_URL": f"https://{HOST}",
            "DATABASE_URL": self.database,
            "MEDIA_ROOT": str(self.media),
            "TRUSTED_PROXIES": "1",
            "TRACKER_TODAY": "2024-10-20",
            "DOWNLOADS_PER_MINUTE": "10000",
            "LOG_LEVEL": "WARNING",
            "TMPDIR": str(self.folder),
            **self.more,
        }

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py on this database and return what it printed."""
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str, given: Any = None) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True,
            input=None if given is None else json.dumps(given),
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done.stdout

    def prepare(self, people: dict[str, int]) -> dict[str, Any]:
        """Make the database with the real report and accounts; return names, password and rows."""
        self.media.mkdir(parents=True, exist_ok=True)
        self.manage("migrate", "--verbosity=0")
        self.manage("createcachetable")
        self.manage("load_report")
        if not Site.has_collected:
            # Once a run, also where there are some: those of an older program would miss what pages name now.
            self.manage("collectstatic", "--noinput", "--verbosity=0")
            Site.has_collected = True
        found: dict[str, Any] = json.loads(self.python("-m", "tracker.devtools.faults.world", given=people))
        return found

    def start(self, port: int | None = None) -> None:
        """Start the server and return when it answers."""
        self.process = self.spawn(self.port)
        self.starts += 1
        wait_until_ready(self.port, host=self.host)

    def spawn(self, port: int) -> subprocess.Popen[bytes]:
        log = (self.folder / "server.log").open("ab")
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            self.host,
            "--port",
            str(port),
        ]
        command += ["--workers", str(self.workers), "--blocking-threads", "4", "--workers-kill-timeout", "5"]
        command += [
            "--respawn-failed-workers",
            "--no-ws",
            "--log-level",
            "warning",
            "tracker.wsgi:application",
        ]
        return subprocess.Popen(
            [*self.limits, *command], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip

    def kill(self) -> None:
        """Kill every process of the server at once, as a failing machine would."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def log(self) -> str:
        path = self.folder / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""


def wait_until_ready(port: int, seconds: float = 90, host: str = HOST) -> None:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise SystemExit("the server did not become ready")
