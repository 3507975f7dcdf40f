"""Attendees' clearance in a real browser: links from the facilitator, answers without an account, and the decisions."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PATIENCE, Demo, check, join

NOTE = b"""# Reopening the slipways

- Dredging permits take longer than the dredging itself.
- Small harbours cannot pay for two surveys of the same slipway.
- Every council could share one register of slipways.
- The museum offered its drawings of the old slipways to anybody who asks.
"""


def fill_day(page: Page, days: int) -> None:
    day = datetime.now(UTC).date() + timedelta(days=days)
    for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(part).fill(str(number))


def an_event(page: Page) -> None:
    """An event with the points of the note above."""
    page.get_by_role("link", name="Your events").press("Enter")
    page.get_by_role("link", name="Add an event").press("Enter")
    page.get_by_label("Campaign", exact=True).fill("Harbours for all")
    page.get_by_label("What was the event about?").fill("Reopening the slipways")
    page.get_by_label("Kind").select_option("Roundtable")
    for part, number in (("Day", "20"), ("Month", "1"), ("Year", "2026")):
        page.get_by_label(part).fill(number)
    page.get_by_label("Private").fill("5")
    page.get_by_label("Which notes wait").select_option("Doubtful ones only")
    page.get_by_role("button", name="Save the event").press("Enter")
    note = {"name": "slipways.md", "mimeType": "text/markdown", "buffer": NOTE}
    page.get_by_label("Notes of this event").set_input_files(note)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").press("Enter")
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=PATIENCE)


def test_attendees_answer_by_keyboard_and_their_facilitator_decides(
    demo: Demo, browser: Browser, artefacts: Path
) -> None:
    desk = browser.new_page()
    faults: list[str] = []
    desk.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    join(desk, demo, "Ines", "facilitator")
    an_event(desk)
    desk.get_by_label("How many links?").fill("none")
    desk.get_by_role("button", name="Make the links").press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("as a whole number")
    check(desk, "clearance-faults")
    fill_day(desk, 10)
    desk.get_by_label("How many links?").fill("2")
    desk.get_by_role("button", name="Make the links").press("Enter")
    links = desk.get_by_role("status").locator("code").all_inner_texts()
    assert len(links) == 2
    check(desk, "clearance-links")

    # A context of its own, without scripts and without a sign-in.
    attendee = browser.new_context(java_script_enabled=False).new_page()
    attendee.goto(links[0])
    expect(attendee.get_by_role("group", name=re.compile("Dredging permits take longer"))).to_be_visible()
    expect(attendee.get_by_role("link", name="Ines")).to_have_count(0)
    answer(attendee, "Dredging permits", "Take it out for good")
    answer(attendee, "Small harbours", "Object: say no more of it")
    softened = answer(attendee, "Every council", "Put it in other words")
    softened.get_by_role("textbox").fill("")
    attendee.get_by_role("button", name="Send").press("Enter")
    expect(attendee.get_by_role("alert")).to_contain_text("Enter the words that you would rather see")
    softened.get_by_role("textbox").fill("One register of slipways could serve all councils.")
    attendee.get_by_role("button", name="Send").press("Enter")
    expect(attendee.get_by_role("heading", level=1)).to_have_text("Thank you")
    attendee.goto(links[0])
    expect(attendee.get_by_text("were sent with this link already")).to_be_visible()

    seen = browser.new_page()
    seen.goto(links[1])
    check(seen, "clearance-points")
    seen.locator("summary").first.press("Enter")
    expect(seen.get_by_role("radio").first).to_be_visible()
    check(seen, "clearance-points-open")
    seen.get_by_role("button", name="Send").press("Enter")
    expect(seen.get_by_role("heading", level=1)).to_have_text("Thank you")
    check(seen, "clearance-sent")
    seen.goto(links[1])
    check(seen, "clearance-closed")

    # Not reloaded: that would send the form for the links again.
    desk.get_by_role("link", name="Your events").press("Enter")
    desk.get_by_role("link", name="Reopening the slipways").press("Enter")
    expect(desk.get_by_text("Answers that wait for your decision: 2")).to_be_visible()
    check(desk, "clearance-event")
    desk.get_by_role("link", name=re.compile("See who has answered")).press("Enter")
    expect(desk.get_by_text("Links answered: 2.")).to_be_visible()
    check(desk, "clearance-decide")
    desk.get_by_role("button", name="Use these words").press("Enter")
    expect(desk.get_by_role("button", name="Use these words")).to_have_count(0)
    desk.get_by_role("button", name="Keep it as it is").press("Enter")
    expect(desk.get_by_text("Nothing waits for your decision.")).to_be_visible()
    desk.get_by_role("button", name="End the time for answers").press("Enter")
    expect(desk.get_by_text("The time for answers ended on")).to_be_visible()
    end = time.monotonic() + PATIENCE / 1000
    while not desk.get_by_text("One register of slipways could serve all councils.").is_visible():
        assert time.monotonic() < end, "the new words were not put in place"
        time.sleep(1)
        desk.reload()
    check(desk, "clearance-ended")
    assert not [fault for fault in faults if "422" not in fault]


def answer(page: Page, words: str, choice: str) -> Locator:
    """Opens a point by keyboard and chooses an answer; the point."""
    point = page.get_by_role("group", name=re.compile(words))
    point.locator("summary").press("Enter")
    point.get_by_label(choice).press("Space")
    return point
