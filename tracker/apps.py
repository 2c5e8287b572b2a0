"""Registers the project package, for its system checks and its admin sign-in."""

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = "Tracker"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from . import checks  # noqa: F401  (importing registers them)
        from .errors import start_sentry
        from .logs import watch_queries
        from .sign_ins import write_success

        user_logged_in.connect(write_success, dispatch_uid="tracker.sign_in")
        connection_created.connect(watch_queries, dispatch_uid="tracker.slow_queries")
        if settings.SENTRY_DSN:
            start_sentry(settings.SENTRY_DSN)
