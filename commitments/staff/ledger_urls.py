"""Addresses of the exchange room."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
