"""The worklist: what is asked of this person, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from commitments import clock
from commitments.choices import Kind, PublicStatus
from commitments.htmx import render_page
from commitments.models import Commitment, Report, ResponsibleArea, Scorecard, User
from commitments.models.commitment import CommitmentQuerySet
from commitments.progress import periods
from commitments.selection.search import matching
from commitments.typeset import typographic

from .access import StaffRequest, commitment_for, current_report, staff_required
from .forms import StaffForm
from .rows import Row, Urgency, count, counts, row_for, rows_for

# A page of rows that still opens in an instant; forty are a month's work, six hundred the whole report.
PER_PAGE = 60
MINE, ALL = "mine", "all"


class WorklistFilter(StaffForm):
    """The filters of the worklist; a GET form, so that every view of it has an address."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=60)
    group = forms.ChoiceField(label=gettext_lazy("Urgency"), required=False)
    area = forms.ModelChoiceField(
        label=gettext_lazy("Area"),
        required=False,
        queryset=ResponsibleArea.objects.none(),
        to_field_name="number",
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    scorecard = forms.ModelChoiceField(
        label=gettext_lazy("Scorecard"), required=False, queryset=Scorecard.objects.all(), to_field_name="key"
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    scope = forms.ChoiceField(label=gettext_lazy("Whose"), required=False)

    def __init__(self, *args: Any, report: Report, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        everything = ("", pgettext_lazy("filter", "all"))
        self.fields["area"].queryset = report.areas.order_by("number")  # type: ignore[attr-defined]
        self.fields["area"].label_from_instance = lambda area: typographic(str(area))  # type: ignore[attr-defined]
        for name, choices in (("group", Urgency), ("kind", Kind), ("status", PublicStatus)):
            self.fields[name].choices = [everything, *choices.choices]  # type: ignore[attr-defined]
        for name in ("area", "scorecard"):
            self.fields[name].empty_label = everything[1]  # type: ignore[attr-defined]
        self.fields["scope"].choices = [  # type: ignore[attr-defined]
            (MINE, gettext_lazy("my departments'")),
            (ALL, gettext_lazy("all departments'")),
        ]
        if not (user.is_reviewer and user.department_ids()):
            del self.fields["scope"]

    def select(self, commitments: CommitmentQuerySet) -> CommitmentQuerySet:
        """Return the commitments that the filters of the database let through; bad values filter nothing."""
        values = self.cleaned_data
        if values.get("area"):
            commitments = commitments.filter(theme__area=values["area"])
        if values.get("kind"):
            commitments = commitments.filter(kind=values["kind"])
        if values.get("scorecard"):
            commitments = commitments.filter(scorecards=values["scorecard"])
        if values.get("q"):
            commitments = commitments.filter(matching(values["q"], self.report))
        return commitments

    def admits(self, row: Row) -> bool:
        """Say whether the computed filters let the row through."""
        status, group = self.cleaned_data.get("status"), self.cleaned_data.get("group")
        return (not status or row.verdict.status == status) and (not group or row.urgency == group)


@dataclass(frozen=True)
class Count:
    """How many rows stand in a group, and the address that shows them; all rows again if they are shown alone."""

    urgency: Urgency
    number: int
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Worklist:
    """What the page shows."""

    form: WorklistFilter
    counts: list[Count]
    page: Page[Row]
    period: periods.Period | None
    query: str

    @property
    def groups(self) -> list[tuple[Urgency, list[Row]]]:
        """Return this page's rows under their headings."""
        found: dict[Urgency, list[Row]] = {}
        for row in self.page:
            found.setdefault(row.urgency, []).append(row)
        return list(found.items())


@staff_required
@require_GET
def worklist(request: StaffRequest) -> HttpResponse:
    """Show the rows; without filters, the view that this person had last."""
    if not request.GET and request.user.worklist_query:
        return redirect(f"{reverse('staff:worklist')}?{request.user.worklist_query}")
    context = {"worklist": build(request, request.GET)}
    remember(request)
    return render_page(request, "staff/worklist.html", partial="results", context=context)


@staff_required
@require_GET
def worklist_row(request: StaffRequest, code: str) -> HttpResponse:
    """Show one row anew, after its form was closed."""
    commitment = commitment_for(request.user, code)
    context = {"row": row_for(request.user, commitment, today=clock.today()), "is_answer": True}
    return render(request, "staff/worklist.html#row", context)


def answer_with_row(request: StaffRequest, commitment: Commitment, *, said: str) -> HttpResponse:
    """Answer a change inside the worklist: the row as it stands now, the counts, and a sentence."""
    row = row_for(request.user, commitment, today=clock.today())
    # The counts of the view that is open, whose filters stand in its address.
    query = QueryDict(urlsplit(request.htmx.current_url or "").query)
    form = WorklistFilter(query, report=commitment.report, user=request.user)
    form.full_clean()
    scope = form.select(scope_of(request.user, form.cleaned_data.get("scope", "")))
    found = count(request.user, commitment.report, scope, today=clock.today())
    context = {"row": row, "is_answer": True, "said": said, "counts": linked(found, query)}
    return render(request, "staff/worklist.html#answer", context)


def build(request: StaffRequest, query: QueryDict) -> Worklist:
    """Return the rows of one page and the counts of the whole scope."""
    user, report, today = request.user, current_report(), clock.today()
    form = WorklistFilter(query, report=report, user=user)
    form.full_clean()
    scope = scope_of(user, form.cleaned_data.get("scope", ""))
    rows = rows_for(user, report, form.select(scope), today=today)
    page = Paginator([row for row in rows if form.admits(row)], PER_PAGE).get_page(query.get("page"))
    period = periods.current_period(report.year, today=today, since=report.delivered_on)
    return Worklist(form, linked(counts(rows), query), page, period, chosen(query))


def scope_of(user: User, scope: str) -> CommitmentQuerySet:
    """Return one's own commitments; everybody's for those who may read them and ask, or have none."""
    everything = Commitment.objects.visible_to_staff(user)
    if user.is_reviewer and (scope == ALL or not user.department_ids()):
        return everything
    return own_of(user)


def own_of(user: User) -> CommitmentQuerySet:
    """Return what the person's departments lead or support, whatever their role."""
    ids = user.department_ids()
    supported = Commitment.supports.through.objects.filter(department_id__in=ids).values("commitment_id")
    own: CommitmentQuerySet = Commitment.objects.filter(Q(lead_id__in=ids) | Q(pk__in=supported))
    return own


def chosen(query: QueryDict, *, without: str = "page") -> str:
    """Return the filters of an address, without empty ones, without the page and the named one."""
    kept = query.copy()
    for name in [name for name, value in kept.items() if not value or name in ("page", "reset", without)]:
        del kept[name]
    return kept.urlencode()


def linked(found: dict[Urgency, int], query: QueryDict) -> list[Count]:
    """Return the counts, each with the address of its group; the other filters stay as they are."""
    others, now = chosen(query, without="group"), query.get("group")
    lines = []
    for group, number in found.items():
        asked = "&".join(part for part in (others, "" if group == now else f"group={group}") if part)
        address = f"{reverse('staff:worklist')}?{asked or 'reset=1'}"
        lines.append(Count(group, number, address, group == now))
    return lines


def remember(request: StaffRequest) -> None:
    """Keep this view as the person's last one, if it is another."""
    query = "" if "reset" in request.GET else chosen(request.GET)[:500]
    if query != request.user.worklist_query:
        request.user.worklist_query = query
        request.user.save(update_fields=["worklist_query"])
