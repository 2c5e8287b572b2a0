"""The forms of the staff pages: what is asked of each kind of commitment, and of a reviewer.

A form reads what was typed. Whether it may be recorded is decided by progress.record, whose
sentences are shown beside the same fields.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from commitments.choices import LADDERS, Decision, Kind, Method, SelfReport, Stage, ladder_of
from commitments.models import Commitment
from commitments.progress.refusals import Problem
from commitments.quantities import quantity

from .figures import DayField, FigureField

# What each kind is asked for besides the fields of all.
FIELDS_OF_KIND = {
    Kind.TARGET: ("value", "value_source"),
    Kind.PROJECT: ("stage", "stage_on", "invested"),
    Kind.MEASURE: (),
}
OWN_FIELDS = ("value", "value_source", "stage", "stage_on", "invested")


def dom_id(code: str) -> str:
    """Return the code as it may stand in an id and in a selector: 2024-3-2-07."""
    return code.replace(".", "-")


class StaffForm(forms.Form):
    """A form whose errors are tied to their fields, and that renders without Django's own markup."""

    required_css_class = "is-required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class UpdateForm(StaffForm):
    """One progress update. The commitment decides which fields there are."""

    status = forms.ChoiceField(
        label=gettext_lazy("How does it stand?"),
        choices=SelfReport.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say how it stands.")},
    )
    value = FigureField(label=gettext_lazy("Figure reached"), required=False)
    value_source = forms.CharField(
        label=gettext_lazy("Source of the figure"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Which statistics or ledger it is taken from."),
    )
    stage = forms.ChoiceField(label=gettext_lazy("Stage reached"), required=False)
    stage_on = DayField(label=gettext_lazy("Stage reached on"), required=False)
    invested = FigureField(
        label=gettext_lazy("Invested so far, in 10,000 yuan"), required=False, unit="万元", places=2
    )
    as_of = DayField(
        label=gettext_lazy("As of"),
        help_text=gettext_lazy("The day on which this was so."),
        error_messages={"required": gettext_lazy("Say as of which day this is so.")},
    )
    account = forms.CharField(
        label=gettext_lazy("What was done"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A few sentences that the public will read."),
    )
    obstacle = forms.CharField(
        label=gettext_lazy("Obstacle"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    help_needed = forms.CharField(
        label=gettext_lazy("Help needed"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    expected_on = DayField(label=gettext_lazy("Expected completion"), required=False)
    explanation = forms.CharField(
        label=gettext_lazy("Explanation of an unusual entry"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Asked for when a figure jumps or a stage goes backwards."),
    )
    link_url = forms.URLField(
        label=gettext_lazy("Address of a page that shows it"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Write a whole address, beginning with https://.")},
    )
    link_title = forms.CharField(label=gettext_lazy("Its title"), required=False, max_length=200)
    link_archived = forms.URLField(
        label=gettext_lazy("Archived copy (optional)"), required=False, max_length=1000, assume_scheme="https"
    )
    evidence_file = forms.FileField(
        label=gettext_lazy("A file that shows it"),
        required=False,
        help_text=gettext_lazy("PDF, picture, Word, Excel or PowerPoint."),
    )
    confirmed = forms.BooleanField(label=gettext_lazy("It is right as it stands"), required=False)
    # What the submission was written on: see progress.record.
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    corrects = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        self.commitment = commitment
        kwargs.setdefault("auto_id", f"f-{dom_id(commitment.code)}-%s")
        super().__init__(*args, **kwargs)
        # What is wrong with the evidence as a whole, and whether odd entries need a confirmation.
        self.evidence_errors: list[str] = []
        self.asks_confirmation = False
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                # A browser cuts what is pasted off at maxlength without a word; a sentence is better.
                field.widget.attrs.pop("maxlength", None)
        for name in OWN_FIELDS:
            if name not in FIELDS_OF_KIND[Kind(commitment.kind)]:
                del self.fields[name]
        if commitment.kind == Kind.TARGET:
            self._set_up_target()
        elif commitment.kind == Kind.PROJECT:
            self._set_up_project()

    def _set_up_target(self) -> None:
        target = self.commitment.target
        field = self.fields["value"]
        if target.value is None:
            # A rank or benchmark without a number: a person judges it, from the account.
            del self.fields["value"], self.fields["value_source"]
            return
        field.unit = target.unit  # type: ignore[attr-defined]
        field.label = _("Figure reached (%(unit)s)") % {"unit": target.unit} if target.unit else field.label

    def _set_up_project(self) -> None:
        ladder = LADDERS[ladder_of(self.commitment.project.promised_stage)]
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("stage", "not chosen")),
            *((stage, Stage(stage).label) for stage in ladder),
        ]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Return the fields that only this kind has, in their order."""
        return [self[name] for name in OWN_FIELDS if name in self.fields]

    def content(self) -> dict[str, Any]:
        """Return the facts of a valid form, without evidence and bookkeeping."""
        facts = (
            "status",
            *OWN_FIELDS,
            "as_of",
            "account",
            "obstacle",
            "help_needed",
            "expected_on",
            "explanation",
        )
        content = {name: self.cleaned_data[name] for name in facts if name in self.fields}
        if content["status"] == SelfReport.COMPLETED:
            content["expected_on"] = None  # filled in from the last report; now it is done
        return content

    def typed(self) -> dict[str, str]:
        """Return what was typed, valid or not, for a draft: nothing is lost to a mistake."""
        kept = [
            name for name in self.fields if name not in ("token", "based_on", "confirmed", "evidence_file")
        ]
        return {name: value for name in kept if (value := self.data.get(name, ""))}

    def add_problems(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        """Show the sentences of progress.record beside their fields; others above the form."""
        for name, found in problems.items():
            self.asks_confirmation |= any(problem.can_be_confirmed for problem in found)
            if name == "evidence":
                self.evidence_errors += [str(problem) for problem in found]
                self.add_error(None, _("Not submitted yet: the evidence is missing."))
            else:
                self.add_error(name if name in self.fields else None, [str(problem) for problem in found])

    def words(self, name: str) -> str:
        """Return what stands in a field, as people read it; as it was typed when it is no valid value."""
        value = self.cleaned_data.get(name, self.data.get(name, ""))
        if isinstance(value, Decimal):
            # The label of an amount of money names its unit already, as in staff.differences.
            return quantity(value, self.fields[name].unit if name == "value" else "")  # type: ignore[attr-defined]
        if isinstance(value, dt.date):
            return date_format(value, "DATE_FORMAT")
        labels = dict(getattr(self.fields[name], "choices", ()))
        return str(labels.get(value, value) or "") if value else ""

    @property
    def evidence_field_errors(self) -> bool:
        """Say whether the fields of new evidence were filled in wrongly."""
        return any(
            name in self.errors for name in ("link_url", "link_title", "link_archived", "evidence_file")
        )

    @property
    def needs_confirmation(self) -> bool:
        """Say whether something odd is to be confirmed."""
        return self.asks_confirmation or bool(self.data.get("confirmed"))

    @property
    def needs_explanation(self) -> bool:
        """Say whether an unusual entry is to be explained, or was."""
        return (
            "explanation" in self.errors
            or bool(self["explanation"].value())
            or bool(self["corrects"].value())
        )

    def forget_evidence(self) -> None:
        """Empty the fields of a link and a file that have become evidence."""
        for name in ("link_url", "link_title", "link_archived"):
            self.data[name] = ""  # type: ignore[index]  # a copy of what was posted


class ReviewForm(StaffForm):
    """One decision on one update."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (Decision.VERIFIED, gettext_lazy("Publish as verified")),
            (Decision.PUBLISHED, gettext_lazy("Publish as reported")),
            (Decision.RETURNED, gettext_lazy("Return to the author")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three decisions.")},
    )
    method = forms.ChoiceField(
        label=gettext_lazy("How it was verified"),
        choices=Method.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason or remark"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Required when returning: the author reads it."),
    )

    def __init__(self, *args: Any, only_verify: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only_verify:
            # It is published already.
            choices = [(Decision.VERIFIED, gettext_lazy("Publish as verified"))]
            self.fields["decision"].choices = choices  # type: ignore[attr-defined]
            self.fields["decision"].initial = Decision.VERIFIED

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        decision = cleaned.get("decision")
        if decision == Decision.VERIFIED and not cleaned.get("method"):
            self.add_error("method", _("Say how it was verified."))
        if decision == Decision.RETURNED and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say what is missing: the author reads it."))
        if decision != Decision.VERIFIED:
            cleaned["method"] = ""
        return cleaned


class ChaseForm(StaffForm):
    """A reviewer asks a department for news, with a term for the reply."""

    message = forms.CharField(
        label=gettext_lazy("What is asked"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    reply_by = DayField(label=gettext_lazy("Reply by"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["reply_by"].widget.attrs["min"] = today.isoformat()

    def clean_reply_by(self) -> dt.date:
        day: dt.date = self.cleaned_data["reply_by"]
        if day < self.today:
            raise forms.ValidationError(_("The term has passed already."))
        return day


class ReplyForm(StaffForm):
    """The department's answer to a chase."""

    reply = forms.CharField(
        label=gettext_lazy("Reply"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
