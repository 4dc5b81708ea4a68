"""The report in a real browser: headless Chromium, no network, two widths; formulas, graph and proofs are there and drawn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sattheory.claims import Effort, verify
from sattheory.reports.html import page
from sattheory.reports.pictures import drawn

pytestmark = pytest.mark.browser
IDS = ("L4", "L7", "T1", "P5", "A1", "TheoremA", "E2")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(verify(IDS, effort=Effort(controls=True, examples=80)), drawn()), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=[1280, 390], ids=["page", "telephone"])
def browser(request: pytest.FixtureRequest, report: Path) -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND")
    for flag in (*flags, f"--window-size={request.param},900"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": {"width": request.param, "height": 900, "pixelRatio": 1}})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.get(report.as_uri())
    yield driver
    driver.quit()


def sizes(browser: Any, selector: str) -> list[list[float]]:
    script = "return [...document.querySelectorAll(arguments[0])].map(e => [e.getBoundingClientRect().width, e.getBoundingClientRect().height])"
    found: list[list[float]] = browser.execute_script(script, selector)
    return found


def test_nothing_goes_wrong_in_the_console(browser: Any) -> None:
    assert browser.get_log("browser") == []


def test_nothing_is_asked_of_the_network(browser: Any) -> None:
    asked = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith('data:'))")
    assert asked == []


def test_formulas_are_drawn_as_formulas(browser: Any) -> None:
    drawn_formulas = sizes(browser, ".form > p math")
    assert len(drawn_formulas) > 20
    assert all(width > 3 and height > 5 for width, height in drawn_formulas)
    raised = "return [...document.querySelectorAll('msup')].every(e => e.children[1].getBoundingClientRect().top < e.children[0].getBoundingClientRect().bottom)"
    assert browser.execute_script(raised)
    assert browser.execute_script("return [...document.querySelectorAll('mfrac')].every(e => e.namespaceURI.endsWith('MathML'))")
    assert "\\" not in browser.execute_script("return [...document.querySelectorAll('math')].map(e => e.textContent).join('')")
    assert "$" not in browser.execute_script(
        "document.querySelectorAll('details').forEach(d => d.open = true); return [...document.querySelectorAll('.proof p')].map(e => e.textContent).join('')"
    )


def test_proofs_unfold(browser: Any) -> None:
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = false)")
    assert all(height < 60 for _, height in sizes(browser, "details.proof"))
    browser.execute_script("document.querySelectorAll('details.proof > summary').forEach(s => s.click())")
    opened = sizes(browser, "details.proof")
    assert len(opened) >= len(IDS)
    assert all(height > 150 for _, height in opened)


def test_the_graph_and_the_pictures_are_there(browser: Any) -> None:
    ((width, height),) = sizes(browser, ".graph svg")
    assert width >= 380
    assert height > 100
    assert all(w > 100 and h > 100 for w, h in sizes(browser, "figure img"))
    assert len(sizes(browser, "figure img")) >= 4


def test_the_page_is_no_wider_than_the_window(browser: Any) -> None:
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide, window = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window + 1
