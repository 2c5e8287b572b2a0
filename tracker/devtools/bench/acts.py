"""What signed-in people do, by 16 connections at once: `python -m tracker.devtools.bench.acts URL SECONDS`.

wrk repeats one request; an act needs its own row, token and session each time. Prints JSON, act by act.
"""

import http.client
import json
import sys
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode, urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from commitments.choices import Decision  # noqa: E402
from commitments.models import Commitment, ProgressUpdate, Report, UpdateDraft, User  # noqa: E402
from commitments.progress import record  # noqa: E402

from .load import CONNECTIONS, PLAIN  # noqa: E402

CSRF = "a" * 32
# From a row of the worklist, which the answer puts in place of the form.
HTMX = {"HX-Request": "true", "HX-Current-URL": "https://127.0.0.1/staff/", "HX-Target": "row"}
# Copies of the demonstration's people have higher ids, in reports of their own.
FIRST_COPY = 100_000
BULK_ROWS = 50


@dataclass(frozen=True)
class Task:
    """One form, as its page posts it."""

    path: str
    cookie: str
    fields: dict[str, Any]
    # What the answer to a success holds, and its status.
    sign: str = ""
    status: int = 200


@dataclass
class Told:
    """What became of the tasks: how long each answer took in seconds, its bytes, what failed."""

    times: list[float] = field(default_factory=list)
    bytes: int = 0
    failures: list[str] = field(default_factory=list)

    def quantile_ms(self, share: float) -> float:
        """Return the time that this share of the answers did not exceed."""
        times = sorted(self.times)
        return times[min(int(len(times) * share), len(times) - 1)] * 1000 if times else 0.0


def people(role: str) -> list[User]:
    """Return the demonstration's own people of a role."""
    return list(User.objects.filter(role=role, is_active=True, pk__lt=FIRST_COPY).order_by("pk"))


def session_of(user: User) -> str:
    """Sign the person in and return the cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def post(link: http.client.HTTPConnection, task: Task, told: Told) -> None:
    """Post one form as a browser with htmx does, and note how long the answer took."""
    body = urlencode({**task.fields, "csrfmiddlewaretoken": CSRF}, doseq=True)
    headers = {
        **PLAIN, **HTMX,
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={task.cookie}; {settings.CSRF_COOKIE_NAME}={CSRF}",
        "Referer": f"https://{link.host}/staff/", "Origin": settings.SITE_URL,
    }  # fmt: skip
    began = time.perf_counter()
    try:
        link.request("POST", task.path, body, headers)
        answer = link.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException) as error:
        link.close()
        told.failures.append(str(error))
        return
    told.times.append(time.perf_counter() - began)
    told.bytes += len(text)
    if answer.status != task.status or task.sign not in text.decode(errors="replace"):
        told.failures.append(f"{answer.status} {task.path}: {text[:200].decode(errors='replace')}")


# --- The tasks --------------------------------------------------------------------------------------------


def reportable(kind: str) -> Iterator[tuple[str, Commitment]]:
    """Yield each commitment of a kind once, with the cookie of a reporter who may report on it."""
    left = Commitment.objects.published().filter(report=Report.objects.default(), kind=kind)
    done: set[int] = set()
    for user in people("reporter"):
        cookie = session_of(user)
        for commitment in left.filter(lead__in=user.department_ids()).exclude(pk__in=done):
            done.add(commitment.pk)
            yield cookie, commitment


def form_of(commitment: Commitment) -> dict[str, Any]:
    """Return the fields of an update of a measure, as typed, based on the latest one."""
    latest = record.latest_update(commitment)
    return {
        "token": str(uuid.uuid4()), "based_on": latest.pk if latest else "", "status": "in_progress",
        "as_of": "2024-10-18", "account": f"本周进展{uuid.uuid4().hex[:6]}：按计划推进。", "confirmed": "on",
    }  # fmt: skip


def drafts() -> Iterator[Task]:
    """Save what is being typed, of projects: a draft of a measure would be in the way of the submissions."""
    # Those of the last time: who begins a draft must not find one.
    UpdateDraft.objects.filter(commitment__report=Report.objects.default()).delete()
    for cookie, commitment in reportable("project"):
        yield Task(f"/staff/commitments/{commitment.code}/update/draft/", cookie, form_of(commitment))


def submissions() -> Iterator[Task]:
    """Submit one update of each measure, as the form in the worklist does."""
    for cookie, commitment in reportable("measure"):
        sign = f'id="row-{commitment.code.replace(".", "-")}"'
        fields = {**form_of(commitment), "act": "submit"}
        yield Task(f"/staff/commitments/{commitment.code}/update/", cookie, fields, sign)


def reviews() -> Iterator[Task]:
    """Approve what waits, each by somebody else than its author."""
    reviewers = [(user.pk, session_of(user)) for user in people("reviewer")]
    waiting = ProgressUpdate.objects.awaiting_review().filter(commitment__report=Report.objects.default())
    for pk, author_id in waiting.exclude(status="completed").values_list("pk", "author_id"):
        cookie = next(cookie for user_id, cookie in reviewers if user_id != author_id)
        yield Task(f"/staff/review/{pk}/", cookie, {"decision": Decision.PUBLISHED.value}, status=302)


def bulk_previews() -> Iterator[Task]:
    """Preview one change of the first fifty rows, over and over."""
    cookie = session_of(people("administrator")[0])
    rows = Commitment.objects.published().filter(report=Report.objects.default()).values_list("pk", flat=True)
    fields = {
        "pk": list(rows[:BULK_ROWS]), "step": "preview", "reason": "统一联系人",
        "contact": "王主任 62988888",
    }  # fmt: skip
    while True:
        yield Task("/staff/bulk/", cookie, fields, sign='value="apply"')


ACTS = {
    "save a draft": drafts,
    "record an update": submissions,
    "approve an update": reviews,
    f"bulk edit, preview of {BULK_ROWS} rows": bulk_previews,
}


# --- Carrying them out ------------------------------------------------------------------------------------


def carry_out(url: str, tasks: Iterable[Task], *, seconds: float) -> dict[str, Any]:
    """Have 16 people do the tasks, each the next as soon as the last is answered, until the time is over."""
    place, lock, told = urlsplit(url), threading.Lock(), Told()
    # Made beforehand, since making them asks the database too.
    ready = iter(list(islice(tasks, 2_000)))
    began = time.monotonic()

    def person() -> None:
        link = http.client.HTTPConnection(str(place.hostname), place.port or 80, timeout=60)
        while time.monotonic() < began + seconds:
            with lock:
                task = next(ready, None)
            if task is None:
                break
            post(link, task, told)
        link.close()

    threads = [threading.Thread(target=person) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = len(told.times)
    return {
        "per_second": count / (time.monotonic() - began), "median_ms": told.quantile_ms(0.5),
        "p99_ms": told.quantile_ms(0.99), "bytes_each": told.bytes / max(count, 1),
        "errors": len(told.failures), "failures": told.failures[:3],
    }  # fmt: skip


def main() -> None:
    url, seconds = sys.argv[1], float(sys.argv[2])
    found = {name: carry_out(url, tasks(), seconds=seconds) for name, tasks in ACTS.items()}
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
