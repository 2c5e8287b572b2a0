"""load_report: follows the reading, leaves people's work alone, and changes nothing the second time."""

import copy
import datetime as dt
import hashlib
import json

import pytest
from django.core.management import CommandError, call_command

from commitments.choices import Rhythm
from commitments.models import (
    ChangeEntry,
    Commitment,
    Passage,
    Project,
    Report,
    Scorecard,
    Tag,
    Target,
    TermUse,
)
from tests.factories import make_department, make_review, make_update

pytestmark = pytest.mark.django_db

TEXT = (
    "一、回顾\n增长5%。\n二、任务\n新增企业50家、平台3个，建成江南水厂，加强服务。\n名词解释\n平台：指平台。"
)
PLAN = (TEXT.index("二、"), TEXT.index("\n名词"))


def span(words: str) -> dict:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def passage_key(words: str) -> list:
    return ["demo-2024", *span(words).values()]


def commitment(number: int, words: str, kind: str, **fields) -> dict:
    return row(
        "commitment",
        report=["demo-2024"],
        theme=["demo-2024", 1, 1],
        passage=passage_key(words),
        code=f"2024-1.1-{number:02d}",
        sequence=number,
        kind=kind,
        title=words,
        **{"hedge": "", "reading_note": "", "scorecards": [], "same_promise": [], **fields},
    )


def row(model: str, **fields) -> dict:
    return {"model": f"commitments.{model}", "fields": fields}


@pytest.fixture
def rows() -> list[dict]:
    return [
        row("scorecard", key="economy", number=1, name="经济报表"),
        row(
            "report",
            slug="demo-2024",
            district="南岸区",
            year=2024,
            title="政府工作报告",
            delivered_on="2024-02-04",
            text=TEXT,
            text_sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
            review_start=0,
            review_end=PLAN[0],
            plan_start=PLAN[0],
            plan_end=PLAN[1],
        ),
        row("responsiblearea", report=["demo-2024"], number=1, title="任务", start=PLAN[0], end=PLAN[1]),
        row("theme", area=["demo-2024", 1], number=1, title="任务", start=PLAN[0], end=PLAN[1]),
        passage("二、任务", role="heading", reason="标题"),
        passage("新增企业50家、平台3个"),
        passage("建成江南水厂"),
        passage("加强服务"),
        row(
            "glossaryterm",
            report=["demo-2024"],
            number=1,
            term="平台",
            definition="指平台。",
            **span("平台：指"),
        ),
        row("termuse", term=["demo-2024", 1], passage=passage_key("新增企业50家、平台3个"), **span("平台3")),
        commitment(1, "新增企业50家、平台3个", "target", scorecards=[["economy"]]),
        commitment(2, "建成江南水厂", "project", same_promise=[["demo-2024", "2024-1.1-03"]]),
        commitment(3, "加强服务", "measure", same_promise=[["demo-2024", "2024-1.1-02"]]),
        row(
            "target",
            commitment=["demo-2024", "2024-1.1-01"],
            metric="企业",
            comparator="at_least",
            value="50",
            unit="家",
        ),
        row(
            "project",
            commitment=["demo-2024", "2024-1.1-02"],
            name="江南水厂",
            verb="建成",
            promised_stage="built",
        ),
    ]


def passage(words: str, role: str = "commitment", reason: str = "") -> dict:
    return row(
        "passage",
        report=["demo-2024"],
        theme=["demo-2024", 1, 1],
        text=words,
        role=role,
        reason=reason,
        **span(words),
    )


@pytest.fixture
def load(tmp_path, capsys):
    """Load rows through the command and return what it printed."""

    def load(rows: list[dict], *options: str) -> str:
        path = tmp_path / "fixture.json"
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        call_command("load_report", path, *options)
        return capsys.readouterr().out

    return load


def without(rows: list[dict], *codes: str) -> list[dict]:
    """Return the rows as a reading without these commitments would give them."""
    kept = copy.deepcopy(rows)
    for fields in (row["fields"] for row in kept):
        fields["same_promise"] = [key for key in fields.get("same_promise", []) if key[1] not in codes]
        if not fields["same_promise"]:
            del fields["same_promise"]
    return [
        row
        for row in kept
        if row["fields"].get("code") not in codes
        and row["fields"].get("commitment", ["", ""])[1] not in codes
    ]


def fields_of(rows: list[dict], model: str, **match) -> dict:
    return next(
        row["fields"]
        for row in rows
        if row["model"] == f"commitments.{model}"
        and all(row["fields"][key] == value for key, value in match.items())
    )


class TestFirstLoad:
    def test_brings_in_everything(self, load, rows):
        load(rows)

        first, second, third = Commitment.objects.order_by("sequence")
        assert first.passage.text == "新增企业50家、平台3个"
        assert first.target.value == 50
        assert list(first.scorecards.all()) == [Scorecard.objects.get(key="economy")]
        assert second.project.promised_stage == "built"
        assert list(second.same_promise.all()) == [third]
        assert TermUse.objects.get().passage == first.passage

    def test_is_logged_and_raises_the_data_version(self, load, rows):
        load(rows)

        entry = ChangeEntry.objects.get()
        assert (entry.act, entry.actor_name, entry.via) == ("report.loaded", "load_report", "command")
        assert entry.after["commitment"] == {"added": 3}
        assert Report.objects.get().data_version == 2


class TestSecondLoad:
    def test_changes_nothing(self, load, rows, django_assert_max_num_queries):
        load(rows)

        with django_assert_max_num_queries(30):
            printed = load(rows)

        assert "nothing to change" in printed
        assert ChangeEntry.objects.count() == 1
        assert Report.objects.get().data_version == 2

    def test_leaves_people_s_work_alone(self, load, rows):
        load(rows)
        one = Commitment.objects.get(code="2024-1.1-01")
        department = make_department()
        one.lead, one.deadline, one.rhythm = department, dt.date(2024, 9, 30), Rhythm.QUARTERLY
        one.finish_line, one.contact = "认定50家", "张三"
        one.save()
        one.supports.add(department)
        one.scorecards.clear()
        one.tags.add(Tag.objects.create(name="重点"))
        make_review(update := make_update(one))
        fields_of(rows, "commitment", code="2024-1.1-01")["title"] = "新增企业"

        load(rows)

        one.refresh_from_db()
        assert one.title == "新增企业"
        assert (one.lead, one.deadline, one.rhythm) == (department, dt.date(2024, 9, 30), Rhythm.QUARTERLY)
        assert (one.finish_line, one.contact, one.approved_update) == ("认定50家", "张三", update)
        assert (one.supports.count(), one.scorecards.count(), one.tags.count()) == (1, 0, 1)

    def test_a_changed_wording_raises_the_revision_and_is_logged(self, load, rows):
        load(rows)
        fields_of(rows, "commitment", code="2024-1.1-03")["title"] = "加强政务服务"

        load(rows)

        assert Commitment.objects.get(code="2024-1.1-03").revision == 2
        entry = ChangeEntry.objects.get(act="commitment.reworded")
        assert (entry.before, entry.after) == ({"title": "加强服务"}, {"title": "加强政务服务"})

    def test_a_vanished_code_is_retired_and_comes_back_when_it_returns(self, load, rows):
        load(rows)

        load(without(rows, "2024-1.1-03"))
        assert Commitment.objects.get(code="2024-1.1-03").is_retired
        assert Commitment.objects.get(code="2024-1.1-02").same_promise.count() == 0

        load(rows)
        assert not Commitment.objects.get(code="2024-1.1-03").is_retired
        assert Commitment.objects.get(code="2024-1.1-02").same_promise.count() == 1

    def test_a_split_passage_replaces_the_old_one(self, load, rows):
        load(rows)
        old = Passage.objects.get(text="新增企业50家、平台3个")
        rows.remove(next(row for row in rows if row["fields"].get("text") == old.text))
        rows[4:4] = [passage("新增企业50家"), passage("平台3个")]
        fields_of(rows, "commitment", code="2024-1.1-01")["passage"] = passage_key("新增企业50家")
        fields_of(rows, "termuse")["passage"] = passage_key("平台3个")

        load(rows)

        old.refresh_from_db()
        assert not old.is_current
        assert Commitment.objects.get(code="2024-1.1-01").passage.text == "新增企业50家"
        assert TermUse.objects.get().passage.text == "平台3个"

    def test_a_commitment_may_become_another_kind(self, load, rows):
        load(rows)
        fields_of(rows, "commitment", code="2024-1.1-02")["kind"] = "measure"
        rows = [row for row in rows if row["model"] != "commitments.project"]

        load(rows)

        assert Commitment.objects.get(code="2024-1.1-02").kind == "measure"
        assert Project.objects.count() == 0
        assert Target.objects.count() == 1

    def test_renumbered_terms_do_not_collide(self, load, rows):
        rows.append(
            row(
                "glossaryterm",
                report=["demo-2024"],
                number=2,
                term="企业",
                definition="指企业。",
                **span("企业"),
            )
        )
        load(rows)
        fields_of(rows, "glossaryterm", term="平台")["number"] = 9
        fields_of(rows, "glossaryterm", term="企业")["number"] = 1
        fields_of(rows, "glossaryterm", term="平台")["number"] = 2
        fields_of(rows, "termuse")["term"] = ["demo-2024", 2]

        load(rows)

        assert TermUse.objects.get().term.term == "平台"


class TestRefusals:
    def test_another_text_under_the_same_slug(self, load, rows):
        load(rows)
        report = fields_of(rows, "report")
        report["text"] = report["text"].replace("5%", "6%")

        with pytest.raises(CommandError, match="never edited"):
            load(rows)

    def test_a_reference_to_nothing(self, load, rows):
        fields_of(rows, "commitment", code="2024-1.1-03")["passage"] = ["demo-2024", 1, 2]

        with pytest.raises(CommandError, match="not in the file"):
            load(rows)
        assert Report.objects.count() == 0

    def test_a_passage_that_is_not_the_report_s_words(self, load, rows):
        fields_of(rows, "passage", text="加强服务")["text"] = "加强管理"

        with pytest.raises(CommandError, match="nothing was changed"):
            load(rows)

    @pytest.mark.parametrize("content", ["", "[1]", '{"a": 1}', "[]"])
    def test_a_file_of_another_kind(self, content, tmp_path):
        path = tmp_path / "x.json"
        path.write_text(content, encoding="utf-8")

        with pytest.raises(CommandError):
            call_command("load_report", path)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(CommandError, match="There is no file"):
            call_command("load_report", tmp_path / "none.json")

    def test_a_dry_run_says_what_it_would_do_and_does_nothing(self, load, rows):
        printed = load(rows, "--dry-run")

        assert "commitment: 3 added" in printed
        assert Report.objects.count() == 0
