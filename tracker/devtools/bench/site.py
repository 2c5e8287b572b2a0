"""What the benchmark serves: the production site, and beside it the bare response it is compared with."""

import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
settings.ROOT_URLCONF = "tracker.devtools.bench.urls"
application: Any = get_wsgi_application()
