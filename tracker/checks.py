"""System checks: what is allowed but probably not meant, with a hint.

Those of the settings run with `check --deploy`; those of the database with `check --database default`
and before every migration, so they hold their tongue while tables are missing.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections
from django.utils import timezone

from commitments.models import ChangeEntry
from commitments.models.guards import missing_guards
from commitments.progress.schedule import CURVES


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


@register()
def curves_are_known(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Stop where SCHEDULE_CURVES names a curve that does not exist: every page with a verdict would fail."""
    unknown = sorted(set(settings.SCHEDULE_CURVES.values()) - set(CURVES))
    if not unknown:
        return []
    return [
        Error(
            f"SCHEDULE_CURVES names no known curve: {', '.join(unknown)}.",
            hint=f"Choose among {', '.join(CURVES)} (see .env.example).",
            id="tracker.E001",
        )
    ]


# Clocks of machines that ask the network for the time differ by less.
CLOCK_TOLERANCE = dt.timedelta(minutes=5)


@register(Tags.database)
def clock_is_right(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn when this machine's clock is behind the newest record, or unlike the database's clock."""
    found: list[CheckMessage] = []
    for using in databases or ():
        now = timezone.now()
        newest = newest_record(using)
        if settings.TRACKER_TODAY is None and newest and newest > now + CLOCK_TOLERANCE:
            found.append(
                Warning(
                    f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, but the newest record is from {newest:%Y-%m-%d %H:%M} UTC.",
                    hint="Set the clock (timedatectl), or find out which record was written with a wrong one.",
                    id="tracker.W004",
                )
            )
        other = database_clock(using)
        if other and abs(other - timezone.now()) > CLOCK_TOLERANCE:
            found.append(
                Warning(
                    f"The clock of this machine and that of the database differ by {abs(other - timezone.now())}.",
                    hint="Let both machines take their time from the network (timedatectl set-ntp true).",
                    id="tracker.W005",
                )
            )
    return found


@register(Tags.database)
def guards_stand(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn when a trigger that keeps the history from being changed is missing or altered."""
    found: list[CheckMessage] = []
    for using in databases or ():
        if newest_record(using, missing="none") == "none":
            continue
        if missing := missing_guards(using):
            found.append(
                Warning(
                    f"The database does not guard its history: {', '.join(missing[:5])} missing or altered.",
                    hint="Run manage.py migrate, which puts the guards up again.",
                    id="tracker.W006",
                )
            )
    return found


def newest_record(using: str, *, missing: Any = None) -> Any:
    """Return when the newest change was recorded; None without any, `missing` without the table."""
    try:
        if ChangeEntry._meta.db_table not in connections[using].introspection.table_names():
            return missing
        return ChangeEntry.objects.using(using).order_by("-at").values_list("at", flat=True).first()
    except DatabaseError:
        return missing


def database_clock(using: str) -> dt.datetime | None:
    """Return the database's own time; None for SQLite, which has no clock of its own."""
    if connections[using].vendor != "postgresql":
        return None
    try:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            found: dt.datetime = cursor.fetchone()[0]
            return found
    except DatabaseError:
        return None
