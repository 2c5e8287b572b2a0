"""Addresses: the public at the root, staff below /staff/, accounts and administration beside them."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

# Without this the administration would have a sign-in of its own, with neither second factor nor limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/", include("commitments.staff.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("commitments.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("commitments.public.urls")),
]
