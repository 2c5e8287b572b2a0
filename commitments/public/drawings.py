"""From judged commitments to their drawings: which figures go in, in which unit. Geometry is in charts.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..choices import LADDERS, BaselineMatch, Direction, Kind, Stage
from ..models import Target
from ..progress.judging import Judged
from ..progress.summaries import TROUBLED, Tally, tally, unassigned_count
from .charts import LadderChart, StatusBar, TargetChart, ladder_chart, status_bar, target_chart


@dataclass(frozen=True)
class Share:
    """A group of commitments (an area, a department…) with its counts and its bar."""

    rows: list[Judged]
    tally: Tally
    bar: StatusBar
    troubled: int
    unassigned: int

    @property
    def total(self) -> int:
        """Return how many commitments the group holds."""
        return self.tally.total

    @property
    def unreported(self) -> int:
        """Return how many have no approved update."""
        return self.total - self.tally.reported


def share(rows: Iterable[Judged], *, uid: str, scale: int | None = None) -> Share:
    """Return the group with its counts and its bar; with `scale` the bars of several groups compare."""
    members = list(rows)
    counts = tally(members)
    named = [(status.value, str(status.label), count) for status, count in counts.by_status.items()]
    return Share(
        rows=members,
        tally=counts,
        bar=status_bar(named, uid=f"bar-{uid}", scale=scale),
        troubled=sum(counts.by_status[status] for status in TROUBLED),
        unassigned=unassigned_count(members),
    )


def target_drawing(row: Judged) -> TargetChart | None:
    """Draw a target as it is judged, amendments applied; None where no figure was promised."""
    facts, commitment = row.verdict.facts, row.commitment
    bar = facts.bar
    if commitment.kind != Kind.TARGET or bar is None:
        return None
    reported = facts.report
    expected = row.verdict.expected
    return target_chart(
        uid=f"target-{commitment.pk}",
        target=bar.value,
        comparator=bar.comparator,
        unit=bar.unit,
        baseline=comparable_baseline(commitment.target),
        latest=reported.value if reported else None,
        expected=None if expected is None else (bar.value * expected).quantize(Decimal("0.01")),
        lower_is_better=bar.direction == Direction.DOWN,
        tolerance=row.verdict.thresholds.about_tolerance,
        is_kept=row.verdict.fulfilled,
    )


def comparable_baseline(target: Target) -> Decimal | None:
    """Return last year's figure where it can stand on the same axis: same metric and same unit."""
    same = target.baseline_match == BaselineMatch.SAME and target.baseline_unit in ("", target.unit)
    return target.baseline_value if same else None


def ladder_drawing(row: Judged) -> LadderChart:
    """Draw a project's ladder with the promised and the reached stage."""
    project, reported = row.commitment.project, row.verdict.facts.report
    stages = [(stage, str(Stage(stage).label)) for stage in LADDERS[project.ladder]]
    return ladder_chart(
        uid=f"ladder-{row.commitment.pk}",
        stages=stages,
        promised=project.promised_stage,
        reached=reported.stage if reported else "",
    )
