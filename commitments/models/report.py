"""A report and the parts of its text: areas, themes, passages, glossary."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..choices import PassageRole
from .loading import QuicklyLoaded


def localised(chinese: str, english: str) -> str:
    """Return the English gloss on English screens if there is one, else the report's own words."""
    return english if english and (get_language() or "").startswith("en") else chinese


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports, asked for as people speak of them."""

    def default(self) -> Report:
        """Return the report the site shows, without its text; the newest if the setting names none there is.

        Raises Report.DoesNotExist when no report has been loaded.
        """
        # The text is long, and most pages show none of it: it is loaded where it is first asked for.
        slim = self.defer("text")
        chosen = slim.filter(slug=settings.DEFAULT_REPORT).first() or slim.order_by("-year", "slug").first()
        if chosen is None:
            raise Report.DoesNotExist("no report has been loaded")
        return chosen

    def get_by_natural_key(self, slug: str) -> Report:
        """Return the report with this slug."""
        return self.get(slug=slug)


class Report(models.Model):
    """One district's report for one year: its text is stored whole and never edited."""

    slug = models.SlugField(_("identifier"), unique=True)
    district = models.CharField(_("district"), max_length=40)
    district_en = models.CharField(_("district in English"), max_length=80, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    delivered_on = models.DateField(_("delivered on"))
    occasion = models.CharField(_("occasion"), max_length=200, blank=True)
    speaker = models.CharField(_("speaker"), max_length=80, blank=True)
    origin = models.TextField(_("origin of the text"), blank=True)
    text = models.TextField(_("text"))
    text_sha256 = models.CharField(_("SHA-256 of the text"), max_length=64)
    review_start = models.PositiveIntegerField(_("start of the review of last year"))
    review_end = models.PositiveIntegerField(_("end of the review of last year"))
    plan_start = models.PositiveIntegerField(_("start of the plan"))
    plan_end = models.PositiveIntegerField(_("end of the plan"))
    data_version = models.PositiveBigIntegerField(
        _("data version"),
        default=1,
        help_text=_("Raised in the same transaction as every change the public can see."),
    )
    # The version in which something last changed that all rows share; see Commitment.public_version.
    whole_version = models.PositiveBigIntegerField(_("data version"), default=1, editable=False)
    data_changed_at = models.DateTimeField(_("last public change"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-year", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["district", "year"], name="report_one_per_district_year"),
            models.CheckConstraint(
                condition=Q(review_start__lt=F("review_end"))
                & Q(review_end__lte=F("plan_start"))
                & Q(plan_start__lt=F("plan_end")),
                name="report_review_precedes_plan",
            ),
            models.CheckConstraint(
                condition=Q(text_sha256__regex=r"^[0-9a-f]{64}$"),
                name="report_sha256_is_64_digits",
            ),
        ]

    def __str__(self) -> str:
        return localised(self.title, self.title_en)

    @property
    def district_name(self) -> str:
        """Return the district in the language of the screen."""
        return localised(self.district, self.district_en)

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class ResponsibleAreaQuerySet(models.QuerySet["ResponsibleArea"]):
    def get_by_natural_key(self, slug: str, number: int) -> ResponsibleArea:
        return self.get(report__slug=slug, number=number)


class ResponsibleArea(models.Model):
    """The report's own division of the work; number 0 holds the expected targets."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="areas", verbose_name=_("report"))
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))

    objects = ResponsibleAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsible area")
        verbose_name_plural = _("responsible areas")
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="area_number_once"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="area_span_not_empty"),
        ]

    def __str__(self) -> str:
        return localised(self.title, self.title_en)

    def natural_key(self) -> tuple[str, int]:
        return (self.report.slug, self.number)

    natural_key.dependencies = ["commitments.report"]  # type: ignore[attr-defined]


class ThemeQuerySet(models.QuerySet["Theme"]):
    def get_by_natural_key(self, slug: str, area: int, number: int) -> Theme:
        return self.get(area__report__slug=slug, area__number=area, number=number)


class Theme(models.Model):
    """The paragraph inside an area, named by its lead sentence."""

    area = models.ForeignKey(ResponsibleArea, models.CASCADE, related_name="themes", verbose_name=_("area"))
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["area", "number"]
        constraints = [
            models.UniqueConstraint(fields=["area", "number"], name="theme_number_once"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="theme_span_not_empty"),
        ]

    def __str__(self) -> str:
        return localised(self.title, self.title_en)

    @property
    def key(self) -> str:
        """Return the number used in codes and addresses, such as 3.2 (asks for the area)."""
        return f"{self.area.number}.{self.number}"

    def natural_key(self) -> tuple[str, int, int]:
        return (*self.area.natural_key(), self.number)

    natural_key.dependencies = ["commitments.responsiblearea"]  # type: ignore[attr-defined]


class PassageQuerySet(models.QuerySet["Passage"]):
    def get_by_natural_key(self, slug: str, start: int, end: int) -> Passage:
        return self.get(report__slug=slug, start=start, end=end)

    def current(self) -> PassageQuerySet:
        """Return the passages of today's reading; replaced ones are kept for retired commitments."""
        return self.filter(is_current=True)


class Passage(QuicklyLoaded, models.Model):
    """A stretch `report.text[start:end]` of the plan; what it promises nothing for has a reason."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="passages", verbose_name=_("report"))
    theme = models.ForeignKey(
        Theme, models.SET_NULL, null=True, blank=True, related_name="passages", verbose_name=_("theme")
    )
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))
    text = models.TextField(_("exact words"))
    role = models.CharField(_("role"), max_length=12, choices=PassageRole.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    is_current = models.BooleanField(_("part of the current reading"), default=True)

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["report", "start", "end"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="passage_span_not_empty"),
            models.UniqueConstraint(fields=["report", "start", "end"], name="passage_span_once"),
            models.CheckConstraint(condition=Q(role__in=PassageRole.values), name="passage_role_is_known"),
            models.CheckConstraint(
                condition=Q(role=PassageRole.COMMITMENT) | ~Q(reason=""),
                name="passage_without_promise_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def natural_key(self) -> tuple[str, int, int]:
        return (self.report.slug, self.start, self.end)

    natural_key.dependencies = ["commitments.report", "commitments.theme"]  # type: ignore[attr-defined]


class GlossaryTermQuerySet(models.QuerySet["GlossaryTerm"]):
    def get_by_natural_key(self, slug: str, number: int) -> GlossaryTerm:
        return self.get(report__slug=slug, number=number)


class GlossaryTerm(models.Model):
    """A term that the report itself explains."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="terms", verbose_name=_("report"))
    number = models.PositiveSmallIntegerField(_("number"))
    term = models.CharField(_("term"), max_length=80)
    term_en = models.CharField(_("term in English"), max_length=160, blank=True)
    definition = models.TextField(_("definition"))
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))

    objects = GlossaryTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="term_number_once"),
            models.UniqueConstraint(fields=["report", "term"], name="term_once"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="term_span_not_empty"),
        ]

    def __str__(self) -> str:
        return localised(self.term, self.term_en)

    def natural_key(self) -> tuple[str, int]:
        return (self.report.slug, self.number)

    natural_key.dependencies = ["commitments.report"]  # type: ignore[attr-defined]


class TermUse(models.Model):
    """One place in the report where a glossary term is used; with its passage when in the plan."""

    term = models.ForeignKey(GlossaryTerm, models.CASCADE, related_name="uses", verbose_name=_("term"))
    passage = models.ForeignKey(
        Passage, models.CASCADE, null=True, blank=True, related_name="term_uses", verbose_name=_("passage")
    )
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))

    class Meta:
        verbose_name = _("use of a term")
        verbose_name_plural = _("uses of terms")
        ordering = ["term", "start"]
        constraints = [
            models.UniqueConstraint(fields=["term", "start"], name="term_use_once"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="term_use_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.start}"
