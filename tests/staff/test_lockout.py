"""Wrong passwords: a name rests for the place that tries, then for everybody; what is written down."""

import logging

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client

from tests.factories import make_report, make_user
from tests.staff.test_signing_in import PASSWORD, sign_in


@pytest.fixture
def account(db):
    make_report()
    return make_user(username="wangxiao", email="wang@example.cn", password=PASSWORD)


def wrong(times: int, *, place: str, login: str = "wangxiao") -> None:
    for number in range(times):
        sign_in(Client(), login, f"falsch-{number}", REMOTE_ADDR=place)


def gets_in(place: str, login: str = "wangxiao") -> bool:
    return sign_in(Client(), login, REMOTE_ADDR=place).headers.get("Location") == "/staff/"


def test_five_wrong_passwords_lock_the_name_where_they_were_typed_even_for_the_right_one(account):
    wrong(5, place="10.0.0.1")

    assert not gets_in("10.0.0.1")


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(account):
    wrong(19, place="10.0.0.1")

    assert gets_in("10.0.0.2")


def test_addresses_of_one_household_are_one_place(account):
    wrong(3, place="2001:db8::1")
    wrong(2, place="2001:db8::2")

    assert not gets_in("2001:db8::3")
    assert gets_in("2001:db8:0:1::1")


def test_from_many_places_the_name_is_locked_for_everybody(account):
    for number in range(6):
        wrong(5, place=f"10.0.0.{number}")

    assert not gets_in("10.0.9.9")


def test_right_passwords_use_nothing_up(account):
    for number in range(31):
        assert gets_in(f"10.0.1.{number}")


def test_the_lock_holds_in_another_process(account, settings):
    shared = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "tracker_cache"}
    }
    settings.CACHES = shared
    call_command("createcachetable")
    wrong(5, place="10.1.0.1")

    # What another process has: the table, and nothing in its own memory.
    del caches["default"]

    assert not gets_in("10.1.0.1")


def test_what_happened_is_written_down_without_name_and_address(account, caplog):
    caplog.set_level(logging.INFO, logger="tracker.sign_in")
    gets_in("10.0.0.1")
    wrong(1, place="10.0.0.1", login="WANG@example.cn")
    wrong(1, place="10.0.0.2", login="mein-geheimes-wort")
    wrong(5, place="10.0.0.3")
    wrong(1, place="10.0.0.3")

    lines = [(record.getMessage(), record.fields) for record in caplog.records]
    assert [words for words, _fields in lines] == [
        "signed in", "sign-in failed", *["sign-in failed"] * 6, "sign-in refused after too many failures",
    ]  # fmt: skip
    assert [fields["account"] for _words, fields in lines] == [account.pk, account.pk, "", *[account.pk] * 6]
    places = [fields["place"] for _words, fields in lines]
    assert (places[0] == places[1], len(set(places))) == (True, 3)
    assert not [word for word in ("wang", "geheim", "10.0.0") if word in str(lines)]


def test_wrong_codes_are_written_down_like_wrong_passwords(account, caplog):
    caplog.set_level(logging.INFO, logger="tracker.sign_in")
    TOTP.activate(account, generate_totp_secret())
    client = Client()
    sign_in(client, "wangxiao", REMOTE_ADDR="10.0.0.1")
    for code in ("", "123456", *["falsch"] * 4, "654321"):
        client.post("/accounts/2fa/authenticate/", {"code": code}, REMOTE_ADDR="10.0.0.1")

    lines = [(record.getMessage(), record.fields) for record in caplog.records]
    assert [words for words, _fields in lines] == [
        *["second factor failed"] * 5, "second factor refused after too many failures",
    ]  # fmt: skip
    assert {fields["account"] for _words, fields in lines} == {account.pk}
    assert len({fields["place"] for _words, fields in lines}) == 1
    assert not [word for word in ("123456", "falsch", "654321") if word in str(lines)]


@pytest.mark.parametrize(
    "given", ['{"id": "geheim"}', '["x"]', '"geheim"', '{"id": "", "rawId": "", "response": {}}']
)
def test_what_is_no_passkey_is_written_down_as_a_wrong_one(account, caplog, given):
    caplog.set_level(logging.INFO, logger="tracker.sign_in")

    answer = Client().post("/accounts/2fa/webauthn/login/", {"credential": given})

    lines = [(record.getMessage(), record.fields["account"]) for record in caplog.records]
    assert (answer.status_code, lines) == (302, [("second factor failed", "")])


def test_a_wrong_code_that_is_asked_for_again_is_written_down(account, caplog):
    caplog.set_level(logging.INFO, logger="tracker.sign_in")
    TOTP.activate(account, generate_totp_secret())
    client = Client()
    client.force_login(account)
    caplog.clear()

    client.post("/accounts/2fa/reauthenticate/", {"code": "000000"})

    lines = [(record.getMessage(), record.fields["account"]) for record in caplog.records]
    assert lines == [("second factor failed", account.pk)]
