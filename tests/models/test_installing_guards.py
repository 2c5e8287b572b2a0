"""Guards are put up where they are missing and left alone where they stand."""

import pytest
from django.db import connection

from commitments.models.guards import GUARDS, install_guards, missing_guards

pytestmark = pytest.mark.django_db

NAME = "commitments_progressupdate_no_update"
TABLE = "commitments_progressupdate"
ON_TABLE = f" ON {TABLE}" if connection.vendor == "postgresql" else ""


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_nothing_is_touched_where_all_stand(django_assert_max_num_queries):
    install_guards()

    with django_assert_max_num_queries(4):
        assert install_guards() == []
    assert missing_guards() == []


def test_a_dropped_guard_is_missed_and_put_up_again():
    execute(f"DROP TRIGGER {NAME}{ON_TABLE}")

    assert missing_guards() == [NAME]
    assert install_guards() == [NAME]
    assert missing_guards() == []


def test_a_guard_that_says_something_else_is_replaced():
    execute(f"DROP TRIGGER {NAME}{ON_TABLE}")
    if connection.vendor == "sqlite":
        execute(f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN 1 = 0 BEGIN SELECT 1; END")
    else:
        execute(
            f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
        execute(f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()")

    assert missing_guards() == [NAME]
    assert install_guards() == [NAME]
    assert missing_guards() == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL can switch a trigger off")
def test_a_guard_that_was_switched_off_is_put_up_again():
    execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {NAME}")

    assert missing_guards() == [NAME]
    assert install_guards() == [NAME]
    assert missing_guards() == []


def test_names_are_used_once():
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)
