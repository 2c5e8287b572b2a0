"""A thousand readers at once, first alone, then while fifty reporters submit and a reviewer approves.

`python -m tracker.devtools.bench.crowd URL SECONDS` with the site's settings: the reporters and the reviewer.
"""

import http.client
import json
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlencode, urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402

from commitments import clock  # noqa: E402
from commitments.choices import Decision  # noqa: E402
from commitments.models import Commitment, ProgressUpdate, Report, User  # noqa: E402
from commitments.progress import record  # noqa: E402

REPORTERS = 50
# Each submits once in so many seconds: filling in the form takes longer.
PAUSE = 10.0


@dataclass
class Told:
    """What happened."""

    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    approved: int = 0


def session_of(user: User) -> str:
    """Sign the person in and return the cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def work() -> list[tuple[str, str, int | None]]:
    """Return for each submission the cookie, the commitment's code, and the update it is based on."""
    report, found = Report.objects.default(), []
    people = list(User.objects.filter(role="reporter", is_active=True, pk__lt=100_000))
    cookies = {user.pk: session_of(user) for user in people}
    for user in people:
        rows = Commitment.objects.published().filter(
            report=report, lead__in=user.department_ids(), kind="measure"
        )
        for commitment in rows[:40]:
            latest = record.latest_update(commitment)
            found.append((cookies[user.pk], commitment.code, latest.pk if latest else None))
    return found


def submit(host: str, port: int, cookie: str, code: str, based_on: int | None, told: Told) -> None:
    """Submit one update as the form does, and note how long the answer took."""
    body = urlencode(
        {
            "act": "submit", "token": str(uuid.uuid4()), "based_on": based_on or "", "status": "in_progress",
            "as_of": "2024-10-18", "account": f"本周进展{uuid.uuid4().hex[:6]}：按计划推进。", "confirmed": "on",
            "csrfmiddlewaretoken": "a" * 32,
        }
    )  # fmt: skip
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={'a' * 32}",
        "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "Referer": f"https://{host}/staff/",
        "Origin": settings.SITE_URL, "HX-Request": "true",
    }  # fmt: skip
    began = time.perf_counter()
    link = http.client.HTTPConnection(host, port, timeout=60)
    try:
        link.request("POST", f"/staff/commitments/{code}/update/", body, headers)
        answer = link.getresponse()
        text = answer.read().decode(errors="replace")
        told.times.append(time.perf_counter() - began)
        if answer.status != 200 or f'id="row-{code.replace(".", "-")}"' not in text:
            told.failures.append(f"{answer.status} {code}: {text[:200]}")
    except OSError as error:
        told.failures.append(str(error))
    finally:
        link.close()


def reporters(url: str, seconds: float) -> Told:
    """Have fifty people submit, each at their own moment, and one reviewer approve one a second."""
    told, end = Told(), time.monotonic() + seconds
    place = urlsplit(url)
    tasks = iter(work())
    lock = threading.Lock()

    def person(number: int) -> None:
        time.sleep(PAUSE * number / REPORTERS)
        while time.monotonic() < end:
            with lock:
                task = next(tasks, None)
            if task is None:
                return
            submit(str(place.hostname), int(place.port or 80), *task, told)
            time.sleep(PAUSE)

    def reviewer() -> None:
        try:
            by = User.objects.filter(role="reviewer", is_active=True, pk__lt=100_000).first()
            assert by is not None
            for _ in cycle([0]):
                time.sleep(1)
                if time.monotonic() > end:
                    break
                waiting = ProgressUpdate.objects.awaiting_review().exclude(author=by)
                update = waiting.filter(commitment__report=Report.objects.default()).last()
                if update:
                    record.review(update, by=by, decision=Decision.PUBLISHED, now=clock.now())
                    told.approved += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=person, args=(number,)) for number in range(REPORTERS)]
    threads.append(threading.Thread(target=reviewer))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def main() -> None:
    url, seconds = sys.argv[1], float(sys.argv[2])
    told = reporters(url, seconds)
    times = sorted(told.times)
    found: dict[str, Any] = {
        "submitted": len(times), "failed": len(told.failures), "approved": told.approved,
        "median_ms": times[len(times) // 2] * 1000 if times else 0.0, "failures": told.failures[:3],
    }  # fmt: skip
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
