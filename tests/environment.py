"""Loaded by pytest before Django reads its settings: the mode, and a database of this run's own."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("TRACKER_MODE", "test")
# Playwright's synchronous interface runs an event loop, in which Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

if "DATABASE_URL" not in os.environ:
    # Set once here and inherited by the workers, each of which adds its own suffix.
    _folder = tempfile.mkdtemp(prefix="tracker-test-")
    os.environ["DATABASE_URL"] = f"sqlite:///{_folder}/db.sqlite3"
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
