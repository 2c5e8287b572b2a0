"""The change log: who changed what, when, why, before and after; searched and taken out as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Concat
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commitments.choices import (
    BaselineMatch,
    Comparator,
    Decision,
    Method,
    Rhythm,
    SelfReport,
    Stage,
    UpdateState,
    Via,
)
from commitments.exchange.sheets import guarded
from commitments.htmx import render_page
from commitments.models import (
    ChangeEntry,
    Commitment,
    GlossaryTerm,
    Passage,
    Project,
    Report,
    ResponsibleArea,
    Scorecard,
    Target,
    TermUse,
    Theme,
    User,
)
from commitments.progress.changes import ACTS, act_label
from commitments.progress.fields import LABELS

from .access import StaffRequest, staff_required
from .differences import LABELS as FACT_LABELS
from .figures import DayField
from .forms import StaffForm

PER_PAGE = 100
# Whole years of work are exported in portions, so that memory stays small.
PORTION = 2000
EVERYTHING = ("", pgettext_lazy("filter", "all"))
READINGS = (
    Report,
    ResponsibleArea,
    Theme,
    Passage,
    GlossaryTerm,
    TermUse,
    Scorecard,
    Commitment,
    Target,
    Project,
)
_WORDS: dict[str, Any] = {
    **LABELS,
    **FACT_LABELS,
    "decision": gettext_lazy("Decision"),
    "method": gettext_lazy("How it was verified"),
    "reason": gettext_lazy("Reason"),
    "state": gettext_lazy("State"),
    "message": gettext_lazy("What is asked"),
    "reply": gettext_lazy("Reply"),
    "reply_by": gettext_lazy("Reply by"),
    "owner": gettext_lazy("Whose draft"),
    "is_unchanged": gettext_lazy("No change"),
    "is_retired": gettext_lazy("Retired"),
    "title": gettext_lazy("Title"),
    "same_promise": gettext_lazy("same promise"),
    # What load_report counts.
    **{str(model._meta.model_name): model._meta.verbose_name for model in READINGS},
    "added": pgettext_lazy("rows", "added"),
    "changed": pgettext_lazy("rows", "changed"),
    "deleted": pgettext_lazy("rows", "deleted"),
    "retired": pgettext_lazy("rows", "retired"),
    "replaced": pgettext_lazy("rows", "replaced"),
}
# Choices are logged by their code; people read their label.
_CHOICES: dict[str, Any] = {
    "status": SelfReport,
    "stage": Stage,
    "rhythm": Rhythm,
    "decision": Decision,
    "method": Method,
    "state": UpdateState,
    "comparator": Comparator,
    "new_comparator": Comparator,
    "baseline_match": BaselineMatch,
}


_ORDER = {name: place for place, name in enumerate(_WORDS)}


def _place_of(name: str) -> tuple[int, str]:
    """Return where a fact stands in an entry: as in the forms, then by name."""
    return _ORDER.get(name, len(_ORDER)), name


@dataclass(frozen=True)
class Line:
    """One entry as people read it."""

    entry: ChangeEntry

    @property
    def act(self) -> str:
        return act_label(self.entry.act)

    @property
    def via(self) -> str:
        return str(Via(self.entry.via).label)

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """Return label, before and after of each fact that the entry names."""
        before, after = self.entry.before, self.entry.after
        found = []
        # PostgreSQL keeps no order of names; people get the same one everywhere.
        for name in sorted({*before, *after}, key=_place_of):
            field = field_of(self.entry.model, name)
            label = _WORDS.get(name) or (capfirst(field.verbose_name) if field else name)
            found.append(
                (str(label), readable(name, before.get(name), field), readable(name, after.get(name), field))
            )
        return found


class ChangeFilter(StaffForm):
    """The filters of the log; a GET form, so that every view of it has an address."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=80)
    act = forms.ChoiceField(label=gettext_lazy("Act"), required=False)
    via = forms.ChoiceField(label=gettext_lazy("Channel"), required=False, choices=[EVERYTHING, *Via.choices])
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [EVERYTHING, *ACTS.items()]  # type: ignore[attr-defined]

    def select(self, entries: QuerySet[ChangeEntry]) -> QuerySet[ChangeEntry]:
        """Return the entries that the filters let through; bad values filter nothing."""
        self.full_clean()
        values = self.cleaned_data
        # SQLite keeps JSON as it was written, with Chinese as \u escapes; PostgreSQL shows the letters.
        facts = Concat(Cast("before", TextField()), Cast("after", TextField()))
        entries = entries.alias(facts=facts) if values.get("q") else entries
        for word in values.get("q", "").split():
            entries = entries.filter(
                Q(object_label__icontains=word)
                | Q(actor_name__icontains=word)
                | Q(reason__icontains=word)
                | Q(facts__icontains=word)
                | Q(facts__icontains=json.dumps(word)[1:-1])
            )
        for name in ("act", "via"):
            if values.get(name):
                entries = entries.filter(**{name: values[name]})
        if values.get("since"):
            entries = entries.filter(at__date__gte=values["since"])
        if values.get("until"):
            entries = entries.filter(at__date__lte=values["until"])
        return entries


@staff_required
@require_GET
def change_log(request: StaffRequest) -> HttpResponseBase:
    """Show the log, the latest first; `?format=csv` gives the same selection as a file."""
    form = ChangeFilter(request.GET)
    entries = form.select(visible_to(request.user)).select_related("commitment")
    if request.GET.get("format") == "csv":
        return as_file(entries)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "lines": [Line(entry) for entry in page]}
    return render_page(request, "staff/change_log.html", partial="results", context=context)


def visible_to(user: User) -> QuerySet[ChangeEntry]:
    """Return what a person may read: administrators all, reviewers all about commitments, others their own."""
    entries = ChangeEntry.objects.order_by("-at", "-pk")
    if user.is_administrator:
        return entries
    if user.is_reviewer:
        return entries.exclude(model__in=("user", "department", "savedfilter"))
    return entries.filter(commitment__in=Commitment.objects.reportable_by(user).values("pk"))


@lru_cache(maxsize=256)
def field_of(model: str, name: str) -> Any:
    """Return the field that the log names; None for what is no field of a table of today."""
    try:
        return apps.get_model("commitments", model)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return None


def readable(name: str, value: Any, field: Any = None) -> str:
    """Return a logged value as people read it; nothing for an empty one."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, dict):
        pairs = (f"{_WORDS.get(key, key)} {readable(key, item)}" for key, item in value.items())
        return str(value["name"]) if "name" in value else "、".join(pairs)
    if isinstance(value, list):
        return "、".join(readable("", item) for item in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = _CHOICES.get(name)
    if choices is None:
        return str(dict(getattr(field, "flatchoices", ())).get(value, value))
    return str(choices(value).label) if value in choices.values else str(value)


# --- The log as a file --------------------------------------------------------------------------


def as_file(entries: QuerySet[ChangeEntry]) -> StreamingHttpResponse:
    """Answer with the whole selection as .csv, for Excel: with its mark, and without formulas."""
    lines = csv_lines(entries, get_language() or "")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="changes.csv"'
    return response


def csv_lines(entries: QuerySet[ChangeEntry], language: str) -> Iterator[str]:
    """Yield one line per fact that changed; an entry without facts has one line."""
    # Sent after the middleware has finished, which also ended the choice of language.
    with override(language):
        yield from _csv_lines(entries)


def _csv_lines(entries: QuerySet[ChangeEntry]) -> Iterator[str]:
    header = [
        _("Time"),
        _("By"),
        _("Act"),
        _("Channel"),
        _("Row"),
        _("Field"),
        _("Before"),
        _("After"),
        _("Reason"),
        _("Batch"),
    ]
    yield "\ufeff" + csv_line(header)
    for entry in entries.iterator(chunk_size=PORTION):
        line = Line(entry)
        start = [moment(entry.at), entry.actor_name, line.act, line.via, entry.object_label]
        end = [entry.reason, str(entry.bulk_edit_id or "")]
        for cell in line.cells or [("", "", "")]:
            yield csv_line([*start, *cell, *end])


def csv_line(cells: list[str]) -> str:
    """Return the cells as one line; what a spreadsheet would take for a formula gets an apostrophe."""
    stream = io.StringIO()
    csv.writer(stream).writerow([guarded(cell) for cell in cells])
    return stream.getvalue()


def moment(at: dt.datetime) -> str:
    """Return the moment in the district's time, to the second."""
    return date_format(localtime(at), "Y-m-d H:i:s")
