"""Asks the advisory service about the locked packages; fails on a known weakness, not on a missing network."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from .bootstrap import ROOT

SECONDS = 120


def main() -> int:
    """Print one line, or one for each weakness; return 1 if there is any."""
    weak, audited, skipped = [], 0, 0
    for package in asked():
        if package.get("skip_reason"):
            skipped += 1
            continue
        audited += 1
        weak += [
            f"{package['name']} {package['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or '-'}"
            for found in package.get("vulns", [])
        ]
    if not audited:
        print("not audited: the advisory service cannot be reached from here")
        return 0
    print(
        *weak,
        f"{audited} packages audited, {skipped} unknown to the service, {len(weak)} weaknesses",
        sep="\n",
    )
    return 1 if weak else 0


def asked() -> list[dict[str, Any]]:
    """Return what pip-audit says of each locked package; nothing where it cannot say."""
    program = Path(sys.executable).with_name("pip-audit")
    command: list[str | Path] = [
        program,
        "--disable-pip",
        "--require-hashes",
        "-r",
        ROOT / "requirements.lock",
    ]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []
    return found


if __name__ == "__main__":
    sys.exit(main())
