"""The people who report, review and administer, and the departments they belong to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..choices import DepartmentKind, Role
from .report import Report, localised


class DepartmentQuerySet(models.QuerySet["Department"]):
    def of_report(self, report: Report) -> DepartmentQuerySet:
        """Return the departments that the report's district may give work to."""
        return self.filter(district__in=("", report.district))

    def active(self) -> DepartmentQuerySet:
        """Return the departments that can be given work."""
        return self.filter(is_active=True)

    def get_by_natural_key(self, name: str) -> Department:
        return self.get(name=name)


class Department(models.Model):
    """A bureau, sub-district or town; leads or supports commitments."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    slug = models.SlugField(_("address"), unique=True)
    # Where reports of several districts stand side by side; empty where one district has the site to itself.
    district = models.CharField(_("district"), max_length=40, blank=True)
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=DepartmentKind.choices,
        default=DepartmentKind.BUREAU,
    )
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_email = models.EmailField(_("contact's e-mail"), blank=True)
    contact_phone = models.CharField(_("contact's telephone"), max_length=40, blank=True)
    second_contact_name = models.CharField(_("second contact"), max_length=40, blank=True)
    second_contact_email = models.EmailField(_("second contact's e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DepartmentKind.values),
                name="department_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "name"], name="department_by_district"),
            models.Index(fields=["id"], condition=Q(is_demo=True), name="department_demo"),
        ]

    def __str__(self) -> str:
        return localised(self.name, self.name_en)

    def natural_key(self) -> tuple[str]:
        return (self.name,)


class User(AbstractUser):
    """A person with an account: one role, one or several departments."""

    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.REPORTER)
    full_name = models.CharField(_("name"), max_length=60, blank=True)
    departments = models.ManyToManyField(
        Department, related_name="people", blank=True, verbose_name=_("departments")
    )
    worklist_query = models.CharField(_("last view of the worklist"), max_length=500, blank=True)
    # Set where somebody else has seen the password, as with one that a command printed.
    must_change_password = models.BooleanField(_("must change the password"), default=False, editable=False)
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the account; the role alone decides who enters the administration site."""
        self.is_staff = self.is_superuser or self.role == Role.ADMINISTRATOR
        if (names := kwargs.get("update_fields")) is not None and {"role", "is_superuser"} & set(names):
            kwargs["update_fields"] = {*names, "is_staff"}
        super().save(*args, **kwargs)

    @property
    def is_reviewer(self) -> bool:
        """Say whether the account may review (administrators may as well)."""
        return self.is_active and self.role in (Role.REVIEWER, Role.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        """Say whether the account may assign, import, export and amend."""
        return self.is_active and (self.role == Role.ADMINISTRATOR or self.is_superuser)

    def department_ids(self) -> frozenset[int]:
        """Return the ids of the departments; asked once, then remembered on this instance."""
        if not hasattr(self, "_department_ids"):
            self._department_ids = frozenset(self.departments.values_list("pk", flat=True))
        return self._department_ids
