"""Registers the project package, for its system checks and its admin sign-in."""

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = "Tracker"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (importing registers them)
        from .errors import start_sentry
        from .logs import watch_queries

        connection_created.connect(watch_queries, dispatch_uid="tracker.slow_queries")
        if settings.SENTRY_DSN:
            start_sentry(settings.SENTRY_DSN)
