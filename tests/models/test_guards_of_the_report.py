"""What the database itself refuses of the report, its passages and its commitments, by raw writes."""

from decimal import Decimal

import pytest
from django.db import connection

from commitments.models import (
    Commitment,
    GlossaryTerm,
    Passage,
    Project,
    Report,
    ResponsibleArea,
    Target,
    TermUse,
    Theme,
)
from tests.factories import (
    make_commitment,
    make_passage,
    make_project,
    make_report,
    make_target,
    make_theme,
    make_update,
)
from tests.models.test_guards import refused, refused_call

pytestmark = pytest.mark.django_db


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
