"""Who learns of an error: the ADMINS by mail, spaced, and Sentry where SENTRY_DSN is set."""

import logging
import threading
import time
import traceback
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import mail_admins

from .logs import message_of, request_id, row_of, where

# The same error again within this time is not mailed again; nor are more than so many in all.
SPACING = 600
AT_MOST = 20


class ErrorMailHandler(logging.Handler):
    """Mails an error to ADMINS: what failed where, with the request's id, and nothing of what was sent.

    Unlike Django's own, which mails cookies, form fields and variables. Each process spaces its mails:
    an error on every page is one mail in ten minutes.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.sent: dict[str, float] = {}
        self.guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        # Django's security lines are about strangers who try their luck, not about errors of ours.
        if not settings.ADMINS or record.name.startswith("django.security"):
            return
        if not self.is_due(place_of(record)):
            return
        try:
            mail_admins(f"{record.levelname}: {message_of(record)}"[:200], text_of(record))
        except Exception:
            self.handleError(record)  # a mail server that is down must not break the page

    def is_due(self, place: str) -> bool:
        """Say whether this error may be mailed now, and remember that it was."""
        now = time.monotonic()
        with self.guard:
            self.sent = {key: at for key, at in self.sent.items() if now - at < SPACING}
            if place in self.sent or len(self.sent) >= AT_MOST:
                return False
            self.sent[place] = now
            return True


def place_of(record: logging.LogRecord) -> str:
    """Return what makes two errors the same: their type and the line they come from."""
    error = record.exc_info[1] if record.exc_info else None
    return f"{type(error).__qualname__} {where(error)[-1:]}" if error else message_of(record)


def text_of(record: logging.LogRecord) -> str:
    """Return the mail's text: the request's id, page and row, and the traceback with its message."""
    request = getattr(record, "request", None)
    lines = [f"Request: {request_id.get() or '-'}", f"What: {message_of(record)}"]
    if request is not None:
        lines.append(f"Row: {row_of(request) or '-'}")
    if record.exc_info and record.exc_info[1]:
        lines += ["", "".join(traceback.format_exception(record.exc_info[1]))]
    return "\n".join(lines)


def start_sentry(dsn: str) -> None:
    """Report errors to Sentry, without persons, addresses, cookies, forms, queries or variables.

    sentry-sdk is not among the locked packages: who wants it installs it. Raises ImproperlyConfigured
    where it is missing, rather than reporting nothing.
    """
    try:
        import sentry_sdk
    except ImportError as error:
        raise ImproperlyConfigured("SENTRY_DSN is set, but sentry-sdk is not installed.") from error
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        before_send=without_persons,
    )


def without_persons(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Return the event with nothing of the request but its method, and with our id for it."""
    method = event.get("request", {}).get("method", "")
    event["request"] = {"method": method}
    event.pop("user", None)
    event.pop("server_name", None)
    event.setdefault("tags", {})["request_id"] = request_id.get()
    return event
