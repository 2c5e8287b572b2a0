"""What the server runs: `granian --interface wsgi tracker.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

application = get_wsgi_application()

# What is loaded stays, and a page makes tens of thousands of objects: looking through all of them for
# circles every few hundred took a tenth of each page's time.
gc.freeze()
gc.set_threshold(50_000, 20, 50)
