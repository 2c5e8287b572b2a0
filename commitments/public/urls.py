"""Addresses of the public pages."""

from django.urls import URLPattern, URLResolver, path

from . import more_urls, preferences

app_name = "public"

urlpatterns: list[URLPattern | URLResolver] = [
    # The reader's switches
    path("preferences/language/", preferences.language_set, name="language-set"),
    path("preferences/type/", preferences.type_set, name="type-set"),
    *more_urls.urlpatterns,
]
