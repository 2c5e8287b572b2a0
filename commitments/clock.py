"""The only place that reads the clock. Views and commands ask here and pass the answer on."""

import datetime as dt

from django.conf import settings
from django.utils import timezone


def today() -> dt.date:
    """Return the day in Asia/Shanghai, or the day at which TRACKER_TODAY holds the tracker."""
    held: dt.date | None = settings.TRACKER_TODAY
    return held or timezone.localdate()


def now() -> dt.datetime:
    """Return the aware time of this moment; on a held day, the real time of day on that day."""
    moment = timezone.localtime()
    held: dt.date | None = settings.TRACKER_TODAY
    return dt.datetime.combine(held, moment.timetz()) if held else moment


def is_held() -> bool:
    """Say whether the tracker stands still at a day, so that a page can say so."""
    return settings.TRACKER_TODAY is not None
