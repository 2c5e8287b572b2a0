"""What each clause of a segment does: the procedure of the reading rules, clause by clause.

Works on one segment (between 。；：！) at a time. Where a passage begins and ends in the text is
decided in `passages.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from commitments.reading import words
from commitments.reading.figures import Figure, benchmark_in
from commitments.reading.marks import enclosed, without_enumerator
from commitments.reading.projects import Project, find_projects

#: A place or district as such: 甲片区有机更新 names no thing.
_PLACE_ONLY = re.compile(r"(?:片区|区域|地区|流域|沿线)$")
_MOST_PURPOSES = 2


@dataclass(slots=True)
class Clause:
    """One clause with what it says and, once decided, what it does.

    `join` ties it to a neighbour: `next` for a leading clause, `previous` for a trailing purpose.
    """

    text: str
    figures: list[Figure] = field(default_factory=list)
    benchmark: str = ""
    projects: list[Project] = field(default_factory=list)
    role: str = ""
    reason: str = ""
    join: str = ""

    @property
    def is_target(self) -> bool:
        """Whether a figure, a rank or a benchmark judges it."""
        return bool(self.figures or self.benchmark)

    @property
    def is_named(self) -> bool:
        """Whether it names a thing that somebody keeps a plan, a list or a door sign for."""
        if any(not _PLACE_ONLY.search(project.name) for project in self.projects):
            return True
        return bool(words.NAMED.search(self.text))


def read_clause(text: str, figures: list[Figure], places: tuple[str, ...]) -> Clause:
    """A clause with its facts; `figures` are the real ones found in it."""
    targeted = bool(figures)
    text = without_enumerator(text)
    return Clause(
        text,
        figures,
        "" if targeted else benchmark_in(text),
        [] if targeted else find_projects(text, places),
    )


def decide(clauses: list[Clause], members: tuple[str, ...] = ()) -> None:
    """Give every clause of one segment its role, reason and ties. The order is the rules' order.

    `members` are the kinds of things that the paragraph's lead sentence announces as a closed set.
    """
    _standing(clauses)
    _purposes(clauses)
    _radiates(clauses)
    if not any(member in clauses[0].text for member in members):
        _opener(clauses)
    for clause in clauses:
        if not clause.role:
            clause.role = "commitment"
    _tie_leads(clauses)
    _tie_purposes(clauses)


def _standing(clauses: list[Clause]) -> None:
    """Rules 2, 3 and 7: figures, attitudes, leading clauses."""
    for index, clause in enumerate(clauses):
        text = clause.text
        if clause.is_target:
            clause.role = "commitment"
        elif words.says_what_was_done(text):
            clause.role, clause.reason = "fact", "says what has been done"
        elif words.ONLY_LEADING.match(text) and index + 1 < len(clauses):
            clause.join = "next"
        elif words.SLOGAN.match(text):
            clause.role, clause.reason = "framing", "a slogan"
        elif words.STATEMENT.match(text) and not words.OPENING.match(text):
            clause.role, clause.reason = "framing", "says what is so, promises nothing"
        elif words.ATTITUDE.match(text) and not clause.projects:
            clause.role, clause.reason = "framing", "attitude or standard: nothing is delivered"
        elif words.MEANS.match(text) and index + 1 == len(clauses):
            clause.role, clause.reason = "framing", "names a means, delivers nothing"
        elif words.MEANS.match(text) or (_leads(text) and index + 1 < len(clauses)):
            clause.join = "next"


def _leads(text: str) -> bool:
    """Whether a clause only leads to the next: it has no promise of its own after the leading word."""
    inside = enclosed(text)  # a verb in a slogan is none: 聚焦“两建设、三改造”
    unquoted = "".join("…" if index in inside else char for index, char in enumerate(text))
    return bool(words.LEADING.match(text)) and not words.INNER_VERB.search(unquoted)


def _is_purpose(clause: Clause) -> bool:
    """Rule 5: 从而 reads naturally before it, it names nothing and would hold no own evidence."""
    if clause.role or clause.join or clause.projects or words.NAMED.search(clause.text):
        return False
    if "一批" in clause.text or words.MILESTONE.search(clause.text):
        return False
    if words.MANNER.match(clause.text):
        return True
    if not words.PURPOSE.match(clause.text):
        return False
    if words.WEAK_PURPOSE.match(clause.text):
        listed = "、" in clause.text and "等" in clause.text
        return bool(words.STATE.search(clause.text)) and not listed
    return True


def _purposes(clauses: list[Clause]) -> None:
    """Closing clauses of purpose; also one that only figures follow."""
    found = 0
    if _is_role_of(clauses[-1], clauses[:-1]):
        clauses[-1].role, clauses[-1].reason = "purpose", "the role that the project is to play"
    for index in range(len(clauses) - 1, 0, -1):
        clause = clauses[index]
        if clause.is_target or clause.role == "purpose" or clause.join:
            continue
        if found >= _MOST_PURPOSES or not _is_purpose(clause):
            break
        if not any(other.role != "framing" for other in clauses[:index]):
            break
        clause.role, clause.reason = "purpose", "says what for; names nothing"
        found += 1


def _radiates(clauses: list[Clause]) -> None:
    """建成甲园,带动乙片区加快发展: what a project does for a place belongs to the project."""
    for before, clause in pairwise(clauses):
        if before.projects and not clause.role and words.RADIATES.match(clause.text):
            clause.role, clause.join, clause.projects = "commitment", "previous", []


def _is_role_of(last: Clause, before: list[Clause]) -> bool:
    """建设甲园,打造乙基地: after a single project, what it is to become is no project of its own."""
    promises = [clause for clause in before if not clause.role and not clause.join]
    one = len(promises) == 1 and len(promises[0].projects) == 1 and before[-1] is promises[0]
    return one and bool(re.match(r"^(?:努力|着力|加快)?打造", last.text)) and not last.is_target


def _opener(clauses: list[Clause]) -> None:
    """Rule 4: an opening clause without a named thing, whose evidence is in the clauses after it."""
    opener = clauses[0]
    if opener.role or opener.join or len(clauses) < 2 or opener.is_named:
        return
    followers = [c for c in clauses[1:] if c.role in ("", "commitment")]
    detailed = len(followers) >= 2 or any(
        c.is_target or c.is_named or c.projects or c.text.count("、") >= 2 for c in followers
    )
    broad = words.BROAD.match(opener.text) and not words.CONCRETE.search(opener.text)
    if detailed and (broad or words.BROAD_END.search(opener.text)):
        opener.role, opener.reason = "heading", "opens the segment; no evidence of its own"


def _tie_leads(clauses: list[Clause]) -> None:
    """A leading clause belongs to what it leads to, whatever that turned out to be."""
    for index in range(len(clauses) - 2, -1, -1):
        if clauses[index].join == "next":
            following = clauses[index + 1]
            clauses[index].role, clauses[index].reason = following.role, following.reason


def _tie_purposes(clauses: list[Clause]) -> None:
    """Rule 6: after exactly one commitment a purpose belongs to it; after more it stands alone."""
    for index, clause in enumerate(clauses):
        if clause.role != "purpose":
            continue
        before = sum(1 for c in clauses[:index] if c.role == "commitment" and not c.join)
        previous = clauses[index - 1]
        if before == 1 and (previous.role == "commitment" or previous.join == "previous"):
            clause.role, clause.reason, clause.join = "commitment", "", "previous"
            clause.projects = []


def split_enumeration(text: str, figure_starts: list[int], places: tuple[str, ...]) -> list[int]:
    """Rule 8: offsets of the 、 at which a clause holds two promises; mostly none.

    Both sides need a verb and an object of their own, and one a figure or a named thing.
    """
    inside = enclosed(text)
    marks = [i for i, char in enumerate(text) if char == "、" and i not in inside]
    chosen: list[int] = []
    start = 0
    for mark in marks:
        end = next((m for m in marks if m > mark), len(text))
        left, right = text[start:mark], text[mark + 1 : end]
        if not (_has_object(left) and _has_object(right)):
            continue
        figured = any(start <= f < mark or mark < f < end for f in figure_starts)
        shared = "等" in text[mark:] or left[-2:] == text[-2:]
        named = any(_names(side, places) for side in (left, text[mark + 1 :]))
        if figured or (named and not shared):
            chosen.append(mark)
            start = mark + 1
    return chosen


def _has_object(text: str) -> bool:
    match = words.SPLITTING.match(text)
    return match is not None and len(text) - match.end() >= 2


def _names(text: str, places: tuple[str, ...]) -> bool:
    projects = find_projects(text, places)
    return bool(projects) or bool(re.search(r"[^，,、]{2,}品牌$", text)) or bool(words.NAMED.search(text))
