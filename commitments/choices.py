"""Every word of the domain that is a choice, with its label. One word each, in code and on screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person with an account may do."""

    REPORTER = "reporter", _("Reporter")
    REVIEWER = "reviewer", _("Reviewer")
    ADMINISTRATOR = "administrator", _("Administrator")


class PassageRole(models.TextChoices):
    """What a stretch of the plan does; only COMMITMENT promises something."""

    COMMITMENT = "commitment", _("Commitment")
    HEADING = "heading", _("Heading")
    FRAMING = "framing", _("Framing")
    PURPOSE = "purpose", _("Purpose")
    CALL = "call", _("Call")
    FACT = "fact", _("Fact")


class Kind(models.TextChoices):
    """How a commitment is judged."""

    TARGET = "target", _("Target")
    PROJECT = "project", _("Project")
    MEASURE = "measure", _("Measure")


class Comparator(models.TextChoices):
    """How the promised figure compares with the actual one."""

    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
    MORE_THAN = "more_than", _("more than")
    EQUAL = "equal", _("exactly, or more where it counts deliveries")
    ABOUT = "about", _("about")


class Direction(models.TextChoices):
    """Which way is better."""

    UP = "up", _("higher is better")
    DOWN = "down", _("lower is better")


class BaselineMatch(models.TextChoices):
    """How well last year's figure in the same report matches the target's metric."""

    SAME = "same", _("same metric")
    NEAR = "near", _("near metric")
    LEVEL = "level", _("level only")


class Stage(models.TextChoices):
    """The rungs of the three ladders that a project can stand on (see LADDERS)."""

    PLANNED = "planned", _("Planned")
    STARTED = "started", _("Started")
    UNDER_WAY = "under_way", _("Under way")
    BUILT = "built", _("Built")
    IN_OPERATION = "in_operation", _("In operation")
    HELD = "held", _("Held")
    IMPROVED = "improved", _("Improvement delivered")


class Ladder(models.TextChoices):
    """Which sequence of stages a project climbs."""

    WORKS = "works", _("Works")
    EVENT = "event", _("Event")
    IMPROVEMENT = "improvement", _("Improvement")


LADDERS: dict[str, tuple[str, ...]] = {
    Ladder.WORKS: (
        Stage.PLANNED,
        Stage.STARTED,
        Stage.UNDER_WAY,
        Stage.BUILT,
        Stage.IN_OPERATION,
    ),
    Ladder.EVENT: (Stage.PLANNED, Stage.HELD),
    Ladder.IMPROVEMENT: (Stage.PLANNED, Stage.UNDER_WAY, Stage.IMPROVED),
}


def ladder_of(promised_stage: str) -> str:
    """Return the ladder on which a promised stage stands; a stage of works unless it ends another."""
    if promised_stage == Stage.HELD:
        return Ladder.EVENT
    if promised_stage == Stage.IMPROVED:
        return Ladder.IMPROVEMENT
    return Ladder.WORKS


class SelfReport(models.TextChoices):
    """What the department says of its commitment."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    BLOCKED = "blocked", _("Blocked")
    COMPLETED = "completed", _("Completed")
    NOT_ACHIEVED = "not_achieved", _("Not achieved")


class Decision(models.TextChoices):
    """What a reviewer decides about an update."""

    RETURNED = "returned", _("Returned")
    PUBLISHED = "published", _("Published as reported")
    VERIFIED = "verified", _("Published as verified")


# The decisions that let the public read an update.
APPROVALS = (Decision.PUBLISHED, Decision.VERIFIED)


class Method(models.TextChoices):
    """How a reviewer verified an update."""

    DOCUMENTS = "documents", _("Documents examined")
    TELEPHONE = "telephone", _("Checked by telephone")
    ON_SITE = "on_site", _("Checked on site")


class UpdateState(models.TextChoices):
    """Where an update stands between its author and the public. Derived, never stored."""

    SUBMITTED = "submitted", _("Submitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RETURNED = "returned", _("Returned")
    PUBLISHED = "published", _("Published as reported")
    VERIFIED = "verified", _("Published as verified")


class PublicStatus(models.TextChoices):
    """The tracker's conclusion about a commitment. Derived by progress.verdict, never stored."""

    NOT_REPORTED = "not_reported", _("Not yet reported")
    NOT_STARTED = "not_started", _("Not started")
    ON_SCHEDULE = "on_schedule", _("On schedule")
    BEHIND = "behind", _("Behind schedule")
    BLOCKED = "blocked", _("Blocked")
    REPORTED_DONE = "reported_done", _("Reported complete, awaiting verification")
    DONE = "done", _("Completed")
    DONE_LATE = "done_late", _("Completed late")
    NOT_ACHIEVED = "not_achieved", _("Not achieved")
    AMENDED = "amended", _("Amended with approval")
    NOT_MEASURABLE = "not_measurable", _("Cannot be measured")


class Schedule(models.TextChoices):
    """How the latest approved fact compares with the share of the period that has passed."""

    AHEAD = "ahead", _("Ahead of schedule")
    ON_SCHEDULE = "on_schedule", _("On schedule")
    BEHIND = "behind", _("Behind schedule")
    OVERDUE = "overdue", _("Overdue")
    UNKNOWN = "unknown", pgettext_lazy("schedule", "Not known")


class Rhythm(models.TextChoices):
    """How often progress is due."""

    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")


class DepartmentKind(models.TextChoices):
    """What sort of unit a department is."""

    BUREAU = "bureau", _("Bureau")
    SUBDISTRICT = "subdistrict", _("Sub-district")
    TOWN = "town", _("Town")
    COMPANY = "company", _("State-owned company")
    OTHER = "other", _("Other unit")


class EvidenceKind(models.TextChoices):
    """What shows the fact."""

    LINK = "link", _("Link")
    FILE = "file", _("File")


class AmendmentKind(models.TextChoices):
    """What an amendment changes."""

    WORDING = "wording", _("Wording")
    TARGET = "target", _("Target")
    DEADLINE = "deadline", _("Deadline")
    CANCELLATION = "cancellation", _("Cancellation")


class Via(models.TextChoices):
    """Through which door a change came in."""

    PAGE = "page", _("Page")
    BULK = "bulk", _("Bulk edit")
    IMPORT = "import", _("Import")
    REVERT = "revert", _("Reverted")
    COMMAND = "command", _("Command")
    ADMIN = "admin", _("Administration site")
