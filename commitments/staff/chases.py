"""Chasing many at once: who would be asked about what, who was asked lately, and asking those ticked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from django.views.decorators.http import require_http_methods

from commitments import clock
from commitments.htmx import render_page
from commitments.models import Chase, Commitment, Department, Report, User
from commitments.models.commitment import CommitmentQuerySet
from commitments.progress import record

from .access import StaffRequest, current_report, number, posted, reviewer_required
from .chase import USUAL_TERM
from .forms import ChaseForm
from .rows import Row, Urgency, rows_for, urgency_of
from .worklist import WorklistFilter, scope_of

# What a department can be asked about; what waits for review or is settled is not among them.
GROUPS = (Urgency.OVERDUE, Urgency.DUE, Urgency.STALE, Urgency.RETURNED)


class ChaseFilter(WorklistFilter):
    """The worklist's filters, and whose the commitments are; what is overdue unless something else is chosen."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("Lead department"),
        required=False,
        queryset=Department.objects.none(),
        to_field_name="slug",
    )
    field_order = ("q", "department", "group", "area", "kind", "scorecard", "status", "scope")

    def __init__(self, *args: Any, report: Report, user: User, **kwargs: Any) -> None:
        # The form below has a field of the same name.
        super().__init__(*args, report=report, user=user, auto_id="filter_%s", **kwargs)
        self.fields["group"].choices = [(group.value, group.label) for group in GROUPS]  # type: ignore[attr-defined]
        departments = Department.objects.of_report(report).active()
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.fields["department"].empty_label = self.fields["area"].empty_label  # type: ignore[attr-defined]

    def select(self, commitments: CommitmentQuerySet) -> CommitmentQuerySet:
        chosen = super().select(commitments).filter(lead__isnull=False)
        department = self.cleaned_data.get("department")
        return chosen.filter(lead=department) if department else chosen

    def admits(self, row: Row) -> bool:
        status, group = self.cleaned_data.get("status"), self.cleaned_data.get("group") or Urgency.OVERDUE
        return (not status or row.verdict.status == status) and row.urgency == group


@dataclass(frozen=True)
class Line:
    """One commitment, what it was asked last, and whether it is ticked."""

    row: Row
    urgency: Urgency  # as if nobody had been asked
    chase: Chase | None
    is_ticked: bool
    today: dt.date

    @property
    def commitment(self) -> Commitment:
        return self.row.commitment

    @property
    def verdict(self) -> Any:
        return self.row.verdict

    @property
    def is_late(self) -> bool:
        """Say whether the reply to the last chase is late."""
        return bool(self.chase and not self.chase.replied_at and self.chase.reply_by < self.today)


@dataclass
class Group:
    """What one department would be asked about."""

    department: Department
    lines: list[Line] = field(default_factory=list)

    @property
    def ticked(self) -> int:
        return sum(line.is_ticked for line in self.lines)


@dataclass(frozen=True)
class Choice:
    """What may be chased under the filters, and what of it is ticked: at first all but what was lately."""

    request: StaffRequest

    @cached_property
    def report(self) -> Report:
        return current_report()

    @cached_property
    def form(self) -> ChaseFilter:
        query = self.request.GET.copy()
        query.setdefault("group", Urgency.OVERDUE.value)
        form = ChaseFilter(query, report=self.report, user=self.request.user)
        form.full_clean()
        return form

    @cached_property
    def recent(self) -> dict[int, Chase]:
        return record.recent_chases(self.report, now=clock.now())

    @cached_property
    def sent(self) -> set[int]:
        return {pk for given in self.request.POST.getlist("pk") if (pk := number(given)) is not None}

    @property
    def seen(self) -> int:
        """Return the newest chase that this page knows."""
        return max((chase.pk for chase in self.recent.values()), default=0)

    @cached_property
    def lines(self) -> list[Line]:
        user, today = self.request.user, clock.today()
        scope = scope_of(user, self.form.cleaned_data.get("scope", ""))
        rows = rows_for(user, self.report, self.form.select(scope), today=today)
        return [line for row in rows if self.form.admits(line := self._line(row, user, today))]  # type: ignore[arg-type]

    def _line(self, row: Row, user: User, today: dt.date) -> Line:
        chase = self.recent.get(row.commitment.pk)
        is_ticked = (
            row.commitment.pk in self.sent - self.moved if self.request.method == "POST" else chase is None
        )
        urgency = urgency_of(row.judged, row.latest, None, user=user, today=today)
        return Line(row, urgency, chase, is_ticked, today)

    @cached_property
    def moved(self) -> set[int]:
        """Return what was ticked and has been chased by somebody since the page was made."""
        seen = number(self.request.POST.get("seen"))
        return {pk for pk, chase in self.recent.items() if seen is not None and chase.pk > seen} & self.sent

    @property
    def gone(self) -> set[int]:
        """Return what was ticked and is no longer to be asked about: something was reported meanwhile."""
        return self.sent - {line.commitment.pk for line in self.lines}

    @property
    def ticked(self) -> list[Commitment]:
        return [line.commitment for line in self.lines if line.is_ticked]

    @property
    def groups(self) -> list[Group]:
        """Return the lines by department, in the order of names."""
        found: dict[int, Group] = {}
        for line in self.lines:
            lead = line.commitment.lead
            assert lead is not None  # the filter leaves out what nobody leads
            found.setdefault(lead.pk, Group(lead)).lines.append(line)
        return sorted(found.values(), key=lambda group: group.department.name)

    @property
    def recently(self) -> int:
        """Return how many of the lines were asked about lately."""
        return sum(line.chase is not None for line in self.lines)


@reviewer_required
@require_http_methods(["GET", "POST"])
def chase_many(request: StaffRequest) -> HttpResponse:
    """Show who would be asked about what; ask about what is ticked."""
    choice, today = Choice(request), clock.today()
    # The departments read it in the report's language, whatever the reviewer reads.
    with override(settings.LANGUAGE_CODE):
        proposed: dict[str, Any] = {"message": _("Please report how it stands.")}
    proposed["reply_by"] = today + dt.timedelta(days=USUAL_TERM)
    form = ChaseForm(posted(request), initial=proposed, today=today)
    has_moved = bool(choice.moved or choice.gone)
    if request.method == "POST" and form.is_valid() and not has_moved:
        if choice.ticked:
            made = record.chase_many(choice.ticked, by=request.user, now=clock.now(), **form.cleaned_data)
            messages.success(request, sentence(made))
            return redirect("staff:period-overview")
        form.add_error(None, _("Choose at least one commitment."))
    context = {"choice": choice, "form": form, "has_moved": has_moved}
    status = 409 if has_moved else 422 if form.errors else 200
    return render_page(request, "staff/chase_many.html", partial="results", context=context, status=status)


def sentence(chases: Collection[Chase]) -> str:
    """Return who was asked about how much."""
    departments = len(_leads(chases))
    text = ngettext(
        "%(departments)d department was asked (commitments: %(count)d). It sees this on its worklist until it is closed.",
        "%(departments)d departments were asked (commitments: %(count)d). They see this on their worklists until it is closed.",
        departments,
    )
    return text % {"departments": departments, "count": len(chases)}


def _leads(chases: Iterable[Chase]) -> set[int | None]:
    return {chase.commitment.lead_id for chase in chases}
