"""A passkey: added on the account page, then used to sign in without a password; a virtual key stands in."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from tests.factories import make_report, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PASSWORD = "shan-cheng-2024"


def test_a_passkey_is_added_and_then_signs_in(page: Page, live_server):
    make_report()
    make_user(username="wang", password=PASSWORD)
    # A key is bound to a name; an address of numbers is none.
    site = live_server.url.replace("127.0.0.1", "localhost")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
           "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("用户名或邮箱").fill("wang")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/staff/**")

    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/webauthn/add/**")
    page.locator("#id_name").fill("办公电脑")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    assert Authenticator.objects.filter(type="webauthn").count() == 1

    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="使用通行密钥登录").click()
    page.wait_for_url("**/staff/**")
    expect(page.locator("h1")).to_have_text("待办清单")
