"""Addresses of the public pages."""

from django.urls import URLPattern, URLResolver, path

from . import commitment, downloads, listing, machines, more_urls, overview, preferences, reader

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
    *more_urls.urlpatterns,
    # For search engines and browsers
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("favicon.ico", machines.favicon, name="favicon"),
    # The reader's switches
    path("preferences/language/", preferences.language_set, name="language-set"),
    path("preferences/type/", preferences.type_set, name="type-set"),
]
