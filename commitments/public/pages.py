"""Pages that explain: how we count, how accessible the site is, what it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import LADDERS, Ladder, PassageRole, PublicStatus, Rhythm, Schedule, Stage
from ..models import Report
from ..progress import summaries
from ..progress.facts import thresholds_from_settings
from ..progress.roll import judged
from ..progress.verdict import RULE_VERSION, Thresholds
from ..quantities import plain_figure
from .caching import public_page
from .scope import within
from .site import report_or_404, site_of

# What each public status says, one plain sentence; the exact conditions are in progress.verdict.
MEANINGS: dict[PublicStatus, Promise] = {
    PublicStatus.NOT_REPORTED: gettext_lazy(
        "No approved update exists. Nothing is claimed in either direction."
    ),
    PublicStatus.NOT_STARTED: gettext_lazy(
        "The department says that work has not begun, and no fact contradicts it."
    ),
    PublicStatus.ON_SCHEDULE: gettext_lazy(
        "Work is under way, and the latest approved fact is not behind the share of time that has passed."
    ),
    PublicStatus.BEHIND: gettext_lazy(
        "The latest approved fact lags behind the share of time that has passed, or the deadline is over."
    ),
    PublicStatus.BLOCKED: gettext_lazy("The department says that an obstacle stops the work, and names it."),
    PublicStatus.REPORTED_DONE: gettext_lazy(
        "The facts, or the department, say that it is finished; evidence or verification by a second person is missing."
    ),
    PublicStatus.DONE: gettext_lazy(
        "The facts keep the promise, with evidence, verified by somebody other than the author, by the deadline."
    ),
    PublicStatus.DONE_LATE: gettext_lazy("As completed, but after the deadline."),
    PublicStatus.NOT_ACHIEVED: gettext_lazy(
        "The department says so, or reporting closed and the last approved fact falls short."
    ),
    PublicStatus.AMENDED: gettext_lazy(
        "Figure or date was changed with approval, and only the changed one holds; or the promise was cancelled."
    ),
    PublicStatus.NOT_MEASURABLE: gettext_lazy(
        "Reporting closed, and the last approved facts do not allow the promise to be judged."
    ),
}


@dataclass(frozen=True)
class Setting:
    """One threshold with its present value."""

    name: str
    value: str
    meaning: str


@public_page
def method(request: HttpRequest) -> HttpResponse:
    """Explain how commitments are found, judged and counted, with the values in force."""
    report = report_or_404(request)
    rows = judged(report, today=site_of(request).today, commitments=within(report))
    context = {
        "report": report,
        "headline": summaries.headline(rows),
        "statuses": [(status, MEANINGS[status]) for status in PublicStatus],
        "schedules": list(Schedule),
        "settings": values_in_force(thresholds_from_settings()),
        "rule_version": RULE_VERSION,
        "ladders": [(Ladder(key).label, [Stage(stage).label for stage in LADDERS[key]]) for key in LADDERS],
        "roles": roles_of(report),
        "total": len(rows),
    }
    return render(request, "public/method.html", context)


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """State what was tested, what works, and how to say that something does not."""
    return render(request, "public/accessibility.html")


@public_page
def about(request: HttpRequest) -> HttpResponse:
    """Say what the site is, where its words come from, and what it does not claim."""
    return render(request, "public/about.html", {"report": report_or_404(request)})


def values_in_force(limits: Thresholds) -> list[Setting]:
    """Return the settings on which a verdict or a page depends, in words and with their values."""
    rhythm = Rhythm(settings.REPORTING_RHYTHM).label
    return [
        Setting(
            "SCHEDULE_TOLERANCE",
            points(limits.schedule_tolerance),
            _("How far a fact may lie behind the plan, as a share of the whole, before it counts as behind."),
        ),
        Setting(
            "ABOUT_TOLERANCE",
            points(limits.about_tolerance),
            _("How far a figure may miss a promised “about” and still keep it, relative to the promise."),
        ),
        Setting(
            "STALE_DAYS",
            _("%(days)s days") % {"days": limits.stale_days},
            _("How long a fact counts as fresh; after that the plan moves on without it."),
        ),
        Setting(
            "REPORTING_GRACE_DAYS",
            _("%(days)s days") % {"days": limits.grace_days},
            _("How long after the year reports are still awaited; then the last state is final."),
        ),
        Setting(
            "REPORTING_RHYTHM",
            _("%(rhythm)s, by day %(day)s") % {"rhythm": rhythm, "day": settings.REPORTING_DUE_DAY},
            _("How often departments are asked to report, unless a commitment has a rhythm of its own."),
        ),
    ]


def points(share: Decimal) -> str:
    """Return a share as a percentage, such as 5%."""
    return f"{plain_figure(share * 100)}%"


def roles_of(report: Report) -> list[tuple[str, int, int]]:
    """Return how many passages, and how many characters of the plan, each role holds."""
    counts: dict[str, list[int]] = {role: [0, 0] for role in PassageRole}
    for role, start, end in report.passages.filter(is_current=True).values_list("role", "start", "end"):
        counts[role][0] += 1
        counts[role][1] += end - start
    return [(str(PassageRole(role).label), number, size) for role, (number, size) in counts.items() if number]
