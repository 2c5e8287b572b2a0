"""bin/run, inside the environment: database, report, translations, static files, server."""

import argparse
import hashlib
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from .bootstrap import ROOT, VAR, end_with_parent, locked_by, say, until_interrupted
from .messages import compile_catalogues

FIXTURE = ROOT / "fixtures" / "nanan_2024" / "nanan_2024.json"
HOST = "127.0.0.1"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args()
    with locked_by(VAR / "prepare.lock"):
        prepare(demo=options.demo)
    serve(options.port)


def prepare(*, demo: bool) -> None:
    """Bring database, translations and static files up to date; what is in place stays as it is."""
    compile_catalogues()

    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("load_report", str(FIXTURE))
    if demo:
        call_command("load_demo")
    call_command("ensure_administrator")
    collect_static()
    connections.close_all()


def collect_static() -> None:
    """Collect the static files again if one of them changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\t{status.st_size}\t{status.st_mtime_ns}\n".encode())
    stamp = VAR / "static.collected"
    collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists() and stamp.exists()
    if collected and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest())


def serve(port: int) -> None:
    """Serve until interrupted; the address is printed once a page has been answered."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    threading.Thread(target=announce, args=(port,), daemon=True).start()
    Granian(
        "tracker.wsgi:application",
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    ).serve(target_loader=load_site)


def load_site(target: str) -> Any:
    """Load the site in the server's worker, and tie the worker to the server alone.

    In a process group of its own the worker does not get the terminal's Ctrl-C: the server ends it.
    Two signals at once can leave it hanging (seen with granian 2.8: the second one interrupts the
    handling of the first). And when the server is killed outright, the kernel ends the worker.
    """
    os.setpgid(0, 0)
    end_with_parent(signal.SIGTERM)
    from tracker.wsgi import application

    return application


def announce(port: int) -> None:
    """Print the address as soon as the site answers, however slow the machine; ends with the process."""
    address = f"http://{HOST}:{port}/"
    while True:
        try:
            urllib.request.urlopen(address, timeout=30).close()
        except urllib.error.HTTPError:
            pass
        except OSError:
            time.sleep(0.1)
            continue
        say(f"\n南岸承诺已启动：{address}", f"The tracker is running at {address}  (Ctrl-C 停止 / stops it)")
        return


if __name__ == "__main__":
    until_interrupted(main)
