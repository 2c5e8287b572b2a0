"""What every test may use. The database is chosen in tests/environment.py and by bin/test."""

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from commitments.models.guards import remove_guards
from tracker.devtools.browser import find_chromium
from tracker.devtools.messages import compile_catalogues

# Its asserts say what was compared, as those of a test module do.
pytest.register_assert_rewrite("tests.public.pages")

# A run is repeated exactly: what fails here fails for whoever looks into it. Other examples each time:
# bin/test tests/security --hypothesis-profile=explore
hypothesis_settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
hypothesis_settings.register_profile("explore", print_blob=True, deadline=None)
hypothesis_settings.load_profile("repeatable")

# How long a browser test waits for what it expects, in milliseconds: long, for a slow and crowded machine.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations, as bin/run does; the workers of a parallel run need not repeat it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_catalogues()


@pytest.fixture(autouse=True, scope="session")
def _guards_step_aside() -> Iterator[None]:
    """Let a committed test database be emptied; flushing sends post_migrate, which installs the guards anew."""
    empty = TransactionTestCase._fixture_teardown

    def remove_guards_and_empty(self: TransactionTestCase) -> None:
        remove_guards()
        empty(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", remove_guards_and_empty)
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """No sign-in attempt of one test counts in the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path) -> None:
    """Uploaded files and the static files of a build go to a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once for all end-to-end tests."""
    path = find_chromium()
    if path is None:
        pytest.fail("No Chromium on this machine; a full bin/test installs it or says how.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, live_server) -> Iterator[Page]:
    """A fresh window on the running site, in Chinese; relative addresses lead to the site."""
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
