"""What departments report, what reviewers decide, and the evidence. Appended, never edited."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from ..choices import APPROVALS, Decision, EvidenceKind, Method, SelfReport, Stage, UpdateState
from .commitment import Commitment
from .loading import QuicklyLoaded
from .people import Department, User


class UpdateDraft(models.Model):
    """An update being written: one per commitment, seen by colleagues, taken over on purpose."""

    commitment = models.OneToOneField(
        Commitment, models.CASCADE, related_name="draft", verbose_name=_("commitment")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", verbose_name=_("owner")
    )
    content = models.JSONField(_("what was typed"), default=dict)
    based_on = models.ForeignKey(
        "commitments.ProgressUpdate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("based on"),
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-saved_at", "pk"]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.owner_id}"


class ProgressUpdateQuerySet(models.QuerySet["ProgressUpdate"]):
    """Updates, asked for as people speak of them."""

    def with_state(self) -> ProgressUpdateQuerySet:
        """Annotate each update with `state`, an UpdateState: withdrawn, else the latest decision."""
        latest = Review.objects.filter(update=OuterRef("pk")).order_by("-pk").values("decision")[:1]
        withdrawn = Withdrawal.objects.filter(update=OuterRef("pk"))
        return self.annotate(  # type: ignore[no-redef]  # the model declares it for its readers
            state=Case(
                When(Exists(withdrawn), then=Value(UpdateState.WITHDRAWN.value)),
                When(reviews__isnull=True, then=Value(UpdateState.SUBMITTED.value)),
                default=Subquery(latest),
                output_field=models.CharField(),
            )
        ).distinct()

    def awaiting_review(self) -> ProgressUpdateQuerySet:
        """Return the submitted updates on which nobody has decided, longest waiting first."""
        return self.filter(reviews__isnull=True, withdrawal__isnull=True).order_by("submitted_at", "pk")

    def approved(self) -> ProgressUpdateQuerySet:
        """Return what the public may read: published or verified."""
        return self.filter(Exists(Review.objects.approving().filter(update=OuterRef("pk"))))

    def reviewable_by(self, user: User) -> ProgressUpdateQuerySet:
        """Return the waiting updates on which this person may decide: never their own."""
        if not user.is_reviewer:
            return self.none()
        return self.awaiting_review().exclude(author=user)


class ProgressUpdate(QuicklyLoaded, models.Model):
    """One statement of fact about one commitment, by one person, on one date."""

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="updates", verbose_name=_("commitment")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="updates",
        verbose_name=_("author"),
    )
    author_name = models.CharField(_("author's name"), max_length=150)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
        verbose_name=_("department"),
    )
    department_name = models.CharField(_("department's name"), max_length=80, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"))
    as_of = models.DateField(_("as of"))
    status = models.CharField(_("self-reported status"), max_length=12, choices=SelfReport.choices)
    is_unchanged = models.BooleanField(_("no change"), default=False)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4, null=True, blank=True)
    value_source = models.CharField(_("source of the figure"), max_length=200, blank=True)
    stage = models.CharField(_("stage reached"), max_length=12, choices=Stage.choices, blank=True)
    stage_on = models.DateField(_("stage reached on"), null=True, blank=True)
    invested = models.DecimalField(
        _("invested so far (10,000 yuan)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
    )
    account = models.TextField(_("account"), blank=True)
    obstacle = models.TextField(_("obstacle"), blank=True)
    help_needed = models.TextField(_("help needed"), blank=True)
    expected_on = models.DateField(_("expected completion"), null=True, blank=True)
    explanation = models.TextField(_("explanation of an unusual entry"), blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    bulk_edit = models.ForeignKey(
        "commitments.BulkEdit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
        verbose_name=_("bulk edit"),
    )
    # The form carries it, so that a second click or a repeated request appends nothing twice.
    token = models.UUIDField(_("submission token"), default=uuid.uuid4, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False, verbose_name=_("demonstration data"))

    state: str  # an UpdateState; only on rows that were asked for `with_state()`

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SelfReport.values), name="update_status_is_known"),
            models.CheckConstraint(
                condition=Q(stage="") | Q(stage__in=Stage.values),
                name="update_stage_is_known",
            ),
            models.CheckConstraint(
                condition=Q(is_unchanged=True) | ~Q(account=""),
                name="update_change_has_account",
            ),
            models.CheckConstraint(
                condition=~Q(status=SelfReport.BLOCKED) | ~Q(obstacle=""),
                name="update_blocked_names_obstacle",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(corrects=F("pk")),
                name="update_does_not_correct_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["commitment", "-submitted_at"], name="update_by_commitment"),
            models.Index(fields=["submitted_at"], name="update_by_time"),
            # Every page asks whether there is any; without it the answer "none" takes the whole table.
            models.Index(fields=["commitment"], condition=Q(is_demo=True), name="update_demo"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.as_of:%Y-%m-%d}"


class Withdrawal(models.Model):
    """The author takes a submitted update back before anybody decided."""

    update = models.OneToOneField(
        ProgressUpdate, models.PROTECT, related_name="withdrawal", verbose_name=_("progress update")
    )
    at = models.DateTimeField(_("withdrawn at"))
    is_demo = models.BooleanField(default=False, editable=False, verbose_name=_("demonstration data"))

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self) -> str:
        return f"{self.update_id}"


class ReviewQuerySet(models.QuerySet["Review"]):
    def approving(self) -> ReviewQuerySet:
        """Return the decisions that let the public read an update."""
        return self.filter(decision__in=APPROVALS)


class Review(models.Model):
    """One decision on an update, by somebody other than its author."""

    update = models.ForeignKey(
        ProgressUpdate, models.PROTECT, related_name="reviews", verbose_name=_("progress update")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reviews",
        verbose_name=_("account of the reviewer"),
    )
    reviewer_name = models.CharField(_("reviewer's name"), max_length=150)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    is_demo = models.BooleanField(default=False, editable=False, verbose_name=_("demonstration data"))

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["update", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["update", "decision"], name="review_decision_once"),
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values),
                name="review_decision_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.RETURNED) | ~Q(reason=""),
                name="review_return_has_reason",
            ),
            models.CheckConstraint(
                condition=(Q(decision=Decision.VERIFIED) & Q(method__in=Method.values))
                | (~Q(decision=Decision.VERIFIED) & Q(method="")),
                name="review_verified_has_method",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.update_id} {self.decision}"


def evidence_path(evidence: Evidence, filename: str) -> str:
    """Return a path that gives nothing away and cannot collide: the name lives in the database."""
    day = dt.datetime.now(tz=dt.UTC)
    return f"{day:%Y/%m}/{uuid.uuid4().hex}"


class Evidence(models.Model):
    """A link or a file that shows the fact; frozen once its update is submitted."""

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="evidence", verbose_name=_("commitment")
    )
    draft = models.ForeignKey(
        UpdateDraft, models.SET_NULL, null=True, blank=True, related_name="evidence", verbose_name=_("draft")
    )
    update = models.ForeignKey(
        ProgressUpdate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("progress update"),
    )
    kind = models.CharField(_("kind"), max_length=4, choices=EvidenceKind.choices)
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    archived_url = models.URLField(_("archived address"), max_length=1000, blank=True)
    file = models.FileField(_("file"), upload_to=evidence_path, blank=True, max_length=200)
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"))
    is_demo = models.BooleanField(default=False, editable=False, verbose_name=_("demonstration data"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=EvidenceKind.LINK) & ~Q(url="") & Q(file=""))
                | (
                    Q(kind=EvidenceKind.FILE)
                    & Q(url="")
                    & ~Q(file="")
                    & Q(sha256__regex=r"^[0-9a-f]{64}$")
                    & ~Q(content_type="")
                ),
                name="evidence_is_link_or_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Chase(models.Model):
    """A reviewer asks a department for news (催办), with a term for reply; open until closed."""

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="chases", verbose_name=_("commitment")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("account of who asked")
    )
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked at"))
    message = models.TextField(_("message"))
    reply_by = models.DateField(_("reply by"))
    reply = models.TextField(_("reply"), blank=True)
    replied_by_name = models.CharField(_("replied by"), max_length=150, blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    closed_by_name = models.CharField(_("closed by"), max_length=150, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False, verbose_name=_("demonstration data"))

    class Meta:
        verbose_name = _("chase")
        verbose_name_plural = _("chases")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="chase_reply_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.reply_by:%Y-%m-%d}"


class Reminder(models.Model):
    """That a person was mailed about one thing, so that nobody is mailed twice within days."""

    recipient = models.EmailField(_("recipient"))
    subject_key = models.CharField(_("what it was about"), max_length=100)
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-sent_at", "pk"]
        indexes = [models.Index(fields=["recipient", "subject_key", "-sent_at"], name="reminder_latest")]

    def __str__(self) -> str:
        return f"{self.recipient} {self.subject_key}"
