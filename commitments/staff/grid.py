"""Editing in a grid: a page of rows with a field in every cell, previewed and confirmed like any bulk edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from commitments import clock
from commitments.choices import Rhythm
from commitments.models import Commitment, Department
from commitments.models.commitment import CommitmentQuerySet
from commitments.progress import bulk
from commitments.progress.bulk import Request
from commitments.progress.fields import LABELS, SETS, Names, values_of
from commitments.progress.refusals import Invalid

from .access import StaffRequest, administrator_required, number
from .bulk import Selection, sentence
from .figures import DayField
from .forms import StaffForm

PER_PAGE = 50
COLUMNS = ("lead", "supports", "deadline", "rhythm", "scorecards", "tags", "contact", "finish_line")
NOTHING = ("", "—")
SEPARATORS = "、,，;；"


class NamesField(forms.CharField):
    """Names from a list, separated by 、 or a comma or semicolon; cleaned to the frozenset of their ids."""

    known: Mapping[int, str] = {}

    def clean(self, value: Any) -> Any:
        """Return the ids; raises ValidationError with the names that are not in the list."""
        ids: set[int] = set()
        unknown: list[str] = []
        rest = super().clean(value).strip(SEPARATORS + " \n\t")
        # Longest first: a name may hold a separator, or begin with another name.
        names = sorted(((name, pk) for pk, name in self.known.items()), key=lambda row: -len(row[0]))
        while rest:
            found = next(((name, pk) for name, pk in names if _begins(rest, name)), None)
            if found:
                ids.add(found[1])
                rest = rest[len(found[0]) :]
            else:
                end = min((at for mark in SEPARATORS if (at := rest.find(mark)) >= 0), default=len(rest))
                unknown.append(rest[:end].strip())
                rest = rest[end:]
            rest = rest.lstrip(SEPARATORS + " \n\t")
        if unknown:
            raise forms.ValidationError(
                _("Not in the list: %(names)s.") % {"names": "、".join(unknown)}, code="unknown"
            )
        return frozenset(ids)


def _begins(text: str, name: str) -> bool:
    """Say whether the text begins with this whole name."""
    after = text[len(name) :].lstrip()
    return text.startswith(name) and (not after or after[0] in SEPARATORS)


class RowForm(StaffForm):
    """The cells of one row; their names carry the row's id."""

    lead = forms.ChoiceField(required=False)
    supports = NamesField(required=False, max_length=2000)
    deadline = DayField(required=False)
    rhythm = forms.ChoiceField(required=False, choices=[NOTHING, *Rhythm.choices])
    scorecards = NamesField(required=False, max_length=200)
    tags = NamesField(required=False, max_length=2000)
    contact = forms.CharField(required=False, max_length=80)
    finish_line = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 1}))
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        commitment: Commitment,
        leads: list[tuple[Any, str]],
        names: Names,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, prefix=f"r{commitment.pk}", **kwargs)
        self.commitment = commitment
        # A lead that is no longer active stays selectable where it leads, so that nothing changes by itself.
        known = {value for value, _label in leads}
        own = [(commitment.lead_id, str(commitment.lead))] if commitment.lead_id not in (None, *known) else []
        self.fields["lead"].choices = [NOTHING, *leads, *own]  # type: ignore[attr-defined]
        for name in SETS:
            self.fields[name].known = names.of(name)  # type: ignore[attr-defined]
        for name in COLUMNS:
            self.fields[name].widget.attrs["aria-label"] = f"{commitment.code} {LABELS[name]}"

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[name] for name in COLUMNS]

    @property
    def wanted(self) -> dict[str, Any]:
        """Return the values of a valid row as progress.fields knows them."""
        values = {name: self.cleaned_data[name] for name in COLUMNS}
        return {**values, "lead": int(values["lead"]) if values["lead"] else None}


@dataclass
class Grid:
    """One page of the grid, as it is shown or as it was posted."""

    request: StaffRequest
    problems: list[str] = field(default_factory=list)

    @cached_property
    def selection(self) -> Selection:
        return Selection(self.request)

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.selection.rows, PER_PAGE).get_page(self.request.GET.get("page"))

    @cached_property
    def commitments(self) -> list[Commitment]:
        """Return the rows of the page; once posted, the rows that were posted."""
        if self.request.method != "POST":
            return [row.commitment for row in self.page]
        pks = [pk for given in self.request.POST.getlist("row") if (pk := number(given)) is not None]
        return list(self.rows(pks).select_related("lead", "report").order_by("sequence", "pk"))

    def rows(self, pks: Sequence[int]) -> CommitmentQuerySet:
        return Commitment.objects.filter(report=self.selection.filter.report, pk__in=pks)

    @cached_property
    def forms(self) -> list[RowForm]:
        leads = [
            (row.pk, str(row)) for row in Department.objects.of_report(self.selection.filter.report).active()
        ]
        names, values = Names(), values_of(self.commitments)
        data = self.request.POST if self.request.method == "POST" else None
        made = []
        for row in self.commitments:
            current = values[row.pk]
            sets = {name: names.text(name, current[name]) for name in SETS}
            initial = {**current, **sets, "revision": row.revision}
            made.append(RowForm(data, commitment=row, leads=leads, names=names, initial=initial))
        return made

    @property
    def is_valid(self) -> bool:
        """Say whether every cell can be read; all problems are found at once."""
        errors = [form.errors for form in self.forms]
        return not any(errors)

    def asked(self) -> Request:
        """Return what the posted cells ask for."""
        return Request(
            each={form.commitment.pk: form.wanted for form in self.forms},
            revisions={form.commitment.pk: form.cleaned_data["revision"] for form in self.forms},
            reason=self.request.POST.get("reason", ""),
            selection=_("Grid: %(query)s") % {"query": self.selection.filter_in_words or "—"},
        )

    # What the preview's template asks of a form and a selection.
    takes_all = False
    ticked: Sequence[int] = ()

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Return names and values of everything typed, to be posted again on confirmation."""
        left_out = {"csrfmiddlewaretoken", "step", "seen"}
        posted: Mapping[str, Any] = self.request.POST
        return [
            (name, value)
            for name in posted
            if name not in left_out
            for value in self.request.POST.getlist(name)
        ]


@administrator_required
@require_http_methods(["GET", "POST"])
def bulk_grid(request: StaffRequest) -> HttpResponse:
    """Show a page of rows as a grid; preview what was typed; write it once it is confirmed."""
    grid = Grid(request)
    step = request.POST.get("step", "")
    if step in ("preview", "apply") and grid.is_valid:
        try:
            return carry_out(request, grid) if step == "apply" else show_preview(request, grid)
        except Invalid as refusal:
            grid.problems.append(str(refusal))
        except bulk.Changed as changed:
            return show_preview(request, grid, changed)
    is_wrong = step in ("preview", "apply")
    context = {
        "grid": grid,
        "columns": [LABELS[name] for name in COLUMNS],
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "staff/bulk_grid.html", context, status=422 if is_wrong else 200)


def show_preview(request: StaffRequest, grid: Grid, changed: bulk.Changed | None = None) -> HttpResponse:
    """Answer with what would change, and with what changed since it was last shown."""
    asked = grid.asked()
    if not asked.reason.strip():
        raise Invalid.one("reason", "required", _("Give the reason for the change."))
    rows = grid.rows(list(asked.each))
    preview = changed.preview if changed else bulk.preview(rows, asked, by=request.user, now=clock.now())
    differing = changed.differing if changed else []
    context = {"preview": preview, "form": grid, "selection": grid, "asked": asked, "differing": differing}
    return render(request, "staff/bulk_preview.html", context, status=409 if changed else 200)


def carry_out(request: StaffRequest, grid: Grid) -> HttpResponse:
    """Write what was previewed."""
    asked, seen = grid.asked(), request.POST.get("seen", "")
    rows = grid.rows(list(asked.each))
    batch = bulk.apply(rows, asked, by=request.user, now=clock.now(), seen=seen)
    messages.success(request, sentence(batch))
    return redirect("staff:batch-detail", batch.pk)
