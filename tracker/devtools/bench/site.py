"""What the benchmark serves: the production site, and beside it the bare response it is compared with."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
settings.ROOT_URLCONF = "tracker.devtools.bench.urls"

from ...wsgi import application  # noqa: E402

__all__ = ["application"]
