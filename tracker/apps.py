"""Registers the project package, for its system checks and its admin sign-in."""

from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = "Tracker"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (importing registers them)
