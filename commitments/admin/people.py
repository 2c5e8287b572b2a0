"""Accounts and departments. An account is invited by mail; nobody, administrators included, sets its password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.exchange.books import send_invitations
from commitments.models import Commitment, Department, SavedFilter, User

from .base import Logged, ModelForm, ReadOnly


class AccountForm(ModelForm):
    """An account without its password."""

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "role", "departments", "is_active"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        others = User.objects.exclude(pk=self.instance.pk)
        if not email:
            raise forms.ValidationError(_("The invitation needs an e-mail address."))
        if others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Another account has this address already."))
        return email


@admin.register(User)
class UserAdmin(Logged):
    """Accounts: role, departments, active or not. Written rows keep their author, so none is deleted."""

    noun = "account"
    form = AccountForm
    list_display = ["username", "full_name", "email", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active", ("departments", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["username", "full_name", "email", "departments__name"]
    autocomplete_fields = ["departments"]
    ordering = ["username"]
    actions = ["send_invitation"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers are changed by superusers only, so that no role can raise itself."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """One's own role and access are changed by another administrator."""
        return ["role", "is_active"] if obj is not None and obj.pk == request.user.pk else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # What the sign-in knows of the old address must not outlive it: it would still open the account.
            obj.emailaddress_set.exclude(email__iexact=obj.email).delete()

    @admin.action(description=_("Send an invitation to choose a password"))
    def send_invitation(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        """Mail the link by which a person chooses a password, to each chosen account that may sign in."""
        said, warning = send_invitations(list(accounts.filter(is_active=True).exclude(email="")))
        self.message_user(request, said or gettext("Nobody is waiting for an invitation."))
        if warning:
            self.message_user(request, warning, level=messages.WARNING)


@admin.register(Department)
class DepartmentAdmin(Logged):
    """Departments with their contacts. One that has led anything is made inactive, not deleted."""

    noun = "department"
    is_public = True
    list_display = ["name", "kind", "contact_name", "contact_phone", "contact_email", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "name_en", "contact_name", "second_contact_name"]
    prepopulated_fields = {"slug": ["name_en"]}
    ordering = ["name"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what no commitment and no update names can go: history must keep its names."""
        if obj is None:
            return super().has_delete_permission(request, obj)
        named = Commitment.objects.filter(Q(lead=obj) | Q(supports=obj))
        return super().has_delete_permission(request, obj) and not (named.exists() or obj.updates.exists())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        try:
            super().delete_model(request, obj)
        except ProtectedError as error:
            raise PermissionDenied from error


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnly):
    """What people saved for themselves."""

    list_display = ["name", "owner", "query"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
