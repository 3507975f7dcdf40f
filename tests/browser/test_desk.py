"""A facilitator's way in a real browser, on the running service with its queue and worker, by keyboard."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import free_port

CROSSCURRENT = Path(sys.executable).with_name("crosscurrent")
SAMPLE = Path(__file__).parents[2] / "service" / "samples" / "01-grid-connections.docx"
PASSWORD = "heron lantern gravel"
PATIENCE = 90_000
"""Milliseconds in which a worker that has just started reads, redacts and themes a note."""
KEYS_AT_MOST = 60


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An empty running service; gives the environment for its command line."""
    port = str(free_port())
    folder = str(tmp_path_factory.mktemp("desk"))
    environment = {**os.environ, "CROSSCURRENT_DATA_DIR": folder, "CROSSCURRENT_PORT": port}
    process = subprocess.Popen([CROSSCURRENT, "up"], env=environment, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while True:
        assert process.poll() is None
        assert time.monotonic() < end
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").is_success:
                break
        except httpx.TransportError:
            time.sleep(0.2)
    yield environment
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0


def join(page: Page, service: dict[str, str], name: str, role: str) -> None:
    """Invites somebody, and takes up the invitation by keyboard."""
    command = [CROSSCURRENT, "account", "invite", name, f"{name.lower()}@example.org", "--role", role]
    link = subprocess.run(command, env=service, capture_output=True, text=True, check=True).stdout.strip()
    page.goto(link)
    check(page, f"join-{role}")
    page.get_by_label("Password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=name)).to_be_visible()


def check(page: Page, name: str) -> None:
    """No barrier that axe finds, nothing to scroll sideways for on a small phone; and a picture to look at."""
    found = Axe().run(page, options={}).response
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == [], name
    page.screenshot(path=f"test-artefacts/desk-{name}.png", full_page=True)
    whole = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    page.screenshot(path=f"test-artefacts/desk-{name}-phone.png", full_page=True)
    page.set_viewport_size(whole or {"width": 1280, "height": 720})


def test_facilitator_takes_a_note_from_upload_to_themes_by_keyboard(
    service: dict[str, str], browser: Browser, artefacts: Path
) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    join(page, service, "Ada", "facilitator")

    page.get_by_role("link", name="Your events").press("Enter")
    check(page, "events-none")
    page.get_by_role("link", name="Add an event").press("Enter")
    page.get_by_role("button", name="Save the event").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter what the event was about.")
    assert page.title().startswith("Error: ")
    check(page, "new-event-faults")
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
    check(page, "event")
    review.press("Enter")
    expect(page.get_by_text("As it will circulate")).to_be_visible()
    check(page, "review")
    page.wait_for_load_state()

    keys = 0
    while keys < KEYS_AT_MOST:
        before = page.evaluate("document.activeElement.value")
        page.keyboard.press("n")
        keys += 1
        if page.evaluate("document.activeElement.value") == before:
            break
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "clear"
    page.keyboard.press("Enter")
    keys += 2
    print(f"cleared with {keys} keystrokes")
    assert keys < KEYS_AT_MOST
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Withdraw note 1").press("Enter")
    check(page, "withdraw")
    assert [fault for fault in faults if "status of 422" not in fault] == []
    root = page.url.split("/desk")[0]
    assert not [address for address in asked if not address.startswith(root)]


def test_words_that_were_missed_are_masked_by_keyboard(service: dict[str, str], browser: Browser) -> None:
    page = browser.new_page()
    join(page, service, "Bea", "facilitator")
    page.goto(f"{page.url.rstrip('/')}/desk/new")
    page.get_by_label("Campaign", exact=True).fill("Harbours")
    page.get_by_label("What was the event about?").fill("Slipways")
    page.get_by_label("Kind").select_option(label="CEO–Permanent Secretary dialogue")
    for part, number in {"Day": "10", "Month": "2", "Year": "2026"}.items():
        page.get_by_label(part).fill(number)
    page.get_by_label("Private").fill("5")
    page.get_by_role("button", name="Save the event").click()
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


def test_administrator_s_pages_and_signing_out(service: dict[str, str], browser: Browser) -> None:
    page = browser.new_page()
    join(page, service, "Kit", "administrator")
    page.get_by_role("link", name="People").press("Enter")
    page.get_by_label("Name").fill("Lou")
    page.get_by_label("E-mail address").fill("lou@example.org")
    page.get_by_role("button", name="Invite").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("/join/")
    check(page, "people")
    page.get_by_role("link", name="What was done").press("Enter")
    expect(page.get_by_text("invite person").first).to_be_visible()
    check(page, "audit")
    page.get_by_role("link", name="Kit").press("Enter")
    check(page, "account")
    page.get_by_role("button", name="Sign out everywhere").press("Enter")
    page.get_by_role("link", name="Sign in").press("Enter")
    page.get_by_label("E-mail address").fill("kit@example.org")
    page.get_by_label("Password").fill("not this one at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    check(page, "sign-in")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Kit")).to_be_visible()
