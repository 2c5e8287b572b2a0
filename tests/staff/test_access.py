"""Every staff address for every kind of visitor, other people's rows included."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from commitments.choices import Role
from commitments.models import Chase
from tests.factories import at, make_link, make_update, make_user
from tests.staff.conftest import HTMX, signed_in

# What a GET answers: own row / another's row / reviewer / administrator. 405 where only a POST is taken.
MATRIX = {
    "worklist": (200, 200, 200, 200),
    "worklist-row": (200, 403, 200, 200),
    "update-edit": (200, 403, 403, 200),
    "update-draft": (405, 405, 405, 405),
    "update-preview": (405, 405, 405, 405),
    "update-unchanged": (405, 405, 405, 405),
    "update-detail": (200, 403, 200, 200),
    "update-withdraw": (405, 405, 405, 405),
    "evidence-file": (404, 404, 404, 404),  # the piece is a link: no file is behind it
    "chase-create": (403, 403, 200, 200),
    "chase-many": (403, 403, 200, 200),
    "chase-reply": (200, 403, 403, 200),
    "chase-close": (403, 403, 405, 405),
    "review-queue": (403, 403, 200, 200),
    "review-detail": (403, 403, 200, 200),
    "period-overview": (403, 403, 200, 200),
}
# What a POST without any content answers, for the addresses that write.
POSTS = {
    "update-edit": (422, 403, 403, 422),
    "update-draft": (200, 403, 403, 200),
    "update-preview": (200, 403, 403, 200),
    "update-unchanged": (302, 403, 403, 302),
    "update-withdraw": (302, 403, 403, 403),
    "chase-create": (403, 403, 422, 422),
    "chase-many": (403, 403, 422, 422),
    "chase-reply": (422, 403, 403, 422),
    "chase-close": (403, 403, 302, 302),
    "review-queue": (403, 403, 302, 302),
    "review-detail": (403, 403, 422, 422),
}
# Rooms of their own, whose tests say who may enter; strangers are turned away there as well, see below.
ELSEWHERE = (
    "bulk",
    "grid",
    "batches",
    "changes",
    "ledger",
    "documents",
    "amendments",
    "accounts",
    "departments",
)


@pytest.fixture
def addresses(measure, wang, chen) -> dict[str, str]:
    update = make_update(measure, wang)
    piece = make_link(update)
    chase = Chase.objects.create(
        commitment=measure, asked_by=chen, asked_by_name=str(chen), asked_at=at(2024, 10, 1),
        message="请报进展", reply_by="2024-10-25",
    )  # fmt: skip
    pks = {"evidence-file": piece.pk, "chase-reply": chase.pk, "chase-close": chase.pk}
    found = {}
    for name in MATRIX:
        if name in ("worklist", "chase-many", "review-queue", "period-overview"):
            found[name] = reverse(f"staff:{name}")
        elif name in ("update-detail", "update-withdraw", "review-detail", *pks):
            found[name] = reverse(f"staff:{name}", args=[pks.get(name, update.pk)])
        else:
            found[name] = reverse(f"staff:{name}", args=[measure.code])
    return found


def staff_patterns(resolver: URLResolver | None = None) -> list[URLPattern]:
    """Return every address below /staff/."""
    if resolver is None:
        resolver = next(r for r in get_resolver().url_patterns if getattr(r, "namespace", None) == "staff")
    found: list[URLPattern] = []
    for pattern in resolver.url_patterns:
        found += staff_patterns(pattern) if isinstance(pattern, URLResolver) else [pattern]
    return found


def test_every_staff_address_is_in_the_matrix():
    ours = [one for one in staff_patterns() if one.callback.__module__.rpartition(".")[2] not in ELSEWHERE]

    assert {one.name for one in ours} == set(MATRIX)


@pytest.mark.parametrize("pattern", staff_patterns(), ids=lambda one: one.name)
def test_no_staff_address_whatever_its_room_lets_a_stranger_in(pattern, addresses, measure):
    kinds = {"int": 1, "str": measure.code, "slug": "x"}
    arguments = {
        name: next((value for key, value in kinds.items() if key in type(converter).__name__.lower()), "x")
        for name, converter in pattern.pattern.converters.items()
    }
    # Addresses written as regular expressions name what they take.
    named = getattr(getattr(pattern.pattern, "regex", None), "groupindex", {})
    arguments |= {name: {"file_format": "csv"}.get(name, "x") for name in named if name not in arguments}
    url = reverse(f"staff:{pattern.name}", kwargs=arguments)

    for method in ("get", "post"):
        answer = getattr(Client(), method)(url)
        assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (
            302,
            "/accounts/login/",
        )


PEOPLE = ("wang", "zhao", "chen", "gao")


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", MATRIX)
def test_who_may_open_it(name, who, addresses, request):
    answer = signed_in(request.getfixturevalue(who)).get(addresses[name])

    assert answer.status_code == MATRIX[name][PEOPLE.index(who)]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", POSTS)
def test_who_may_write_there(name, who, addresses, request):
    answer = signed_in(request.getfixturevalue(who)).post(addresses[name])

    assert answer.status_code == POSTS[name][PEOPLE.index(who)]


@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_and_deactivated_accounts_are_led_to_signing_in(name, method, addresses, bureau):
    left = make_user(Role.ADMINISTRATOR, departments=[bureau])
    client = signed_in(left)
    left.is_active = False
    left.save()

    for visitor in (Client(), client):
        answer = getattr(visitor, method)(addresses[name])
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/?next=/staff/")


def test_inside_an_open_page_a_stranger_gets_a_notice_and_the_rest_stays(addresses):
    answer = Client().post(
        addresses["update-draft"], **HTMX, HTTP_HX_CURRENT_URL="http://testserver/staff/?q=路"
    )

    assert answer.status_code == 401
    assert answer["HX-Retarget"] == "#notices"
    assert "/accounts/login/?next=/staff/%3Fq%3D" in answer.content.decode()
    assert b"<h1" not in answer.content


def test_a_refusal_says_what_to_do(addresses, zhao):
    page = signed_in(zhao, language="en").get(addresses["update-edit"])

    assert "Ask its lead department" in page.content.decode()
