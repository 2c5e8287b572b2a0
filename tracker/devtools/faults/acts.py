"""What people do while things go wrong, and a journal of what they were told."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .person import Answer, Fields, Gone, NoForm, Person, filled, form_of, links_of


@dataclass
class Journal:
    """Every request that may have changed something, with its outcome as its sender knows it.

    An outcome is accepted, conflict, refused, error (the server said 5xx) or unknown (no answer).
    """

    entries: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    odd: Counter[str] = field(default_factory=Counter)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, **entry: Any) -> None:
        with self.guard:
            self.entries.append(entry)

    def count(self, act: str) -> Counter[str]:
        return Counter(entry["outcome"] for entry in self.entries if entry["act"] == act)


@dataclass
class Crowd:
    """The people, the rows that they share, and when to stop."""

    world: dict[str, Any]
    journal: Journal
    people: dict[str, Person]
    stop: threading.Event = field(default_factory=threading.Event)
    # Set when a request that changes something is about to be sent, by the kind of change.
    sending: dict[str, threading.Event] = field(
        default_factory=lambda: {kind: threading.Event() for kind in ("submit", "upload", "bulk", "import")}
    )
    rows: int = 12
    upload_share: float = 0.25
    upload_size: int = 60_000

    def codes(self) -> list[str]:
        return list(self.world["measures"][: self.rows])

    def run(self, act: Callable[[Crowd, Person], None], person: Person) -> None:
        """Do the act again and again until told to stop; what cannot be reached is tried again."""
        while not self.stop.is_set():
            try:
                act(self, person)
            except Gone:
                time.sleep(0.05)
            except NoForm as missing:
                with self.journal.guard:
                    self.journal.odd[f"{act.__name__}: no form with {missing}"] += 1
                time.sleep(0.05)

    def start(self, reporters: int, reviewers: int, administrators: int) -> list[threading.Thread]:
        plan: list[tuple[Callable[[Crowd, Person], None], str]] = []
        plan += [(report, name) for name in self.world["reporters"][:reporters]]
        plan += [(review, name) for name in self.world["reviewers"][:reviewers]]
        chiefs = self.world["administrators"][:administrators]
        plan += [((bulk_edit, import_ledger)[number % 2], name) for number, name in enumerate(chiefs)]
        threads = [threading.Thread(target=self.run, args=(act, self.people[name])) for act, name in plan]
        for thread in threads:
            thread.start()
        return threads


def sign_in_all(world: dict[str, Any], port: int, server: str = "127.0.0.1") -> dict[str, Person]:
    """Sign everybody in, each from an address of their own."""
    names = [*world["reporters"], *world["reviewers"], *world["administrators"]]
    people = {
        name: Person(name, port, f"198.51.100.{number + 1}", server=server)
        for number, name in enumerate(names)
    }
    for person in people.values():
        person.sign_in(world["password"])
    return people


def outcome_of(answer: Answer) -> str:
    if answer.status in (200, 302):
        return "accepted"
    if answer.status == 409:
        return "conflict"
    return "error" if answer.status >= 500 else "refused"


def value(fields: Fields, name: str) -> str:
    return next((text for found, text in fields if found == name), "")


def report(crowd: Crowd, person: Person) -> None:
    """Write an update on one of the shared rows, sometimes with a file, sometimes clicking twice."""
    code = random.choice(crowd.codes())
    path = f"/staff/commitments/{code}/update/"
    page = person.get(path)
    if page.status != 200:
        return note_page(crowd, "report", page)
    words = f"核实{uuid.uuid4().hex}"
    form = filled(
        form_of(page.text, "token"),
        status="in_progress",
        as_of="2024-10-18",
        account=words,
        act="submit",
        obstacle="",
        token=str(uuid.uuid4()),
    )
    files = None
    content = b""
    if random.random() < crowd.upload_share:
        content = b"%PDF-1.4\n" + os.urandom(random.randint(1_000, crowd.upload_size))
        files = {"evidence_file": ("zhengming.pdf", content)}
    send = Submission(crowd, person, path, form, files, code, words, hashlib.sha256(content).hexdigest())
    if random.random() < 0.1:
        twice = [threading.Thread(target=send) for _ in range(2)]
        for thread in twice:
            thread.start()
        for thread in twice:
            thread.join()
        return
    if send() == "unknown":
        # The browser offers to send again, and people do: also after the server has come back.
        for _ in range(40):
            if crowd.stop.is_set() or send() != "unknown":
                return
            time.sleep(0.25)


@dataclass
class Submission:
    """One filled-in form that may be sent more than once."""

    crowd: Crowd
    person: Person
    path: str
    form: Fields
    files: dict[str, tuple[str, bytes]] | None
    code: str
    words: str
    sha256: str

    def __call__(self) -> str:
        started = time.perf_counter()
        self.crowd.sending["upload" if self.files else "submit"].set()
        try:
            answer: Answer | None = self.person.post(self.path, self.form, self.files)
        except Gone:
            answer = None
        outcome = outcome_of(answer) if answer else "unknown"
        if answer and outcome == "accepted" and answer.status == 200:
            outcome = "refused"  # the form again: nothing was submitted
        with self.crowd.journal.guard:
            self.crowd.journal.times.append(time.perf_counter() - started)
            if answer and outcome in ("refused", "error"):
                self.crowd.journal.odd[f"submit {answer.status}: {complaint(answer.text)}"] += 1
        self.crowd.journal.note(
            act="submit", outcome=outcome, token=value(self.form, "token"), code=self.code, by=self.person.name,
            based_on=value(self.form, "based_on"), words=self.words, sha256=self.sha256 if self.files else "",
        )  # fmt: skip
        return outcome


def review(crowd: Crowd, person: Person) -> None:
    """Decide on one of the waiting updates, which others decide on as well."""
    queue = person.get("/staff/review/")
    waiting = [
        path for path in links_of(queue.text, "/staff/review/") if re.fullmatch(r"/staff/review/\d+/", path)
    ]
    if not waiting:
        time.sleep(0.1)
        return
    path = random.choice(waiting[:20])
    page = person.get(path)
    if page.status != 200:
        return note_page(crowd, "review", page)
    decision = random.choice(["published", "verified", "returned"])
    form = filled(
        form_of(page.text, "decision"),
        decision=decision,
        method="on_site" if decision == "verified" else "",
        reason="请补充" if decision == "returned" else "",
    )
    update = int(path.rstrip("/").rsplit("/", 1)[1])
    try:
        answer = person.post(path, form)
    except Gone:
        crowd.journal.note(act="review", outcome="unknown", update=update, decision=decision, by=person.name)
        raise
    outcome = outcome_of(answer)
    if outcome == "accepted" and (answer.status == 200 or "/staff/updates/" in answer.location):
        outcome = "conflict"  # somebody else had decided
    if outcome in ("refused", "error"):
        with crowd.journal.guard:
            crowd.journal.odd[f"review {answer.status}: {complaint(answer.text)}"] += 1
    crowd.journal.note(act="review", outcome=outcome, update=update, decision=decision, by=person.name)


def bulk_edit(crowd: Crowd, person: Person) -> None:
    """Change contact and deadline of many rows at once, among them the shared ones."""
    rows = crowd.world["pks"][: random.choice([20, 60, 150])]
    mark = uuid.uuid4().hex[:12]
    day = f"2024-{random.randint(11, 12)}-{random.randint(10, 28)}"
    page = person.get("/staff/bulk/")
    if page.status != 200:
        return note_page(crowd, "bulk", page)
    form = filled(
        form_of(page.text, "reason"),
        pk=[str(pk) for pk in rows],
        contact=mark,
        reason=f"分工{mark}",
        step="preview",
    )
    shown = person.post("/staff/bulk/", form)
    if shown.status != 200:
        return note_page(crowd, "bulk", shown)
    confirmed = filled(form_of(shown.text, "seen"), step="apply")
    crowd.sending["bulk"].set()
    try:
        answer = person.post("/staff/bulk/", confirmed)
    except Gone:
        crowd.journal.note(act="bulk", outcome="unknown", mark=mark, rows=len(rows), by=person.name, day=day)
        raise
    outcome = outcome_of(answer)
    if outcome == "accepted" and answer.status == 200:
        outcome = "refused"
    crowd.journal.note(act="bulk", outcome=outcome, mark=mark, rows=len(rows), by=person.name, day=day)


def import_ledger(crowd: Crowd, person: Person) -> None:
    """Export the ledger, change one column of many rows, and bring it back."""
    exported = person.get("/staff/ledger/export/ledger.csv")
    if exported.status != 200:
        return note_page(crowd, "import", exported)
    table = list(csv.reader(io.StringIO(exported.text.removeprefix("\ufeff"))))
    mark = uuid.uuid4().hex[:12]
    column = crowd.world["contact_titles"]
    header = next(number for number, row in enumerate(table) if set(column) & set(row))
    place = next(n for n, title in enumerate(table[header]) if title in column)
    chosen = random.choice([20, 60, 150])
    # The last rows: those that the bulk edits leave alone, so that both get through.
    for row in table[-chosen:]:
        row[place] = mark
    out = io.StringIO()
    csv.writer(out).writerows(table)
    page = person.get("/staff/ledger/import/")
    sent = person.post(
        "/staff/ledger/import/",
        form_of(page.text, "file"),
        {"file": ("taizhang.csv", ("\ufeff" + out.getvalue()).encode())},
    )
    if sent.status != 302:
        return note_page(crowd, "import", sent)
    preview = person.get(sent.location)
    form = filled(form_of(preview.text, "seen"), reason=f"导入{mark}", act="apply")
    form = [(name, text) for name, text in form if not name.startswith("decide-")]
    form += [(name, "theirs") for name in set(re.findall(r'name="(decide-[^"]+)"', preview.text))]
    crowd.sending["import"].set()
    try:
        answer = person.post(sent.location, form)
    except Gone:
        crowd.journal.note(act="import", outcome="unknown", mark=mark, rows=chosen, by=person.name)
        raise
    outcome = outcome_of(answer)
    if outcome == "accepted" and answer.status == 200:
        outcome = "refused"
    if outcome in ("refused", "error"):
        with crowd.journal.guard:
            crowd.journal.odd[f"import {answer.status}: {complaint(answer.text)}"] += 1
    crowd.journal.note(act="import", outcome=outcome, mark=mark, rows=chosen, by=person.name)


def note_page(crowd: Crowd, act: str, page: Answer) -> None:
    """Count a page on the way that did not open; nothing was sent yet."""
    with crowd.journal.guard:
        crowd.journal.odd[f"{act}: a page answered {page.status}: {complaint(page.text)}"] += 1
    time.sleep(0.05)


def complaint(page: str) -> str:
    """Return the first sentence that a page complains with, for the figures at the end."""
    for pattern in (
        r'class="errorlist">(.*?)</ul>',
        r'role="alert"[^>]*>(.*?)</(?:p|div|li)>',
        r"<h1>(.*?)</h1>",
    ):
        for found in re.findall(pattern, page, re.DOTALL):
            if words := " ".join(re.sub(r"<[^>]+>", " ", found).split()):
                return words[:80]
    return ""
