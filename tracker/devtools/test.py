"""bin/test, before the environment exists: options, environment. Standard library only."""

import argparse
import os
import re
import sys

from .bootstrap import ROOT, become, ensure_venv, until_interrupted

USAGE = """bin/test                    every check, then every test on SQLite and again on PostgreSQL
       bin/test --checks           the checks alone
       bin/test [--sqlite|--postgres] ARGUMENTS
                                   pytest with these arguments on one database, SQLite by default"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/test", usage=USAGE, add_help=True, allow_abbrev=False)
    parser.add_argument("--checks", action="store_true")
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    parser.parse_known_args()
    python = ensure_venv("venv-test", "requirements-dev.lock")
    become(python, "tracker.devtools.suite", sys.argv[1:], clean_environment())


def clean_environment() -> dict[str, str]:
    """Return the environment without our settings: a test must not depend on whose machine it is."""
    documented = re.findall(
        r"^#?\s?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
    )
    ours = set(documented) - {"TRACKER_POSTGRES_BIN", "TRACKER_CHROMIUM"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return environment | {
        "TRACKER_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "PYTHONUTF8": "1",
    }


if __name__ == "__main__":
    until_interrupted(main)
