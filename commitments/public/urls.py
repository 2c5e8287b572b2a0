"""Addresses of the public pages."""

from django.urls import URLPattern, URLResolver, path

from . import (
    areas,
    calendar,
    commitment,
    data,
    departments,
    downloads,
    evidence,
    feeds,
    glossary,
    listing,
    machines,
    overview,
    pages,
    preferences,
    projects,
    reader,
    scorecards,
    targets,
    updates,
)

app_name = "public"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="overview"),
    # The report, and the passages it is made of
    path("report/", reader.report, name="report"),
    path("report/passages/<int:start>/", reader.passage_detail, name="passage-detail"),
    # The commitments; the same rows as files
    path("commitments/", listing.commitment_list, name="commitment-list"),
    path("commitments.<str:ending>", downloads.commitment_download, name="commitment-download"),
    path("commitments/<str:code>/", commitment.commitment_detail, name="commitment-detail"),
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
    # For search engines and browsers
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("favicon.ico", machines.favicon, name="favicon"),
    # The reader's switches
    path("preferences/language/", preferences.language_set, name="language-set"),
    path("preferences/type/", preferences.type_set, name="type-set"),
]
