"""Indexes anew what the search can find, while the site goes on; for after an upgrade (deploy/switch)."""

from typing import Any

from django.core.management.base import BaseCommand

from commitments.progress.words import index_all


class Command(BaseCommand):
    help = "Index anew the words of every commitment: what an older program approved meanwhile is found too."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{index_all()} commitments indexed.")
