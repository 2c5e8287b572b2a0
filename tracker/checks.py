"""System checks of the settings: what is allowed but probably not meant, with a hint."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def mail_can_leave(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn when a production has no mail server: reminders and new passwords would go nowhere."""
    if settings.EMAIL_HOST:
        return []
    return [
        Warning(
            "No mail leaves this site.",
            hint="Set EMAIL_HOST (see .env.example) for reminders and for resetting passwords.",
            id="tracker.W001",
        )
    ]


@register(Tags.security, deploy=True)
def clock_runs(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn when the clock of a production is held still: no new day would ever begin."""
    if settings.TRACKER_TODAY is None:
        return []
    return [
        Warning(
            f"The tracker's day is held at {settings.TRACKER_TODAY}.",
            hint="Unset TRACKER_TODAY except for demonstrations.",
            id="tracker.W002",
        )
    ]


@register(Tags.security, deploy=True)
def site_url_is_encrypted(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn when links in mails and downloads would lead to an unencrypted address."""
    if settings.SITE_URL.startswith("https://"):
        return []
    return [
        Warning(
            f"SITE_URL is {settings.SITE_URL}, without encryption.",
            hint="Begin SITE_URL with https://.",
            id="tracker.W003",
        )
    ]
