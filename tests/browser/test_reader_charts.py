"""Charts as readers meet them: pictures that come alive under the pages' strict policy, and tables beside them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, check

CHART = "figure[data-drawing]"


@pytest.fixture
def page(demo: Demo, browser: Browser) -> Iterator[Page]:
    """The digest, in a browser that fails the test for whatever its console complains of."""
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"warning", "error"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(demo.digest)
    yield page
    assert said == []
    page.close()


def test_charts_stand_in_the_digest_without_the_code_that_draws_them(page: Page, artefacts: Path) -> None:
    fetched = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert not [name for name in fetched if name.endswith("vega.js")]
    images = page.locator(f"{CHART} img")
    assert images.count() == 4
    for place in range(4):
        images.nth(place).scroll_into_view_if_needed()
        expect(images.nth(place)).to_have_js_property("complete", True)
        assert images.nth(place).evaluate("image => image.naturalWidth") > 200
        assert images.nth(place).get_attribute("alt")
    page.locator(".pictures").screenshot(path=artefacts / "charts.png")
    check(page, "digest-charts")


def test_a_chart_comes_alive_under_the_pointer_and_says_what_it_shows(page: Page, artefacts: Path) -> None:
    for place in range(4):
        figure = page.locator(CHART).nth(place)
        alternative = figure.locator("img").get_attribute("alt")
        size = figure.locator("img").bounding_box()
        figure.hover(position={"x": 5, "y": 5})
        live = figure.locator(".live")
        expect(live).to_be_visible()
        assert live.get_attribute("aria-label") == alternative
        drawn = live.bounding_box()
        assert size
        assert drawn
        assert abs(drawn["width"] - size["width"]) < 2
        assert abs(drawn["height"] - size["height"]) < size["height"] * 0.1
        figure.locator(".live .mark-rect.role-mark path").last.hover(force=True)
        tip = figure.locator(".tip")
        expect(tip).to_be_visible()
        assert len(tip.inner_text()) > 10
        figure.screenshot(path=artefacts / f"chart-live-{place}.png")
        page.keyboard.press("Escape")
        expect(tip).to_have_count(0)


def test_the_figures_can_be_had_by_keyboard(page: Page) -> None:
    figure = page.locator(CHART).nth(1)
    figure.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(figure.get_by_role("columnheader", name="Higher education")).to_be_visible()
    expect(figure.locator(".live")).to_be_visible()
    check(page, "digest-charts-figures")


def test_a_theme_has_its_pictures(page: Page) -> None:
    page.get_by_role("link", name="Every digest on").first.click()
    expect(page.locator(f"{CHART} img").first).to_be_visible()
    page.locator(CHART).last.scroll_into_view_if_needed()
    check(page, "theme-charts")


def test_without_scripts_the_picture_and_the_table_stand(demo: Demo, browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(demo.digest)
    figure = page.locator(CHART).first
    expect(figure.locator("img")).to_be_visible()
    figure.locator("summary").click()
    expect(figure.locator("table")).to_be_visible()
    page.close()
