"""What was read from the report. For reading only: `load_report` brings it in, and again when it is read anew."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from commitments.models import (
    GlossaryTerm,
    Passage,
    Project,
    Report,
    ResponsibleArea,
    Scorecard,
    SearchEntry,
    Target,
    TermUse,
    Theme,
)

from .base import ReadOnly


@admin.register(Report)
class ReportAdmin(ReadOnly):
    list_display = ["title", "district", "year", "delivered_on", "data_version", "data_changed_at"]
    search_fields = ["title", "slug"]


@admin.register(ResponsibleArea)
class ResponsibleAreaAdmin(ReadOnly):
    list_display = ["number", "title", "report"]
    list_select_related = ["report"]
    list_filter = ["report"]
    search_fields = ["title", "title_en"]


@admin.register(Theme)
class ThemeAdmin(ReadOnly):
    list_display = ["key", "title", "area"]
    list_select_related = ["area__report"]
    list_filter = ["area"]
    search_fields = ["title", "title_en"]


@admin.register(Passage)
class PassageAdmin(ReadOnly):
    list_display = ["start", "end", "text", "role", "reason", "is_current"]
    list_filter = ["role", "is_current", "report"]
    list_select_related = ["report"]
    search_fields = ["text", "reason"]


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(ReadOnly):
    list_display = ["number", "term", "definition"]
    list_filter = ["report"]
    search_fields = ["term", "term_en", "definition"]


@admin.register(TermUse)
class TermUseAdmin(ReadOnly):
    list_display = ["term", "start", "passage"]
    list_select_related = ["term", "passage"]
    search_fields = ["term__term"]


@admin.register(Scorecard)
class ScorecardAdmin(ReadOnly):
    list_display = ["number", "name", "key"]
    search_fields = ["name", "name_en"]


@admin.register(SearchEntry)
class SearchEntryAdmin(ReadOnly):
    list_display = ["commitment", "pairs"]
    list_select_related = ["commitment__report"]
    search_fields = ["commitment__code", "commitment__title"]


class OfCommitment(ReadOnly):
    """A table whose rows each belong to one commitment."""

    list_select_related = ["commitment__report"]
    search_fields = ["commitment__code", "commitment__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(commitment__is_retired=False)


@admin.register(Target)
class TargetAdmin(OfCommitment):
    list_display = ["commitment", "metric", "comparator", "value", "unit", "baseline_value", "baseline_match"]
    list_filter = ["comparator", "direction", "baseline_match"]
    search_fields = [*OfCommitment.search_fields, "metric", "metric_en"]


@admin.register(Project)
class ProjectAdmin(OfCommitment):
    list_display = ["commitment", "name", "verb", "promised_stage"]
    list_filter = ["promised_stage"]
    search_fields = [*OfCommitment.search_fields, "name", "verb"]
