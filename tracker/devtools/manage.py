"""bin/manage and bin/messages: a command with the environment of bin/run. Standard library only."""

import os
import sys

from .bootstrap import ROOT, become, ensure_venv, until_interrupted


def main() -> None:
    python = ensure_venv("venv", "requirements.lock")
    environment = dict(os.environ)
    environment.setdefault("TRACKER_MODE", "local")
    if sys.argv[1:2] == ["--messages"]:
        become(python, "tracker.devtools.messages", sys.argv[2:], environment)
    sys.stdout.flush()
    os.execve(python, [str(python), str(ROOT / "manage.py"), *sys.argv[1:]], environment)


if __name__ == "__main__":
    until_interrupted(main)
