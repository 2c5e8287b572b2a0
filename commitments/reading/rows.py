"""One row of the reviewed table, and the words that its columns may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

ROLES = ("commitment", "heading", "framing", "purpose", "call", "fact")
KINDS = ("target", "project", "measure")
COMPARATORS = ("at_least", "at_most", "more_than", "equal", "about")
DIRECTIONS = ("up", "down")
STAGES = ("planned", "started", "under_way", "built", "in_operation", "held", "improved")
MATCHES = ("same", "near", "level")
#: The eight report cards of the 885 mechanism, in its own order.
SCORECARDS = ("党建", "经济", "平安", "改革", "创新", "生态", "文化", "民生")
CODE = re.compile(r"^(?P<year>\d{4})-(?P<area>\d{1,2})\.(?P<theme>\d{1,2})-(?P<seq>\d{2,3})$")

COLUMNS = (
    "line",
    "start",
    "end",
    "quote",
    "role",
    "reason",
    "code",
    "kind",
    "title",
    "hedge",
    "scorecards",
    "same_as",
    "metric",
    "metric_en",
    "scope",
    "comparator",
    "value",
    "unit",
    "direction",
    "baseline_quote",
    "baseline_start",
    "baseline_value",
    "baseline_unit",
    "baseline_match",
    "baseline_note",
    "project_name",
    "verb",
    "promised_stage",
    "figures_exempt",
)
TARGET_COLUMNS = COLUMNS[COLUMNS.index("metric") : COLUMNS.index("project_name")]
PROJECT_COLUMNS = ("project_name", "verb", "promised_stage")
#: What only a commitment may carry.
COMMITMENT_COLUMNS = (
    "code",
    "kind",
    "title",
    "hedge",
    "scorecards",
    "same_as",
    *TARGET_COLUMNS,
    *PROJECT_COLUMNS,
)


@dataclass(slots=True)
class Row:
    """A passage, or one of the commitments in it (then the passage's columns repeat).

    `start` and `end` are character offsets into the report. `figures_exempt` maps a figure as
    printed in the passage to the reason why it is in no target; it stands on a passage's first row.
    """

    line: int
    start: int
    end: int
    quote: str
    role: str
    reason: str = ""
    code: str = ""
    kind: str = ""
    title: str = ""
    hedge: str = ""
    scorecards: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    metric: str = ""
    metric_en: str = ""
    scope: str = ""
    comparator: str = ""
    value: Decimal | None = None
    unit: str = ""
    direction: str = ""
    baseline_quote: str = ""
    baseline_start: int | None = None
    baseline_value: Decimal | None = None
    baseline_unit: str = ""
    baseline_match: str = ""
    baseline_note: str = ""
    project_name: str = ""
    verb: str = ""
    promised_stage: str = ""
    figures_exempt: dict[str, str] = field(default_factory=dict)

    @property
    def span(self) -> tuple[int, int]:
        """Where the passage stands."""
        return self.start, self.end

    @property
    def is_commitment(self) -> bool:
        """Whether the row is one of the report's promises."""
        return self.role == "commitment"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the table. `row` counts as a spreadsheet does: the first row is row 2.

    Row 1 (the header) stands for the table as a whole.
    """

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.message}"
