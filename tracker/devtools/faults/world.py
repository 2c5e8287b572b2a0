"""Who and what the faults happen to: accounts and assigned rows. Runs with the site's settings.

`python -m tracker.devtools.faults.world` reads how many people are wanted and prints their names.
"""

from __future__ import annotations

import json
import sys
from typing import Any

PASSWORD = "一个够长的密码 for faults"


def prepare(wanted: dict[str, int]) -> dict[str, Any]:
    """Make departments and people, give every commitment a lead, and return what the crowd needs."""
    from django.contrib.auth.hashers import make_password
    from django.utils.translation import override

    from commitments.choices import Role
    from commitments.exchange.ledger_columns import COLUMNS
    from commitments.models import Commitment, Department, User

    hashed = make_password(PASSWORD)
    bureau, _ = Department.objects.get_or_create(name="区演练局", slug="faults")
    names: dict[str, list[str]] = {}
    for role, group in (
        (Role.REPORTER, "reporters"),
        (Role.REVIEWER, "reviewers"),
        (Role.ADMINISTRATOR, "administrators"),
    ):
        names[group] = [f"{group}{number}" for number in range(wanted[group])]
        people = User.objects.bulk_create(
            User(username=name, email=f"{name}@example.cn", full_name=name, role=role, password=hashed)
            for name in names[group]
        )
        for person in people:
            person.departments.add(bureau)
    Commitment.objects.update(lead=bureau)
    rows = Commitment.objects.published().order_by("sequence", "pk")
    titles = []
    for language in ("zh-hans", "en"):
        with override(language):
            titles += [str(column.title) for column in COLUMNS if column.key == "contact"]
    return {
        **names,
        "password": PASSWORD,
        "measures": list(rows.filter(kind="measure").values_list("code", flat=True)),
        "pks": list(rows.values_list("pk", flat=True)),
        "contact_titles": titles,
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(prepare(json.load(sys.stdin))))
