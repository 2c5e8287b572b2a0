"""The tables of the project itself: how often somebody asked, and files where they are kept in the database."""

import random

from django.db import connections, models, router


class RateCountManager(models.Manager["RateCount"]):
    def add(self, key: str, period: int) -> int:
        """Count one more for the key and return the count of this period, in one statement.

        Two processes at once count two: a cache's get and set would count one.
        """
        table = self.model._meta.db_table
        using = router.db_for_write(self.model)
        with connections[using].cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (key, period, count) VALUES (%s, %s, 1)"  # noqa: S608  our own name
                f" ON CONFLICT (key) DO UPDATE SET period = excluded.period,"
                f" count = CASE WHEN {table}.period = excluded.period THEN {table}.count + 1 ELSE 1 END"
                f" RETURNING count",
                [key, period],
            )
            found: int = cursor.fetchone()[0]
        if found == 1 and random.random() < 0.01:  # noqa: S311  only spreads the sweeping
            self.filter(period__lt=period - 1).delete()
        return found


class RateCount(models.Model):
    """One visitor, by fingerprint, and how often they asked within a period (minutes since 1970)."""

    key = models.CharField(max_length=64, primary_key=True)
    period = models.PositiveBigIntegerField(db_index=True)
    count = models.PositiveIntegerField()

    objects = RateCountManager()

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"


class StoredFile(models.Model):
    """A file that tracker.storage.DatabaseStorage keeps."""

    name = models.CharField(max_length=200, unique=True)
    size = models.PositiveBigIntegerField()
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class StoredPiece(models.Model):
    """A stretch of a stored file, so that no reader has to hold the whole."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="stored_piece_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
