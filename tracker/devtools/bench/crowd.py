"""Fifty reporters submit and a reviewer approves, while a thousand readers read.

`python -m tracker.devtools.bench.crowd URL SECONDS` with the site's settings: the reporters and the reviewer.
"""

import http.client
import json
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import django

django.setup()

from django.db import connection  # noqa: E402

from commitments import clock  # noqa: E402
from commitments.choices import Decision  # noqa: E402
from commitments.models import ProgressUpdate, Report  # noqa: E402
from commitments.progress import record  # noqa: E402

from .acts import Told, people, post, submissions  # noqa: E402

REPORTERS = 50
# Each submits once in so many seconds: filling in the form takes longer.
PAUSE = 10.0


def report_and_review(url: str, seconds: float) -> tuple[Told, int]:
    """Have fifty people submit, each at their own moment, and one reviewer approve one a second.

    Returns what became of the submissions, and how many were approved.
    """
    told, end = Told(), time.monotonic() + seconds
    place = urlsplit(url)
    ready, lock = list(submissions()), threading.Lock()

    def person(number: int) -> None:
        time.sleep(PAUSE * number / REPORTERS)
        while time.monotonic() < end:
            with lock:
                task = ready.pop() if ready else None
            if task is None:
                return
            link = http.client.HTTPConnection(str(place.hostname), place.port or 80, timeout=60)
            post(link, task, told)
            link.close()
            time.sleep(PAUSE)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(REPORTERS)]
    for thread in threads:
        thread.start()
    approved = review_until(end)
    for thread in threads:
        thread.join()
    return told, approved


def review_until(end: float) -> int:
    """Approve one update a second, as one reviewer, until that moment; return how many."""
    by, approved = people("reviewer")[0], 0
    while time.monotonic() + 1 < end:
        time.sleep(1)
        waiting = ProgressUpdate.objects.awaiting_review().exclude(author=by)
        update = waiting.filter(commitment__report=Report.objects.default()).last()
        if update:
            record.review(update, by=by, decision=Decision.PUBLISHED, now=clock.now())
            approved += 1
    connection.close()
    return approved


def main() -> None:
    url, seconds = sys.argv[1], float(sys.argv[2])
    told, approved = report_and_review(url, seconds)
    found: dict[str, Any] = {
        "submitted": len(told.times), "failed": len(told.failures), "approved": approved,
        "median_ms": told.quantile_ms(0.5), "failures": told.failures[:3],
    }  # fmt: skip
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
