"""Where a list of changes goes on: the place of the last entry that was read, as one word."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Mapping
from typing import Any

from ..progress.news import AMENDMENT, UPDATE, Cursor


class BadCursor(ValueError):
    """The word is not one that `write_cursor` made."""


def write_cursor(row: Mapping[str, Any]) -> str:
    """Return the cursor of a row of progress.news.entries."""
    at: dt.datetime = row["at"]
    text = f"{at.astimezone(dt.UTC).isoformat()}|{row['what']}|{row['ref']}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Cursor | None:
    """Return the place that a cursor names, None for the beginning. Raises BadCursor."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, what, ref = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("|")
        moment, number = dt.datetime.fromisoformat(at), int(ref)
    except (binascii.Error, ValueError) as error:
        raise BadCursor(cursor) from error
    if what not in (UPDATE, AMENDMENT) or moment.tzinfo is None or not 0 <= number < 2**63:
        raise BadCursor(cursor)
    return moment, what, number
