"""What all tables of the administration site share: who may do what, and the log of every write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commitments import clock
from commitments.choices import Via
from commitments.models import Commitment, User
from commitments.progress.changes import Change, log, raise_data_version


def is_administrator(request: HttpRequest) -> bool:
    """Say whether the person may use the administration site at all."""
    user = request.user
    return isinstance(user, User) and user.is_administrator


def person(request: HttpRequest) -> User:
    """Return who is signed in; the site has let nobody else in."""
    assert isinstance(request.user, User)
    return request.user


if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin, ModelForm = admin.ModelAdmin, forms.ModelForm


class Table(ModelAdmin):
    """A table that role administrators may read; quick with 100,000 rows."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    actions_on_bottom = True

    class Media:
        css = {"all": ["commitments/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows without the text of the report that they belong to: it would come with each."""
        joined = self.list_select_related if isinstance(self.list_select_related, (list, tuple)) else ()
        paths = [path for path in joined if path.split("__")[-1] == "report"]
        return super().get_queryset(request).defer(*(f"{path}__text" for path in paths))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)


class ReadOnly(Table):
    """A table that is read here and written elsewhere, if at all."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Logged(Table):
    """A table that is written here; every write is logged with what was before and after."""

    # The words of the log for this table: account.added and so on.
    noun = "row"
    # Whether the public reads from this table.
    is_public = False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._log(request, "added", obj, after=current(obj))
        return super().log_addition(request, obj, message)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and form.changed_data:
            names = [name for name in form.changed_data if name in form.cleaned_data]
            before = {name: as_logged(form.instance, name, form.initial.get(name)) for name in names}
            after = {name: as_logged(form.instance, name, form.cleaned_data[name]) for name in names}
            self._log(request, "changed", form.instance, before=before, after=after)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._log(request, "deleted", obj, before=current(obj))
        super().delete_model(request, obj)

    def _log(
        self,
        request: HttpRequest,
        what: str,
        obj: Model,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        now = clock.now()
        change = Change(act=f"{self.noun}.{what}", row=obj, before=before or {}, after=after or {})
        log(change, by=person(request), now=now, via=Via.ADMIN)
        if self.is_public:
            for report_id in Commitment.objects.order_by().values_list("report_id", flat=True).distinct():
                raise_data_version(report_id, now=now)


def current(obj: Model) -> dict[str, Any]:
    """Return what a row holds, as the log keeps it; passwords are nobody's to read."""
    names = [field.name for field in obj._meta.concrete_fields if field.name not in ("id", "password")]
    return {name: value for name in names if (value := getattr(obj, name)) not in (None, "")}


def as_logged(obj: Model, name: str, value: Any) -> Any:
    """Return a form's value as the log keeps it: rows with their names, sets as lists."""
    if name not in {field.name for field in obj._meta.get_fields()}:
        return value
    field = obj._meta.get_field(name)
    if isinstance(field, ForeignKey) and value is not None and not isinstance(value, Model):
        return field.related_model._default_manager.filter(pk=value).first()  # type: ignore[union-attr]
    if isinstance(value, QuerySet):
        return list(value)
    return value


def name_of(field: str, label: Any = "") -> Any:
    """Return a column that shows a related row by its name without a link."""

    @admin.display(description=label or _("name"), ordering=field)
    def show(obj: Model) -> str:
        return str(getattr(obj, field) or "—")

    return show
