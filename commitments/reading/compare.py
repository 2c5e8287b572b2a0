"""How close one table comes to another: precision and recall of a draft against the reviewed table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from commitments.reading.check import in_order
from commitments.reading.rows import ROLES, Row

#: Two spans are of one passage when they share at least half of what they cover together.
_SAME_PASSAGE = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one comparison: what both tables have, what the draft and the reviewed one have."""

    name: str
    both: int
    drafted: int
    reviewed: int

    @property
    def precision(self) -> float:
        """Share of the draft that the reviewed table confirms; 1 for an empty draft."""
        return self.both / self.drafted if self.drafted else 1.0

    @property
    def recall(self) -> float:
        """Share of the reviewed table that the draft found; 1 where there is nothing to find."""
        return self.both / self.reviewed if self.reviewed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.drafted + self.reviewed
        return 2 * self.both / total if total else 1.0

    def __str__(self) -> str:
        return (
            f"{self.name:<34}{self.precision:>9.1%}{self.recall:>9.1%}{self.f1:>9.1%}"
            f"{self.both:>7}{self.drafted:>7}{self.reviewed:>9}"
        )


HEADER = f"{'':<34}{'precision':>9}{'recall':>9}{'F1':>9}{'both':>7}{'draft':>7}{'reviewed':>9}"


def compare_tables(draft: list[Row], reviewed: list[Row]) -> list[Score]:
    """Scores of the draft: commitments, targets, projects, roles by character."""
    ours = [row for row in draft if row.is_commitment]
    theirs = [row for row in reviewed if row.is_commitment]
    scores = [
        _score("commitments (passage)", ours, theirs, _same_passage),
        _score("commitments (passage, kind)", ours, theirs, _same_kind),
    ]
    for kind, name, same in (
        ("target", "targets (value, unit, comparator)", _same_target),
        ("project", "projects (name)", _same_name),
        ("project", "projects (name, stage)", _same_project),
        ("measure", "measures (passage)", _same_passage),
    ):
        scores.append(_score(name, _of(ours, kind), _of(theirs, kind), same))
    return scores + _roles(draft, reviewed)


def report(draft: list[Row], reviewed: list[Row]) -> str:
    """The scores as a table to print."""
    return "\n".join([HEADER, *(str(score) for score in compare_tables(draft, reviewed))])


def differences(draft: list[Row], reviewed: list[Row]) -> list[str]:
    """Commitments on one side only, in the order of the text: `-` reviewed only, `+` draft only."""
    ours = [row for row in draft if row.is_commitment]
    theirs = [row for row in reviewed if row.is_commitment]
    pairs = _pairs(ours, theirs, _same_kind)
    left = [("+", row) for index, row in enumerate(ours) if index not in pairs]
    right = [("-", row) for index, row in enumerate(theirs) if index not in pairs.values()]
    ordered = sorted(left + right, key=lambda item: (item[1].start, item[0]))
    return [f"{sign} {row.line} {row.kind:<8}{row.title or row.quote}" for sign, row in ordered]


def _of(rows: list[Row], kind: str) -> list[Row]:
    return [row for row in rows if row.kind == kind]


def _score(name: str, ours: list[Row], theirs: list[Row], same: Callable[[Row, Row], float]) -> Score:
    return Score(name, len(_pairs(ours, theirs, same)), len(ours), len(theirs))


def _pairs(ours: list[Row], theirs: list[Row], same: Callable[[Row, Row], float]) -> dict[int, int]:
    """One-to-one pairs of alike rows, the most alike first; ties go to the earlier rows."""
    candidates = sorted(
        (-alike, i, j)
        for i, a in enumerate(ours)
        for j, b in enumerate(theirs)
        if a.start < b.end and b.start < a.end and (alike := same(a, b)) > 0
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _alike, i, j in candidates:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _same_passage(a: Row, b: Row) -> float:
    """How much two rows' passages coincide; more where their facts agree too, 0 for another passage."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    overlap = shared / (max(a.end, b.end) - min(a.start, b.start))
    if overlap < _SAME_PASSAGE and a.quote != b.quote:
        return 0.0
    facts = (a.value == b.value) + (a.kind == b.kind) + _names_alike(a.project_name, b.project_name)
    return overlap + facts


def _same_kind(a: Row, b: Row) -> float:
    return _same_passage(a, b) if a.kind == b.kind else 0.0


def _same_target(a: Row, b: Row) -> float:
    """Figures agree, wherever the passage's edges are; a target without figure agrees with another."""
    return float((a.value, a.unit, a.comparator) == (b.value, b.unit, b.comparator))


def _same_name(a: Row, b: Row) -> float:
    return float(_names_alike(a.project_name, b.project_name))


def _same_project(a: Row, b: Row) -> float:
    return _same_name(a, b) if a.promised_stage == b.promised_stage else 0.0


def _names_alike(a: str, b: str) -> bool:
    """Whether two names may be of one thing: one's characters stand in order in the other."""
    short, long = sorted((a, b), key=len)
    return bool(short) and in_order(short, long)


def _roles(draft: list[Row], reviewed: list[Row]) -> list[Score]:
    """Per role, the characters that have it; and all characters whose role agrees."""
    ours, theirs = _by_character(draft), _by_character(reviewed)
    agreed = {place: role for place, role in ours.items() if theirs.get(place) == role}
    scores = [Score("roles (characters)", len(agreed), len(ours), len(theirs))]
    for role in ROLES:
        scores.append(
            Score(
                f"  {role} (characters)",
                _count(agreed.values(), role),
                _count(ours.values(), role),
                _count(theirs.values(), role),
            )
        )
    return scores


def _by_character(rows: list[Row]) -> dict[int, str]:
    return {place: row.role for row in rows for place in range(row.start, row.end)}


def _count(roles: Iterable[str], role: str) -> int:
    return sum(1 for each in roles if each == role)
