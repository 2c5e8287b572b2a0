"""Formatting for templates, never a decision and never a query: badges, figures, typeset words."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from ..choices import Kind, PublicStatus, Schedule, Stage
from ..models import Commitment, ProgressUpdate, Target
from ..quantities import percent, promised, quantity
from ..typeset import typographic as typeset

register = template.Library()

GENRE = "政府工作报告"
WHOLE = '<span class="whole">{}</span><span class="whole">{}</span>'

register.filter("typographic", lambda text: typeset(str(text)))


@register.simple_tag
def site_name() -> str:
    """Return what the site is called, in the language in force."""
    is_english = (get_language() or "").startswith("en")
    return str(settings.SITE_NAME_EN if is_english else settings.SITE_NAME)


@register.filter
def headline(title: object) -> str:
    """Return a report's name that breaks before 政府工作报告 and not inside: a phone has no line for it all."""
    text = typeset(str(title))
    name = text.removesuffix(GENRE)
    return text if name == text else format_html(WHOLE, name, GENRE)


@register.simple_tag
def sign(name: str) -> SafeString:
    """Draw one of the signs of includes/_signs.html; it says nothing alone, a word stands beside it."""
    return format_html('<svg class="sign" aria-hidden="true"><use href="#sign-{}"/></svg>', name)


@register.simple_tag
def status_badge(status: str) -> SafeString:
    """Draw a public status: sign, word and colour, readable without the colour."""
    return _badge("status", str(status), get_language() or "")


@register.simple_tag
def schedule_badge(schedule: str) -> SafeString:
    """Draw how a commitment stands against its schedule."""
    return _badge("schedule", str(schedule), get_language() or "")


@register.simple_tag
def kind_badge(kind: str) -> SafeString:
    """Draw the kind of a commitment."""
    return _badge("kind", str(kind), get_language() or "")


# A page shows hundreds of badges of a few dozen sorts; each is drawn once a language.
@lru_cache(maxsize=256)
def _badge(family: str, value: str, language: str) -> SafeString:
    choices: Any = {"status": PublicStatus, "schedule": Schedule, "kind": Kind}[family]
    label = str(choices(value).label)
    if family == "kind":
        return format_html('<span class="kind kind--{}">{}</span>', value, label)
    name = value if family == "status" else f"schedule-{value}"
    return format_html('<span class="badge s-{}">{}{}</span>', name, sign(name), label)


@register.simple_tag
def reported_by(update: ProgressUpdate) -> SafeString:
    """Return the department's name as it was when it reported, in the reader's language while it is the same."""
    known = update.department
    if known is not None and known.name == update.department_name and str(known) != known.name:
        return format_html("{}", known)
    return format_html('<span lang="zh-Hans">{}</span>', update.department_name)


@register.filter
def figure(value: Decimal | None, unit: str = "") -> str:
    """Return an exact decimal without trailing zeros, with its unit in the reader's language; empty for None."""
    return "" if value is None else quantity(value, unit)


@register.filter
def promised_figure(target: Target) -> str:
    """Return what the target promises in words: at least 6%. Without a figure: judged by a person."""
    if target.value is None:
        return gettext("no figure stated")
    return promised(target.comparator, quantity(target.value, target.unit))


@register.filter
def promise_in_short(commitment: Commitment) -> str:
    """Return what its kind promises: a target's figure, a project's stage; empty for a measure."""
    if commitment.kind == Kind.TARGET:
        return promised_figure(commitment.target)
    if commitment.kind == Kind.PROJECT:
        return stage_label(commitment.project.promised_stage)
    return ""


@register.filter
def promise_named(commitment: Commitment) -> str:
    """Return the same where no label stands before it: a stage says that it is the promised one."""
    short = promise_in_short(commitment)
    if commitment.kind == Kind.PROJECT:
        return gettext("promised stage: %(stage)s") % {"stage": short}
    return short


@register.filter
def stage_label(stage: str) -> str:
    """Return the name of a stage; empty for none."""
    return str(Stage(stage).label) if stage else ""


register.filter(percent)
