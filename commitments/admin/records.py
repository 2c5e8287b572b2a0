"""What people reported, decided and changed. Appended for ever: for reading only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from commitments.models import (
    Amendment,
    BulkEdit,
    ChangeEntry,
    Chase,
    Evidence,
    ProgressUpdate,
    Reminder,
    Review,
    UpdateDraft,
    Withdrawal,
)
from commitments.progress.changes import ACTS, act_label

from .base import ReadOnly

OF_COMMITMENT = ["commitment__code", "commitment__title"]


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(ReadOnly):
    list_display = [
        "commitment",
        "as_of",
        "status",
        "author_name",
        "department_name",
        "submitted_at",
        "is_unchanged",
    ]
    list_select_related = ["commitment__report"]
    list_filter = ["status", "is_unchanged", "submitted_at", ("department", admin.RelatedOnlyFieldListFilter)]
    search_fields = [*OF_COMMITMENT, "author_name", "account"]
    raw_id_fields = ["commitment", "author", "corrects", "bulk_edit"]


@admin.register(Review)
class ReviewAdmin(ReadOnly):
    list_display = ["update", "decision", "method", "reviewer_name", "decided_at", "reason"]
    list_select_related = ["update"]
    list_filter = ["decision", "method", "decided_at"]
    search_fields = ["update__commitment__code", "reviewer_name", "reason"]
    raw_id_fields = ["update", "reviewer"]
    ordering = ["-pk"]


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnly):
    list_display = ["update", "at"]
    list_select_related = ["update"]
    search_fields = ["update__commitment__code"]


@admin.register(UpdateDraft)
class UpdateDraftAdmin(ReadOnly):
    list_display = ["commitment", "owner", "version", "saved_at"]
    list_select_related = ["commitment__report", "owner"]
    search_fields = [*OF_COMMITMENT, "owner__username"]


@admin.register(Evidence)
class EvidenceAdmin(ReadOnly):
    list_display = ["title", "kind", "commitment", "content_type", "size", "added_at"]
    list_select_related = ["commitment__report"]
    list_filter = ["kind", "content_type", "added_at"]
    search_fields = [*OF_COMMITMENT, "title", "url", "sha256"]
    # A file is opened on the staff pages, behind their check of permissions.
    readonly_fields = [
        "title",
        "kind",
        "commitment",
        "update",
        "url",
        "archived_url",
        "content_type",
        "size",
        "sha256",
        "added_by",
        "added_at",
    ]
    fields = list(readonly_fields)


@admin.register(Chase)
class ChaseAdmin(ReadOnly):
    list_display = ["commitment", "asked_by_name", "asked_at", "reply_by", "replied_at", "closed_at"]
    list_select_related = ["commitment__report"]
    list_filter = ["asked_at", ("closed_at", admin.EmptyFieldListFilter)]
    search_fields = [*OF_COMMITMENT, "asked_by_name", "message", "reply"]


@admin.register(Reminder)
class ReminderAdmin(ReadOnly):
    list_display = ["recipient", "subject_key", "sent_at"]
    list_filter = ["sent_at"]
    search_fields = ["recipient", "subject_key"]


@admin.register(Amendment)
class AmendmentAdmin(ReadOnly):
    list_display = [
        "commitment",
        "kind",
        "document_number",
        "proposed_by_name",
        "proposed_at",
        "decided_at",
        "is_approved",
    ]
    list_select_related = ["commitment__report"]
    list_filter = ["kind", "is_approved", "proposed_at"]
    search_fields = [*OF_COMMITMENT, "document_number", "authority", "reason"]


@admin.register(BulkEdit)
class BulkEditAdmin(ReadOnly):
    list_display = ["id", "reason", "via", "actor_name", "changed_count", "at", "page"]
    list_filter = ["via", "at"]
    search_fields = ["reason", "actor_name", "selection"]

    @admin.display(description=_("Batch"))
    def page(self, batch: BulkEdit) -> str:
        """Link to where it can be taken back."""
        return format_html('<a href="{}">{}</a>', reverse("staff:batch-detail", args=[batch.pk]), _("Show"))


class ActFilter(admin.SimpleListFilter):
    """The acts of the change log in words."""

    title = _("act")
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(act, str(label)) for act, label in ACTS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ChangeEntry]) -> QuerySet[ChangeEntry]:
        return queryset.filter(act=self.value()) if self.value() else queryset


@admin.register(ChangeEntry)
class ChangeEntryAdmin(ReadOnly):
    list_display = ["at", "act_in_words", "object_label", "actor_name", "via", "reason"]
    list_filter = ["via", ActFilter, "at"]
    search_fields = ["object_label", "actor_name", "reason"]
    raw_id_fields = ["actor", "bulk_edit", "commitment"]

    @admin.display(description=_("act"), ordering="act")
    def act_in_words(self, entry: ChangeEntry) -> str:
        """Return what was done, as the change log of the staff pages says it."""
        return act_label(entry.act)
