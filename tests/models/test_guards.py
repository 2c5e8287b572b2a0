"""What the database itself refuses, tried with raw writes that pass every other check by."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import Error, IntegrityError, connection, transaction

from commitments.choices import Decision, Role
from commitments.models import (
    Amendment,
    BulkEdit,
    ChangeEntry,
    Commitment,
    Evidence,
    GlossaryTerm,
    Passage,
    ProgressUpdate,
    Project,
    Report,
    ResponsibleArea,
    Review,
    Target,
    TermUse,
    Theme,
    Withdrawal,
)
from tests.factories import (
    at,
    make_commitment,
    make_link,
    make_passage,
    make_project,
    make_report,
    make_review,
    make_target,
    make_theme,
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


class TestReport:
    def test_its_text_is_never_edited(self):
        make_report()

        assert "never edited" in refused("UPDATE commitments_report SET text = %s", "x")

    @pytest.mark.parametrize(
        "fields",
        [{"text_sha256": "abc"}, {"review_end": 10_000}, {"plan_end": 0}],
    )
    def test_its_parts_follow_each_other(self, fields):
        refused_call(make_report, **fields)

    def test_one_a_district_and_year(self):
        make_report()

        refused_call(make_report, slug="again")


class TestPassages:
    def test_are_the_exact_words_at_their_place(self):
        report = make_report()

        assert "exact words" in refused_call(make_passage, report, text="推进第00099件事")
        make_passage(report)
        assert "exact words" in refused_call(lambda: Passage.objects.update(text="推进第00099件事"))

    def test_lie_in_the_plan(self):
        report = make_report()
        words = report.text[0:5]

        assert "exact words" in refused_call(make_passage, report, start=0, end=5, text=words)

    def test_never_overlap_while_they_are_current(self):
        report = make_report()
        first = make_passage(report)
        start, end = first.start + 3, first.end + 3
        words = report.text[start:end]

        assert "overlap" in refused_call(make_passage, report, start=start, end=end, text=words)
        replaced = make_passage(report, start=start, end=end, text=words, is_current=False)
        assert "overlap" in refused_call(
            lambda: Passage.objects.filter(pk=replaced.pk).update(is_current=True)
        )

    def test_that_promise_nothing_say_why(self):
        refused_call(make_passage, make_report(), role="framing", reason="")


class TestSpans:
    """No area, theme, term, use of a term or baseline points behind the end of its report's text."""

    @pytest.fixture
    def behind(self):
        return len(make_report().text) + 1

    def test_the_plan(self, behind):
        assert "inside the text" in refused_call(make_report, slug="other", year=2025, plan_end=behind)
        assert "inside the text" in refused_call(Report.objects.update, plan_end=behind)

    def test_areas_themes_and_terms(self, behind):
        report = Report.objects.get()
        theme = make_theme(report)
        term = GlossaryTerm.objects.create(
            report=report, number=1, term="甲", definition="乙", start=1, end=2
        )

        for model in (ResponsibleArea, Theme, GlossaryTerm):
            assert "inside the text" in refused_call(model.objects.update, end=behind)
        assert "inside the text" in refused_call(
            Theme.objects.create, area=theme.area, number=9, title="丙", start=1, end=behind
        )
        assert "inside the text" in refused_call(TermUse.objects.create, term=term, start=1, end=behind)
        Theme.objects.update(end=behind - 1)

    def test_baselines(self, behind):
        place = {"baseline_start": 5, "baseline_end": behind, "baseline_match": "same"}

        assert "inside the text" in refused_call(make_target, target=place)
        make_target(target=place | {"baseline_end": behind - 1})


class TestCommitments:
    def test_stand_in_one_report(self):
        other = make_report(slug="other-2025", year=2025)
        theirs, ours = make_commitment(other), make_commitment(make_report())

        said = [
            refused_call(make_commitment, ours.report, passage=theirs.passage),
            refused_call(make_commitment, ours.report, theme=theirs.theme, passage=ours.passage),
            refused_call(Commitment.objects.filter(pk=ours.pk).update, passage=theirs.passage),
            refused_call(Commitment.objects.filter(pk=ours.pk).update, theme=theirs.theme),
        ]

        assert ["belong to one report" in words for words in said] == [True] * 4

    def test_a_code_is_stable_for_ever(self):
        make_commitment()

        assert "stable" in refused_call(lambda: Commitment.objects.update(code="2024-1.1-09"))

    @pytest.mark.parametrize("code", ["2024-3.2-7", "24-3.2-07", "2024-3-07", "2024-03.2-07", "2024-3.2-07 "])
    def test_a_code_has_one_form(self, code):
        refused_call(make_commitment, code=code)

    def test_a_code_is_used_once(self):
        first = make_commitment()

        refused_call(make_commitment, code=first.code, sequence=9)

    @pytest.mark.parametrize("fields", [{"kind": "wish"}, {"rhythm": "daily"}, {"title": ""}])
    def test_their_words_are_known(self, fields):
        refused_call(make_commitment, **fields)

    def test_verified_means_something_was_approved(self):
        refused_call(make_commitment, approved_is_verified=True)

    def test_facts_fit_the_kind(self):
        measure = make_commitment()

        assert "kind target" in refused_call(Target.objects.create, commitment=measure, metric="x")
        assert "kind project" in refused_call(
            Project.objects.create, commitment=measure, name="x", verb="x", promised_stage="built"
        )

    @pytest.mark.parametrize(
        "facts",
        [
            {"comparator": ""},
            {"comparator": "roughly"},
            {"value": None},
            {"direction": "left"},
            {"baseline_value": Decimal(3)},
            {"baseline_start": 5, "baseline_end": 4, "baseline_match": "same"},
        ],
    )
    def test_a_target_is_whole(self, facts):
        refused_call(make_target, target=facts)

    def test_a_project_stands_on_a_known_stage(self):
        refused_call(make_project, promised="soon")

    def test_a_commitment_with_a_history_is_not_deleted(self):
        update = make_update(make_commitment())

        def delete_raw() -> None:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM commitments_commitment WHERE id = %s", [update.commitment_id])
            connection.check_constraints()

        refused_call(delete_raw)


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
