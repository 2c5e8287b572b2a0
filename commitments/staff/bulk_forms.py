"""What can be changed for many commitments at once: the form, and what it asks of progress.bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.choices import Rhythm, SelfReport
from commitments.models import Department, Report, Scorecard, Tag
from commitments.progress.bulk import Edit, Request
from commitments.progress.content import UpdateContent
from commitments.progress.fields import LABELS, SETS
from commitments.progress.refusals import Problem

from .figures import DayField
from .forms import StaffForm

LEAVE = ("", pgettext_lazy("bulk edit", "leave as it is"))
OPERATIONS = [
    LEAVE,
    ("add", pgettext_lazy("bulk edit", "add")),
    ("remove", pgettext_lazy("bulk edit", "remove")),
    ("replace", pgettext_lazy("bulk edit", "replace by")),
]
PLAIN = ("lead", "deadline", "rhythm", "finish_line", "contact")
PROGRESS = ("status", "as_of", "account", "obstacle", "help_needed", "expected_on", "confirmed")


class BulkForm(StaffForm):
    """Only what is filled in changes; clearing a field is ticked on purpose."""

    lead = forms.ModelChoiceField(label=LABELS["lead"], queryset=Department.objects.none(), required=False)
    supports_op = forms.ChoiceField(label=LABELS["supports"], choices=OPERATIONS, required=False)
    supports = forms.ModelMultipleChoiceField(
        label=_("Which departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    deadline = DayField(label=LABELS["deadline"], required=False)
    rhythm = forms.ChoiceField(label=LABELS["rhythm"], choices=[LEAVE, *Rhythm.choices], required=False)
    scorecards_op = forms.ChoiceField(label=LABELS["scorecards"], choices=OPERATIONS, required=False)
    scorecards = forms.ModelMultipleChoiceField(
        label=_("Which scorecards"),
        queryset=Scorecard.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tags_op = forms.ChoiceField(label=LABELS["tags"], choices=OPERATIONS, required=False)
    tags = forms.ModelMultipleChoiceField(
        label=_("Which tags"), queryset=Tag.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    finish_line = forms.CharField(
        label=LABELS["finish_line"],
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In the department's words; the public reads it as such."),
    )
    contact = forms.CharField(label=LABELS["contact"], required=False, max_length=80)
    clear = forms.MultipleChoiceField(
        label=_("Clear"),
        choices=list(LABELS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # The same progress update for all.
    status = forms.ChoiceField(
        label=_("How does it stand?"), choices=[LEAVE, *SelfReport.choices], required=False
    )
    as_of = DayField(label=_("As of"), required=False)
    account = forms.CharField(
        label=_("What was done"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    obstacle = forms.CharField(label=_("Obstacle"), required=False, max_length=2000)
    help_needed = forms.CharField(label=_("Help needed"), required=False, max_length=2000)
    expected_on = DayField(label=_("Expected completion"), required=False)
    confirmed = forms.BooleanField(label=_("It is right as it stands"), required=False)
    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=500,
        help_text=_("It stands in the record of the batch and beside every row."),
        error_messages={"required": _("Give the reason for the change.")},
    )

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        departments = Department.objects.of_report(report).active()
        for name in ("lead", "supports"):
            self.fields[name].queryset = departments  # type: ignore[attr-defined]
        self.fields["lead"].empty_label = LEAVE[1]  # type: ignore[attr-defined]

    def unchecked(self) -> BulkForm:
        """Return a form that holds the same, of which nothing is said to be wrong or missing yet."""
        sent: Any = self.data
        lists = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
        initial = {
            name: sent.getlist(name) if isinstance(field, lists) else sent.get(name)
            for name, field in self.fields.items()
            if name in sent
        }
        return BulkForm(report=self.report, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in SETS:
            operation, members = cleaned.get(f"{name}_op"), cleaned.get(name)
            if operation and not members:
                self.add_error(name, _("Tick at least one."))
            elif members and not operation:
                self.add_error(f"{name}_op", _("Say what to do with those ticked."))
        for name in cleaned.get("clear", []):
            if cleaned.get(name) or cleaned.get(f"{name}_op"):
                self.add_error(name, _("This field is both filled in and to be cleared; choose one."))
        if not cleaned.get("status") and any(cleaned.get(name) for name in PROGRESS[1:-1]):
            self.add_error("status", _("Say how it stands."))
        return cleaned

    def request(self, selection: str) -> Request:
        """Return what a valid form asks for."""
        values = self.cleaned_data
        edits = {name: Edit("clear") for name in values["clear"]}
        for name in PLAIN:
            if values[name]:
                edits[name] = Edit("set", values[name].pk if name == "lead" else values[name])
        for name in SETS:
            if values[f"{name}_op"]:
                edits[name] = Edit(values[f"{name}_op"], frozenset(member.pk for member in values[name]))
        return Request(
            edits=edits,
            progress=self._progress() if values["status"] else None,
            confirmed=values["confirmed"],
            reason=values["reason"],
            selection=selection,
        )

    def _progress(self) -> UpdateContent:
        values = {name: self.cleaned_data[name] for name in PROGRESS if name != "confirmed"}
        return UpdateContent(**values)

    def add_problems(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Show the sentences of progress.bulk beside their fields; others above the form."""
        for name, found in problems.items():
            self.add_error(name if name in self.fields else None, [str(problem) for problem in found])

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Return names and values of everything typed, to be posted again on confirmation."""
        names = [name for name in self.fields if name in self.data]
        return [(name, value) for name in names for value in self.data.getlist(name) if value]  # type: ignore[attr-defined]

    @property
    def has_progress(self) -> bool:
        """Say whether the part for progress was filled in, so that it opens."""
        held: Mapping[str, Any] = self.data if self.is_bound else self.initial
        return any(held.get(name) for name in PROGRESS)
