"""An editor puts themes in order in a real browser, by keyboard."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Demo, check, join, settle


def test_editor_merges_splits_renames_and_undoes_by_keyboard(demo: Demo, browser: Browser, artefacts: Path) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    settle(demo)
    join(page, demo, "Tess", "editor")
    page.get_by_role("link", name="Themes", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Themes")
    check(page, "editor-themes")
    title = page.locator("tbody th a").first.inner_text()
    page.locator("tbody th a").first.press("Enter")
    expect(page.get_by_role("heading", name="Why this theme")).to_be_visible()
    check(page, "editor-theme")
    assert len(page.content()) < 100_000
    address = page.url

    page.get_by_role("button", name="Move the chosen points").press("Enter")
    page.get_by_role("alert").get_by_role("link", name="Tick at least one point.").press("Enter")
    check(page, "editor-theme-faults")
    page.locator("#points input[name=point]").first.press("Space")
    page.get_by_label("Move them to").select_option(label="A new theme, with the title below")
    page.get_by_label("Title of the new theme").fill("Something apart")
    page.get_by_role("button", name="Move the chosen points").press("Enter")
    expect(page.get_by_text("Split off: Something apart (1 point).")).to_be_visible()

    page.get_by_label("New title").fill("A better title")
    page.get_by_role("button", name="Rename").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A better title")
    page.get_by_role("button", name=re.compile("^Undo ?: renamed")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)

    page.get_by_role("link", name=re.compile("^merge with")).first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge themes")
    check(page, "editor-merge")
    page.get_by_role("button", name="Merge").press("Enter")
    expect(page.get_by_role("heading", name="What was done to it")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Undo ?: merged")).press("Enter")
    page.goto(address)
    page.get_by_role("button", name=re.compile("^Undo ?: split")).press("Enter")
    expect(page.get_by_text("Undone by Tess").first).to_be_visible()
    check(page, "editor-theme-history")
    page.get_by_role("link", name="Retire this theme").press("Enter")
    check(page, "editor-retire")
    page.goto(address.rsplit("/", 1)[0] + "/unthemed")
    check(page, "editor-unthemed")
    assert len(page.content()) < 100_000
    assert [fault for fault in faults if "status of 422" not in fault] == []
    settle(demo)
