"""Every row of a report leads to that report alone, so that reports can be kept apart (docs/scale.md)."""

from django.apps import apps
from django.db.models import ForeignKey, Model, UniqueConstraint

from commitments.models import Report

MODELS = list(apps.get_app_config("commitments").get_models())
# Belong to no report: people and their offices, names shared by all, what a person keeps.
SHARED = {"Department", "User", "Scorecard", "Tag", "SavedFilter", "Reminder"}
# Rows that are about a report only if they name a commitment: a change of an account names none.
ONLY_SOMETIMES = {"ChangeEntry"}


def way_to_report(model: type[Model]) -> list[str] | None:
    """Return the shortest way from a row to its report over what every row names; None without one."""
    ways: list[tuple[type[Model], list[str]]] = [(model, [])]
    for at, names in ways:
        if at is Report:
            return names
        ways += [
            (field.related_model, [*names, field.name])
            for field in at._meta.concrete_fields
            if isinstance(field, ForeignKey) and not field.null and len(names) < 4
        ]
    return None


def test_every_row_of_a_report_names_the_way_to_it():
    lost = {model.__name__ for model in MODELS if way_to_report(model) is None}

    assert lost == SHARED | ONLY_SOMETIMES


def test_the_rows_that_lists_are_made_of_name_it_themselves():
    direct = {model.__name__ for model in MODELS if way_to_report(model) == ["report"]}

    assert direct >= {"ResponsibleArea", "Passage", "GlossaryTerm", "Commitment", "BulkEdit"}


def test_what_is_once_is_so_within_a_report():
    """A key that is one among all reports would have to be asked of every part of the data."""
    for model in MODELS:
        way = way_to_report(model)
        if not way:
            continue
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                assert way[0] in constraint.fields, constraint.name
