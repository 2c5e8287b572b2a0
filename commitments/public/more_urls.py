"""Addresses of targets, projects, areas, departments, updates, feeds, downloads and what explains them."""

from django.urls import URLPattern, URLResolver, path

from . import (
    areas,
    calendar,
    data,
    departments,
    evidence,
    feeds,
    glossary,
    pages,
    projects,
    scorecards,
    targets,
    updates,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # What can be compared
    path("targets/", targets.target_list, name="target-list"),
    path("projects/", projects.project_list, name="project-list"),
    # Whose share of it all
    path("areas/", areas.area_list, name="area-list"),
    path("areas/<int:number>/", areas.area_detail, name="area-detail"),
    path("themes/<int:area>.<int:number>/", areas.theme_detail, name="theme-detail"),
    path("departments/", departments.department_list, name="department-list"),
    path("departments/<slug:slug>/", departments.department_detail, name="department-detail"),
    path("scorecards/", scorecards.scorecard_list, name="scorecard-list"),
    path("scorecards/<slug:key>/", scorecards.scorecard_detail, name="scorecard-detail"),
    # What changed, and how to follow it
    path("updates/", updates.update_list, name="update-list"),
    path("updates/feed.atom", feeds.feed_all, name="feed"),
    path("areas/<int:number>/feed.atom", feeds.feed_of_area, name="area-feed"),
    path("departments/<slug:slug>/feed.atom", feeds.feed_of_department, name="department-feed"),
    path("commitments/<str:code>/feed.atom", feeds.feed_of_commitment, name="commitment-feed"),
    path("deadlines.ics", calendar.deadlines, name="deadlines"),
    # What shows the facts
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence-file"),
    # What explains the rest
    path("glossary/", glossary.glossary, name="glossary"),
    path("method/", pages.method, name="method"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("about/", pages.about, name="about"),
    # Everything, to take away
    path("data/", data.data, name="data"),
    path("data/datapackage.json", data.data_descriptor, name="data-descriptor"),
    path("data/commitments.zip", data.data_package, name="data-package"),
    path("data/report.txt", data.report_text, name="report-text"),
    path("data/<slug:name>.csv", data.data_table, name="data-table"),
]
