"""What the database itself refuses, tried with raw writes that pass every other check by."""

import datetime as dt
import uuid

import pytest
from django.db import Error, IntegrityError, connection, transaction

from commitments.choices import Decision, Role
from commitments.models import (
    Amendment,
    BulkEdit,
    ChangeEntry,
    Evidence,
    ProgressUpdate,
    Report,
    Review,
    Withdrawal,
)
from tests.factories import (
    at,
    make_commitment,
    make_link,
    make_report,
    make_review,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db


def refused(query: str, *parameters) -> str:
    """Run raw SQL that the database must refuse, and return why."""
    with pytest.raises(Error) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, parameters)
    return str(raised.value)


def refused_call(act, *arguments, **fields) -> str:
    with pytest.raises(Error) as raised, transaction.atomic():
        act(*arguments, **fields)
    return str(raised.value)


class TestAppendOnly:
    @pytest.fixture
    def rows(self):
        update = make_update(make_commitment())
        make_review(update)
        withdrawn = make_update(update.commitment)
        Withdrawal.objects.create(update=withdrawn, at=at(2024, 6, 6))
        ChangeEntry.objects.create(
            at=at(2024, 6, 6), actor_name="x", via="page", act="x", model="x", object_id=1, object_label="x"
        )

    @pytest.mark.parametrize(
        ("table", "column"),
        [
            ("progressupdate", "account"),
            ("review", "reason"),
            ("changeentry", "reason"),
            ("withdrawal", "at"),
        ],
    )
    def test_rows_can_be_neither_changed_nor_deleted(self, rows, table, column):
        value = "2024-01-01 00:00:00+00:00" if column == "at" else "geändert"

        assert "append-only" in refused(f"UPDATE commitments_{table} SET {column} = %s", value)  # noqa: S608
        assert "append-only" in refused(f"DELETE FROM commitments_{table}")  # noqa: S608

    @pytest.mark.parametrize("table", ["progressupdate", "review", "changeentry", "withdrawal"])
    def test_rows_cannot_be_swept_away_by_the_engine_s_own_means(self, rows, table):
        table = f"commitments_{table}"
        sweep = (
            f"REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608
            if connection.vendor == "sqlite"
            else f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
        )

        # On SQLite another guard of reviews speaks first: their update has been decided.
        assert any(words in refused(sweep) for words in ("append-only", "has been decided"))

    @pytest.mark.parametrize("model", [ProgressUpdate, Withdrawal])
    def test_a_row_cannot_be_replaced_by_one_that_only_shares_its_key_of_another_kind(self, rows, model):
        columns = [field.column for field in model._meta.concrete_fields]
        others = ["id + 1000" if name == "id" else name for name in columns]
        verb, table = "REPLACE" if connection.vendor == "sqlite" else "INSERT", model._meta.db_table
        before = set(model.objects.values_list("pk", flat=True))

        assert refused(f"{verb} INTO {table} ({', '.join(columns)}) SELECT {', '.join(others)} FROM {table}")  # noqa: S608
        assert set(model.objects.values_list("pk", flat=True)) == before

    @pytest.mark.parametrize("model", [ProgressUpdate, Review, ChangeEntry])
    def test_querysets_are_refused_as_well(self, rows, model):
        assert "append-only" in refused_call(lambda: model.objects.update(is_demo=True))

    def test_demonstration_rows_may_be_deleted_but_not_changed(self):
        make_update(make_commitment(), is_demo=True)

        assert "append-only" in refused("UPDATE commitments_progressupdate SET account = 'x'")
        ProgressUpdate.objects.all().delete()
        assert not ProgressUpdate.objects.exists()


class TestEvidence:
    def test_is_frozen_once_submitted(self):
        piece = make_link(make_update(make_commitment()))

        assert "frozen" in refused_call(lambda: Evidence.objects.update(url="https://example.cn/2"))
        assert "frozen" in refused_call(lambda: Evidence.objects.update(update=None))
        assert "frozen" in refused_call(piece.delete)
        if connection.vendor == "sqlite":
            table = "commitments_evidence"
            assert "frozen" in refused(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608

    def test_is_a_link_or_a_file(self):
        update = make_update(make_commitment())

        with pytest.raises(IntegrityError), transaction.atomic():
            make_link(update, url="")


class TestReviews:
    def test_never_by_the_author(self):
        update = make_update(make_commitment(), make_user(Role.ADMINISTRATOR))

        assert "never reviews" in refused_call(make_review, update, reviewer=update.author)

    @pytest.mark.parametrize("first", [Decision.RETURNED, Decision.VERIFIED])
    @pytest.mark.parametrize("second", Decision)
    def test_once_decided_stays_decided(self, first, second):
        make_review(update := make_update(make_commitment()), first)

        refused_call(make_review, update, second)

    def test_a_published_update_may_still_be_verified_and_nothing_else(self):
        make_review(update := make_update(make_commitment()))

        refused_call(make_review, update, Decision.RETURNED)
        make_review(update, Decision.VERIFIED)

    def test_a_withdrawn_update_is_not_decided_and_a_decided_one_not_withdrawn(self):
        withdrawn = make_update(make_commitment())
        Withdrawal.objects.create(update=withdrawn, at=at(2024, 6, 6))
        make_review(decided := make_update(withdrawn.commitment))

        assert "decided or withdrawn" in refused_call(make_review, withdrawn)
        assert "cannot be withdrawn" in refused_call(
            Withdrawal.objects.create, update=decided, at=at(2024, 6, 6)
        )

    @pytest.mark.parametrize(
        ("decision", "fields"),
        [
            (Decision.RETURNED, {"reason": ""}),
            (Decision.VERIFIED, {"method": ""}),
            (Decision.PUBLISHED, {"method": "on_site"}),
            ("praised", {}),
        ],
    )
    def test_carry_what_their_decision_needs(self, decision, fields):
        refused_call(make_review, make_update(make_commitment()), decision, **fields)


class TestUpdates:
    @pytest.mark.parametrize(
        "fields",
        [
            {"status": "maybe"},
            {"stage": "soon"},
            {"account": ""},
            {"status": "blocked", "obstacle": ""},
        ],
    )
    def test_say_what_their_status_needs(self, fields):
        refused_call(make_update, make_commitment(), **fields)

    def test_a_token_is_used_once(self):
        token = uuid.uuid4()
        make_update(commitment := make_commitment(), token=token)

        refused_call(make_update, commitment, token=token)

    def test_no_change_needs_no_account(self):
        make_update(make_commitment(), account="", is_unchanged=True)


class TestAmendments:
    @pytest.fixture
    def amendment(self):
        chief = make_user(Role.ADMINISTRATOR)
        return {
            "commitment": make_commitment(),
            "kind": "deadline",
            "new_deadline": dt.date(2025, 6, 30),
            "reason": "征地",
            "authority": "区政府常务会议",
            "document_number": "南岸府〔2024〕1号",
            "proposed_by": chief,
            "proposed_by_name": str(chief),
            "proposed_at": at(2024, 9, 1),
        }

    def test_are_decided_by_another(self, amendment):
        refused_call(Amendment.objects.create, **amendment, decided_by=amendment["proposed_by"])

    @pytest.mark.parametrize(
        "fields",
        [
            {"new_deadline": None},
            {"kind": "wording"},
            {"kind": "target"},
            {"reason": ""},
            {"is_approved": True},
        ],
    )
    def test_say_what_changes_and_why(self, amendment, fields):
        refused_call(Amendment.objects.create, **{**amendment, **fields})

    def test_once_decided_stay_for_ever(self, amendment):
        other = make_user(Role.ADMINISTRATOR)
        Amendment.objects.create(**amendment, decided_by=other, decided_at=at(2024, 9, 2), is_approved=True)

        assert "append-only" in refused_call(lambda: Amendment.objects.update(reason="anders"))
        assert "append-only" in refused_call(Amendment.objects.all().delete)


def test_a_bulk_edit_says_why():
    chief = make_user(Role.ADMINISTRATOR)

    refused_call(
        BulkEdit.objects.create,
        report=make_report(),
        via="bulk",
        actor=chief,
        actor_name="x",
        reason="",
        at=at(2024, 6, 1),
    )


def test_the_guards_are_back_after_a_migration(transactional_db):
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    make_report()

    assert "never edited" in refused_call(lambda: Report.objects.update(text="x"))
