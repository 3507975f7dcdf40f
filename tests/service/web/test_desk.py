"""A facilitator's work in a browser without scripts: an event, its notes, the review of one, and the way back."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlmodel import col, select

from models.account import Account, CampaignFacilitator, Role
from models.audit import AuditEntry
from models.campaign import Campaign, Event, EventSector
from models.note import Decision, Note, NoteState, Redaction
from models.point import Point
from models.release import released_text
from models.store import reading, transaction
from tests.conftest import Library
from tests.service.web.conftest import Browser, attempt

EVENT = {
    "campaign_name": "Harbours",
    "title": "Reopening the slipways",
    "kind": "ceo-permanent-secretary-dialogue",
    "day": "10",
    "month": "2",
    "year": "2026",
    "attribution": "chatham-house",
    "marking": "OFFICIAL-SENSITIVE",
    "review": "dialogues",
    "public": "4",
    "private": "5",
}
NOTE = """# Reopening the slipways

Barnaby Quillfeather said that dredging permits take longer than the dredging.

Ottoline Marchbanks offered to lend two survey boats to any council that asks. The ferry man agreed.
"""
MASKED = ("Barnaby", "Quillfeather", "Ottoline", "Marchbanks")


@pytest.fixture
def event_path(browser: Browser, enter: Callable[..., Account]) -> str:
    """An event of a facilitator who is signed in; the path of its page."""
    enter("Ada")
    answer = browser.send("/desk/new", "/desk/new", **EVENT)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def upload(browser: Browser, path: str, *files: tuple[str, str | bytes]) -> Any:
    return browser.send(path, f"{path}/notes", files=[("files", file) for file in files])


def only(kind: type[Any]) -> Any:
    with reading() as session:
        return session.exec(select(kind)).one()


@pytest.fixture
def note_path(browser: Browser, event_path: str, work: Callable[[], None]) -> str:
    """A note of the event that awaits review; the path of its page."""
    assert upload(browser, event_path, ("slipways.md", NOTE)).status_code == 303
    work()
    return f"/desk/notes/{only(Note).id}"


def test_one_form_makes_campaign_and_event_and_gives_them_to_their_maker(browser: Browser, event_path: str) -> None:
    event, campaign = only(Event), only(Campaign)
    assert event_path == f"/desk/events/{event.id}"
    assert (event.title, event.marking, campaign.name) == ("Reopening the slipways", "OFFICIAL-SENSITIVE", "Harbours")
    with reading() as session:
        rooms = {row.sector: row.organisations for row in session.exec(select(EventSector))}
    assert rooms == {"public": 4, "private": 5, "not-for-profit": 0, "higher education": 0}
    shown = browser.get(event_path).text
    assert "OFFICIAL-SENSITIVE" in shown
    assert "10 February 2026" in shown
    again = {**EVENT, "campaign_id": campaign.id, "campaign_name": "", "title": "The second slipway"}
    assert browser.send("/desk/new", "/desk/new", **again).status_code == 303
    assert "The second slipway" in browser.get("/desk").text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": ""}, "Enter what the event was about."),
        ({"day": "", "month": "", "year": ""}, "Enter the day of the event."),
        ({"day": "soon"}, "as a date"),
        ({"month": "13"}, "as a date"),
        ({"year": ""}, "as a date"),
        ({"campaign_name": ""}, "Choose a campaign, or enter a name for a new one."),
        ({"public": "some"}, "as whole numbers"),
        ({"public": "", "private": "0"}, "at least one sector"),
        ({"public": "99999"}, "at most 10,000"),
        ({"review": "never"}, "Choose one of these."),
        ({"title": "x" * 301}, "at most 300 characters"),
        ({"campaign_name": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_saved(
    browser: Browser, enter: Callable[..., Account], change: dict[str, str], told: str
) -> None:
    enter("Ada")
    answer = browser.send("/desk/new", "/desk/new", **EVENT | change)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert told in answer.text
    with reading() as session:
        assert not session.exec(select(Event)).all()
        assert not session.exec(select(Campaign)).all()
        assert [row.action for row in session.exec(select(AuditEntry))] == ["sign in"]


def test_notes_that_can_be_taken_are_taken_and_the_others_told_of(
    browser: Browser, event_path: str, work: Callable[[], None]
) -> None:
    answer = upload(browser, event_path, ("one.md", NOTE), ("empty.md", ""), ("two.exe", b"MZ\x00\x01"))
    assert answer.status_code == 422
    assert "empty.md: The file is empty." in answer.text
    work()
    shown = browser.get(event_path).text
    assert "Awaiting your review" in shown
    assert "Could not be read" in shown
    assert 'data-moving="yes"' in answer.text
    assert 'data-moving="yes"' not in shown
    assert upload(browser, event_path).status_code == 422


def test_a_note_is_reviewed_changed_and_cleared(browser: Browser, note_path: str, work: Callable[[], None]) -> None:
    beside = re.findall(r'<p lang="en-GB">(.*?)</p>', browser.get(note_path).text)
    before, after = " ".join(beside[::2]), " ".join(beside[1::2])
    assert all(name in before for name in MASKED)
    assert not [name for name in MASKED if name in after]
    assert "dredging permits take longer" in before
    assert "dredging permits take longer" in after
    assert browser.send(note_path, f"{note_path}/decisions").status_code == 422
    lost = browser.send(note_path, f"{note_path}/decisions", words="the harbour master", type="role")
    assert "These words are not in the note." in lost.text
    added = {"words": "The ferry man", "type": "role", "everywhere": "yes"}
    assert browser.send(note_path, f"{note_path}/decisions", **added).status_code == 303
    assert 'data-moving="yes"' in browser.get(note_path).text
    work()
    assert "masked by you" in browser.get(note_path).text
    cleared = browser.send(note_path, f"{note_path}/approval")
    assert cleared.headers["location"] == f"/desk/events/{only(Note).event_id}"
    work()
    note = only(Note)
    assert note.state is NoteState.themed
    assert note.approved_by == "Ada"
    assert "ferry man" not in (note.redacted or "")
    assert not [name for name in MASKED if name in (note.redacted or "")]
    assert "There is nothing to review" in browser.get(note_path).text


def test_words_that_give_nobody_away_can_be_shown_again(
    browser: Browser, note_path: str, work: Callable[[], None]
) -> None:
    found = browser.get(note_path).text
    number = next(n for n in range(20) if f'<a href="#o{n}">Barnaby Quillfeather</a>' in found)
    assert browser.send(note_path, f"{note_path}/decisions", show=str(number)).status_code == 303
    work()
    again = browser.get(note_path).text
    assert "Barnaby Quillfeather</a>" not in again
    assert len(re.findall(r'<p lang="en-GB">Barnaby Quillfeather said', again)) == 2


def test_a_note_s_words_are_shown_as_words(browser: Browser, event_path: str, work: Callable[[], None]) -> None:
    upload(browser, event_path, ("hostile.md", "Said <script>alert(1)</script> & {{ 7 * 7 }} about slipways."))
    work()
    shown = browser.get(f"/desk/notes/{only(Note).id}").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "{{ 7 * 7 }}" in shown


def test_a_note_is_withdrawn_after_asking_once_more(browser: Browser, note_path: str) -> None:
    assert "This cannot be undone" in browser.get(f"{note_path}/withdrawal").text
    assert browser.send(f"{note_path}/withdrawal", f"{note_path}/withdrawal").status_code == 303
    assert only(Note).state is NoteState.withdrawn
    assert "Withdrawn" in browser.get(f"/desk/events/{only(Note).event_id}").text


def test_a_failed_note_can_be_tried_again(browser: Browser, event_path: str, work: Callable[[], None]) -> None:
    upload(browser, event_path, ("two.exe", b"MZ\x00\x01"))
    work()
    note_path = f"/desk/notes/{only(Note).id}"
    assert browser.send(event_path, f"{note_path}/retry").status_code == 303
    assert only(Note).state is NoteState.received


def test_a_facilitator_sees_own_campaigns_only_and_an_administrator_all(
    library: Library, browser: Browser, enter: Callable[..., Account]
) -> None:
    ada = enter("Ada")
    note, event = library.notes["clinic"], library.events["clinic"]
    for path in (f"/desk/events/{event}", f"/desk/notes/{note}", f"/desk/notes/{note}/withdrawal", "/desk/notes/x"):
        assert browser.get(path).status_code == 404
    for action in (f"/desk/events/{event}/notes", f"/desk/notes/{note}/approval", f"/desk/notes/{note}/withdrawal"):
        assert browser.send("/account", action).status_code == 404, action
    assert "No event yet" in browser.get("/desk").text
    with reading() as session:
        assert session.get_one(Note, note).state is NoteState.themed
        assert session.exec(select(Point.id).where(Point.note_id == note)).all()
    with transaction() as session:
        campaign = session.get_one(Event, event).campaign_id
        session.add(CampaignFacilitator(campaign_id=campaign, account_id=ada.id))
    assert browser.get(f"/desk/events/{event}").status_code == 200
    browser.send("/account", "/sign-out")
    enter("Bob", Role.administrator)
    assert browser.get(f"/desk/events/{event}").status_code == 200


def test_nobody_s_campaign_can_be_taken_over(library: Library, browser: Browser, enter: Callable[..., Account]) -> None:
    enter("Ada")
    with reading() as session:
        campaign = session.exec(select(Campaign.id)).one()
    assert browser.send("/desk/new", "/desk", **EVENT).status_code == 405
    answer = browser.send("/account", "/desk/new", **EVENT | {"campaign_id": campaign})
    assert answer.status_code == 404
    answer = browser.send("/account", "/desk/new", **EVENT | {"campaign_name": "Coast and country"})
    assert answer.status_code == 422
    assert "There is a campaign of this name already" in answer.text


def test_what_was_done_is_in_the_log_with_who_and_to_what(
    browser: Browser, note_path: str, enter: Callable[..., Account]
) -> None:
    browser.send(note_path, f"{note_path}/approval")
    with reading() as session:
        rows = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [row.action for row in rows] == ["sign in", "new event", "upload notes", "approve"]
    assert {row.name for row in rows} == {"Ada"}
    note = only(Note)
    assert [row.subject for row in rows[1:]] == [note.event_id, note.event_id, note.id]


def test_words_that_were_rightly_replaced_are_accepted_without_another_run(browser: Browser, note_path: str) -> None:
    with transaction() as session:
        row = session.exec(select(Redaction).order_by(col(Redaction.start))).first()
        assert row
        row.doubtful = True
        session.exec(select(Note)).one().doubts = 1
    assert "1 of them for you to look at" in browser.get(note_path).text
    both = browser.send(note_path, f"{note_path}/decisions", keep="0", show="0")
    assert both.status_code == 422
    assert "Choose one." in both.text
    assert browser.send(note_path, f"{note_path}/decisions", keep="0").status_code == 303
    assert only(Note).doubts == 0
    assert only(Note).state is NoteState.awaiting_review
    assert "accepted by you" in browser.get(note_path).text
    with reading() as session:
        accepted = {(row.start, row.end) for row in session.exec(select(Decision))}
    assert accepted == {(row.start, row.end)}


def test_points_are_shown_as_readers_may_meet_them_before_the_note_is_cleared(
    browser: Browser, note_path: str, work: Callable[[], None]
) -> None:
    shown = browser.get(note_path).text.split("What will be made of it")[1]
    listed = re.findall(r"<li>(.*?)</li>", shown)
    assert any("dredging permits take longer than the dredging" in point for point in listed)
    assert not [name for name in MASKED if name in shown]
    assert "[Person A]" not in " ".join(listed)
    browser.send(note_path, f"{note_path}/approval")
    work()
    with reading() as session:
        made = session.exec(select(Point).order_by(col(Point.start))).all()
    assert [unescape(point) for point in listed] == [released_text(point.text) for point in made]


def test_a_campaign_is_shared_with_a_colleague_and_never_left_alone(
    browser: Browser, event_path: str, person: Callable[..., Account]
) -> None:
    bob, rex = person("Bob"), person("Rex", Role.reader)
    path = f"/desk/campaigns/{only(Campaign).id}"
    assert path in browser.get(event_path).text
    assert "The only one" in browser.get(path).text
    for address in ("nobody@example.org", rex.email):
        refused = browser.send(path, f"{path}/facilitators", email=address)
        assert refused.status_code == 422
        assert "No facilitator has this e-mail address." in refused.text
    for _ in range(2):
        assert browser.send(path, f"{path}/facilitators", email=bob.email.upper()).status_code == 303
    browser.send("/account", "/sign-out")
    assert attempt(browser, bob.email).status_code == 303
    assert browser.get(event_path).status_code == 200
    with reading() as session:
        ada = session.exec(select(Account).where(Account.name == "Ada")).one()
    assert browser.send(path, f"{path}/facilitators/{rex.id}/removal").status_code == 404
    assert browser.send(path, f"{path}/facilitators/{ada.id}/removal").headers["location"] == path
    assert browser.send(path, f"{path}/facilitators/{bob.id}/removal").status_code == 409
    browser.send("/account", "/sign-out")
    attempt(browser, ada.email)
    assert browser.get(path).status_code == 404
    assert browser.get(event_path).status_code == 404
