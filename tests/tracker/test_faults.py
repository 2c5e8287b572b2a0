"""bin/faults itself: what it says after a trial is worth something only if it notices what went wrong."""

import hashlib
import uuid

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from commitments.choices import Decision
from commitments.models import BulkEdit, ChangeEntry, Commitment, Evidence
from commitments.models.guards import remove_guards
from commitments.progress import record
from tests.factories import at, make_commitment, make_department, make_report, make_user
from tests.progress.acts import content, review
from tracker.devtools.faults.person import filled, form_of, links_of
from tracker.devtools.faults.verify import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """Two submissions on one commitment, the first one published; and what people were told."""
    make_report()
    bureau = make_department()
    reporter, reviewer = make_user(departments=[bureau]), make_user("reviewer")
    commitment = make_commitment(lead=bureau)
    entries, based_on = [], None
    for number in range(2):
        words, token = f"核实{number}", uuid.uuid4()
        update = record.submit(
            commitment,
            by=reporter,
            content=content(account=words),
            token=token,
            now=at(2024, 10, 8),
            based_on=based_on,
        )
        entries.append(
            {"act": "submit", "outcome": "accepted", "token": str(token), "code": commitment.code,
             "by": reporter.username, "based_on": str(based_on or ""), "words": words, "sha256": ""}
        )  # fmt: skip
        if number == 0:
            review(update, reviewer)
            entries.append(
                {"act": "review", "outcome": "accepted", "update": update.pk, "decision": Decision.PUBLISHED,
                 "by": reviewer.username}
            )  # fmt: skip
        based_on = update.pk
    return entries


def findings(entries) -> str:
    return "\n".join(verify(entries)["findings"])


def execute(statement: str) -> None:
    remove_guards()
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_nothing_is_found_when_all_is_well(told):
    assert findings(told) == ""


def test_a_lost_submission_is_found(told):
    lost = {**told[0], "token": str(uuid.uuid4())}

    assert "lost:" in findings([*told, lost])


def test_an_update_that_nobody_sent_is_found(told):
    assert "sent by nobody" in findings(told[1:])


def test_a_refused_submission_that_is_there_is_found(told):
    assert "was refused" in findings([{**told[0], "outcome": "refused"}, *told[1:]])


def test_a_changed_and_a_doubled_one_are_found(told):
    execute("UPDATE commitments_progressupdate SET account = '核实0'")

    found = findings(told)
    assert "is not as it was sent" in found
    assert "doubled: 核实0" in found
    assert "guards are missing" in found


def test_an_overwritten_one_is_found(told):
    assert "its author had seen none" in findings([*told[:2], {**told[2], "based_on": ""}])


def test_a_lost_decision_is_found(told):
    assert "lost: the decision" in findings([*told[:1], {**told[1], "by": "somebody else"}, told[2]])


def test_a_commitment_that_shows_the_wrong_update_is_found(told):
    Commitment.objects.update(approved_update=None)

    assert "the latest approved is" in findings(told)


def test_a_missing_entry_of_the_log_is_found(told):
    pk = ChangeEntry.objects.filter(act="update.submitted").values_list("pk", flat=True)[0]
    execute(f"DELETE FROM commitments_changeentry WHERE id = {pk}")  # noqa: S608

    assert "the log do not agree" in findings(told)


def test_a_half_applied_batch_is_found(told):
    chief = make_user("administrator")
    BulkEdit.objects.create(
        report=make_commitment().report, via="bulk", actor=chief, actor_name="x", reason="分工x", changed_count=3, at=at(2024, 6, 1),
    )  # fmt: skip
    sent = {"act": "bulk", "outcome": "accepted", "mark": "y"}

    found = findings([*told, sent])
    assert "half-applied" in found
    assert "分工y was accepted and is there 0 times" in found


def test_a_file_that_is_not_whole_is_found(told):
    Evidence.objects.create(
        commitment=Commitment.objects.get(), kind="file", title="x", file=ContentFile(b"half", "x"), content_type="application/pdf",
        size=8, sha256=hashlib.sha256(b"half+half").hexdigest(), added_by=make_user(), added_at=at(2024, 6, 1),
    )  # fmt: skip

    assert "is not whole: 4 of 8 bytes" in findings(told)


def test_forms_are_filled_in_as_a_browser_would():
    page = """<a href="/staff/review/7/?x=1">a</a><form><input name="q"></form><form><input type="hidden" name="token" value="t">
      <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked><input type="checkbox" name="c" value="1">
      <select name="s"><option value="a"><option value="b" selected></select><textarea name="w">\nwords</textarea>
      <button name="act" value="x"></button><input type="file" name="f"></form>"""

    form = form_of(page, "token")
    assert form == [("token", "t"), ("r", "2"), ("s", "b"), ("w", "words")]
    assert filled(form, r="1", pk=["3", "4"])[-3:] == [("r", "1"), ("pk", "3"), ("pk", "4")]
    assert links_of(page, "/staff/") == ["/staff/review/7/"]
