"""An editor takes a digest from its form to its last edition in a real browser, by keyboard."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE, Demo, check, join, settle

FORGED = "Forty-one of 52 events raised this."


def test_editor_drafts_rewords_publishes_corrects_and_withdraws_a_digest(
    demo: Demo, browser: Browser, artefacts: Path
) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    settle(demo)
    join(page, demo, "Ede", "editor")
    page.get_by_role("link", name="Digest desk").press("Enter")
    check(page, "digests-desk")
    page.get_by_role("link", name="Draft a digest").press("Enter")
    check(page, "digests-new")
    for edge, parts in {"start": ("", "1", "2026"), "end": ("30", "9", "2026")}.items():
        for part, value in zip(("day", "month", "year"), parts, strict=True):
            page.locator(f"#{edge}_{part}").fill(value)
    page.get_by_role("button", name="Draft it").press("Enter")
    page.get_by_role("link", name="Enter the first day").press("Enter")
    check(page, "digests-new-faults")
    page.locator("#start_day").fill("1")
    page.get_by_role("button", name="Draft it").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What leaders said, January to September 2026")
    expect(page.get_by_role("button", name="Approve")).to_be_visible(timeout=PATIENCE)
    check(page, "digests-draft")
    assert len(page.content()) < 100_000

    first = page.get_by_role("link", name=re.compile(r"Change these words: .*barriers, sentence 1$")).first
    first.press("Enter")
    held = page.get_by_label("Your words").input_value()
    page.get_by_label("Your words").fill(FORGED)
    check(page, "digests-sentence")
    page.get_by_role("button", name="Save and check").press("Enter")
    number = page.url.split("#sentence-")[1]
    standing = page.locator(f"#standing-{number}")
    expect(standing).to_contain_text("not borne out", timeout=PATIENCE)
    expect(page.get_by_role("heading", name="What keeps it from being published")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    check(page, "digests-draft-not-borne-out")
    page.locator(".faults a").first.press("Enter")
    assert page.url.endswith(f"#sentence-{number}")
    page.locator(f"#sentence-{number} a.change").press("Enter")
    said = held.split("“")[-1].rstrip("”")
    page.get_by_label("Your words").fill(said)
    page.get_by_role("button", name="Save and check").press("Enter")
    expect(standing).to_have_text("borne out", timeout=PATIENCE)
    page.get_by_role("link", name="What each sector gets").press("Enter")
    check(page, "digests-withheld")
    assert len(page.content()) < 100_000
    page.go_back()

    page.get_by_role("button", name="Approve").press("Enter")
    check(page, "digests-approved")
    page.get_by_role("button", name="Publish").press("Enter")
    edition = page.get_by_role("link", name="Edition 1, as readers see it")
    expect(edition).to_be_visible(timeout=PATIENCE)
    check(page, "digests-published")
    page.get_by_text("Correct it").press("Enter")
    page.get_by_role("button", name="Draft it again").press("Enter")
    expect(page.get_by_text("Readers keep edition 1")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Approve").press("Enter")
    page.get_by_role("button", name="Publish").press("Enter")
    expect(page.get_by_role("link", name="Edition 2, as readers see it")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Withdraw this digest").press("Enter")
    check(page, "digests-withdraw")
    page.get_by_role("button", name="Withdraw the digest").press("Enter")
    expect(page.get_by_text("Nobody can read it any more.")).to_be_visible()
    page.get_by_role("link", name="Digest desk").first.press("Enter")
    check(page, "digests-desk-after")
    assert [fault for fault in faults if "status of 422" not in fault] == []
