"""The browser itself: it runs, it reaches the site, and the site's own rules let the page work."""

import pytest

pytestmark = pytest.mark.e2e


def test_sign_in_page_raises_no_complaint_in_the_browser(page):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto("/accounts/login/", wait_until="networkidle")

    assert page.locator("h1").count() == 1
    assert complaints == []
