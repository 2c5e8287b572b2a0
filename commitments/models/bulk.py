"""The record of changes: one log for every write, and the batches that can be taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..choices import Via
from .commitment import Commitment
from .report import Report


class BulkEdit(models.Model):
    """One recorded, reversible change to many commitments."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="bulk_edits", verbose_name=_("report"))
    via = models.CharField(_("door"), max_length=8, choices=Via.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bulk_edits", verbose_name=_("account")
    )
    actor_name = models.CharField(_("by"), max_length=150)
    reason = models.TextField(_("reason"))
    selection = models.CharField(_("selection"), max_length=500, blank=True)
    changed_count = models.PositiveIntegerField(_("rows changed"), default=0)
    reverts = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reverted_by",
        verbose_name=_("takes back"),
    )
    at = models.DateTimeField(_("at"))
    is_demo = models.BooleanField(default=False, editable=False, verbose_name=_("demonstration data"))

    class Meta:
        verbose_name = _("bulk edit")
        verbose_name_plural = _("bulk edits")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="bulk_edit_has_reason"),
            models.CheckConstraint(condition=Q(via__in=Via.values), name="bulk_edit_via_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.reason}"


class ChangeEntry(models.Model):
    """One write to one row: who, when, why, before and after. Append-only; names are kept."""

    at = models.DateTimeField(_("at"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="changes",
        verbose_name=_("account"),
    )
    actor_name = models.CharField(_("by"), max_length=150)
    via = models.CharField(_("door"), max_length=8, choices=Via.choices)
    reason = models.TextField(_("reason"), blank=True)
    bulk_edit = models.ForeignKey(
        BulkEdit, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("bulk edit")
    )
    act = models.CharField(_("act"), max_length=40)
    model = models.CharField(_("kind of row"), max_length=40)
    object_id = models.PositiveBigIntegerField(_("row"))
    object_label = models.CharField(_("row's name"), max_length=200)
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="changes",
        verbose_name=_("commitment"),
    )
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    is_demo = models.BooleanField(default=False, editable=False, verbose_name=_("demonstration data"))

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("change log")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(via__in=Via.values), name="change_via_is_known"),
        ]
        indexes = [
            models.Index(fields=["model", "object_id", "-at"], name="change_by_row"),
            models.Index(fields=["bulk_edit", "object_id"], name="change_by_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act} {self.object_label}"


class SavedFilter(models.Model):
    """A view of the list that a person wants to find again."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("query"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name
