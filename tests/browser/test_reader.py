"""A reader's way through home, themes, the archive and search, in a real browser on the running service."""

import subprocess
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CROSSCURRENT, PASSWORD, PATIENCE, Demo, check
from tests.test_words import NEVER

QUESTION = "How can young people be kept out of knife crime?"


def root(demo: Demo) -> str:
    return demo.digest.split("/digests")[0]


def quiet(page: Page) -> list[str]:
    """The faults that the page's console tells of."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    return faults


def test_home_says_what_changed_first_and_leads_to_every_theme_and_digest(
    demo: Demo, browser: Browser, artefacts: Path
) -> None:
    page = browser.new_page()
    faults = quiet(page)
    page.goto(root(demo))
    assert page.title() == "Digests – Crosscurrent"
    assert page.locator("h1").count() == 1
    assert 1 <= page.locator("#changed ~ ul > li").count() <= 5
    assert page.locator("#changed").bounding_box()["y"] < 400  # type: ignore[index]
    assert not NEVER.search(page.inner_text("main"))
    check(page, "reader-home")
    links = page.locator("a[href^='/themes/'], a[href^='/digests']").evaluate_all("all => all.map(one => one.href)")
    assert len(set(links)) > 5
    assert not [link for link in set(links) if not httpx.get(link, trust_env=False).is_success]
    page.get_by_role("link", name="All digests, by year").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("All digests")
    check(page, "reader-archive")
    page.goto(root(demo))
    page.locator("#changed ~ ul a").first.press("Enter")
    expect(page.get_by_role("heading", name="Its history")).to_be_visible()
    check(page, "reader-theme")
    assert faults == []
    assert httpx.get(root(demo), trust_env=False).num_bytes_downloaded < 100_000


def test_search_is_asked_and_answered_by_keyboard(demo: Demo, browser: Browser, artefacts: Path) -> None:
    page = browser.new_page()
    faults = quiet(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{root(demo)}/search")
    check(page, "reader-search")
    page.get_by_role("button", name="Search").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter what you want to know")
    assert page.title() == "Error: Search – Crosscurrent"
    check(page, "reader-search-fault")
    page.get_by_label("What do you want to know?").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Points")).to_be_visible(timeout=PATIENCE)
    assert page.title() == "Search results – Crosscurrent"
    expect(page.get_by_label("What do you want to know?")).to_have_value(QUESTION)
    assert "Knife crime" in page.locator("section:has(#themes)").inner_text()
    assert not NEVER.search(page.inner_text("main"))
    check(page, "reader-found")
    page.locator("#points ~ ol a").first.press("Enter")
    expect(page.get_by_role("heading", name="Its history")).to_be_visible()
    assert [fault for fault in faults if "status of 422" not in fault] == []
    assert not [address for address in asked if not address.startswith(root(demo))]


def test_search_works_without_javascript(demo: Demo, browser: Browser, artefacts: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(root(demo))
    page.get_by_label("What do you want to know?").fill("quantum chromodynamics lattice")
    page.get_by_role("button", name="Search").click()
    for _ in range(60):
        onward = page.get_by_role("link", name="See what was found")
        if not onward.count():
            break
        page.wait_for_timeout(1000)
        onward.click()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.screenshot(path=artefacts / "reader-nothing-found.png", full_page=True)
    context.close()


def test_a_reader_of_a_sector_sees_what_concerns_it(demo: Demo, browser: Browser, artefacts: Path) -> None:
    command = [CROSSCURRENT, "account", "invite", "Pia", "pia@example.org", "--role", "reader", "--sector", "private"]
    link = subprocess.run(command, env=demo.environment, capture_output=True, text=True, check=True).stdout.strip()
    page = browser.new_page()
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="For the private sector")).to_be_visible()
    own = page.locator("section:has(#sector)")
    assert own.locator("a[href^='/themes/']").count() > 2
    assert "private sector" in own.locator(".meetings").inner_text()
    check(page, "reader-home-of-a-sector")
