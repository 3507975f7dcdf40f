"""A facilitator's way in a real browser, on the running service with its queue and worker, by keyboard."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from nlp.read import read
from tests.browser.conftest import PASSWORD, PATIENCE, Demo, check, join

SAMPLE = Path(__file__).parents[2] / "service" / "samples" / "01-grid-connections.docx"
KEYS_AT_MOST = 60
KEYSTROKE, LOOK = 0.2, 1.35
"""Seconds for a key and for making up one's mind (keystroke-level model: Card, Moran and Newell 1980)."""


def new_event(page: Page, campaign: str) -> None:
    page.goto(f"{page.url.rstrip('/')}/desk/new")
    page.get_by_label("Campaign", exact=True).fill(campaign)
    page.get_by_label("What was the event about?").fill("Slipways")
    page.get_by_label("Kind").select_option(label="CEO–Permanent Secretary dialogue")
    for part, number in {"Day": "10", "Month": "2", "Year": "2026"}.items():
        page.get_by_label(part).fill(number)
    page.get_by_label("Private").fill("5")
    page.get_by_role("button", name="Save the event").click()


def clear_by_keyboard(page: Page) -> int:
    """Looks at all there is to look at, clears the note, and counts the keys."""
    keys, before = 0, None
    while True:
        page.keyboard.press("n")
        keys += 1
        here = page.evaluate("document.activeElement.value")
        if here == before:
            break
        before = here
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "clear"
    page.keyboard.press("Enter")
    return keys + 2


def test_facilitator_takes_a_note_from_upload_to_themes_by_keyboard(
    demo: Demo, browser: Browser, artefacts: Path
) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    join(page, demo, "Ada", "facilitator")

    page.get_by_role("link", name="Your events", exact=True).press("Enter")
    check(page, "desk-events-none")
    page.get_by_role("link", name="Add an event").press("Enter")
    page.get_by_role("button", name="Save the event").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter what the event was about.")
    assert page.title().startswith("Error: ")
    check(page, "desk-new-event-faults")
    page.get_by_label("Campaign", exact=True).focus()
    for text in ("Clean power", "Connecting clean power faster"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type("CEO")
    page.keyboard.press("Tab")
    for part in ("20", "1", "2026"):
        page.keyboard.type(part)
        page.keyboard.press("Tab")
    for count in "4621":
        page.keyboard.type(count)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Save the event").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connecting clean power faster")
    expect(page.get_by_text("CEO–Permanent Secretary dialogue, 20 January 2026")).to_be_visible()

    page.get_by_label("Notes of this event").set_input_files(SAMPLE)
    page.get_by_role("button", name="Upload").press("Enter")
    review = page.get_by_role("link", name="Review note 1")
    expect(review).to_be_visible(timeout=PATIENCE)
    check(page, "desk-event")
    review.press("Enter")
    expect(page.get_by_text("As it will circulate")).to_be_visible()
    check(page, "desk-review")
    page.wait_for_load_state()

    keys = clear_by_keyboard(page)
    print(f"cleared with {keys} keystrokes")
    assert keys < KEYS_AT_MOST
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Withdraw note 1").press("Enter")
    check(page, "desk-withdraw")
    assert [fault for fault in faults if "status of 422" not in fault] == []
    root = page.url.split("/desk")[0]
    assert not [address for address in asked if not address.startswith(root)]


def test_long_note_is_cleared_within_three_minutes_of_keystrokes(demo: Demo, browser: Browser, artefacts: Path) -> None:
    """A note of over 3,000 words: by its doubtful words alone, and if every run of replaced words were looked at."""
    page = browser.new_page()
    join(page, demo, "Lena", "facilitator")
    new_event(page, "Long notes")
    words = " ".join(read(path.read_bytes(), path.name).text + "\n" for path in sorted(SAMPLE.parent.glob("0[2-5]-*")))
    assert len(words.split()) > 3000
    note = {"name": "long.md", "mimeType": "text/markdown", "buffer": words.encode()}
    page.get_by_label("Notes of this event").set_input_files(note)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("link", name="Review note 1").click(timeout=PATIENCE)
    expect(page.get_by_text("As it will circulate")).to_be_visible()
    page.wait_for_load_state()
    check(page, "desk-review-long")
    replaced = page.locator('input[name="show"]').count()
    keys = clear_by_keyboard(page)
    longest = (replaced + 2) * KEYSTROKE + replaced * LOOK
    count = len(words.split())
    print(f"{count} words cleared with {keys} keystrokes; {replaced} runs replaced: {longest:.0f} s for all")
    assert keys <= replaced + 3
    assert longest < 180


def test_words_that_were_missed_are_masked_by_keyboard(demo: Demo, browser: Browser) -> None:
    page = browser.new_page()
    join(page, demo, "Bea", "facilitator")
    new_event(page, "Harbours")
    note = {"name": "slipways.md", "mimeType": "text/markdown", "buffer": b"The ferry man said that permits are slow."}
    page.get_by_label("Notes of this event").set_input_files(note)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("link", name="Review note 1").click(timeout=PATIENCE)
    expect(page.get_by_text("As it will circulate")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("m")
    expect(page.get_by_label("Words, exactly")).to_be_focused()
    page.keyboard.type("The ferry man")
    page.keyboard.press("Tab")
    page.keyboard.type("a role")
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("masked by you")).to_be_visible(timeout=PATIENCE)


def test_administrator_s_pages_and_signing_out(demo: Demo, browser: Browser) -> None:
    page = browser.new_page()
    join(page, demo, "Kit", "administrator")
    page.get_by_role("link", name="People", exact=True).press("Enter")
    page.get_by_label("Name").fill("Lou")
    page.get_by_label("E-mail address").fill("lou@example.org")
    page.get_by_role("button", name="Invite").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("/join/")
    check(page, "desk-people")
    page.get_by_role("link", name="What was done", exact=True).press("Enter")
    expect(page.get_by_text("invite person").first).to_be_visible()
    check(page, "desk-audit")
    page.get_by_role("link", name="Kit", exact=True).press("Enter")
    check(page, "desk-account")
    page.get_by_role("button", name="Sign out everywhere").press("Enter")
    page.get_by_role("link", name="Sign in", exact=True).press("Enter")
    page.get_by_label("E-mail address").fill("kit@example.org")
    page.get_by_label("Password").fill("not this one at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    check(page, "desk-sign-in")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Kit", exact=True)).to_be_visible()
