"""An editor's missions in a real browser: the board, an answer that holds, and a new version of the missions."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, Demo, check, join


def faults_of(page: Page) -> list[str]:
    """What the page's console complains of from here on, but for forms that were turned down."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    return faults


def test_editor_decides_where_a_theme_belongs_by_keyboard(demo: Demo, browser: Browser, artefacts: object) -> None:
    page = browser.new_page()
    faults = faults_of(page)
    join(page, demo, "Edith", "editor")
    page.get_by_role("link", name="Missions", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Missions by sectors")
    check(page, "editor-missions")
    page.get_by_label("Themes", exact=True).select_option(label="Including what is withheld")
    page.get_by_role("button", name="Show these").press("Enter")
    expect(page.get_by_text("Not for circulation.")).to_be_visible()
    check(page, "editor-missions-withheld")
    page.get_by_role("link", name="raised by the private sector").first.press("Enter")
    expect(page.get_by_text("raised by the private sector")).to_be_visible()
    check(page, "editor-missions-cell")

    page.get_by_role("link", name="Missions by sectors").press("Enter")
    page.get_by_role("link", name="Decide").press("Enter")
    check(page, "editor-missions-to-decide")
    page.get_by_role("link", name="Begin with the first").press("Enter")
    address, title = page.url, page.get_by_role("heading", level=1).inner_text()
    check(page, "editor-missions-theme")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
    check(page, "editor-missions-theme-fault")
    streets = page.get_by_role("group", name="Take back our streets")
    streets.get_by_label("Let its points decide").focus()
    page.keyboard.press("ArrowUp")
    expect(streets.get_by_label("No, it does not")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(streets.get_by_label("Yes, it belongs here")).to_be_checked()
    page.get_by_role("button", name="Save, and decide the next").press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(title)

    page.goto(address)
    expect(page.get_by_text("Take back our streets: yes. Edith,")).to_be_visible()
    expect(page.get_by_text("decided by an editor")).to_be_visible()
    page.get_by_text("Everything that was said").press("Enter")
    check(page, "editor-missions-theme-decided")
    page.get_by_role("button", name="Take back what was said of “Take back our streets”").press("Enter")
    expect(page.get_by_text("decided by an editor")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_text("Its points are being looked at again")).to_have_count(0, timeout=PATIENCE)
    assert [fault for fault in faults if "status of 422" not in fault] == []


def test_editor_changes_the_missions_and_sees_first_what_would_move(demo: Demo, browser: Browser) -> None:
    page = browser.new_page()
    faults = faults_of(page)
    join(page, demo, "Frank", "editor")
    page.get_by_role("link", name="Missions", exact=True).press("Enter")
    page.get_by_role("link", name="Change the missions").press("Enter")
    check(page, "editor-frameworks")
    page.get_by_role("link", name="Change The government's five missions").press("Enter")
    check(page, "editor-framework-form")

    first = page.get_by_role("group", name="1. Kickstart economic growth")
    first.get_by_label("Title").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change “The government's five missions”")
    page.get_by_role("button", name="Move down number 1, Kickstart economic growth").press("Enter")
    expect(page.get_by_role("group", name="2. Kickstart economic growth")).to_be_visible()
    page.get_by_role("button", name="Remove number 1, Make Britain a clean energy superpower").press("Enter")
    expect(page.get_by_role("group", name="1. Kickstart economic growth")).to_be_visible()
    page.get_by_role("button", name="Add an entry").press("Enter")
    page.get_by_role("button", name="Compare").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter a title for number 5, or remove it.")
    check(page, "editor-framework-form-faults")
    entry = page.get_by_role("group", name="5. New entry")
    entry.get_by_label("Title").fill("Connect the country")
    entry.get_by_label("What it is about").fill(
        "Power, grid connections, roads and rail for every part of the country."
    )
    page.get_by_role("button", name="Compare").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Version 2024.2")
    expect(page.get_by_text("Waits for your decision")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Removed: Make Britain a clean energy superpower.")).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()
    check(page, "editor-framework-version")
    page.get_by_role("button", name="Turn down").press("Enter")
    expect(page.get_by_text("Turned down by Frank")).to_be_visible()
    check(page, "editor-framework-turned-down")
    page.get_by_role("link", name="Missions and other lists").press("Enter")
    expect(page.get_by_role("row", name="2024.2 Turned down")).to_be_visible()
    assert [fault for fault in faults if "status of 422" not in fault] == []
