"""The report in a real browser: headless Chromium, no network, two widths; formulas, graph and proofs are there and drawn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sattheory.claims import Effort, claims, verify
from sattheory.reports.html import page
from sattheory.reports.pictures import drawn

pytestmark = pytest.mark.browser
IDS = ("L4", "L7", "T1", "P5", "A1", "TheoremA", "E2")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(verify(IDS, effort=Effort(controls=True, examples=80)), claims.values(), drawn()), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=[1280, 390], ids=["page", "telephone"])
def browser(request: pytest.FixtureRequest, report: Path) -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    flags = (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    )
    for flag in (*flags, f"--window-size={request.param},900"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.add_experimental_option(
        "mobileEmulation", {"deviceMetrics": {"width": request.param, "height": 900, "pixelRatio": 1}}
    )
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.get(report.as_uri())
    yield driver
    driver.quit()


ALL = "[...document.querySelectorAll(arguments[0])]"
BOX = "e.getBoundingClientRect()"


def sizes(browser: Any, selector: str) -> list[list[float]]:
    found: list[list[float]] = browser.execute_script(f"return {ALL}.map(e => [{BOX}.width, {BOX}.height])", selector)
    return found


def texts(browser: Any, selector: str) -> str:
    return str(browser.execute_script(f"return {ALL}.map(e => e.textContent).join('')", selector))


def unfold(browser: Any, opened: bool) -> None:
    browser.execute_script(f"{ALL}.forEach(d => d.open = arguments[1])", "details", opened)


def test_nothing_goes_wrong_in_the_console(browser: Any) -> None:
    assert browser.get_log("browser") == []


def test_nothing_is_asked_of_the_network(browser: Any) -> None:
    asked = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in asked if not name.startswith("data:")] == []


def test_formulas_are_drawn_as_formulas(browser: Any) -> None:
    drawn_formulas = sizes(browser, ".form > p math")
    assert len(drawn_formulas) > 20
    assert all(width > 3 and height > 5 for width, height in drawn_formulas)
    child = "e.children[{}].getBoundingClientRect()"
    raised = f"return {ALL}.every(e => {child.format(1)}.top < {child.format(0)}.bottom)"
    assert browser.execute_script(raised, ".form > p msup")
    stacked = f"return {ALL}.every(e => {child.format(0)}.top < {child.format(1)}.top)"
    assert browser.execute_script(stacked, ".form > p mfrac")
    assert "\\" not in texts(browser, "math")
    unfold(browser, True)
    assert "$" not in texts(browser, ".proof p")


def test_proofs_unfold(browser: Any) -> None:
    unfold(browser, False)
    assert all(height < 60 for _, height in sizes(browser, "details.proof"))
    browser.execute_script(f"{ALL}.forEach(s => s.click())", "details.proof > summary")
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
    unfold(browser, True)
    wide, window = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window + 1
