"""Which program is running, for everything that is kept until it changes."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def program_version() -> str:
    """Return a fingerprint of code, templates and translations: a new release is a new page."""
    base = Path(settings.BASE_DIR)
    digest = hashlib.sha256()
    for pattern in (
        "commitments/**/*.py",
        "commitments/static/**/*",
        "templates/**/*.html",
        "locale/**/*.mo",
    ):
        for path in sorted(base.glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()
