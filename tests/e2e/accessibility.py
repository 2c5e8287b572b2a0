"""What axe-core finds on pages, every box of them opened, on a screen of this width."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser


def broken_rules(
    browser: Browser, url: str, paths: Iterable[str], *, width: int, language: str, scheme: str
) -> list[tuple[str, str]]:
    """Return page and rule for each rule that a page breaks, and each page that is wider than the screen."""
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    page = context.new_page()
    found = []
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true })")
        found += [(path, problem["id"]) for problem in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append((path, "wider than the screen"))
    context.close()
    return found
