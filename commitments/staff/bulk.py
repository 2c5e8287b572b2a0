"""Bulk edit: choose rows, fill in what changes, see every change, confirm. Administrators only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from commitments import clock
from commitments.htmx import render_page
from commitments.models import BulkEdit, Commitment, SavedFilter, Tag
from commitments.models.commitment import CommitmentQuerySet
from commitments.progress import bulk
from commitments.progress.changes import Change, log
from commitments.progress.judging import Judged
from commitments.progress.refusals import Invalid
from commitments.selection.filters import CommitmentFilter
from commitments.selection.portions import Portions
from commitments.typeset import typographic

from . import telling
from .access import StaffRequest, administrator_required, current_report, number
from .bulk_forms import BulkForm

# As many rows as are still looked through at once; "all that match" reaches beyond the page.
PER_PAGE = 100
# The session holds what was ticked in the administration site.
SESSION_KEY = "bulk_selection"
FACETS = ("area", "lead", "department", "kind", "scorecard", "status", "tag", "deadline")
DEADLINES = [("none", _("No deadline set")), ("set", _("Deadline set"))]


class BulkFilter(CommitmentFilter):
    """The filter of the public list, and what only administrators look for."""

    tag = django_filters.MultipleChoiceFilter(field_name="tags", label=_("Tag"))
    deadline = django_filters.ChoiceFilter(method="by_deadline", choices=DEADLINES, label=_("Deadline"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["tag"].extra["choices"] = [(str(tag.pk), tag.name) for tag in Tag.objects.all()]

    def by_deadline(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what has no deadline of its own, or has one."""
        return queryset.filter(deadline__isnull=value == "none")


@dataclass(frozen=True)
class Selection:
    """What the person looks at and what they ticked."""

    request: StaffRequest

    @cached_property
    def filter(self) -> BulkFilter:
        return self._filter(streamed=False)

    def portions(self) -> Portions:
        """Return the rows to be read a few hundred at a time, for a file."""
        return self._filter(streamed=True).portions()

    def _filter(self, *, streamed: bool) -> BulkFilter:
        rows = Commitment.objects.published()
        if self.is_from_admin:
            rows = rows.filter(pk__in=self.request.session.get(SESSION_KEY, []))
        return BulkFilter(
            self.request.GET, report=current_report(), today=clock.today(), queryset=rows, streamed=streamed
        )

    @property
    def is_from_admin(self) -> bool:
        """Say whether the rows were ticked in the administration site."""
        return self.request.GET.get("selection") == "admin"

    @cached_property
    def rows(self) -> list[Judged]:
        return self.filter.selected

    @cached_property
    def page(self) -> Page[Judged]:
        return Paginator(self.rows, PER_PAGE).get_page(self.request.GET.get("page"))

    @property
    def facets(self) -> list[tuple[str, Any, list[tuple[str, Any, bool]]]]:
        """Return name, label and choices of each filter that is a list: value, label, is it chosen."""
        form = self.filter.form
        found = []
        for name in FACETS:
            chosen = self.request.GET.getlist(name)
            choices = [(value, label, value in chosen) for value, label in form.fields[name].choices if value]
            found.append((name, self.filter.filters[name].label, choices))
        return found

    @property
    def takes_all(self) -> bool:
        """Say whether everything that matches was chosen, on this page and beyond; at first all that was ticked."""
        if self.request.method == "GET":
            return self.is_from_admin
        return self.request.POST.get("everything") == "1"

    @cached_property
    def ticked(self) -> list[int]:
        return [pk for given in self.request.POST.getlist("pk") if (pk := number(given)) is not None]

    @cached_property
    def ticked_elsewhere(self) -> list[int]:
        """Return what was ticked and is not on this page, so that it stays ticked; nothing once it is unticked."""
        if self.request.POST.get("step") == "untick":
            return []
        here = {row.commitment.pk for row in self.page}
        return [pk for pk in self.ticked if pk not in here]

    def commitments(self) -> CommitmentQuerySet:
        """Return the chosen rows; ticked ones are found whatever the filter says now."""
        if self.takes_all:
            return Commitment.objects.filter(pk__in=[row.commitment.pk for row in self.rows])
        return Commitment.objects.filter(report=self.filter.report, pk__in=self.ticked)

    @property
    def description(self) -> str:
        """Return the selection in words, for the record of the batch."""
        if not self.takes_all or self.is_from_admin:
            count = len(self.rows) if self.takes_all else len(self.ticked)
            return ngettext("%(count)d row ticked", "%(count)d rows ticked", count) % {"count": count}
        return gettext("All that match: %(query)s") % {"query": self.filter_in_words or "—"}

    @property
    def filter_in_words(self) -> str:
        """Return the chosen filters as people read them."""
        words = [str(self.filter.chosen["q"])] if self.filter.chosen.get("q") else []
        for _name, label, choices in self.facets:
            chosen = [str(choice) for _value, choice, is_chosen in choices if is_chosen]
            if chosen:
                words.append(gettext("%(label)s: %(value)s") % {"label": label, "value": "、".join(chosen)})
        return typographic("; ".join(words))


@administrator_required
@require_http_methods(["GET", "POST"])
def bulk_edit(request: StaffRequest) -> HttpResponseBase:
    """Show rows and form; preview what a posted form would do; do it once it is confirmed."""
    selection = Selection(request)
    if request.method == "GET":
        return show_form(request, selection, BulkForm(report=selection.filter.report))
    form = BulkForm(request.POST, report=selection.filter.report)
    if request.POST.get("step") in ("turn", "untick"):
        return show_form(request, selection, form.unchecked())
    if request.POST.get("step") == "edit" or not form.is_valid():
        return show_form(request, selection, form, status=200 if request.POST.get("step") == "edit" else 422)
    try:
        if request.POST.get("step") == "apply":
            return carry_out(request, selection, form)
        return show_preview(request, selection, form)
    except Invalid as refusal:
        form.add_problems(refusal.problems)
        return show_form(request, selection, form, status=422)
    except bulk.Changed as changed:
        return show_preview(request, selection, form, changed=changed)


def show_form(request: StaffRequest, selection: Selection, form: BulkForm, status: int = 200) -> HttpResponse:
    """Answer with the rows and the form."""
    context = {
        "selection": selection,
        "form": form,
        "saved_filters": request.user.saved_filters.all(),
        "query": query_of(request),
    }
    return render_page(request, "staff/bulk_edit.html", partial="results", context=context, status=status)


def query_of(request: StaffRequest) -> str:
    """Return the filter as an address holds it, without the page and without what is not filled in."""
    query = request.GET.copy()
    query.pop("page", None)
    for name in [name for name in query if not any(query.getlist(name))]:
        del query[name]
    return query.urlencode()


def show_preview(
    request: StaffRequest, selection: Selection, form: BulkForm, changed: bulk.Changed | None = None
) -> HttpResponse:
    """Answer with what would happen, and with what changed since it was last shown."""
    commitments = selection.commitments()
    if not commitments.exists():
        raise Invalid.one("", "nothing", gettext("Choose at least one commitment."))
    asked = form.request(selection.description)
    preview = (
        changed.preview if changed else bulk.preview(commitments, asked, by=request.user, now=clock.now())
    )
    context = {
        "preview": preview,
        "form": form,
        "asked": asked,
        "selection": selection,
        "differing": changed.differing if changed else [],
    }
    return render(request, "staff/bulk_preview.html", context, status=409 if changed else 200)


def carry_out(request: StaffRequest, selection: Selection, form: BulkForm) -> HttpResponseBase:
    """Apply what was previewed; a large batch tells how far it has come."""
    asked, seen = form.request(selection.description), request.POST.get("seen", "")
    commitments = selection.commitments()
    if seen.count(",") >= telling.SHOW_PROGRESS_FROM:
        steps = bulk.applying(commitments, asked, by=request.user, now=clock.now(), seen=seen)
        return telling.telling(request, steps, sentence, stop=reverse("staff:bulk-edit"))
    batch = bulk.apply(commitments, asked, by=request.user, now=clock.now(), seen=seen)
    messages.success(request, sentence(batch))
    return redirect("staff:batch-detail", batch.pk)


def sentence(batch: BulkEdit) -> str:
    """Return what was done, for the person who did it."""
    count = batch.changed_count
    return ngettext(
        "%(count)d commitment was changed. It can be taken back as a whole.",
        "%(count)d commitments were changed. They can be taken back as a whole.",
        count,
    ) % {"count": count}


@administrator_required
@require_POST
def filter_save(request: StaffRequest) -> HttpResponse:
    """Keep the current filter under a name; the same name again replaces it."""
    name, query = request.POST.get("name", "").strip()[:60], request.POST.get("query", "")[:1000]
    if name:
        own = request.user.saved_filters
        before = own.filter(name=name).values_list("query", flat=True).first()
        saved, is_new = own.update_or_create(name=name, defaults={"query": query})
        log_filter(request, "added" if is_new else "changed", saved, {} if is_new else {"query": before})
        messages.success(request, gettext("The filter “%(name)s” is saved.") % {"name": name})
    else:
        messages.error(request, gettext("Give the filter a name."))
    return redirect(f"{reverse('staff:bulk-edit')}?{query}")


@administrator_required
@require_POST
def filter_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Forget one of one's own filters."""
    saved = get_object_or_404(request.user.saved_filters, pk=pk)
    log_filter(request, "deleted", saved, {"query": saved.query})
    saved.delete()
    return redirect("staff:bulk-edit")


def log_filter(request: StaffRequest, what: str, saved: SavedFilter, before: Mapping[str, Any]) -> None:
    """Log what happened to a saved filter."""
    after = {} if what == "deleted" else {"query": saved.query}
    log(Change(act=f"row.{what}", row=saved, before=before, after=after), by=request.user, now=clock.now())
