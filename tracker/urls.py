"""Addresses: the public at the root, staff below /staff/, accounts and administration beside them."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path


def change_password(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Lead to where everybody changes their password; the administration's own page knows none of its rules."""
    return redirect("account_change_password")


# Without this the administration would have a sign-in of its own, with neither second factor nor limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.password_change = change_password  # type: ignore[method-assign,assignment]
# Tables of the libraries: secrets of second factors, and rights that are the role's here. Nobody edits them.
for model in (Authenticator, EmailAddress, Group, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/", include("commitments.staff.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("commitments.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("commitments.public.urls")),
]
