"""An approved change of wording, target or deadline; the original stays visible for ever."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..choices import AmendmentKind, Comparator
from .commitment import Commitment


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def approved(self) -> AmendmentQuerySet:
        """Return what the public may read, oldest first."""
        return self.filter(is_approved=True).order_by("decided_at", "pk")

    def waiting(self) -> AmendmentQuerySet:
        """Return what a second administrator has still to decide."""
        return self.filter(decided_at__isnull=True).order_by("proposed_at", "pk")


class Amendment(models.Model):
    """Proposed by one administrator with reason and authority, decided by another."""

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="amendments", verbose_name=_("commitment")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=AmendmentKind.choices)
    new_wording = models.TextField(_("new wording"), blank=True)
    new_comparator = models.CharField(
        _("new comparator"), max_length=10, choices=Comparator.choices, blank=True
    )
    new_value = models.DecimalField(_("new value"), max_digits=20, decimal_places=4, null=True, blank=True)
    old_deadline = models.DateField(_("deadline before"), null=True, blank=True)
    new_deadline = models.DateField(_("new deadline"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    authority = models.CharField(_("authority"), max_length=120)
    document_number = models.CharField(_("document number"), max_length=80)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("account of who proposed")
    )
    proposed_by_name = models.CharField(_("proposed by"), max_length=150)
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account of who decided"),
    )
    decided_by_name = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.TextField(_("note on the decision"), blank=True)
    is_approved = models.BooleanField(_("approved"), default=False)
    is_demo = models.BooleanField(default=False, editable=False, verbose_name=_("demonstration data"))

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="amendment_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(is_approved=False) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="amendment_approval_has_decision",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AmendmentKind.WORDING) & ~Q(new_wording=""))
                | Q(
                    kind=AmendmentKind.TARGET,
                    new_value__isnull=False,
                    new_comparator__in=Comparator.values,
                )
                | Q(kind=AmendmentKind.DEADLINE, new_deadline__isnull=False)
                | Q(kind=AmendmentKind.CANCELLATION),
                name="amendment_says_what_changes",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(authority=""),
                name="amendment_has_reason_and_authority",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.kind}"
