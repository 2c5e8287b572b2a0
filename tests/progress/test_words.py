"""The index of pairs: right after every act, public words only, and the search believes nobody else."""

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from commitments.choices import Decision
from commitments.models import Commitment, SearchEntry
from commitments.progress import record, words
from commitments.progress.words import entry_of, pairs_of
from commitments.selection.search import matching
from tests.factories import (
    make_commitment,
    make_project,
    make_report,
    make_review,
    make_searchable,
    make_target,
    make_update,
)
from tests.progress.acts import NOW, review, submit

ANY_TEXT = st.text(alphabet="污水处理厂，,（(ABab12.- 　\n\"'*ßİ𠮷", max_size=12)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("污水厂", ["污水", "水厂"]),
        ("污", []),
        ("新建，扩建", ["新建", "扩建"]),
        ("GDP增长5.1%", ["gd", "dp", "p增", "增长", "长5"]),
        ("“三线”", ["“三", "三线", "线”"]),
        ("一 二", []),
    ],
)
def test_a_text_is_cut_into_pairs(text, pairs):
    assert list(pairs_of(text)) == pairs


@given(text=ANY_TEXT, start=st.integers(0, 12), length=st.integers(1, 12))
def test_every_stretch_of_a_text_has_only_pairs_of_the_text(text, start, length):
    assert set(pairs_of(text[start : start + length])) <= set(pairs_of(text))


def entries() -> dict[int, str]:
    return dict(SearchEntry.objects.values_list("commitment_id", "pairs"))


def found(query: str) -> list[Commitment]:
    report = Commitment.objects.first().report
    return list(Commitment.objects.filter(matching(query, report)).order_by("pk"))


@pytest.mark.django_db
class TestIndex:
    def test_holds_all_that_is_read_of_a_commitment(self):
        target, project = make_target(title="新增企业"), make_project(title="完善供水")
        make_searchable()

        assert entries() == {
            target.pk: entry_of(
                target.report_id,
                [
                    target.title,
                    target.code,
                    target.passage.text,
                    target.target.metric,
                    target.target.metric_en,
                ],
            ),
            project.pk: entry_of(
                project.report_id, [project.title, project.code, project.passage.text, project.project.name]
            ),
        }

    def test_takes_an_account_in_when_it_is_approved_and_not_before(self, commitment, alice, rita):
        make_searchable()
        before = entries()

        update = submit(commitment, alice, account="土建完工")
        assert (entries(), found("土建")) == (before, [])

        review(update, rita)
        assert entries() == words.entries([commitment.pk]) != before
        assert found("土建") == [commitment]

    @pytest.mark.parametrize("end", ["returned", "withdrawn"])
    def test_never_takes_in_what_came_to_nothing(self, commitment, alice, rita, end):
        make_searchable()
        before = entries()
        update = submit(commitment, alice, account="土建完工")

        if end == "returned":
            review(update, rita, Decision.RETURNED)
        else:
            record.withdraw(update, by=alice, now=NOW)

        assert (entries(), found("土建")) == (before, [])

    def test_is_what_the_database_searches(self, commitment):
        make_searchable()
        assert found(commitment.title[:2]) == [commitment]

        SearchEntry.objects.update(pairs="report0 别的")
        assert found(commitment.title[:2]) == []

        SearchEntry.objects.all().delete()
        assert found(commitment.title[:2]) == []

    def test_is_made_whole_by_the_command(self, commitment, monkeypatch, capsys):
        make_commitment(commitment.report), make_commitment(make_report(slug="other-2023", year=2023))
        make_searchable()
        whole = entries()
        SearchEntry.objects.filter(commitment=commitment).delete()
        SearchEntry.objects.update(pairs="report0 别的")
        monkeypatch.setattr(words, "PORTION", 2)

        call_command("index_words")

        assert entries() == whole
        assert "3 commitments indexed" in capsys.readouterr().out

    def test_knows_the_reports_apart(self, commitment):
        other = make_commitment(make_report(slug="other-2023", year=2023), title=commitment.title)
        make_searchable()

        for one in (commitment, other):
            assert list(Commitment.objects.filter(matching(one.title, one.report))) == [one]

    def test_costs_three_queries(self, django_assert_num_queries):
        report = make_report()
        make_commitment(report), make_commitment(report)

        with django_assert_num_queries(4):
            words.index_report(report.pk)


@pytest.mark.django_db
class TestSearch:
    @pytest.fixture
    def rows(self):
        report = make_report()
        works = make_commitment(report, title="污水处理（二期）厂")
        other = make_commitment(report, title="处理好污染水体")
        make_review(make_update(works, account="ABC公司中标 12.5 公里"))
        make_searchable()
        return {"works": works, "other": other}

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("污水", ["works"]),
            ("处理", ["works", "other"]),
            ("处理 污染", ["other"]),
            # Both pairs are there, but not in a row.
            ("水处理好", []),
            ("水", ["works", "other"]),
            ("二", ["works"]),
            ("(二期)", ["works"]),
            ("（二期）", ["works"]),
            ("abc公司", ["works"]),
            ("12.5", ["works"]),
            ("5 公", ["works"]),
            ('"', []),
            ('污水" OR "处理', []),
            ("污水*", []),
            ("%", []),
            ("report1", []),
        ],
    )
    def test_finds_what_holds_the_words_and_nothing_else(self, rows, query, names):
        assert found(query) == [rows[name] for name in names]

    def test_uses_the_index(self, rows):
        chosen = Commitment.objects.filter(matching("污水", rows["works"].report))
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # So few rows are read faster than any index; what is asked is whether it can be used.
                cursor.execute("SET LOCAL enable_seqscan = off")
        assert "search_pairs" in chosen.explain() or "VIRTUAL TABLE INDEX" in chosen.explain()
