"""The nouns of the tracker, one module each; import them from here."""

from .amendment import Amendment
from .bulk import BulkEdit, ChangeEntry, SavedFilter
from .commitment import Commitment, Project, Scorecard, Tag, Target
from .people import Department, User
from .progress import (
    Chase,
    Evidence,
    ProgressUpdate,
    Reminder,
    Review,
    UpdateDraft,
    Withdrawal,
)
from .report import (
    GlossaryTerm,
    Passage,
    Report,
    ResponsibleArea,
    TermUse,
    Theme,
    localised,
)
from .search import SearchEntry

__all__ = [
    "Amendment",
    "BulkEdit",
    "ChangeEntry",
    "Chase",
    "Commitment",
    "Department",
    "Evidence",
    "GlossaryTerm",
    "Passage",
    "ProgressUpdate",
    "Project",
    "Reminder",
    "Report",
    "ResponsibleArea",
    "Review",
    "SavedFilter",
    "Scorecard",
    "SearchEntry",
    "Tag",
    "Target",
    "TermUse",
    "Theme",
    "UpdateDraft",
    "User",
    "Withdrawal",
    "localised",
]
