"""What a progress update says, and what can be wrong with it. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..choices import LADDERS, Comparator, Kind, SelfReport, Stage
from ..models import Commitment, ProgressUpdate, Target
from ..quantities import plain_figure
from .refusals import Problem

MAX_TEXT = 4000
MAX_SOURCE = 200
# An entry this many times the last one is more often a slip of the finger than a fact.
JUMP = 10
# 万 and 亿 differ by this factor; 元 and 万元 do as well.
UNIT_STEP = 10_000
TEXTS = ("account", "obstacle", "help_needed", "explanation")
# What makes an update say something new. The date alone does not: no change, again, today.
FACTS = ("status", "value", "stage", "stage_on", "invested", "obstacle", "help_needed", "expected_on")


@dataclass(frozen=True, kw_only=True)
class UpdateContent:
    """What a person states about a commitment; `invested` in 10,000 yuan."""

    status: str
    as_of: dt.date | None
    value: Decimal | None = None
    value_source: str = ""
    stage: str = ""
    stage_on: dt.date | None = None
    invested: Decimal | None = None
    account: str = ""
    obstacle: str = ""
    help_needed: str = ""
    expected_on: dt.date | None = None
    explanation: str = ""
    corrects: ProgressUpdate | None = None


Found = Iterator[tuple[str, Problem]]


def content_of(update: ProgressUpdate, *, as_of: dt.date) -> UpdateContent:
    """Return what an update said, to be said again as of another day."""
    return UpdateContent(
        as_of=as_of,
        account=update.account,
        value_source=update.value_source,
        **{name: getattr(update, name) for name in FACTS},
    )


def says_nothing_new(content: UpdateContent, previous: ProgressUpdate | None) -> bool:
    """Say whether the content repeats the previous update; never true for a first one or a correction."""
    if previous is None or content.corrects is not None:
        return False
    is_same = all(getattr(content, name) == getattr(previous, name) for name in FACTS)
    return is_same and content.account in ("", previous.account)


def is_said_by(content: UpdateContent, update: ProgressUpdate) -> bool:
    """Say whether the update holds just this content, as when a button was pressed twice."""
    is_same = all(getattr(content, name) == getattr(update, name) for name in ("as_of", *FACTS))
    texts = ((content.value_source, update.value_source), (content.explanation, update.explanation))
    is_account = content.account.strip() == update.account or (update.is_unchanged and not content.account)
    return is_same and is_account and all(given.strip() == kept for given, kept in texts)


def problems(
    content: UpdateContent,
    commitment: Commitment,
    previous: ProgressUpdate | None,
    today: dt.date,
    *,
    has_evidence: bool,
    confirmed: bool = False,
    grace_days: int = 60,
) -> dict[str, list[Problem]]:
    """Return what is wrong by field, in sentences; empty when the update can be submitted.

    `commitment` comes with its report and the facts of its kind. `previous` is the latest update that
    was neither withdrawn nor returned. With `confirmed`, what is merely odd is let through.
    `grace_days`: how long after the year an as-of date needs no confirmation.
    """
    found: dict[str, list[Problem]] = defaultdict(list)
    rules = [
        _status(content, previous, has_evidence),
        _dates(content, commitment, today, grace_days),
        _texts(content),
        _correction(content, commitment),
        _target(content, commitment, previous),
        _project(content, commitment, previous),
        _money(content, previous),
    ]
    for rule in rules:
        for field, problem in rule:
            if not (confirmed and problem.can_be_confirmed):
                found[field].append(problem)
    return dict(found)


def _status(content: UpdateContent, previous: ProgressUpdate | None, has_evidence: bool) -> Found:
    if content.status not in SelfReport.values:
        yield "status", Problem("unknown", _("Choose one of the statuses."))
    if not content.account.strip() and not says_nothing_new(content, previous):
        yield "account", Problem("required", _("Say in a sentence or two what was done or what changed."))
    if content.status == SelfReport.BLOCKED:
        if not content.obstacle.strip():
            yield "obstacle", Problem("required", _("Name the obstacle."))
        if not content.help_needed.strip():
            yield "help_needed", Problem("required", _("Say what help is needed, or that none is."))
    if content.status == SelfReport.COMPLETED and not has_evidence:
        yield "evidence", Problem("required", _("A completion needs evidence: add a link or a file."))


def _dates(content: UpdateContent, commitment: Commitment, today: dt.date, grace_days: int) -> Found:
    first = dt.date(commitment.report.year, 1, 1)
    last = dt.date(commitment.report.year, 12, 31) + dt.timedelta(days=grace_days)
    if content.as_of is None:
        yield "as_of", Problem("required", _("Give the date at which this was so."))
        return
    if content.as_of > today:
        yield (
            "as_of",
            Problem("future", _("This date lies in the future; today is %(day)s.") % {"day": day(today)}),
        )
    elif content.as_of < first:
        text = _("This date lies before the report's year, which begins on %(day)s.")
        yield "as_of", Problem("before_year", text % {"day": day(first)})
    elif content.as_of > last:
        text = _(
            "This date lies after the report's year and its grace, which ended on %(day)s. Confirm a late fact."
        )
        yield "as_of", Problem("after_year", text % {"day": day(last)}, can_be_confirmed=True)
    is_open = content.status in (SelfReport.NOT_STARTED, SelfReport.IN_PROGRESS, SelfReport.BLOCKED)
    if is_open and content.expected_on and content.expected_on < content.as_of <= today:
        yield (
            "expected_on",
            Problem("past", _("The expected completion lies before the date of this update.")),
        )


def _texts(content: UpdateContent) -> Found:
    for name in (*TEXTS, "value_source"):
        text: str = getattr(content, name)
        limit = MAX_SOURCE if name == "value_source" else MAX_TEXT
        if len(text) > limit:
            sentence = _("At most %(limit)d characters; these are %(count)d.")
            yield name, Problem("too_long", sentence % {"limit": limit, "count": len(text)})
        if "\x00" in text:
            yield name, Problem("characters", _("The text holds characters that cannot be stored."))


def _correction(content: UpdateContent, commitment: Commitment) -> Found:
    if content.corrects is None:
        return
    if content.corrects.commitment_id != commitment.pk:
        yield "corrects", Problem("other", _("A correction concerns an update of the same commitment."))
    if not content.explanation.strip():
        yield (
            "explanation",
            Problem("required", _("Say what was wrong in the update that this one corrects.")),
        )


# --- Targets ----------------------------------------------------------------------------------


def _target(content: UpdateContent, commitment: Commitment, previous: ProgressUpdate | None) -> Found:
    if commitment.kind != Kind.TARGET:
        if content.value is not None:
            yield "value", Problem("not_a_target", _("Only a target takes a figure."))
        return
    target = commitment.target
    if content.value is None:
        if target.value is not None and content.status == SelfReport.COMPLETED:
            yield "value", Problem("required", _("A completed target needs the figure that was reached."))
        return
    impossible = list(_figure("value", content.value, whole_digits=16, decimals=4))
    yield from impossible
    if not content.value_source.strip():
        yield (
            "value_source",
            Problem("required", _("Name the source of the figure, such as a table or an office.")),
        )
    if not impossible:
        yield from _odd_value(content.value, target, before=_before("value", content, previous))


def _odd_value(value: Decimal, target: Target, before: Decimal | None) -> Found:
    """Compare with the last value, else with the promise and the baseline; odd is not impossible."""
    promised, baseline = target.value, target.baseline_value
    if _is_unit_slip(value, above=[before, promised, baseline], below=[before, baseline]):
        text = _(
            "The figure is about 10,000 times off what was expected. Was 万 mistaken for 亿? It is counted in %(unit)s."
        )
        yield "value", Problem("unit", text % {"unit": target.unit or "—"}, can_be_confirmed=True)
        return
    if before:
        if _ratio(value, before) >= JUMP or _ratio(before, value) >= JUMP:
            text = _(
                "The last figure was %(before)s; this is ten times more or less. Confirm it if it is right."
            )
            yield "value", Problem("jump", text % {"before": plain_figure(before)}, can_be_confirmed=True)
    elif promised and target.comparator != Comparator.AT_MOST and _ratio(value, promised) >= JUMP:
        text = _("The promise was %(promised)s; this is ten times as much. Confirm it if it is right.")
        yield "value", Problem("jump", text % {"promised": plain_figure(promised)}, can_be_confirmed=True)


def _is_unit_slip(value: Decimal, *, above: list[Decimal | None], below: list[Decimal | None]) -> bool:
    """Say whether the value is about UNIT_STEP times one of `above`, or that part of one of `below`.

    A promise is not in `below`: the first of 10,000 things to deliver is no slip.
    """
    step = Decimal(UNIT_STEP)
    return any(_is_near(value, reference * step) for reference in above if reference) or any(
        _is_near(value * step, reference) for reference in below if reference
    )


def _is_near(one: Decimal, other: Decimal) -> bool:
    return other != 0 and Decimal("0.3") <= one / other <= Decimal("3")


def _ratio(one: Decimal, other: Decimal) -> Decimal:
    """Return how many times as large the one is, regardless of sign; 0 when the other is 0."""
    return abs(one) / abs(other) if other else Decimal(0)


# --- Projects ---------------------------------------------------------------------------------


def _project(content: UpdateContent, commitment: Commitment, previous: ProgressUpdate | None) -> Found:
    if commitment.kind != Kind.PROJECT:
        if content.stage or content.stage_on:
            yield "stage", Problem("not_a_project", _("Only a project takes a stage."))
        return
    ladder = LADDERS[commitment.project.ladder]
    promised = ladder.index(commitment.project.promised_stage)
    if not content.stage:
        if content.status in (SelfReport.IN_PROGRESS, SelfReport.COMPLETED):
            yield "stage", Problem("required", _("Choose the stage that the project has reached."))
        return
    if content.stage not in ladder:
        yield "stage", Problem("unknown", _("Choose one of the stages of this project."))
        return
    reached = ladder.index(content.stage)
    if content.status == SelfReport.COMPLETED and reached < promised:
        text = _("“Completed” needs the promised stage, %(stage)s. Choose it, or another status.")
        yield "stage", Problem("too_early", text % {"stage": Stage(ladder[promised]).label})
    if content.status == SelfReport.NOT_STARTED and reached > 0:
        yield "stage", Problem("contradiction", _("“Not started” and this stage contradict each other."))
    is_back = previous is not None and previous.stage in ladder and ladder.index(previous.stage) > reached
    if is_back and previous is not None and not content.explanation.strip():
        text = _("The stage was %(stage)s before. Say why it went back.")
        yield "explanation", Problem("stage_back", text % {"stage": Stage(previous.stage).label})
    yield from _stage_date(content, is_kept=reached >= promised)


def _stage_date(content: UpdateContent, *, is_kept: bool) -> Found:
    if content.stage_on is None:
        if is_kept:
            # Whether the promise was kept in time follows from this date.
            yield "stage_on", Problem("required", _("Give the day on which this stage was reached."))
    elif content.as_of and content.stage_on > content.as_of:
        yield "stage_on", Problem("after_as_of", _("The stage was reached after the date of this update."))


def _money(content: UpdateContent, previous: ProgressUpdate | None) -> Found:
    if content.invested is None:
        return
    impossible = list(_figure("invested", content.invested, whole_digits=12, decimals=2))
    yield from impossible
    before = _before("invested", content, previous)
    if content.invested < 0:
        yield "invested", Problem("negative", _("An amount cannot be negative."))
    elif before and not impossible:
        if _is_unit_slip(content.invested, above=[before], below=[before]):
            text = _(
                "The amount is about 10,000 times off the last one. Was 万 mistaken for 亿? It is counted in 万元."
            )
            yield "invested", Problem("unit", text, can_be_confirmed=True)
        elif _ratio(content.invested, before) >= JUMP or _ratio(before, content.invested) >= JUMP:
            text = _(
                "The last amount was %(before)s; this is ten times more or less. Confirm it if it is right."
            )
            yield "invested", Problem("jump", text % {"before": plain_figure(before)}, can_be_confirmed=True)


def _before(field: str, content: UpdateContent, previous: ProgressUpdate | None) -> Decimal | None:
    """Return the last figure; None for a correction, whose predecessor is the one that was wrong."""
    if previous is None or content.corrects is not None:
        return None
    value: Decimal | None = getattr(previous, field)
    return value


def _figure(field: str, value: Decimal, *, whole_digits: int, decimals: int) -> Found:
    """Refuse what the column cannot hold exactly."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        yield field, Problem("not_a_number", _("Enter a number."))
    elif abs(value) >= Decimal(10) ** whole_digits:
        yield field, Problem("too_large", _("The number is too large to be right."))
    elif value != round(value, decimals):
        yield field, Problem("decimals", _("At most %(count)d decimal places.") % {"count": decimals})


def day(date: dt.date) -> str:
    """Return the date as the reader's language writes it."""
    return date_format(date, "DATE_FORMAT")
