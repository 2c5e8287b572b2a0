"""The browser of the end-to-end tests: Debian's Chromium, installed if it is missing and we may."""

import ctypes.util
import os
import shutil
import subprocess
from pathlib import Path

from .bootstrap import say, stop

SETTING = "TRACKER_CHROMIUM"


def find_chromium() -> str | None:
    """Return the path of a Chromium, None if the machine has none."""
    named = os.environ.get(SETTING)
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing_packages() -> list[str]:
    """Return the Debian packages that the end-to-end tests still need; empty if none."""
    missing = []
    if find_chromium() is None:
        missing.append("chromium")
    fonts = (Path("/usr/share/fonts"), Path.home() / ".fonts", Path.home() / ".local/share/fonts")
    if not any(True for folder in fonts for _ in folder.rglob("*CJK*")):
        missing.append("fonts-noto-cjk")  # without it Chinese is a row of boxes, of another width
    if ctypes.util.find_library("atomic") is None:
        missing.append("libatomic1")  # Playwright's own helper program links to it
    return missing


def ensure_browser() -> None:
    """Install what is missing where that is possible, or stop and say what to install."""
    missing = missing_packages()
    if not missing:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(
            f"正在安装浏览器测试所需的软件包：{' '.join(missing)}",
            f"Installing for the browser tests: {' '.join(missing)}",
        )
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for step in ("apt-get update", command):
            done = subprocess.run(
                step.split(),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            if done.returncode:
                print(done.stdout.decode(errors="replace")[-2000:])
        missing = missing_packages()
        if not missing:
            return
    stop(
        f"浏览器测试缺少：{' '.join(missing)}。请以 root 运行：{command}",
        f"The browser tests need: {' '.join(missing)}. As root, run: {command}",
    )
