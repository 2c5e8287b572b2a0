"""Commitments: what the administration decides is edited here, one by one or, through the bulk page, many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments import clock
from commitments.choices import Via
from commitments.models import Commitment, Tag
from commitments.progress import fields
from commitments.staff.bulk import SESSION_KEY

from .base import Logged, ModelForm, Table, person

EDITABLE = list(fields.LABELS)


class CommitmentForm(ModelForm):
    """The fields that the administration decides, with the revision that the person saw."""

    reason = forms.CharField(label=_("Reason for the change"), max_length=500)
    seen_revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Commitment
        fields = EDITABLE
        widgets = {
            "finish_line": forms.Textarea(attrs={"rows": 3}),
            "scorecards": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_revision"].initial = self.instance.revision

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        current = (
            Commitment.objects.select_for_update().values_list("revision", flat=True).get(pk=self.instance.pk)
        )
        if cleaned.get("seen_revision") != current:
            raise forms.ValidationError(
                _("Somebody else changed this commitment while the page was open. Open it again and look.")
            )
        if "deadline" in cleaned and cleaned["deadline"] != self.instance.deadline:
            planned = fields.RowPlan(self.instance, {}, {"deadline": cleaned["deadline"]})
            if sentence := fields.moves_amended_deadline(planned, fields.amended_deadlines([self.instance])):
                self.add_error("deadline", sentence)
        return cleaned


@admin.register(Commitment)
class CommitmentAdmin(Table):
    """Commitments. Words and targets follow the report and are for reading."""

    form = CommitmentForm
    list_display = [
        "code",
        "title",
        "kind",
        "lead",
        "deadline",
        "rhythm",
        "approved_is_verified",
        "is_retired",
    ]
    list_select_related = ["lead", "report"]
    list_filter = [
        "kind",
        "is_retired",
        ("lead", admin.EmptyFieldListFilter),
        ("deadline", admin.EmptyFieldListFilter),
        "rhythm",
        ("theme__area", admin.RelatedOnlyFieldListFilter),
        ("lead", admin.RelatedOnlyFieldListFilter),
        "scorecards",
        "tags",
    ]
    search_fields = ["code", "title", "passage__text", "lead__name"]
    autocomplete_fields = ["lead", "supports", "tags"]
    ordering = ["report", "sequence", "pk"]
    actions = ["edit_in_bulk"]
    readonly_fields = ["code", "title", "kind", "words", "hedge", "reading_note", "first_deadline"]
    fields = [*readonly_fields, *EDITABLE, "reason", "seen_revision"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("exact words"))
    def words(self, commitment: Commitment) -> str:
        """Show the passage that promises it."""
        return commitment.passage.text

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what changed through the door of the bulk edit; the form's own row is not saved."""
        row = Commitment.objects.select_related("report").get(pk=obj.pk)
        wanted = {name: _value(name, form.cleaned_data[name]) for name in EDITABLE}
        planned = fields.plan(row, fields.values_of([row])[row.pk], wanted)
        fields.write(
            [planned],
            by=person(request),
            now=clock.now(),
            via=Via.ADMIN,
            reason=form.cleaned_data["reason"],
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing is left to save: departments, scorecards and tags were written with the rest."""

    @admin.action(description=_("Edit the ticked commitments together"))
    def edit_in_bulk(self, request: HttpRequest, commitments: QuerySet[Commitment]) -> HttpResponseRedirect:
        """Lead to the bulk page with what was ticked here, or with all that matched."""
        request.session[SESSION_KEY] = list(commitments.order_by("pk").values_list("pk", flat=True))
        return HttpResponseRedirect(f"{reverse('staff:bulk-edit')}?selection=admin")


def _value(name: str, value: Any) -> Any:
    """Return a form's value as progress.fields knows it."""
    if name in fields.SETS:
        return frozenset(row.pk for row in value)
    return value.pk if name == "lead" and value is not None else value


@admin.register(Tag)
class TagAdmin(Logged):
    """Tags; deleting one takes it off every commitment."""

    is_public = True
    list_display = ["name"]
    search_fields = ["name"]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Take the tag off each commitment as any other change, so that the log of each tells it."""
        pks = list(obj.commitments.order_by("pk").values_list("pk", flat=True))
        rows = list(Commitment.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
        values = fields.values_of(rows)
        plans = [
            fields.plan(row, values[row.pk], {"tags": values[row.pk]["tags"] - {obj.pk}}) for row in rows
        ]
        reason = gettext("The tag “%(name)s” was deleted.") % {"name": obj.name}
        fields.write(plans, by=person(request), now=clock.now(), via=Via.ADMIN, reason=reason)
        super().delete_model(request, obj)
