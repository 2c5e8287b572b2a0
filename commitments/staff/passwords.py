"""What people do with their own accounts, as far as the change log keeps it."""

from __future__ import annotations

from typing import Any

from commitments import clock
from commitments.models import User
from commitments.progress.changes import Change, log


def log_password(sender: Any, user: User, **kwargs: Any) -> None:
    """Log that a person chose a password, by changing it or through the link of a mail; never which."""
    log(Change(act="account.password", row=user), by=user, now=clock.now())
