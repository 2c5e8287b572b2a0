"""bin/bench, before the environment exists: options, environment. Standard library only."""

import argparse
import os
import sys

from ..bootstrap import become, ensure_venv
from ..test import clean_environment


def main() -> None:
    parse(sys.argv[1:])
    # The environment of the tests holds what production has and a browser's driver besides.
    python = ensure_venv("venv-test", "requirements-dev.lock")
    environment = clean_environment() | {"TRACKER_MODE": "local"}
    kept = {
        name: os.environ[name] for name in ("TRACKER_POSTGRES_BIN", "TRACKER_CHROMIUM") if name in os.environ
    }
    become(python, "tracker.devtools.bench.run", sys.argv[1:], environment | kept)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="How fast the tracker is, beside what else one would use; writes docs/benchmarks.md. "
        "Brings up PostgreSQL, the production server, nginx and Datasette on this machine, and stops them.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="600 and 100,000 rows, one short round, no file written"
    )
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], action="append", help="by default both")
    parser.add_argument(
        "--rows", type=int, action="append", help="sizes; by default 600, 100,000 and 1,000,000"
    )
    parser.add_argument(
        "--only", action="append", choices=["load", "pages", "staff", "crowd", "phone", "lighthouse"],
        help="parts of the run; by default all",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, help="how often each address is loaded, alternating")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
