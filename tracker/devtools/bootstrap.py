"""The virtual environments below var/, made from the hashed locks. Standard library only."""

import ctypes
import fcntl
import hashlib
import os
import re
import signal
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"

NO_NETWORK = re.compile(
    r"name resolution|NewConnectionError|ConnectionError|Network is unreachable|Connection refused"
    r"|timed out|ProxyError|Max retries|No matching distribution",
    re.IGNORECASE,
)


def say(chinese: str, english: str) -> None:
    """Print one message in both languages."""
    print(chinese, english, sep="\n", flush=True)


def stop(chinese: str, english: str) -> NoReturn:
    """End the command with one message in both languages."""
    print(chinese, english, sep="\n", file=sys.stderr, flush=True)
    raise SystemExit(1)


def until_interrupted(main: Callable[[], None]) -> None:
    """Run a command; Ctrl-C ends it with a sentence in place of a traceback. What is half made is made anew."""
    try:
        main()
    except KeyboardInterrupt:
        print(
            "\n已中断。再次运行即可继续。", "Interrupted. Run it again to go on.", sep="\n", file=sys.stderr
        )
        raise SystemExit(130) from None


def ensure_venv(name: str, lock: str) -> Path:
    """Return the Python of the environment var/NAME, installing the lock only where it changed.

    An environment that was made by another Python, or moved, is made anew. Two commands started at
    the same time wait for each other.
    """
    home = VAR / name
    python = home / "bin" / "python"
    stamp = home / "installed"
    locked = ROOT / lock
    wanted = hashlib.sha256(f"{sys.version}\n{home}\n".encode() + locked.read_bytes()).hexdigest()

    def is_ready() -> bool:
        return python.exists() and stamp.exists() and stamp.read_text() == wanted

    if is_ready():
        return python
    require_writable(VAR)
    with locked_by(VAR / f"{name}.lock"):
        if is_ready():
            return python
        say(
            f"正在准备运行环境（{lock}），约需一分钟……",
            f"Setting up the environment ({lock}), about a minute…",
        )
        venv.create(home, clear=True, with_pip=True, symlinks=True)
        install(python, locked)
        stamp.write_text(wanted)
    return python


def require_writable(folder: Path) -> None:
    """Make the folder if it is missing; stop with the reason when nothing can be written there."""
    try:
        folder.mkdir(exist_ok=True)
        reason = "" if os.access(folder, os.W_OK | os.X_OK) else "Permission denied"
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        stop(
            f"无法写入 {folder}（{reason}）。请用拥有此目录的账号运行，或改用自己的一份克隆。",
            f"Cannot write to {folder} ({reason}). Run this as the owner of the folder, or in a clone of your own.",
        )


def install(python: Path, locked: Path) -> None:
    """Install the lock into the environment of that Python, or stop with the reason."""
    log = VAR / "install.log"
    # The lock names every package with its hashes, so there is nothing left to resolve.
    command: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--require-hashes",
        "--no-input",
    ]
    command += ["--disable-pip-version-check", "--retries", "2", "--progress-bar", "off", "-r", locked]
    # Whoever installs into their home by default would be refused in a virtual environment.
    environment = os.environ | {"PIP_USER": "0"}
    done = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    log.write_text(done.stdout, encoding="utf-8")
    if done.returncode == 0:
        return
    where = log.relative_to(ROOT)
    if NO_NETWORK.search(done.stdout):
        stop(
            f"无法下载依赖包：请检查网络后重试。详情见 {where}。",
            f"The packages cannot be downloaded: check the network and try again. Details: {where}",
        )
    print(*done.stdout.splitlines()[-8:], sep="\n", file=sys.stderr)
    stop(f"依赖包安装失败，详情见 {where}。", f"Installing the packages failed. Details: {where}")


@contextmanager
def locked_by(path: Path) -> Iterator[None]:
    """Hold the lock file for the block; the kernel lets go of it however the process ends."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def become(python: Path, module: str, arguments: list[str], environment: dict[str, str]) -> NoReturn:
    """Replace this process by the module under that Python: no parent stays that could outlive it."""
    sys.stdout.flush()
    os.execve(python, [str(python), "-m", module, *arguments], environment)


def end_with_parent(number: signal.Signals) -> None:
    """Have the kernel send this process that signal when its parent is gone (Linux; else nothing)."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, number)
