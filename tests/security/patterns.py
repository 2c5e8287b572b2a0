"""Can a regular expression take longer than in proportion? Asked of its structure, so that no clock decides.

What runs for ever gives one stretch of text to two repetitions that may share it in many ways. So two unbounded
repetitions must not follow each other, nor the same one itself in a loop, when both take a character that
everything between them takes too or that nothing has to stand between.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from itertools import islice
from typing import Any

PARSER, COMPILER = re._parser, re._compiler  # type: ignore[attr-defined]
REPEATS = {PARSER.MAX_REPEAT, PARSER.MIN_REPEAT}
# More repetitions than this count as without end.
BOUND = 100
# Characters that stand for all, beside those that the pattern names.
SAMPLE = sorted({*string.printable, *"一二年、，。：；（）　“”％％０９éß\u0660\u200b\ufeff"})
MOST_WAYS = 4_000

Node = tuple[Any, Any]


def is_endless(node: Node) -> bool:
    return node[0] in REPEATS and node[1][1] > BOUND


def ways(nodes: Any) -> Iterator[list[Node]]:
    """Yield the sequences of single characters and endless repetitions that the pattern may stand for."""
    nodes = list(nodes)
    if not nodes:
        yield []
        return
    first, rest = nodes[0], nodes[1:]
    kind, value = first
    heads: list[list[Node]]
    if kind is PARSER.SUBPATTERN:
        heads = list(ways(value[3]))
    elif kind is PARSER.ATOMIC_GROUP or kind is PARSER.AT or kind in (PARSER.ASSERT, PARSER.ASSERT_NOT):
        heads = [[]]
    elif kind is PARSER.BRANCH:
        heads = [way for branch in value[1] for way in ways(branch)]
    elif kind in REPEATS and not is_endless(first):
        least, _most, body = value
        heads = [*([[]] if least == 0 else []), *ways(body)]
    else:
        heads = [[first]]
    for head in heads:
        for tail in ways(rest):
            yield head + tail


def characters(nodes: Any, pattern: re.Pattern[str]) -> frozenset[str]:
    """Return the sample characters that can occur in what these nodes take."""
    found: set[str] = set()
    for kind, value in nodes:
        if kind is PARSER.SUBPATTERN:
            found |= characters(value[3], pattern)
        elif kind in REPEATS:
            found |= characters(value[2], pattern)
        elif kind is PARSER.BRANCH:
            found |= frozenset().union(*(characters(branch, pattern) for branch in value[1]))
        elif kind in (PARSER.LITERAL, PARSER.NOT_LITERAL, PARSER.IN, PARSER.ANY):
            state = PARSER.State()
            state.flags, state.str = pattern.flags, ""
            single = COMPILER.compile(PARSER.SubPattern(state, [(kind, value)]), pattern.flags)
            found |= {one for one in (*SAMPLE, *pattern.pattern) if single.fullmatch(one)}
    return frozenset(found)


def ambiguity(pattern: re.Pattern[str]) -> str:
    """Return what is wrong with a pattern, empty when it takes time in proportion."""
    return _ambiguity(PARSER.parse(pattern.pattern, pattern.flags & ~re.DEBUG), pattern)


def _ambiguity(nodes: Any, pattern: re.Pattern[str]) -> str:
    sequences = list(islice(ways(nodes), MOST_WAYS + 1))
    if len(sequences) > MOST_WAYS:
        return "too many ways to look through"
    for sequence in sequences:
        if wrong := _shared(sequence, pattern):
            return wrong
        for node in sequence:
            if is_endless(node):
                body = list(node[1][2])
                # Twice, so that the end of a round meets the beginning of the next.
                if wrong := _ambiguity(body + body, pattern) or _alike(body, pattern):
                    return wrong
    return ""


def _shared(sequence: list[Node], pattern: re.Pattern[str]) -> str:
    for place, one in enumerate(sequence):
        if not is_endless(one):
            continue
        own = characters([one], pattern)
        between = [own]
        for other in sequence[place + 1 :]:
            theirs = characters([other], pattern)
            both = own & theirs
            if not both:
                break  # something that the first cannot take stands between
            if is_endless(other) and all(both & taken for taken in between):
                return f"two repetitions share {sorted(both)[:5]}"
            between.append(theirs)
    return ""


def _alike(body: list[Node], pattern: re.Pattern[str]) -> str:
    """Say whether two alternatives inside a repetition begin with the same character."""
    for kind, value in body:
        if kind is PARSER.SUBPATTERN and (wrong := _alike(list(value[3]), pattern)):
            return wrong
        if kind is PARSER.BRANCH:
            # The parser takes out what alternatives have in common; what is left may be nothing, twice.
            begins = [characters(branch[:1], pattern) or frozenset({""}) for branch in value[1]]
            for place, one in enumerate(begins):
                if any(one & other for other in begins[place + 1 :]):
                    return "alternatives inside a repetition begin alike"
    return ""
