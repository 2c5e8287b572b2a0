"""What a slow phone sees: largest paint on a first visit and on later pages, and Lighthouse's four scores."""

import json
import os
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from ..browser import find_chromium
from .places import MAIN
from .tools import lighthouse

# Four times slower than this machine's processor; the line of Lighthouse's slow phone.
SLOWER, DOWN, UP, LATENCY_MS = 4, 1_600_000 / 8, 750_000 / 8, 150
PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
TIMES = 5
# Chromium fails to record a page now and then; then there is no score, and the page is looked at again.
TRIES = 3
PAINT = """() => new Promise(done => {
  let last = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) last = entry.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => done(last), 600);
})"""


def paints(url: str) -> dict[str, dict[str, float]]:
    """Return, page by page, the median largest paint in milliseconds: first visit, and coming from another page."""
    path = find_chromium()
    if path is None:
        return {}
    found: dict[str, dict[str, float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        for name, place in MAIN.items():
            samples = [visit(browser, url, place) for _ in range(TIMES)]
            found[name] = {key: sorted(sample[key] for sample in samples)[TIMES // 2] for key in samples[0]}
        browser.close()
    return found


def visit(browser: Browser, url: str, place: str) -> dict[str, float]:
    """Open a page as a stranger, then another page, then the first again by its link."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=3, is_mobile=True, has_touch=True,
        locale="zh-CN", extra_http_headers=PROXY,
    )  # fmt: skip
    page = context.new_page()
    slow_down(page)
    page.goto(url + place, wait_until="load")
    first = page.evaluate(PAINT)
    sent = page.evaluate(
        "() => performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))"
        ".reduce((sum, entry) => sum + entry.transferSize, 0)"
    )
    other = "/about/" if place != "/about/" else "/"
    page.goto(url + other, wait_until="load")
    page.goto(url + place, wait_until="load")
    later = page.evaluate(PAINT)
    context.close()
    return {"first_ms": first, "later_ms": later, "bytes": sent}


def slow_down(page: Page) -> None:
    """Make this page's processor and line those of a slow phone."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP},
    )


def scores(url: str, places: dict[str, str], folder: Path) -> dict[str, dict[str, object]]:
    """Return Lighthouse's scores of each page, and what is missing where one is below 100."""
    program, chromium = lighthouse(), find_chromium()
    if program is None or chromium is None:
        return {}
    found: dict[str, dict[str, object]] = {}
    headers = folder / "headers.json"
    headers.write_text(json.dumps(PROXY))
    for name, place in places.items():
        out = folder / f"lighthouse-{len(found)}.json"
        command: list[str | Path] = [
            program, url + place, "--quiet", "--output=json", f"--output-path={out}", f"--extra-headers={headers}",
            "--only-categories=performance,accessibility,best-practices,seo",
            "--chrome-flags=--headless=new --no-sandbox --lang=zh-CN",
        ]  # fmt: skip
        for _ in range(TRIES):
            subprocess.run(
                command, env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, timeout=300
            )
            if out.exists():
                found[name] = read_scores(json.loads(out.read_text()))
                if None not in found[name].values():
                    break
    return found


def read_scores(report: dict[str, object]) -> dict[str, object]:
    """Return the scores of one report with the audits that cost points."""
    categories: dict[str, dict[str, object]] = report["categories"]  # type: ignore[assignment]
    audits: dict[str, dict[str, object]] = report["audits"]  # type: ignore[assignment]
    scores: dict[str, object] = {
        # A category with an audit that failed to run has no score: it is not 0.
        name: None if category["score"] is None else round(100 * float(category["score"]))  # type: ignore[arg-type]
        for name, category in categories.items()
    }
    missing = []
    for category in categories.values():
        for part in category["auditRefs"]:  # type: ignore[attr-defined]
            audit = audits[part["id"]]
            if part["weight"] and audit["score"] is not None and float(audit["score"]) < 0.9:  # type: ignore[arg-type]
                missing.append(f"{part['id']} {audit.get('displayValue', '')}".strip())
    return {**scores, "missing": missing}
