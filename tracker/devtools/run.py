"""bin/run, before the environment exists: options, port, environment. Standard library only."""

import argparse
import errno
import os
import socket

from .bootstrap import VAR, become, ensure_venv, stop, until_interrupted

HOST = "127.0.0.1"
DEMO_DAY = "2024-10-20"


def main() -> None:
    options = parse()
    require_free(options.port)
    environment = dict(os.environ)
    environment |= {
        "TRACKER_MODE": "local",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "SITE_URL": f"http://{HOST}:{options.port}",
    }
    if options.demo:
        environment |= {
            "DATABASE_URL": f"sqlite:///{VAR / 'demo.sqlite3'}",
            "MEDIA_ROOT": str(VAR / "demo-media"),
            "TRACKER_TODAY": environment.get("TRACKER_TODAY") or DEMO_DAY,
        }
    python = ensure_venv("venv", "requirements.lock")
    arguments = [str(options.port)] + (["--demo"] if options.demo else [])
    become(python, "tracker.devtools.serve", arguments, environment)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/run",
        description="启动南岸承诺。Sets up what is missing below var/ and serves the tracker on this machine.",
    )
    parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000 (the port, 8000 by default)")
    parser.add_argument(
        "--demo",
        action="store_true",
        help=f"演示数据：独立的数据库，日期停在 {DEMO_DAY} "
        f"(demonstration data in a database of its own; the day is {DEMO_DAY})",
    )
    return parser.parse_args()


def require_free(port: int) -> None:
    """Stop when the port cannot be had. The server itself would share it without a word."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) == errno.EADDRINUSE:
                stop(
                    f"端口 {port} 已被占用。请换一个端口，例如：bin/run --port {port + 1}",
                    f"Port {port} is taken. Choose another one, for example: bin/run --port {port + 1}",
                )
            stop(f"无法使用端口 {port}：{error}", f"Port {port} cannot be used: {error}")


if __name__ == "__main__":
    until_interrupted(main)
