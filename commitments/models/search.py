"""What the search looks words up in: the pairs of characters that stand in a commitment's public texts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .commitment import Commitment


class SearchEntry(models.Model):
    """One commitment's pairs of characters, parted by blanks; kept by progress/words.py, read by selection/search.py.

    Chinese writes no blanks between words, and most words have two characters: an index of pairs finds them
    where an index of words or of three characters does not. PostgreSQL holds the pairs in a GIN index,
    SQLite in an FTS5 table that follows this one by triggers; both are made by migration 0005. A migration
    that changes this table has to make the triggers again, since SQLite loses them with a remade table.
    """

    commitment = models.OneToOneField(
        Commitment,
        models.CASCADE,
        primary_key=True,
        related_name="search_entry",
        verbose_name=_("commitment"),
    )
    pairs = models.TextField(_("pairs of characters"))

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")

    def __str__(self) -> str:
        return str(self.commitment_id)
