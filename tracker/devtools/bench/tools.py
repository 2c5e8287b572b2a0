"""What the benchmark is measured with and against: wrk and nginx from Debian, Datasette and Lighthouse."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

from ..bootstrap import VAR, say

DATASETTE = "datasette==0.65.5"
LIGHTHOUSE = "lighthouse@12"


def program(name: str, package: str = "") -> str | None:
    """Return the path of a program, installing Debian's package where we may; None if there is none."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    say(f"正在安装 {package or name}……", f"Installing {package or name}…")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", package or name],
    ):
        subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


def datasette() -> Path | None:
    """Return Datasette's program, from an environment of its own below var/; None if it cannot be had."""
    home = VAR / "venv-datasette"
    found = home / "bin" / "datasette"
    if not found.exists():
        say("正在安装 Datasette……", "Installing Datasette…")
        venv.create(home, clear=True, with_pip=True, symlinks=True)
        subprocess.run(
            [
                home / "bin" / "python",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                DATASETTE,
            ],
            capture_output=True,
        )
    return found if found.exists() else None


def lighthouse() -> Path | None:
    """Return Lighthouse's program, from npm, below var/; None if it cannot be had."""
    home = VAR / "lighthouse"
    found = home / "node_modules" / ".bin" / "lighthouse"
    if not found.exists() and shutil.which("npm"):
        say("正在安装 Lighthouse……", "Installing Lighthouse…")
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(home), LIGHTHOUSE],
            capture_output=True,
        )
    return found if found.exists() else None


def versions() -> dict[str, str]:
    """Return what was measured on: the machine and the programs."""
    import platform
    import sqlite3
    import sys

    import django
    import granian
    import psycopg

    processor = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024 // 1024
    return {
        "machine": f"{os.cpu_count()} × {processor}, {memory} GB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": sys.version.split()[0],
        "Django": django.__version__,
        "granian": getattr(granian, "__version__", ""),
        "psycopg": psycopg.__version__,
        "SQLite": sqlite3.sqlite_version,
        "Datasette": DATASETTE.partition("==")[2],
    }
