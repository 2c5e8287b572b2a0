"""What an invented story is made of: the promise it is told of, and the updates that it tells."""

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal

from ..progress.verdict import Bar


@dataclass(frozen=True)
class Promise:
    """What the story has to know about a commitment."""

    code: str
    title: str
    kind: str
    year: int = 2024
    bar: Bar | None = None
    name: str = ""
    promised_stage: str = ""


@dataclass(frozen=True)
class Told:
    """One update of a story with what became of it; dates of the year of DEMO_DAY."""

    as_of: dt.date
    submitted_on: dt.date
    status: str
    account: str
    value: Decimal | None = None
    stage: str = ""
    stage_on: dt.date | None = None
    invested: Decimal | None = None
    obstacle: str = ""
    help_needed: str = ""
    expected_on: dt.date | None = None
    explanation: str = ""
    is_unchanged: bool = False
    corrects_previous: bool = False
    evidence: int = 0
    decisions: tuple[str, ...] = ()
    method: str = ""
    reason: str = ""
    decided_after: int = 2
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Story:
    """The updates in the order in which they were submitted, and what stands around them."""

    name: str
    told: tuple[Told, ...] = ()
    deadline: dt.date | None = None
    has_draft: bool = False
    finish_line: str = ""
    chance: random.Random = field(default_factory=random.Random, compare=False, repr=False)
