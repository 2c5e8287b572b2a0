"""What is wrong with an update's content: one case a rule, and what a confirmation lets through."""

import datetime as dt
from decimal import Decimal

import pytest

from commitments.choices import Comparator, Kind, SelfReport, Stage
from commitments.models import Commitment, ProgressUpdate, Project, Report, Target
from commitments.progress.content import UpdateContent, problems, says_nothing_new

TODAY = dt.date(2024, 10, 20)
REPORT = Report(year=2024)


def measure() -> Commitment:
    return Commitment(pk=1, report=REPORT, kind=Kind.MEASURE)


def target(**facts) -> Commitment:
    commitment = Commitment(pk=1, report=REPORT, kind=Kind.TARGET)
    commitment.target = Target(
        **{"comparator": Comparator.AT_LEAST, "value": Decimal(50), "unit": "家", **facts}
    )
    return commitment


def project(promised: str = Stage.BUILT) -> Commitment:
    commitment = Commitment(pk=1, report=REPORT, kind=Kind.PROJECT)
    commitment.project = Project(name="江南水厂", promised_stage=promised)
    return commitment


def content(**fields) -> UpdateContent:
    return UpdateContent(
        **{"status": SelfReport.IN_PROGRESS, "as_of": dt.date(2024, 9, 30), "account": "已开工。", **fields}
    )


def update(**fields) -> ProgressUpdate:
    return ProgressUpdate(
        **{"commitment_id": 1, "status": SelfReport.IN_PROGRESS, "account": "已开工。", **fields}
    )


def found(content: UpdateContent, commitment: Commitment, previous=None, **options) -> set[tuple[str, str]]:
    result = problems(content, commitment, previous, TODAY, **{"has_evidence": False, **options})
    return {(field, problem.code) for field, list_ in result.items() for problem in list_}


FIGURE = {"value": Decimal(20), "value_source": "区经信委统计"}
BUILT = {"stage": Stage.BUILT, "stage_on": dt.date(2024, 9, 1)}

CASES = [
    # what is said, of what, after what -> what is wrong
    ("plain", {}, measure, None, set()),
    ("a status of no kind", {"status": "maybe"}, measure, None, {("status", "unknown")}),
    ("no date", {"as_of": None}, measure, None, {("as_of", "required")}),
    ("today", {"as_of": TODAY}, measure, None, set()),
    ("tomorrow", {"as_of": TODAY + dt.timedelta(1)}, measure, None, {("as_of", "future")}),
    ("first day", {"as_of": dt.date(2024, 1, 1)}, measure, None, set()),
    ("before the year", {"as_of": dt.date(2023, 12, 31)}, measure, None, {("as_of", "before_year")}),
    ("no account", {"account": " "}, measure, None, {("account", "required")}),
    ("no account, nothing new", {"account": ""}, measure, update(), set()),
    (
        "no account, new status",
        {"account": "", "status": SelfReport.NOT_ACHIEVED},
        measure,
        update(),
        {("account", "required")},
    ),
    ("too long", {"account": "长" * 4001}, measure, None, {("account", "too_long")}),
    ("unstorable", {"account": "a\x00b"}, measure, None, {("account", "characters")}),
    (
        "blocked without a word",
        {"status": SelfReport.BLOCKED},
        measure,
        None,
        {("obstacle", "required"), ("help_needed", "required")},
    ),
    (
        "blocked",
        {"status": SelfReport.BLOCKED, "obstacle": "征地", "help_needed": "协调"},
        measure,
        None,
        set(),
    ),
    (
        "completed without evidence",
        {"status": SelfReport.COMPLETED},
        measure,
        None,
        {("evidence", "required")},
    ),
    ("expected in the past", {"expected_on": dt.date(2024, 9, 1)}, measure, None, {("expected_on", "past")}),
    (
        "in the future, which is said once",
        {"as_of": dt.date(2024, 12, 1), "expected_on": dt.date(2024, 11, 1)},
        measure,
        None,
        {("as_of", "future")},
    ),
    # Targets
    ("a figure", FIGURE, target, None, set()),
    ("no figure yet", {}, target, None, set()),
    ("a figure without source", {"value": Decimal(20)}, target, None, {("value_source", "required")}),
    ("a figure of a measure", FIGURE, measure, None, {("value", "not_a_target")}),
    ("five decimals", FIGURE | {"value": Decimal("1.00001")}, target, None, {("value", "decimals")}),
    ("not a number", FIGURE | {"value": Decimal("NaN")}, target, None, {("value", "not_a_number")}),
    ("endless", FIGURE | {"value": Decimal("1e16")}, target, None, {("value", "too_large")}),
    ("ten times the promise", FIGURE | {"value": Decimal(500)}, target, None, {("value", "jump")}),
    ("nine times the promise", FIGURE | {"value": Decimal(450)}, target, None, set()),
    ("a small beginning", FIGURE | {"value": Decimal(1)}, target, None, set()),
    ("ten times the last", FIGURE, target, update(value=Decimal(2)), {("value", "jump")}),
    ("a tenth of the last", FIGURE, target, update(value=Decimal(200)), {("value", "jump")}),
    (
        "万 for 亿",
        FIGURE | {"value": Decimal(5_200_000)},
        target,
        update(value=Decimal(520)),
        {("value", "unit")},
    ),
    (
        "亿 for 万",
        FIGURE | {"value": Decimal("0.052")},
        target,
        update(value=Decimal(520)),
        {("value", "unit")},
    ),
    # Projects
    ("a stage", BUILT, project, None, set()),
    ("no stage", {}, project, None, {("stage", "required")}),
    ("a stage of a measure", BUILT, measure, None, {("stage", "not_a_project")}),
    ("a rung of another ladder", {"stage": Stage.HELD}, project, None, {("stage", "unknown")}),
    ("promised stage, no day", {"stage": Stage.BUILT}, project, None, {("stage_on", "required")}),
    ("earlier stage, no day", {"stage": Stage.STARTED}, project, None, set()),
    ("reached later than so", BUILT | {"stage_on": TODAY}, project, None, {("stage_on", "after_as_of")}),
    (
        "not started but built",
        BUILT | {"status": SelfReport.NOT_STARTED},
        project,
        None,
        {("stage", "contradiction")},
    ),
    (
        "back without a word",
        {"stage": Stage.STARTED},
        project,
        update(stage=Stage.BUILT),
        {("explanation", "stage_back")},
    ),
    (
        "back with a reason",
        {"stage": Stage.STARTED, "explanation": "上次误报"},
        project,
        update(stage=Stage.BUILT),
        set(),
    ),
    ("money", BUILT | {"invested": Decimal("1200.50")}, project, None, set()),
    ("negative money", BUILT | {"invested": Decimal(-1)}, project, None, {("invested", "negative")}),
    (
        "yuan for 万元",
        BUILT | {"invested": Decimal(12_000_000)},
        project,
        update(invested=Decimal(1000)),
        {("invested", "unit")},
    ),
    (
        "ten times the money",
        BUILT | {"invested": Decimal(10_000)},
        project,
        update(invested=Decimal(1000)),
        {("invested", "jump")},
    ),
]


@pytest.mark.parametrize(
    ("said", "of", "previous", "wrong"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_problems(said, of, previous, wrong):
    assert found(content(**said), of(), previous) == wrong


def test_a_completed_target_needs_its_figure():
    said = content(status=SelfReport.COMPLETED)

    assert found(said, target(), has_evidence=True) == {("value", "required")}
    assert found(said, target(value=None, comparator=""), has_evidence=True) == set()


def test_a_completed_project_needs_the_promised_stage():
    said = content(status=SelfReport.COMPLETED, stage=Stage.UNDER_WAY)

    assert found(said, project(Stage.BUILT), has_evidence=True) == {("stage", "too_early")}


def test_a_late_fact_is_recorded_once_confirmed():
    late = content(as_of=dt.date(2025, 6, 1))
    options = {"has_evidence": False, "grace_days": 60}

    today = dt.date(2026, 1, 1)
    assert {problem.code for problem in problems(late, measure(), None, today, **options)["as_of"]} == {
        "after_year"
    }
    assert problems(late, measure(), None, today, confirmed=True, **options) == {}
    assert problems(content(as_of=dt.date(2025, 3, 1)), measure(), None, today, **options) == {}


@pytest.mark.parametrize(
    ("said", "previous"),
    [
        (FIGURE | {"value": Decimal(500)}, None),
        (FIGURE, update(value=Decimal(2))),
        (FIGURE | {"value": Decimal(5_200_000)}, update(value=Decimal(520))),
    ],
)
def test_odd_figures_pass_once_confirmed(said, previous):
    assert found(content(**said), target(), previous, confirmed=True) == set()


def test_impossible_entries_do_not_pass_by_confirmation():
    said = content(as_of=TODAY + dt.timedelta(1), account="", status=SelfReport.COMPLETED)

    assert len(found(said, measure(), confirmed=True)) == 3


class TestCorrections:
    def test_say_what_was_wrong(self):
        assert found(content(corrects=update()), measure()) == {("explanation", "required")}

    def test_concern_the_same_commitment(self):
        other = update(commitment_id=2)

        assert found(content(corrects=other, explanation="写错"), measure()) == {("corrects", "other")}

    def test_are_not_measured_by_the_figure_they_correct(self):
        said = content(**FIGURE, corrects=(wrong := update(value=Decimal(200_000))), explanation="多写了零")

        assert found(said, target(), wrong) == set()

    def test_are_never_no_change(self):
        assert not says_nothing_new(content(corrects=update(), account=""), update())
