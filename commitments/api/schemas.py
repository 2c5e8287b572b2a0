"""What the API answers with, field by field; the descriptions are its documentation."""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema

from ..choices import (
    AmendmentKind,
    BaselineMatch,
    Comparator,
    Decision,
    DepartmentKind,
    Direction,
    EvidenceKind,
    Kind,
    Ladder,
    Method,
    PublicStatus,
    Schedule,
    SelfReport,
    Stage,
)


class ReportOut(Schema):
    """A government work report."""

    slug: str
    title: str = Field(description="Title in the report's own language.")
    title_en: str
    district: str
    year: int
    delivered_on: dt.date
    text_sha256: str = Field(description="SHA-256 of the stored text; offsets count its characters from 0.")
    plan_start: int
    plan_end: int
    commitments: int = Field(description="Number of published commitments.")
    data_version: int = Field(description="Rises with every change that the public can see.")
    data_changed_at: dt.datetime | None
    demonstration: bool = Field(description="Whether invented progress is among the data.")
    url: str


class ThemeOut(Schema):
    """A paragraph inside an area, named by its lead sentence."""

    key: str = Field(description="Number of area and theme, such as 3.2.")
    title: str
    title_en: str


class AreaRef(Schema):
    """An area of the report, by number and title."""

    number: int
    title: str
    title_en: str


class Count(Schema):
    """How many commitments stand in one status."""

    status: PublicStatus
    label: str
    count: int


class AreaOut(AreaRef):
    """An area with its themes and the tally of its commitments."""

    themes: list[ThemeOut]
    total: int
    counts: list[Count]
    url: str


class DepartmentRef(Schema):
    """A department, by its stable name in addresses."""

    slug: str
    name: str
    name_en: str
    kind: DepartmentKind


class BaselineOut(Schema):
    """Last year's figure, as the same report states it."""

    value: str | None = Field(description="Exact decimal as text.")
    unit: str
    match: BaselineMatch
    words: str = Field(description="The report's words.")
    note: str


class TargetOut(Schema):
    """What a target promises, as printed."""

    metric: str
    metric_en: str
    scope: str
    comparator: Comparator | None = Field(description="Empty for a rank or a direction without a figure.")
    value: str | None = Field(description="Exact decimal as text.")
    unit: str
    direction: Direction
    baseline: BaselineOut | None


class ProjectOut(Schema):
    """What a project promises."""

    name: str
    verb: str
    promised_stage: Stage
    ladder: Ladder


class CommitmentOut(Schema):
    """A commitment with its state on the day of judgement."""

    code: str = Field(description="Stable for ever and never reused.")
    sequence: int
    kind: Kind
    title: str
    area: AreaRef
    theme: ThemeOut
    words: str = Field(description="The exact words that promise it.")
    start: int
    end: int
    hedge: str
    target: TargetOut | None
    project: ProjectOut | None
    lead: DepartmentRef | None = Field(description="Empty while no department has been named.")
    supports: list[DepartmentRef]
    scorecards: list[str]
    deadline: dt.date
    first_deadline: dt.date | None = Field(description="The first deadline, if it was another.")
    status: PublicStatus
    status_label: str
    schedule: Schedule
    schedule_label: str
    fulfilled: bool | None = Field(description="Empty while it is open.")
    as_of: dt.date | None = Field(description="Day of the latest approved fact.")
    self_report: SelfReport | None
    reported_value: str | None = Field(description="Exact decimal as text, in the target's unit.")
    reported_stage: Stage | None
    verified: bool
    url: str


class StepOut(Schema):
    """One sentence of the explanation."""

    key: str
    text: str


class EvidenceOut(Schema):
    """A link or a file that shows the fact."""

    kind: EvidenceKind
    title: str
    url: str
    archived_url: str
    sha256: str


class DecisionOut(Schema):
    """A decision that lets the public read an update."""

    decision: Decision
    method: Method | None
    at: dt.datetime


class UpdateOut(Schema):
    """An approved progress update."""

    id: int
    department: str
    as_of: dt.date
    status: SelfReport
    is_unchanged: bool
    value: str | None = Field(description="Exact decimal as text, in the target's unit.")
    value_source: str
    stage: Stage | None
    stage_on: dt.date | None
    invested: str | None = Field(description="In 10,000 yuan; exact decimal as text.")
    account: str
    obstacle: str
    expected_on: dt.date | None
    corrects: int | None = Field(description="The approved update that this one corrects.")
    decisions: list[DecisionOut]
    evidence: list[EvidenceOut]
    demonstration: bool


class AmendmentOut(Schema):
    """An approved change of wording, target or deadline."""

    id: int
    kind: AmendmentKind
    new_wording: str
    new_comparator: Comparator | None
    new_value: str | None = Field(description="Exact decimal as text.")
    old_deadline: dt.date | None
    new_deadline: dt.date | None
    reason: str
    authority: str
    document_number: str
    decided_at: dt.datetime
    demonstration: bool


class CommitmentDetail(CommitmentOut):
    """A commitment with everything approved about it."""

    is_retired: bool = Field(description="Whether a later reading of the report no longer lists it.")
    finish_line: str = Field(description="In the lead department's words.")
    reading_note: str
    same_promise: list[str] = Field(description="Codes of the same promise made elsewhere.")
    explanation: list[StepOut]
    rule_version: str
    judged_on: dt.date
    updates: list[UpdateOut]
    amendments: list[AmendmentOut]


class CommitmentPage(Schema):
    """One page of commitments, in a stable order."""

    report: str
    judged_on: dt.date
    data_version: int
    count: int
    page: int
    pages: int
    next: str | None
    previous: str | None
    items: list[CommitmentOut]


class CommitmentRef(Schema):
    """A commitment, by code and title."""

    code: str
    title: str
    url: str


class NewsOut(Schema):
    """One decision that changed what the public reads: an update or an amendment."""

    key: str
    kind: str = Field(description="update or amendment.")
    at: dt.datetime
    commitment: CommitmentRef
    decision: Decision | None
    update: UpdateOut | None
    amendment: AmendmentOut | None


class NewsPage(Schema):
    """Entries, newest first; `next` continues after the last one, whatever is published meanwhile."""

    report: str
    next: str | None
    items: list[NewsOut]


class Problem(Schema):
    """Why a request was refused."""

    detail: str
    errors: dict[str, list[str]] = {}
