"""Signing in: both names, lockout, one door for the administration, limits of a session, the second factor."""

import re
import time
from pathlib import Path

import allauth
import polib
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory

from commitments.choices import Role
from tests.factories import make_report, make_user
from tests.staff.conftest import signed_in
from tracker.account_texts import TEXTS
from tracker.accounts import SessionLimitsMiddleware

PASSWORD = "shan-cheng-2024"


@pytest.fixture
def account(db):
    make_report()
    return make_user(username="wangxiao", email="wang@example.cn", password=PASSWORD)


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra):
    return client.post("/accounts/login/", {"login": login, "password": password}, **extra)


@pytest.mark.parametrize("login", ["wangxiao", "wang@example.cn", "WANG@example.cn"])
def test_by_name_or_address(login, account):
    client = Client()

    answer = sign_in(client, login)

    assert answer.url == "/staff/"
    assert client.get("/staff/").status_code == 200


def test_it_leads_back_to_where_one_wanted_to_go(account):
    answer = Client().post(
        "/accounts/login/?next=/staff/review/",
        {"login": "wangxiao", "password": PASSWORD, "next": "/staff/review/"},
    )

    assert answer.url == "/staff/review/"


def test_a_password_that_was_printed_is_changed_before_anything_else(db, capsys):
    make_report()
    call_command("ensure_administrator")
    name, password = capsys.readouterr().out.split()[-2:]
    client, address = Client(), "/accounts/password/change/"
    sign_in(client, name, password)

    for closed in ("/staff/", "/staff/review/", "/admin/"):
        assert client.get(closed).url == address
    same = {"oldpassword": password, "password1": password, "password2": password}
    assert "不能与当前密码相同" in client.post(address, same).content.decode()
    assert client.get("/staff/").url == address
    changed = client.post(address, {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD})

    assert changed.url == "/staff/"

    assert client.get("/staff/").status_code == 200


def test_who_changes_the_password_goes_on_and_other_sessions_end(account):
    here, elsewhere, new = Client(), Client(), "another-good-Passw0rd-24"
    for client in (here, elsewhere):
        sign_in(client, "wangxiao")

    done = here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
        follow=True,
    )

    assert done.redirect_chain == [("/staff/", 302)]
    assert "密码修改成功" in done.content.decode()
    assert elsewhere.get("/staff/").status_code == 302


def test_it_never_leads_to_another_site(account):
    answer = Client().post(
        "/accounts/login/", {"login": "wangxiao", "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert answer.url == "/staff/"


def test_nobody_signs_up(db):
    client = Client()

    page = client.get("/accounts/signup/")
    client.post(
        "/accounts/signup/",
        {"username": "x", "email": "x@example.cn", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert 'name="password1"' not in page.content.decode()
    assert sign_in(client, "x").status_code == 200


def test_a_deactivated_account_cannot_sign_in(account):
    account.is_active = False
    account.save()

    assert sign_in(Client(), "wangxiao").headers.get("Location", "") != "/staff/"


def test_the_administration_uses_the_same_door(db):
    answer = Client().get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


def test_an_account_without_the_administration_is_refused_there(account):
    answer = signed_in(account).get("/admin/", follow=True)

    assert answer.status_code == 403


def test_passwords_are_kept_with_argon2(settings):
    hashers = [name for name in settings.PASSWORD_HASHERS if "MD5" not in name]
    settings.PASSWORD_HASHERS = hashers

    assert get_hasher().algorithm == "argon2"


@pytest.mark.parametrize(
    "weak", ["kurz", "1234567890", "password123", "wangxiao2024", "NanAn-202401", "南岸承诺2024！！"]
)
def test_weak_passwords_are_refused(weak, account):
    client = Client()
    sign_in(client, "wangxiao")

    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})

    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_the_sites_own_name_is_no_password_either(account, settings):
    settings.SITE_NAME, client = "巴南承诺", Client()
    sign_in(client, "wangxiao")

    weak = {"password1": "巴南承诺2024！！", "password2": "巴南承诺2024！！"}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **weak})

    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_forgotten_password_is_set_anew_by_mail(account):
    client = Client()
    client.post("/accounts/password/reset/", {"email": "wang@example.cn"})
    link = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body)
    assert link is not None

    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "neu-und-lang-24", "password2": "neu-und-lang-24"})

    account.refresh_from_db()
    assert account.check_password("neu-und-lang-24")


def test_an_unknown_address_gets_the_same_answer_and_no_mail(account):
    known = Client().post("/accounts/password/reset/", {"email": "wang@example.cn"})
    unknown = Client().post("/accounts/password/reset/", {"email": "niemand@example.cn"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [["wang@example.cn"]]


def test_signing_out_elsewhere(account):
    here, elsewhere = Client(), Client()
    sign_in(elsewhere, "wangxiao")
    sign_in(here, "wangxiao")

    here.post("/accounts/sessions/")

    assert here.get("/staff/").status_code == 200
    assert elsewhere.get("/staff/").status_code == 302


# --- The limits of a session ---------------------------------------------------------------------------


def backdate(client: Client, **seconds: int) -> None:
    session = client.session
    for name, ago in seconds.items():
        session[name] = int(time.time()) - ago
    session.save()


@pytest.mark.parametrize(
    ("ages", "status"),
    [
        ({"seen_at": 59 * 60}, 200),
        ({"seen_at": 61 * 60}, 302),
        ({"seen_at": 60, "signed_in_at": 11 * 3600}, 200),
        ({"seen_at": 60, "signed_in_at": 13 * 3600}, 302),
    ],
)
def test_a_session_ends_after_idling_and_at_the_latest_after_half_a_day(ages, status, account):
    client = signed_in(account)
    client.get("/staff/")
    backdate(client, **ages)

    assert client.get("/staff/").status_code == status


def test_a_session_that_ended_stays_ended_and_says_why(account):
    client = signed_in(account, language="en")
    client.get("/staff/")
    backdate(client, seen_at=61 * 60)

    page = client.get("/staff/", follow=True)

    assert "Your drafts are kept" in page.content.decode()
    assert client.get("/staff/").status_code == 302


def test_the_time_of_the_last_request_is_not_written_with_every_request(account):
    client = signed_in(account)
    client.get("/accounts/sessions/")
    before = client.session["seen_at"]
    client.get("/accounts/sessions/")

    assert client.session["seen_at"] == before


def test_public_pages_do_not_vary_by_a_cookie_for_those_without_one(account):
    class Nosy:
        @property
        def is_authenticated(self):
            raise AssertionError("the session was asked for")

    request = RequestFactory().get("/")
    request.user = Nosy()

    assert SessionLimitsMiddleware(lambda request: HttpResponse())(request).status_code == 200


# --- The second factor -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "is_required", "url"),
    [
        (Role.REVIEWER, True, "/accounts/2fa/"),
        (Role.ADMINISTRATOR, True, "/accounts/2fa/"),
        (Role.REPORTER, True, None),
        (Role.REVIEWER, False, None),
    ],
)
def test_reviewers_and_administrators_need_one_where_it_is_required(
    role, is_required, url, account, settings
):
    settings.REQUIRE_SECOND_FACTOR = is_required

    answer = signed_in(make_user(role)).get("/staff/")

    assert answer.headers.get("Location") == url


def test_with_a_factor_the_pages_open(account, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    chen = make_user(Role.REVIEWER)
    TOTP.activate(chen, generate_totp_secret())

    assert signed_in(chen).get("/staff/review/").status_code == 200


def test_with_a_factor_the_password_alone_does_not_sign_in(account):
    TOTP.activate(account, generate_totp_secret())
    client = Client()

    answer = sign_in(client, "wangxiao")

    assert answer.url == "/accounts/2fa/authenticate/"
    assert client.get("/staff/").status_code == 302


def test_a_recovery_code_opens_once(account):
    TOTP.activate(account, generate_totp_secret())
    code = RecoveryCodes.activate(account).generate_codes()[0]
    answers = []
    for _ in range(2):
        client = Client()
        sign_in(client, "wangxiao")
        client.post("/accounts/2fa/authenticate/", {"code": code})
        answers.append(client.get("/staff/").status_code)

    assert answers == [200, 302]


def test_setting_up_a_factor_asks_for_the_password_again(account):
    client = Client()
    sign_in(client, "wangxiao")

    answer = client.get("/accounts/2fa/totp/activate/")

    assert answer.url.startswith("/accounts/reauthenticate/")


def test_a_factor_can_be_set_up_on_the_page(account):
    client = Client()
    sign_in(client, "wangxiao")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post("/accounts/2fa/totp/activate/", {"code": code})

    assert "data:image/svg+xml" in page.content.decode()
    assert Authenticator.objects.filter(user=account, type="totp").exists()


PAGES = (
    "password/change/", "email/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/", "2fa/webauthn/add/", "sessions/",
    "logout/", "reauthenticate/",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_account_page_opens_with_one_heading_and_no_inline_script(page, language, account):
    client = Client()
    client.cookies["django_language"] = language
    sign_in(client, "wangxiao")
    if page != "reauthenticate/":
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    answer = client.get(f"/accounts/{page}")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count("<h1") == 1
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in text
    assert "style=" not in text
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8.0", "微信 · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("curl/8.5", "curl/8.5"),
    ],
)  # fmt: skip
def test_where_one_is_signed_in_is_said_in_words(account, user_agent, words):
    client = Client(headers={"user-agent": user_agent, "accept-language": "zh-hans"})
    sign_in(client, "wangxiao")

    assert f"<strong>{words}</strong>" in client.get("/accounts/sessions/").content.decode()


def test_texts_with_words_of_our_own_are_still_those_of_allauth():
    theirs = polib.pofile(str(Path(allauth.__file__).parent / "locale/zh_Hans/LC_MESSAGES/django.po"))

    assert set(TEXTS) <= {entry.msgid for entry in theirs}


def test_a_code_of_the_second_factor_is_no_code_of_a_commitment(account):
    TOTP.activate(account, generate_totp_secret())
    client = Client()
    sign_in(client, "wangxiao")

    page = client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()

    assert "验证码不正确。" in page
    assert "编号" not in page
