"""A published digest, as readers meet it."""

import json
import re
from pathlib import Path

import httpx
import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import Demo
from tests.test_words import NEVER

KEY = json.loads((Path(__file__).parents[1] / "samples" / "key.json").read_text())


def test_page_says_what_matters_and_names_nobody(demo: Demo, browser: Browser, artefacts: Path) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(demo.digest)
    page.screenshot(path=artefacts / "digest.png", full_page=True)
    words = page.inner_text("main")
    assert page.title().endswith("– Crosscurrent")
    assert page.locator("h1").count() == 1
    assert 1 <= page.locator("article.theme").count() <= 7
    assert page.locator("article.theme").count() == page.locator(".part.quotes").count()
    assert not NEVER.search(words)
    origin = demo.digest.split("/digests")[0]
    assert all(url.startswith(origin) for url in requested)
    source = page.content()
    planted = {
        mask["text"] for note in KEY for mask in note["masks"] if mask["type"] in {"person", "org", "contact", "id"}
    }
    leaked = [name for name in planted if len(name) > 3 and re.search(rf"\b{re.escape(name)}\b", source)]
    assert leaked == []


def test_every_sentence_cites_points_that_the_api_serves(demo: Demo, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(demo.digest)
    cited = page.eval_on_selector_all(
        ".summary [data-points], .theme [data-points]", "nodes => nodes.map(node => node.dataset.points)"
    )
    assert len(cited) > 20
    assert all(cited)


@pytest.mark.parametrize("width", [320, 640])
def test_page_fits_a_phone(demo: Demo, browser: Browser, artefacts: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.goto(demo.digest)
    page.screenshot(path=artefacts / f"digest-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keyboard_reaches_the_content(demo: Demo, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(demo.digest)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


@pytest.mark.parametrize("path", ["digest", "home", "theme", "absent"])
def test_page_has_no_barrier_that_axe_finds(demo: Demo, browser: Browser, path: str) -> None:
    root = demo.digest.split("/digests")[0]
    page = browser.new_page()
    page.goto({"digest": demo.digest, "absent": f"{root}/digests/none"}.get(path, root))
    if path == "theme":
        page.locator("#latest ~ * a").first.click()
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    found = Axe().run(page, options={}).response
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
    assert len(found["passes"]) > 5


def test_printed_page_is_marked_on_each_sheet(demo: Demo, browser: Browser, artefacts: Path) -> None:
    page = browser.new_page()
    page.goto(demo.digest)
    page.pdf(path=artefacts / "printed.pdf", prefer_css_page_size=True)
    with pdfplumber.open(artefacts / "printed.pdf") as printed:
        assert len(printed.pages) > 1
        for number, sheet in enumerate(printed.pages, 1):
            assert (round(sheet.width), round(sheet.height)) == (595, 842)
            assert "OFFICIAL" in sheet.extract_text()
            assert f"Page {number} of {len(printed.pages)}" in sheet.extract_text()


@pytest.mark.parametrize(("link", "ending"), [("PDF", ".pdf"), ("Word", ".docx")])
def test_digest_can_be_taken_away(demo: Demo, browser: Browser, artefacts: Path, link: str, ending: str) -> None:
    page = browser.new_page()
    page.goto(demo.digest)
    address = page.get_by_role("link", name=link).get_attribute("href")
    answer = page.request.get(f"{demo.digest.split('/digests')[0]}{address}")
    assert answer.ok
    assert re.search(rf'filename="digest-[\d-]+-to-[\d-]+-edition-1{ending}"', answer.headers["content-disposition"])
    (artefacts / f"digest{ending}").write_bytes(answer.body())
    assert answer.body()[:4] == {".pdf": b"%PDF", ".docx": b"PK\x03\x04"}[ending]


def test_home_leads_to_the_digest_and_markdown_reads_the_same(demo: Demo, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(demo.digest.split("/digests")[0])
    page.get_by_role("link", name="What leaders said").click()
    assert page.url == demo.digest
    markdown = httpx.get(f"{demo.digest}.md", trust_env=False).text
    for heading in page.locator("article.theme h3").all_inner_texts():
        title = heading.rsplit(" ", 1)[0] if " " in heading else heading
        assert title.strip() in markdown


def test_home_leads_to_a_theme_and_the_theme_to_its_place_in_the_digest(
    demo: Demo, browser: Browser, artefacts: Path
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto(demo.digest.split("/digests")[0])
    page.screenshot(path=artefacts / "home-320.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    link = page.locator("#latest ~ * a").first
    title = link.inner_text()
    link.click()
    page.screenshot(path=artefacts / "theme-320.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.title() == f"{title} – Crosscurrent"
    assert not NEVER.search(page.inner_text("main"))
    page.locator("#history ~ ul a").first.click()
    assert page.url.startswith(f"{demo.digest}#theme_")
    assert page.locator(f"[id='{page.url.split('#')[1]}']").inner_text().startswith(title)


def test_page_is_light_and_carries_its_headers(demo: Demo) -> None:
    answer = httpx.get(demo.digest, trust_env=False)
    assert answer.num_bytes_downloaded < 100_000
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
