"""What the doors of the domain answer instead of acting. Each carries sentences for the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from ..models import ProgressUpdate, UpdateDraft


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field; `can_be_confirmed` when it is odd rather than impossible."""

    code: str
    message: str
    can_be_confirmed: bool = False

    def __str__(self) -> str:
        return self.message


class Invalid(Exception):
    """The content was refused: `problems` by field; the field "" stands for the whole."""

    def __init__(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        super().__init__("; ".join(str(problem) for found in problems.values() for problem in found))
        self.problems = {field: list(found) for field, found in problems.items()}

    @classmethod
    def one(cls, field: str, code: str, message: str) -> Invalid:
        """Return the refusal for a single problem."""
        return cls({field: [Problem(code, message)]})

    @property
    def can_be_confirmed(self) -> bool:
        """Say whether a confirmation would remove everything that is wrong."""
        return all(problem.can_be_confirmed for found in self.problems.values() for problem in found)


class NotAllowed(PermissionDenied):
    """This person may not do this; a page answers 403."""


class Conflict(Exception):
    """Somebody was faster: `newer` is the update that the content does not know yet (None: removed)."""

    def __init__(self, newer: ProgressUpdate | None) -> None:
        super().__init__("a newer update exists")
        self.newer = newer


class Decided(Exception):
    """The update was decided or withdrawn in the meantime; `state` is an UpdateState."""

    def __init__(self, update: ProgressUpdate, state: str) -> None:
        super().__init__(f"the update is {state}")
        self.update = update
        self.state = state


class DraftConflict(Exception):
    """The draft is another person's, or was saved elsewhere in the meantime; nothing was overwritten."""

    def __init__(self, draft: UpdateDraft | None) -> None:
        super().__init__("the draft changed elsewhere")
        self.draft = draft
