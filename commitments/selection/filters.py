"""Which commitments are asked for: one filter for the page, its downloads and the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..choices import Kind, PublicStatus, Schedule
from ..models import Commitment, Department, Report, Review, Scorecard, Theme
from ..progress.judging import Judged
from ..progress.roll import Roll, judged, roll_of
from ..progress.summaries import days_since_news
from .portions import Portions
from .search import MAX_LENGTH, matching

Rows = QuerySet[Commitment]

LEAD_CHOICES = [("none", _("Led by no department yet")), ("named", _("Lead department named"))]
HEDGE_CHOICES = [("yes", _("Hedged (“strive to”)")), ("no", _("Not hedged"))]
SORT_CHOICES = [
    ("report", _("Order of the report")),
    ("updated", _("Latest news first")),
    ("stale", _("Longest without news first")),
    ("deadline", _("Earliest deadline first")),
    ("status", _("By status")),
]
LATEST = dt.date.max
# What is judged in Python, by the day.
JUDGED = ("status", "schedule")
STATUS_ORDER = {status: place for place, status in enumerate(PublicStatus)}


class CommitmentFilter(filters.FilterSet):  # type: ignore[misc]  # the package has no types
    """Reads a query such as `?area=3&kind=target&status=behind&q=污水`; several values of a name add up.

    Values that do not exist are named in `errors` and otherwise ignored. Status and schedule depend
    on the day and are judged in Python; all else is asked of the database.
    """

    q = filters.CharFilter(method="by_words", label=_("Search"), max_length=MAX_LENGTH)
    area = filters.MultipleChoiceFilter(field_name="theme__area__number", label=_("Area"))
    theme = filters.MultipleChoiceFilter(method="by_theme", label=_("Theme"))
    kind = filters.MultipleChoiceFilter(choices=lambda: Kind.choices, label=_("Kind"))
    status = filters.MultipleChoiceFilter(
        method="by_status", choices=lambda: PublicStatus.choices, label=_("Status")
    )
    schedule = filters.MultipleChoiceFilter(
        method="by_schedule", choices=lambda: Schedule.choices, label=_("Schedule")
    )
    scorecard = filters.MultipleChoiceFilter(field_name="scorecards__key", label=_("Scorecard"))
    department = filters.MultipleChoiceFilter(method="by_department", label=_("Department"))
    lead = filters.ChoiceFilter(method="by_lead", choices=lambda: LEAD_CHOICES, label=_("Lead department"))
    hedge = filters.ChoiceFilter(method="by_hedge", choices=lambda: HEDGE_CHOICES, label=_("Hedge"))
    since = filters.DateFilter(
        method="updated_since",
        label=pgettext_lazy("filter", "Published since"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    sort = filters.ChoiceFilter(
        method="unchanged", choices=lambda: SORT_CHOICES, label=_("Sort"), empty_label=None
    )

    class Meta:
        model = Commitment
        fields: list[str] = []

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        report: Report,
        today: dt.date,
        queryset: Rows | None = None,
        streamed: bool = False,
    ) -> None:
        self.report, self.today = report, today
        self.is_whole, self.is_streamed = queryset is None, streamed
        published = Commitment.objects.published() if queryset is None else queryset
        # The number of a page, or a format, chooses nothing.
        if data and self.base_filters.keys().isdisjoint(data):
            data = {}
        super().__init__(data, published.filter(report=report))
        if self.is_whole and not data:  # nothing to be understood, so nothing to be chosen from
            return
        self.filters["area"].extra["choices"] = [(str(area.number), str(area)) for area in self.areas]
        self.filters["theme"].extra["choices"] = [(theme.key, str(theme)) for theme in self.themes]
        self.filters["scorecard"].extra["choices"] = [(card.key, str(card)) for card in self.scorecards]
        self.filters["department"].extra["choices"] = [(unit.slug, str(unit)) for unit in self.departments]

    # --- What can be chosen: each asked for once ----------------------------------------------

    @cached_property
    def themes(self) -> list[Theme]:
        """Return the report's themes in its order."""
        return self.roll.themes

    @cached_property
    def areas(self) -> list[Any]:
        """Return the report's areas that have themes, in its order."""
        return list({theme.area.pk: theme.area for theme in self.themes}.values())

    @cached_property
    def scorecards(self) -> list[Scorecard]:
        """Return the scorecards in their order."""
        return self.roll.scorecards

    @cached_property
    def departments(self) -> list[Department]:
        """Return the district's departments by name."""
        return self.roll.departments

    @cached_property
    def roll(self) -> Roll:
        """Return the roll of what could be asked for: the report's own, unless it is only a part of it."""
        if self.is_streamed:  # what can be chosen, without the rows
            return Roll(self.report, [])
        if self.is_whole:
            return roll_of(self.report, today=self.today)
        part = self.queryset.order_by("sequence", "pk")
        return Roll(self.report, judged(self.report, today=self.today, commitments=part))

    @cached_property
    def rows(self) -> list[Judged]:
        """Return every commitment that could be asked for, judged on the day, in the report's order."""
        return self.roll.rows

    # --- What was chosen ----------------------------------------------------------------------

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """Return the valid choices by name, without those that change nothing."""
        if not self.data:  # nothing to be understood, so no form is made
            return {}
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value and name != "sort"}

    @property
    def errors(self) -> Any:
        """Return what could not be understood, by name."""
        return self.form.errors if self.data else {}

    @cached_property
    def order(self) -> str:
        """Return the order that was chosen, the report's own when none was."""
        if not self.data:
            return "report"
        self.form.is_valid()
        return str(self.form.cleaned_data.get("sort") or "report")

    @cached_property
    def matches(self) -> dict[str, set[int]]:
        """Return for each choice the ids that it lets through: from the roll, or by one query each."""
        found = {}
        for name, value in self.chosen.items():
            if name in self.roll.keys:
                found[name] = self.roll.found(name, [value] if isinstance(value, str) else value)
            else:
                kept = self.filters[name].filter(self.queryset.order_by(), value)
                found[name] = set(kept.values_list("pk", flat=True))
        return found

    @cached_property
    def selected(self) -> list[Judged]:
        """Return the commitments that pass every choice, in the chosen order."""
        allowed = list(self.matches.values())
        rows = self.rows
        if allowed:
            rows = [row for row in rows if all(row.commitment.pk in ids for ids in allowed)]
        # The roll is in the report's order already.
        return rows if self.order == "report" else sorted(rows, key=self.sort_key())

    def portions(self) -> Portions:
        """Return what `selected` would, to be read a few hundred at a time. Only of a filter made `streamed`.

        Where the choice or the order depends on the day, every row is judged once more beforehand.
        """
        asked = {name: value for name, value in self.chosen.items() if name not in JUDGED}
        found = self.queryset
        for name, value in asked.items():
            found = self.filters[name].filter(found, value)
        ids = list(found.order_by("sequence", "pk").values_list("pk", flat=True))
        if len(asked) < len(self.chosen) or self.order != "report":
            rows = chain.from_iterable(Portions(self.report, ids, today=self.today))
            statuses, schedules = (self.chosen.get(name, ()) for name in JUDGED)
            kept = (
                row
                for row in rows
                if (not statuses or row.verdict.status in statuses)
                and (not schedules or row.verdict.schedule in schedules)
            )
            if self.order == "report":
                ids = [row.commitment.pk for row in kept]
            else:
                key = self.sort_key()
                ids = [pk for _key, pk in sorted((key(row), row.commitment.pk) for row in kept)]
        return Portions(self.report, ids, today=self.today)

    def sort_key(self) -> Callable[[Judged], tuple[Any, ...]]:
        """Return what the rows are sorted by; the report's order decides between equals."""

        def news(row: Judged, *, oldest_first: bool) -> tuple[Any, ...]:
            age = days_since_news(row, today=self.today)
            if age is None:  # never reported: after all that were
                return (1, 0, row.commitment.sequence)
            return (0, -age if oldest_first else age, row.commitment.sequence)

        keys: dict[str, Callable[[Judged], tuple[Any, ...]]] = {
            "updated": lambda row: news(row, oldest_first=False),
            "stale": lambda row: news(row, oldest_first=True),
            "deadline": lambda row: (row.verdict.facts.due_on or LATEST, row.commitment.sequence),
            "status": lambda row: (STATUS_ORDER[row.verdict.status], row.commitment.sequence),
        }
        return keys[self.order]

    # --- The conditions -----------------------------------------------------------------------

    def by_words(self, queryset: Rows, name: str, value: str) -> Rows:
        """Keep what contains every word."""
        return queryset.filter(matching(value, self.report))

    def by_theme(self, queryset: Rows, name: str, value: list[str]) -> Rows:
        """Keep the themes named by keys such as 3.2."""
        wanted = [theme.pk for theme in self.themes if theme.key in value]
        return queryset.filter(theme__in=wanted) if value else queryset

    def by_status(self, queryset: Rows, name: str, value: list[str]) -> Rows:
        """Keep the public statuses of the day."""
        return self._judged_as(queryset, value, lambda row: row.verdict.status)

    def by_schedule(self, queryset: Rows, name: str, value: list[str]) -> Rows:
        """Keep what stands so against its schedule on the day."""
        return self._judged_as(queryset, value, lambda row: row.verdict.schedule)

    def _judged_as(self, queryset: Rows, value: list[str], of: Callable[[Judged], str]) -> Rows:
        if not value:
            return queryset
        return queryset.filter(pk__in=[row.commitment.pk for row in self.rows if of(row) in value])

    def by_department(self, queryset: Rows, name: str, value: list[str]) -> Rows:
        """Keep what one of the departments leads or supports."""
        if not value:
            return queryset
        supports = Commitment.supports.through.objects.filter(
            commitment_id=OuterRef("pk"), department__slug__in=value
        )
        return queryset.filter(Q(lead__slug__in=value) | Exists(supports))

    def by_lead(self, queryset: Rows, name: str, value: str) -> Rows:
        """Keep what nobody leads, or what somebody does."""
        return queryset.filter(lead__isnull=value == "none")

    def by_hedge(self, queryset: Rows, name: str, value: str) -> Rows:
        """Keep what the report hedges, or what it does not."""
        return queryset.exclude(hedge="") if value == "yes" else queryset.filter(hedge="")

    def updated_since(self, queryset: Rows, name: str, value: dt.date) -> Rows:
        """Keep what had an update published on this day or later."""
        decisions = Review.objects.approving().filter(
            update__commitment=OuterRef("pk"), decided_at__date__gte=value
        )
        return queryset.filter(Exists(decisions))

    def unchanged(self, queryset: Rows, name: str, value: str) -> Rows:
        """Return everything: sorting is done after judging."""
        return queryset
