"""The report's paragraphs as HTML. Written in Python, not in templates: a page holds some 1,500 parts,
and not one space may creep in between two characters of the report."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext

from ..choices import PassageRole, PublicStatus
from ..models import GlossaryTerm
from ..public.book import Mark, Paragraph, PassageSet, Piece

register = template.Library()

SIGN = '<svg class="sign" aria-hidden="true"><use href="#sign-{}"/></svg>'


@register.simple_tag
def paragraph(line: Paragraph) -> SafeString:
    """Set one line of the report; its opener, if it has one, as a heading that runs into the text."""
    html = []
    if line.opener:
        also = f'<span id="{line.also}"></span>' if line.also else ""
        inner = also + _parts(line.opener)
        html.append(f'<h{line.level} class="book__h{line.level}" id="{line.anchor}">{inner}</h{line.level}>')
    if line.parts:
        place = "" if line.opener else f' id="{line.anchor}"'
        run = " para--run" if line.opener else " para--title" if line.is_title else ""
        html.append(f'<p class="para{run}"{place}>{_parts(line.parts)}</p>')
    return mark_safe("".join(html))  # noqa: S308  every text below is escaped


def _parts(parts: Iterable[PassageSet | Piece]) -> str:
    """Set passages and what stands between; a passage opens after the mark that follows it."""
    html, slot = [], ""
    for part in parts:
        if isinstance(part, Piece):
            html += [_piece(part), slot]
            slot = ""
        else:
            html += [slot, _passage(part)]
            slot = '<span class="slot"></span>'
    return "".join([*html, slot])


def _passage(part: PassageSet) -> str:
    words = "".join(_piece(piece) for piece in part.pieces)
    link = f' href="{_address_of_passages()}{part.start}/"'
    language = get_language() or ""
    if part.is_promise:
        mark = _state(tuple(part.statuses), language)
        return f'<span class="pas {part.classes}" id="p-{part.start}">{words}<a class="mk"{link}>{mark}</a></span>'
    role = _role(part.passage.role, language)
    why = f'<a class="mk mk--why"{link}>{role}</a>'
    return f'<span class="pas pas--none" id="p-{part.start}">{words}{why}</span>'


# Hundreds of passages are in a few dozen states: each is put into words once a language.
@lru_cache(maxsize=512)
def _state(statuses: tuple[tuple[PublicStatus, int], ...], language: str) -> str:
    """Return a sign for each state, and its words for those who need them."""
    count = sum(number for _status, number in statuses)
    signs = "".join(SIGN.format(status.value) for status, _number in statuses)
    shown = f'<i class="mk__n">{count}</i>' if count > 1 else ""
    states = pgettext("between items", ", ").join(
        str(status.label) if count == 1 else f"{status.label} {number}" for status, number in statuses
    )
    whole = ngettext("%(n)s commitment:", "%(n)s commitments:", count) % {"n": count}
    words = (
        f'<span class="visually-hidden">{escape(whole)} </span><span class="mk__w">{escape(states)}</span>'
    )
    return f"{signs}{shown}{words}"


@lru_cache(maxsize=32)
def _role(role: str, language: str) -> str:
    return escape(PassageRole(role).label)


@cache
def _address_of_passages() -> str:
    return reverse("public:passage-detail", args=[0]).removesuffix("0/")


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    if piece.mark is None:
        return text
    if piece.mark.term is not None:
        return _term(text, piece.mark.term)
    return _baseline(text, piece.mark)


def _term(text: str, term: GlossaryTerm) -> str:
    """Return the term with a mark, such as books have, that opens its explanation.

    The term itself is no button: a button cannot be broken at the end of a line.
    """
    name = escape(term.term)
    return (
        f'<span class="gloss">{text}</span><button type="button" class="note-mark" '
        f'popovertarget="term-{term.number}">注<span class="visually-hidden">：{name}</span></button>'
    )


def _baseline(text: str, mark: Mark) -> str:
    """Return last year's figure with a link to each target that starts from it."""
    links = "".join(
        f'<a class="mk mk--base" href="{reverse("public:commitment-detail", args=[row.commitment.code])}">'
        f'{escape(gettext("baseline"))}<span class="visually-hidden">: {escape(row.commitment.title)}</span></a>'
        for row in mark.baseline_of
    )
    return f'<span class="base" id="b-{mark.start}">{text}{links}</span>'
