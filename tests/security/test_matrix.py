"""Every address of the site × every kind of visitor × every method, against the table in matrix.txt.

An address that the table does not name fails the test, so that a new page cannot be forgotten. To add
one: write its line, think about each column, and add its arguments to ARGUMENTS below if it takes any.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from .world import TODAY, VISITORS, World, make_world

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).with_name("matrix.txt")
READS, REST = ("GET", "HEAD"), ("PUT", "PATCH", "DELETE", "OPTIONS")
METHODS = (*READS, "POST", *REST)
# The administration site tells no other methods apart.
FEW = ("GET", "POST", "PUT", "DELETE")
# Answered before the resolver is asked.
MACHINES = {"health:live": "/health/live", "health:ready": "/health/ready", "metrics": "/metrics"}
# Tables of the administration site that stand for their kind: written there, read there, accounts and
# appended records. Of the others the list and a page of changing are asked for.
REPRESENTATIVE = ("tag", "user", "department", "commitment", "progressupdate")


def arguments(world: World) -> dict[str, list[object]]:
    """Return what the addresses are given; the row is always the reporter's own."""
    code, start = world.approved.code, world.approved.passage.start
    return {
        "public:passage-detail": [start],
        "public:commitment-download": ["csv"],
        "public:commitment-detail": [code],
        "public:area-detail": [1],
        "public:theme-detail": [1, 1],
        "public:department-detail": ["reform"],
        "public:scorecard-detail": [world.approved.scorecards.get().key],
        "public:area-feed": [1],
        "public:department-feed": ["reform"],
        "public:commitment-feed": [code],
        "public:evidence-file": [world.file.pk],
        "public:data-table": ["commitments"],
        "api:commitment": [code],
        "api:nowhere": ["no/such/address"],
        "staff:worklist-row": [code],
        "staff:update-edit": [code],
        "staff:update-draft": [code],
        "staff:update-preview": [code],
        "staff:update-unchanged": [code],
        "staff:chase-create": [code],
        "staff:amendment-propose": [code],
        "staff:update-detail": [world.submitted.pk],
        "staff:update-withdraw": [world.submitted.pk],
        "staff:review-detail": [world.submitted.pk],
        "staff:evidence-file": [world.file.pk],
        "staff:chase-reply": [world.chase.pk],
        "staff:chase-close": [world.chase.pk],
        "staff:filter-delete": [world.saved.pk],
        "staff:batch-detail": [world.batch.pk],
        "staff:batch-revert": [world.batch.pk],
        "staff:amendment-detail": [world.amendment.pk],
        "staff:ledger-file": ["csv"],
        "staff:ledger-import-list": ["departments"],
        "staff:ledger-template": ["departments"],
        "staff:ledger-preview": ["departments", "no-such-token"],
        "staff:ledger-list-file": ["accounts", "csv"],
        "staff:document-file": ["notice"],
        "account_confirm_email": ["no-such-key"],
        "account_reset_password_from_key": ["1", "no-such-key"],
        "mfa_remove_webauthn": [1],
        "mfa_edit_webauthn": [1],
        "admin:app_list": ["commitments"],
        "admin:view_on_site": [1, 1],
    }


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every pattern with its full name; those without a name, by the text of their address."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            space = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from patterns(one, space)
        else:
            yield f"{prefix}{one.name or one.pattern}", one


def addresses(world: World) -> dict[str, str]:
    """Return every address of the site by name."""
    known, found = arguments(world), dict(MACHINES)
    for name, _pattern in patterns(get_resolver()):
        if name.startswith("admin:") and name.endswith("<path:object_id>/"):
            continue  # leads old bookmarks to the page named …_change
        if is_one_of_many(name):
            continue
        if name == "admin:(?P<url>.*)$":
            found["admin:catch-all"] = "/admin/no-such-page/"
            continue
        given: list[object] = known.get(name, [])
        if (
            name.startswith("admin:")
            and name.endswith(("_history", "_delete", "_change"))
            and name.count("_") == 2
        ):
            given = [first_of(name)]
        found[name] = reverse(name, args=given)
    return found


def is_one_of_many(name: str) -> bool:
    """Say whether a page of the administration site is answered for by another table's."""
    space, _, rest = name.partition(":")
    if space != "admin" or rest.count("_") != 2:
        return False
    _label, model, page = rest.split("_")
    return model not in REPRESENTATIVE and page not in ("changelist", "change")


def first_of(name: str) -> object:
    """Return the key of a row of the table that an address of the administration site is about, else 1."""
    from django.apps import apps

    label, model, _page = name.removeprefix("admin:").split("_")
    row = apps.get_model(label, model)._default_manager.order_by("pk").first()
    return row.pk if row else 1


def answer(client, method: str, address: str) -> int:
    """Ask without any content, and take back whatever it did."""
    cookies = client.cookies.copy()
    cache.clear()  # attempts are counted, and this is one after the other
    with transaction.atomic():
        response = client.generic(method, address)
        if response.streaming:
            for _piece in response.streaming_content:
                pass
        transaction.set_rollback(True)
    client.cookies = cookies
    return response.status_code


def expected() -> dict[str, dict[str, list[int]]]:
    """Read the table: for each address, by method, what each visitor is answered."""
    found: dict[str, dict[str, list[int]]] = {}
    groups = {"READ": READS, "REST": REST, "WRITE": ("POST", *REST), "ALL": METHODS}
    name = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        first, *rest = line.split()
        if not line.startswith(" "):
            name, (first, *rest) = first, rest
            found[name] = {}
        for method in groups.get(first, (first,)):
            found[name][method] = [int(code) for code in rest]
    return found


@pytest.fixture
def world(settings) -> World:
    settings.TRACKER_TODAY = TODAY
    return make_world()


def measured(world: World, visitor: str) -> Iterator[tuple[str, str, int]]:
    """Yield address, method and answer of everything this visitor can ask for."""
    client = world.client(visitor)
    for name, address in addresses(world).items():
        for method in FEW if name.startswith("admin:") else METHODS:
            yield name, method, answer(client, method, address)


def test_every_address_is_in_the_table_and_the_table_names_no_other(world):
    assert set(expected()) == set(addresses(world))


@pytest.mark.parametrize("visitor", VISITORS)
def test_everyone_is_answered_as_the_table_says(visitor, world):
    table, column = expected(), VISITORS.index(visitor)

    wrong = {
        f"{method} {name}": (found, "expected", table.get(name, {}).get(method, [None] * 6)[column])
        for name, method, found in measured(world, visitor)
        if found != table.get(name, {}).get(method, [None] * 6)[column]
    }

    assert wrong == {}
