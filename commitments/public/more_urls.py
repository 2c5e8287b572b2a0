"""Addresses of targets, projects, areas, departments, updates, feeds, downloads and what explains them."""

from django.urls import URLPattern, URLResolver, path

from . import calendar, feeds, glossary, updates

urlpatterns: list[URLPattern | URLResolver] = [
    # What changed, and how to follow it
    path("updates/", updates.update_list, name="update-list"),
    path("updates/feed.atom", feeds.feed_all, name="feed"),
    path("areas/<int:number>/feed.atom", feeds.feed_of_area, name="area-feed"),
    path("departments/<slug:slug>/feed.atom", feeds.feed_of_department, name="department-feed"),
    path("commitments/<str:code>/feed.atom", feeds.feed_of_commitment, name="commitment-feed"),
    path("deadlines.ics", calendar.deadlines, name="deadlines"),
    # What explains the rest
    path("glossary/", glossary.glossary, name="glossary"),
]
