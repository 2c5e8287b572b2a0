"""bin/faults, before the environment exists: goes on in var/venv-test. Standard library only."""

import sys

from ..bootstrap import become, ensure_venv
from ..test import clean_environment

if __name__ == "__main__":
    python = ensure_venv("venv-test", "requirements-dev.lock")
    become(python, "tracker.devtools.faults.run", sys.argv[1:], clean_environment())
