"""A commitment and the facts that its kind asks for: a target's figure, a project's stage."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ..choices import (
    BaselineMatch,
    Comparator,
    Direction,
    Kind,
    Ladder,
    Rhythm,
    Stage,
    ladder_of,
)
from .loading import QuicklyLoaded
from .people import Department, User
from .report import Passage, Report, Theme, localised

CODE_PATTERN = r"^[0-9]{4}-(0|[1-9][0-9]?)\.[1-9][0-9]?-[0-9]{2,3}$"


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    def get_by_natural_key(self, key: str) -> Scorecard:
        return self.get(key=key)


class Scorecard(models.Model):
    """One of the municipality's eight scorecards (八张报表) under which commitments are counted."""

    key = models.SlugField(_("identifier"), unique=True)
    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=20, unique=True)
    name_en = models.CharField(_("name in English"), max_length=40, blank=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ["number"]

    def __str__(self) -> str:
        return localised(self.name, self.name_en)

    def natural_key(self) -> tuple[str]:
        return (self.key,)


class Tag(models.Model):
    """A word that administrators put on commitments to find them again."""

    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Commitments, asked for as people speak of them."""

    def get_by_natural_key(self, slug: str, code: str) -> Commitment:
        return self.get(report__slug=slug, code=code)

    def published(self) -> CommitmentQuerySet:
        """Return what the public sees: everything but codes that a later reading retired."""
        return self.filter(is_retired=False)

    def of_report(self, report: Report) -> CommitmentQuerySet:
        """Return the report's commitments in the order of its words."""
        return self.filter(report=report).order_by("sequence", "pk")

    def unassigned(self) -> CommitmentQuerySet:
        """Return the commitments that no department leads."""
        return self.filter(lead__isnull=True)

    def of_department(self, department: Department) -> CommitmentQuerySet:
        """Return the commitments that the department leads or supports, each once."""
        supports = Commitment.supports.through.objects.filter(
            commitment_id=OuterRef("pk"), department_id=department.pk
        )
        return self.filter(Q(lead=department) | Exists(supports))

    def reportable_by(self, user: User) -> CommitmentQuerySet:
        """Return the commitments on which this person may report.

        A reporter: those their departments lead or support. An administrator: all, so that an
        orphaned one can be helped along. A reviewer without a department: none.
        """
        if not user.is_active:
            return self.none()
        if user.is_administrator:
            return self
        ids = user.department_ids()
        supports = Commitment.supports.through.objects.filter(
            commitment_id=OuterRef("pk"), department_id__in=ids
        )
        return self.filter(Q(lead_id__in=ids) | Exists(supports))

    def visible_to_staff(self, user: User) -> CommitmentQuerySet:
        """Return the commitments whose internal record this person may read."""
        return self if user.is_reviewer else self.reportable_by(user)


class Commitment(QuicklyLoaded, models.Model):
    """The smallest thing that one unit could be asked to deliver and that can be judged alone."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="commitments", verbose_name=_("report"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="commitments", verbose_name=_("theme"))
    passage = models.ForeignKey(
        Passage, models.PROTECT, related_name="commitments", verbose_name=_("passage")
    )
    code = models.CharField(_("code"), max_length=20)
    sequence = models.PositiveIntegerField(_("order in the report"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)
    hedge = models.CharField(_("hedge as printed"), max_length=10, blank=True)
    reading_note = models.CharField(_("note on the reading"), max_length=300, blank=True)
    same_promise = models.ManyToManyField("self", blank=True, verbose_name=_("same promise"))
    is_retired = models.BooleanField(_("retired from the reading"), default=False)

    # What the administration decides. Loading the report again never touches these.
    lead = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led",
        verbose_name=_("lead department"),
    )
    supports = models.ManyToManyField(
        Department,
        related_name="supported",
        blank=True,
        verbose_name=_("supporting departments"),
    )
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    first_deadline = models.DateField(_("first deadline"), null=True, blank=True, editable=False)
    rhythm = models.CharField(_("reporting rhythm"), max_length=10, choices=Rhythm.choices, blank=True)
    scorecards = models.ManyToManyField(
        Scorecard, related_name="commitments", blank=True, verbose_name=_("scorecards")
    )
    tags = models.ManyToManyField(Tag, related_name="commitments", blank=True, verbose_name=_("tags"))
    finish_line = models.TextField(_("stated finish line"), blank=True)
    contact = models.CharField(_("contact"), max_length=80, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    # Where the public record stands: the latest approved update. Moved only by progress.record.
    approved_update = models.ForeignKey(
        "commitments.ProgressUpdate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("approved update"),
    )
    approved_is_verified = models.BooleanField(default=False, editable=False, verbose_name=_("verified"))

    # The report's data version in which the public last saw something change here and nowhere else.
    public_version = models.PositiveBigIntegerField(_("data version"), default=0, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["report", "sequence", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "code"], name="commitment_code_once"),
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN),
                name="commitment_code_is_well_formed",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="commitment_kind_is_known"),
            models.CheckConstraint(
                condition=Q(rhythm="") | Q(rhythm__in=Rhythm.values),
                name="commitment_rhythm_is_known",
            ),
            models.CheckConstraint(
                condition=Q(approved_is_verified=False) | Q(approved_update__isnull=False),
                name="commitment_verified_has_update",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="commitment_has_title"),
        ]
        indexes = [
            models.Index(fields=["report", "is_retired", "sequence"], name="commitment_in_order"),
            models.Index(fields=["report", "lead", "sequence"], name="commitment_by_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def is_reportable_by(self, user: User) -> bool:
        """Say of this one what `reportable_by` says of many; no query for those whose department leads."""
        if not user.is_active:
            return False
        ids = user.department_ids()
        if user.is_administrator or self.lead_id in ids:
            return True
        return bool(ids) and self.supports.filter(pk__in=ids).exists()

    @property
    def due_on(self) -> dt.date:
        """Return the deadline, or the last day of the report's year when none was set."""
        return self.deadline or dt.date(self.report.year, 12, 31)

    def natural_key(self) -> tuple[str, str]:
        return (self.report.slug, self.code)

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "commitments.passage",
        "commitments.theme",
        "commitments.scorecard",
    ]


class Target(QuicklyLoaded, models.Model):
    """What a commitment judged by a figure promises, and where it started from."""

    commitment = models.OneToOneField(
        Commitment, models.CASCADE, related_name="target", verbose_name=_("commitment")
    )
    metric = models.CharField(_("metric"), max_length=80)
    metric_en = models.CharField(_("metric in English"), max_length=120, blank=True)
    scope = models.CharField(_("scope"), max_length=40, blank=True)
    comparator = models.CharField(_("comparator"), max_length=10, choices=Comparator.choices, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    direction = models.CharField(
        _("direction"), max_length=4, choices=Direction.choices, default=Direction.UP
    )
    baseline_value = models.DecimalField(
        _("baseline"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    baseline_unit = models.CharField(_("baseline's unit"), max_length=20, blank=True)
    baseline_start = models.PositiveIntegerField(_("baseline's start"), null=True, blank=True)
    baseline_end = models.PositiveIntegerField(_("baseline's end"), null=True, blank=True)
    baseline_match = models.CharField(
        _("baseline's match"), max_length=5, choices=BaselineMatch.choices, blank=True
    )
    baseline_note = models.CharField(_("note on the baseline"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["commitment"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True, comparator="")
                | (Q(value__isnull=False) & Q(comparator__in=Comparator.values)),
                name="target_value_with_comparator",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values),
                name="target_direction_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    baseline_start__isnull=True,
                    baseline_end__isnull=True,
                    baseline_value__isnull=True,
                    baseline_match="",
                )
                | (Q(baseline_start__lt=F("baseline_end")) & Q(baseline_match__in=BaselineMatch.values)),
                name="target_baseline_has_its_words",
            ),
        ]

    def __str__(self) -> str:
        return localised(self.metric, self.metric_en)


class Project(QuicklyLoaded, models.Model):
    """The named thing that a commitment promises to bring to a stage."""

    commitment = models.OneToOneField(
        Commitment, models.CASCADE, related_name="project", verbose_name=_("commitment")
    )
    name = models.CharField(_("name"), max_length=80)
    verb = models.CharField(_("promise verb"), max_length=20)
    promised_stage = models.CharField(_("promised stage"), max_length=12, choices=Stage.choices)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["commitment"]
        constraints = [
            models.CheckConstraint(
                condition=Q(promised_stage__in=Stage.values),
                name="project_stage_is_known",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="project_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ladder(self) -> str:
        """Return the ladder on which the promised stage stands."""
        return Ladder(ladder_of(self.promised_stage))
