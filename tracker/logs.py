"""What is written down while the site runs: one line a request, errors, slow queries. No personal data.

No query string (it holds what people search for), no address, no name, no parameter of a query, no
message of an exception (which quotes what was typed); the mail to ADMINS has the messages.
"""

import contextvars
import datetime as dt
import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Request-ID"
# What a proxy may send us: no spaces or quotes that would forge a line, and no book.
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Parts of an address that name a row of ours. Others are secrets, as in a link for a new password.
ROWS = ("code", "pk", "slug", "number", "area", "start", "key", "ending")

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
request_log = logging.getLogger("tracker.request")
query_log = logging.getLogger("tracker.slow_query")


class RequestLogMiddleware:
    """Gives every request an id, returns it as X-Request-ID, and writes one line when it is answered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(chosen_id(request))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            response[HEADER] = request_id.get()
            if response.status_code >= 400 or not is_routine(request):
                write_line(request, response, seconds)
            return response
        finally:
            request_id.reset(token)


def chosen_id(request: HttpRequest) -> str:
    """Return the id that our proxy gave the request, if there is one of ours; else a new one."""
    given = request.headers.get(HEADER, "")
    return given if settings.TRUSTED_PROXIES and ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex


def is_routine(request: HttpRequest) -> bool:
    """Say whether nobody would want a line about an answer: probes and static files."""
    return getattr(request, "is_probe", False) or request.path_info.startswith(settings.STATIC_URL)


def write_line(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    # The error itself is logged by Django; two errors for one would be two mails.
    level = logging.WARNING if response.status_code >= 500 else logging.INFO
    request_log.log(
        level,
        "request",
        extra={
            "fields": {
                "method": request.method if request.method in METHODS else "other",
                "route": route_of(request),
                "row": row_of(request),
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
            }
        },
    )


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address, not the address; "" where no page answers."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else ""


def row_of(request: HttpRequest) -> str:
    """Return what row the address names, as code or number; "" for none."""
    match = getattr(request, "resolver_match", None)
    if match is None or match.route.startswith("accounts/"):
        return ""
    return " ".join(f"{name}={match.kwargs[name]}" for name in ROWS if name in match.kwargs)[:80]


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, request id, what happened, and where it failed."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.get(),
            "message": message_of(record),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = type(record.exc_info[1]).__qualname__
            line["where"] = where(record.exc_info[1])
        return json.dumps({k: v for k, v in line.items() if v != ""}, ensure_ascii=False)


def message_of(record: logging.LogRecord) -> str:
    """Return the message; of Django's lines about a request, which quote its address, the pattern instead."""
    request = getattr(record, "request", None)
    if record.name.startswith("django.security"):
        return str(record.name)  # quotes headers that a stranger wrote
    if request is None:
        return record.getMessage()
    what = record.args[0] if isinstance(record.args, tuple) and record.args else record.levelname
    return f"{what}: {route_of(request)}" if isinstance(what, str) else str(record.msg)[:60]


def where(error: BaseException) -> list[str]:
    """Return the places an exception passed, outermost first, without its message and any value."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ][-30:]


# --- Slow queries -------------------------------------------------------------------------------------


class SlowQueries:
    """Wraps each query of a connection and writes down the slow ones, without their parameters."""

    def __init__(self, limit_ms: int) -> None:
        self.limit_ms = limit_ms

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            ms = (time.perf_counter() - started) * 1000
            if ms >= self.limit_ms:
                fields = {"ms": round(ms, 1), "sql": str(sql)[:2000]}
                query_log.warning("slow query", extra={"fields": fields})


def watch_queries(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Start watching a new connection, when SLOW_QUERY_MS is set."""
    wrappers = connection.execute_wrappers
    if settings.SLOW_QUERY_MS and not any(isinstance(wrapper, SlowQueries) for wrapper in wrappers):
        wrappers.append(SlowQueries(settings.SLOW_QUERY_MS))
