"""The columns of the ledger: their names in Chinese and English, who may change them, and how a cell reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.choices import Kind, Rhythm, SelfReport, Stage
from commitments.models import Commitment, Department, ProgressUpdate, Report
from commitments.progress.content import UpdateContent
from commitments.progress.fields import Names, Values
from commitments.progress.verdict import Verdict
from commitments.quantities import quantity
from commitments.templatetags.tracker import promised_figure
from commitments.typeset import typographic

from .columns import VERSION, VERSION_NOTE, Column
from .sheets import Value

_VERSION_FORM = re.compile(r"[vV](\d{1,10})\.(\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True)
class Version:
    """What a row was made from: its revision, its newest update and the one that stood (0: none)."""

    revision: int
    latest: int
    standing: int

    def __str__(self) -> str:
        # The letter keeps spreadsheets from taking it for a date.
        return f"v{self.revision}.{self.latest}.{self.standing}"

    @classmethod
    def read(cls, text: str) -> Version | None:
        """Return the version that the text is, None when it is none."""
        found = _VERSION_FORM.fullmatch(text.strip())
        return cls(*map(int, found.groups())) if found else None


@dataclass(frozen=True)
class LedgerRow:
    """One commitment with everything that its row shows. `update` stands: not returned, not withdrawn."""

    commitment: Commitment
    verdict: Verdict | None
    values: Values
    names: Names
    update: ProgressUpdate | None = None
    link: str = ""
    latest_id: int = 0
    review: str = ""

    @property
    def version(self) -> Version:
        return Version(self.commitment.revision, self.latest_id, self.update.pk if self.update else 0)


LedgerColumn = Column[LedgerRow]


def _assigned(name: str, row: LedgerRow) -> Value:
    value = row.values[name]
    return value if name == "deadline" else row.names.text(name, value)


def _reported(name: str, row: LedgerRow) -> Value:
    return shown_fact(name, row.update)


def shown_fact(name: str, update: ProgressUpdate | UpdateContent | None) -> Value:
    """Return one fact of an update as its cell shows it; None without an update."""
    if update is None:
        return None
    value = getattr(update, name)
    if name == "status":
        return str(SelfReport(value).label) if value in SelfReport.values else value
    if name == "stage":
        return str(Stage(value).label) if value else None
    return value if value != "" else None


def _metric(row: LedgerRow) -> str:
    if row.commitment.kind != Kind.TARGET:
        return ""
    target = row.commitment.target
    return f"{target.scope} {target.metric}".strip()


def _promised(row: LedgerRow) -> str:
    return promised_figure(row.commitment.target) if row.commitment.kind == Kind.TARGET else ""


def _baseline(row: LedgerRow) -> str:
    if row.commitment.kind != Kind.TARGET or row.commitment.target.baseline_value is None:
        return ""
    target = row.commitment.target
    value: Decimal = target.baseline_value  # type: ignore[assignment]
    return quantity(value, target.baseline_unit or target.unit)


def _project(row: LedgerRow) -> str:
    return row.commitment.project.name if row.commitment.kind == Kind.PROJECT else ""


def _promised_stage(row: LedgerRow) -> str:
    if row.commitment.kind != Kind.PROJECT:
        return ""
    return str(Stage(row.commitment.project.promised_stage).label)


def _approved_on(row: LedgerRow) -> Value:
    return row.commitment.approved_update.as_of if row.commitment.approved_update else None


# --- What is given -----------------------------------------------------------------------------------

CODE: LedgerColumn = Column(
    "code", pgettext_lazy("commitment", "Code"), _("The commitment's number. Rows are recognised by it."),
    lambda row: row.commitment.code, 14, aliases=("承诺编号", "序号编码"),
)  # fmt: skip
TITLE: LedgerColumn = Column(
    "title", _("Commitment"), _("Short title. It has to belong to the code, as a guard against rows sorted apart."),
    lambda row: row.commitment.title, 32, aliases=("承诺", "事项"),
)  # fmt: skip
WORDS: LedgerColumn = Column(
    "words", _("Words of the report"), _("The exact passage that promises it."),
    lambda row: typographic(row.commitment.passage.text), 44, aliases=("原文",),
)  # fmt: skip

GIVEN: list[LedgerColumn] = [
    CODE,
    Column("area", _("Area"), _("The report's own division of the work."),
           lambda row: str(row.commitment.theme.area), 20),
    Column("theme", _("Theme"), _("The paragraph inside the area."), lambda row: str(row.commitment.theme), 20),
    Column("kind", _("Kind"), _("Target, project or measure: how it is judged."),
           lambda row: str(Kind(row.commitment.kind).label), 10),
    TITLE,
    WORDS,
    Column("metric", _("Metric"), _("Targets only: what is measured, and where."), _metric, 18),
    Column("promised", _("Promised figure"), _("Targets only: the figure promised."), _promised, 16),
    Column("baseline", _("Baseline"), _("Targets only: last year's figure, where the report states it."), _baseline, 12),
    Column("project", _("Project"), _("Projects only: the thing promised."), _project, 20),
    Column("promised_stage", _("Promised stage"), _("Projects only: the stage promised."), _promised_stage, 12),
    Column("hedge", _("Hedge as printed"), _("Where the report says “strive for” or the like."),
           lambda row: row.commitment.hedge, 10),
]  # fmt: skip

# --- What the administration decides -----------------------------------------------------------------

_several = _("Several are separated by “、”, a comma, a semicolon or a line break.")


def _decided(
    name: str, title: object, note: object, width: int, kind: str = "text", options: str = "", is_open: bool = False,
    aliases: tuple[str, ...] = (),
) -> LedgerColumn:  # fmt: skip
    show: Callable[[LedgerRow], Value] = partial(_assigned, name)
    return Column(name, title, note, show, width, True, kind, options, is_open, aliases)  # type: ignore[arg-type]


ASSIGNED: list[LedgerColumn] = [
    _decided("lead", _("Lead department"), _("One department, by its name."), 20, options="departments",
             aliases=("牵头部门", "责任单位")),
    _decided("supports", _("Supporting departments"), _several, 26, options="departments", is_open=True,
             aliases=("配合部门",)),
    _decided("deadline", _("Deadline"), _("A date such as 2024-09-30; empty: the end of the year."), 12, "date",
             aliases=("办结时限", "时限")),
    _decided("rhythm", _("Reporting rhythm"), _("Empty: as usual in this tracker."), 12, options="rhythms",
             aliases=("填报周期", "填报频率")),
    _decided("scorecards", _("Scorecards"), _several, 16, options="scorecards", is_open=True,
             aliases=("所属报表", "八张报表")),
    _decided("tags", _("Tags"), _("Words to find it again by; a new word becomes a new tag."), 16, options="tags",
             is_open=True),
    _decided("finish_line", _("Stated finish line"),
             _("What the lead department counts as finished, in its words; shown to the public as such."), 32),
    _decided("contact", _("Contact"), _("Who answers questions about it; not shown to the public."), 16),
]  # fmt: skip

# --- Where it stands, as the tracker concludes -------------------------------------------------------

CONCLUDED: list[LedgerColumn] = [
    Column("public_status", _("Public status"), _("What the tracker concludes from the approved facts; it follows the day."),
           lambda row: str(row.verdict.status.label) if row.verdict else None, 16),
    Column("schedule", _("Schedule"), _("How the latest approved fact compares with the time that has passed."),
           lambda row: str(row.verdict.schedule.label) if row.verdict else None, 12),
    Column("approved_as_of", _("Public as of"), _("The date of the latest approved fact."), _approved_on, 12, kind="date"),
    Column("first_deadline", _("First deadline"), _("The first date set; it stays visible when the deadline moves."),
           lambda row: row.commitment.first_deadline, 12, kind="date"),
    Column("review", _("Review"), _("Where the newest update stands between its author and the public."),
           lambda row: row.review, 14),
]  # fmt: skip

# --- What the department reports ---------------------------------------------------------------------


def _fact(
    name: str, title: object, note: object, width: int, kind: str = "text", options: str = "",
    aliases: tuple[str, ...] = (),
) -> LedgerColumn:  # fmt: skip
    show: Callable[[LedgerRow], Value] = partial(_reported, name)
    return Column(name, title, note, show, width, True, kind, options, False, aliases)  # type: ignore[arg-type]


REPORTED: list[LedgerColumn] = [
    _fact("status", _("Self-reported status"),
          _("What the department says. Changing a column from here on adds a progress update, which is then reviewed."),
          12, options="statuses", aliases=("自报", "完成情况")),
    _fact("as_of", _("As of"), _("The day on which this was so; give a new one with new facts."), 12, "date"),
    _fact("value", _("Figure reached"), _("Targets only: a plain number in the unit of the promise."), 12, "number",
          aliases=("完成值", "完成数", "实际值")),
    _fact("value_source", _("Source of the figure"), _("Which statistics or ledger it is taken from."), 18),
    _fact("stage", _("Stage reached"), _("Projects only."), 12, options="stages",
          aliases=("当前阶段", "已达阶段", "形象进度")),
    _fact("stage_on", _("Stage reached on"), _("Projects only: the day on which this stage was reached."), 12, "date",
          aliases=("达到日期", "达到该阶段日期")),
    _fact("invested", _("Invested so far (10,000 yuan)"), _("Projects only: a plain number."), 14, "number"),
    _fact("account", pgettext_lazy("ledger", "Account"), _("What was done, in a few sentences that the public will read."), 44,
          aliases=("进展", "办理情况")),
    _fact("obstacle", _("Obstacle"), _("Needed when blocked."), 28, aliases=("存在问题", "存在困难")),
    _fact("help_needed", _("Help needed"), _("Needed when blocked; “none” is an answer."), 28),
    _fact("expected_on", _("Expected completion"), _("When it is expected to be finished."), 12, "date",
          aliases=("预计完成", "预计完成日期")),
    _fact("explanation", _("Explanation of an unusual entry"),
          _("Asked for when a figure jumps or a stage goes backwards."), 24),
]  # fmt: skip
LINK: LedgerColumn = Column(
    "link", _("Evidence link"), _("The address of a page that shows it; a completion needs evidence."),
    lambda row: row.link, 28, True, aliases=("佐证", "佐证材料"),
)  # fmt: skip
VERSION_COLUMN: LedgerColumn = Column(
    VERSION, pgettext_lazy("ledger", "Version"), VERSION_NOTE, lambda row: str(row.version), 12
)

COLUMNS: list[LedgerColumn] = [*GIVEN, *ASSIGNED, *CONCLUDED, *REPORTED, LINK, VERSION_COLUMN]
# Enough to assign work by; the rest is added by exporting.
TEMPLATE: list[LedgerColumn] = [CODE, TITLE, *ASSIGNED, *REPORTED, LINK]
# For the public record: nothing that is internal, nothing that only an import needs.
_INTERNAL = ("contact", "help_needed", "explanation", "review", "tags", VERSION)
DOCUMENT: list[LedgerColumn] = [column for column in COLUMNS if column.key not in _INTERNAL]

ASSIGNED_KEYS = [column.key for column in ASSIGNED]
FACT_KEYS = [column.key for column in REPORTED]


def lists_of(names: Names, report: Report | None = None) -> dict[str, list[str]]:
    """Return what the drop-downs offer: of departments those that the report's district can give work to."""
    departments = Department.objects.active()
    if report is not None:
        departments = departments.of_report(report)
    return {
        "departments": [str(department) for department in departments],
        "rhythms": [str(label) for label in Rhythm.labels],
        "scorecards": list(names.of("scorecards").values()),
        "tags": list(names.of("tags").values()),
        "statuses": [str(label) for label in SelfReport.labels],
        "stages": [str(label) for label in Stage.labels],
    }
