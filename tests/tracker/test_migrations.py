"""Migrations after the first may add, and must not keep readers waiting; they go down and up again."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from commitments.models import Commitment, SearchEntry
from commitments.models.guards import install_guards, missing_guards, step_aside
from commitments.progress import words
from commitments.selection.search import matching
from tests.factories import make_commitment, make_review, make_update

OURS = ("commitments", "tracker")

# Measured on a million updates (docs/security.md). Others need a stop of the site, or a step of their own:
# name them in `stops_the_site`, a sentence for the changelog, on the migration.
HARMLESS = {
    "AddField", "AddIndexConcurrently", "AlterModelOptions", "AlterModelManagers", "CreateModel", "RemoveIndexConcurrently",
    "RunPython", "RunSQL", "SeparateDatabaseAndState",
}  # fmt: skip
# Written before the first release: no database with a million updates had them to come.
BEFORE_RELEASE = {"0002_many_reports", "0003_one_time_passwords"}


def later_migrations():
    return [
        migration
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in OURS and not migration.initial and name not in BEFORE_RELEASE
    ]


def test_later_migrations_keep_nobody_waiting_or_say_so():
    heavy = {
        f"{migration.app_label}.{migration.name}: {type(operation).__name__}"
        for migration in later_migrations()
        if not getattr(migration, "stops_the_site", "")
        for operation in migration.operations
        if type(operation).__name__ not in HARMLESS
    }

    assert heavy == set()


@pytest.mark.django_db(transaction=True)
def test_later_migrations_go_down_and_up_again():
    commitment = make_commitment()
    make_review(make_update(commitment, account="土建完工"))
    make_update(commitment, account="尚未发布")
    try:
        call_command("migrate", "commitments", "0001", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)

    assert missing_guards() == []
    assert dict(SearchEntry.objects.values_list("commitment", "pairs")) == words.entries([commitment.pk])
    assert [row.pk for row in Commitment.objects.filter(matching("土建", commitment.report))] == [
        commitment.pk
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite remakes tables")
@pytest.mark.django_db(transaction=True)
def test_a_table_that_guards_of_others_name_can_be_remade():
    step_aside(plan=[object()])
    with connection.schema_editor() as editor:
        editor._remake_table(Commitment)
    install_guards()

    assert missing_guards() == []
