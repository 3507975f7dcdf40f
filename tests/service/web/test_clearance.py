"""Attendees’ clearance from the form that makes the links to what becomes of each answer, and what never shows."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from models.account import Account, CampaignFacilitator, Role
from models.audit import AuditEntry
from models.campaign import Event
from models.clearance import Answer, AttendeeLink
from models.digest import Edition
from models.job import Job, JobKind
from models.note import Note
from models.point import Point, PointState
from models.release import released_text
from models.store import now, reading, transaction
from service.app import create_app
from service.web import attendee, clearance
from tests.conftest import Library
from tests.service.web.conftest import HERE, Browser

PERIOD = {"title": "Coast and country", "period_start": "2026-01-01", "period_end": "2026-12-31"}
LINK = re.compile(r"/clearance/([\w-]{20,})")


def in_days(days: int) -> dict[str, str]:
    day = now().date() + timedelta(days=days)
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


@pytest.fixture
def desk(library: Library, browser: Browser, enter: Callable[..., Account]) -> str:
    """Ada looks after the library's campaign and is signed in; the path of the clinic event's page."""
    ada = enter("Ada")
    with transaction() as session:
        campaign = session.get_one(Event, library.events["clinic"]).campaign_id
        session.add(CampaignFacilitator(campaign_id=campaign, account_id=ada.id))
    return f"/desk/events/{library.events['clinic']}"


def ask(browser: Browser, desk: str, count: int = 3) -> list[str]:
    answer = browser.send(desk, f"{desk}/clearance", count=str(count), **in_days(10))
    assert answer.status_code == 200, answer.text
    return LINK.findall(answer.text)


@pytest.fixture
def links(browser: Browser, desk: str) -> list[str]:
    return ask(browser, desk)


@pytest.fixture
def stranger(database: str) -> Iterator[Browser]:
    """A browser at which nobody is signed in."""
    with TestClient(create_app(), HERE, raise_server_exceptions=False) as http:
        yield Browser(http)


def points_of(event_id: str) -> list[Point]:
    with reading() as session:
        query = select(Point).where(Point.event_id == event_id, Point.state != PointState.withdrawn)
        return list(session.exec(query.order_by(Point.id)))


def marks(page: str) -> dict[str, str]:
    """The mark of each point of an attendee's page, by its words."""
    found = re.findall(r"<legend>(.*?)</legend>.*?name=\"answer-(\w+)\"", page, re.DOTALL)
    return {unescape(words): mark for words, mark in found}


def answer(stranger: Browser, secret: str, said: dict[str, tuple[str, str]]) -> Any:
    """Sends an attendee's whole form: of the points named by their words what is said, of the others nothing."""
    path = f"/clearance/{secret}"
    shown = marks(stranger.get(path).text)
    fields = {f"answer-{mark}": "" for mark in shown.values()} | {
        f"words-{mark}": words for words, mark in shown.items()
    }
    for words, (choice, other) in said.items():
        fields |= {f"answer-{shown[words]}": choice, f"words-{shown[words]}": other}
    return stranger.send(path, path, **fields)


def test_links_are_shown_once_and_the_event_is_closed_to_readers(
    browser: Browser, desk: str, links: list[str], library: Library, call: Any
) -> None:
    assert len(set(links)) == 3
    shown = browser.get(f"{desk}/clearance").text
    assert not LINK.findall(shown)
    assert "Links answered: 0. Waiting for an answer: 3." in shown
    page = browser.get(desk).text
    assert "See who has answered" in page
    with reading() as session:
        assert not set(session.exec(select(AttendeeLink.hash))) & set(links)
        held = len(points_of(library.events["clinic"]))
        row = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
    assert row
    assert (row.name, row.action, row.subject) == ("Ada", "ask attendees", library.events["clinic"])
    found = call.done("GET", "/themes", "read")
    assert found["withheld"] >= held
    assert found["themed"] + found["unthemed"] + found["withheld"] + found["withdrawn"] == found["points"]
    points = call.done("GET", "/points?limit=200", "read")
    assert library.events["clinic"] not in {point["event_id"] for point in points}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"day": "31", "month": "2"}, "as a date"),
        ({"year": "soon"}, "as a date"),
        ({"day": "", "month": "", "year": ""}, "as a date"),
        (in_days(0), "from tomorrow up to 60 days"),
        (in_days(61), "from tomorrow up to 60 days"),
        ({"count": ""}, "as a whole number"),
        ({"count": "many"}, "as a whole number"),
        ({"count": "0"}, "from 1 to 100"),
        ({"count": "101"}, "from 1 to 100"),
    ],
)
def test_a_form_that_cannot_be_used_is_turned_down(
    browser: Browser, desk: str, library: Library, change: dict[str, str], told: str
) -> None:
    form = in_days(10) | {"count": "3"} | change
    refused = browser.send(desk, f"{desk}/clearance", **form)
    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    assert "<title>Error: " in refused.text
    assert told in refused.text
    assert f'value="{form["count"]}"' in refused.text
    with reading() as session:
        assert not session.exec(select(AttendeeLink)).all()
        assert session.get_one(Event, library.events["clinic"]).clear_until is None
        assert "ask attendees" not in session.exec(select(AuditEntry.action)).all()


def test_attendees_see_their_points_as_they_will_appear_and_nothing_else(
    stranger: Browser, links: list[str], library: Library
) -> None:
    answer = stranger.get(f"/clearance/{links[0]}")
    shown = answer.text
    own = points_of(library.events["clinic"])
    assert set(marks(shown)) == {released_text(point.text) for point in own}
    with reading() as session:
        others = session.exec(select(Point).where(Point.event_id != library.events["clinic"])).all()
        notes = session.exec(select(Note.id)).all()
        event = session.get_one(Event, library.events["clinic"])
    assert not [point.text for point in others if released_text(point.text) in unescape(shown)]
    assert not [id for id in (*notes, *(point.id for point in own), event.id, event.campaign_id) if id in shown]
    assert not [id for id in notes if id.removeprefix("note_") in shown]
    assert not re.search(r"Person [A-Z]\b|organisation \d|Rosamund|Tallis|Fernhollow", shown)
    assert "6 May 2026" in shown
    assert '<meta name="robots" content="noindex">' in shown
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert [cookie.name for cookie in stranger.http.cookies.jar] == ["crosscurrent_visit"]


def test_a_page_of_a_hundred_points_stays_small(stranger: Browser, links: list[str], library: Library) -> None:
    own = points_of(library.events["clinic"])
    with transaction() as session:
        for number in range(100 - len(own)):
            values = own[number % len(own)].model_dump() | {"id": f"point_more_{number}"}
            session.add(Point(**values | {"text": f"{values['text']} {number}", "theme_id": None}))
    page = stranger.http.get(f"/clearance/{links[0]}")
    assert len(marks(page.text)) == 100
    assert len(page.content) < 100_000
    taken = answer(stranger, links[0], {})
    assert taken.status_code == 200


def test_answers_take_effect_at_once_and_use_the_link_up(
    stranger: Browser, links: list[str], library: Library, browser: Browser, desk: str
) -> None:
    taken_out, objected, softened, left = points_of(library.events["clinic"])[:4]
    sent = answer(
        stranger,
        links[0],
        {
            released_text(taken_out.text): ("withdraw", ""),
            released_text(objected.text): ("object", ""),
            released_text(softened.text): ("soften", " It takes\n longer than it should. "),
        },
    )
    assert sent.status_code == 200, sent.text
    assert "Thank you" in sent.text
    assert sent.headers["cache-control"] == "no-store"
    now_held = {point.id: point for point in points_of(library.events["clinic"])}
    assert taken_out.id not in now_held
    assert now_held[objected.id].objected
    assert now_held[softened.id].objected
    assert now_held[softened.id].text == softened.text
    assert not now_held[left.id].objected
    assert now_held[left.id].cleared
    with reading() as session:
        erased = session.get_one(Point, taken_out.id)
        assert (erased.text, erased.vector, erased.voice, erased.state) == ("", b"", None, PointState.withdrawn)
        note = session.get_one(Note, taken_out.note_id)
        assert note.redacted
        assert taken_out.text not in note.redacted
        assert left.text in note.redacted[left.start : left.end]
    again = stranger.get(f"/clearance/{links[0]}")
    assert again.status_code == 410
    assert "were sent with this link already" in again.text
    assert 'content="noindex"' in again.text
    assert again.headers["cache-control"] == "no-store"
    shown = browser.get(f"{desk}/clearance").text
    assert "Links answered: 1. Waiting for an answer: 2." in shown
    assert "It takes longer than it should." in shown
    assert "Answers that wait for your decision: 2" in browser.get(desk).text
    assert [row.action for row in entries()] == ["sign in", "ask attendees"]


def entries() -> list[AuditEntry]:
    with reading() as session:
        query = select(AuditEntry).where(AuditEntry.name != "library").order_by(AuditEntry.id)
        return list(session.exec(query))


@pytest.mark.parametrize(
    ("choice", "words", "told"),
    [
        ("soften", " ", "Enter the words"),
        ("soften", "x" * 601, "at most 600 characters"),
        ("soften", None, "Change the words"),
    ],
)
def test_words_that_cannot_be_used_are_told_of_and_the_link_goes_on_working(
    stranger: Browser, links: list[str], library: Library, choice: str, words: str | None, told: str
) -> None:
    first, second = (released_text(point.text) for point in points_of(library.events["clinic"])[:2])
    given = first if words is None else words
    refused = answer(stranger, links[0], {first: (choice, given), second: ("object", "")})
    assert refused.status_code == 422
    assert told in unescape(refused.text)
    assert "<title>Error: " in refused.text
    fault = re.search(r'<a href="#(words-\w+)">', refused.text)
    assert fault
    assert f'id="{fault[1]}"' in refused.text
    assert re.search(r'value="object" checked', refused.text)
    with reading() as session:
        assert not session.exec(select(Answer)).all()
    assert answer(stranger, links[0], {}).status_code == 200


def test_somebody_signed_in_leaves_no_trace_of_their_answers(
    browser: Browser, desk: str, links: list[str], library: Library
) -> None:
    point = points_of(library.events["clinic"])[0]
    before = len(entries())
    assert "Ada" not in browser.get(f"/clearance/{links[0]}").text
    assert answer(browser, links[0], {released_text(point.text): ("object", "")}).status_code == 200
    assert len(entries()) == before
    assert not [row for row in entries() if links[0] in row.subject]


def test_wrong_links_open_nothing_and_are_soon_refused_while_a_right_one_works(
    stranger: Browser, links: list[str]
) -> None:
    for _ in range(attendee.ATTEMPTS):
        wrong = stranger.get("/clearance/not-a-link")
        assert wrong.status_code == 404
        assert "Copy the whole of it" in wrong.text
    assert stranger.get("/clearance/not-a-link").status_code == 429
    assert stranger.get(f"/clearance/{links[0]}").status_code == 200


def test_a_form_of_another_browser_is_not_taken(stranger: Browser, links: list[str]) -> None:
    refused = stranger.http.post(f"/clearance/{links[0]}", data={"form_proof": "0" * 64})
    assert refused.status_code == 422
    assert stranger.get(f"/clearance/{links[0]}").status_code == 200


def test_an_ended_clearance_closes_its_links_and_lets_the_rest_through(
    stranger: Browser, browser: Browser, desk: str, links: list[str], library: Library, call: Any
) -> None:
    objected = points_of(library.events["clinic"])[0]
    answer(stranger, links[0], {released_text(objected.text): ("object", "")})
    assert browser.send(f"{desk}/clearance", f"{desk}/clearance/end").status_code == 303
    closed = stranger.get(f"/clearance/{links[1]}")
    assert closed.status_code == 410
    assert "The time to answer is over." in closed.text
    points = call.done("GET", "/points?limit=200", "read")
    shown = {point["id"] for point in points if point["event_id"] == library.events["clinic"]}
    assert shown
    assert objected.id not in shown
    assert browser.send(f"{desk}/clearance", f"{desk}/clearance/end").status_code == 409
    assert len(ask(browser, desk, 1)) == 1
    assert [row.action for row in entries()][1:] == ["ask attendees", "end clearance", "ask attendees"]


def test_more_links_and_more_time_while_it_lasts(browser: Browser, desk: str, links: list[str]) -> None:
    page = f"{desk}/clearance"
    more = browser.send(page, f"{page}/links", count="2")
    assert len(LINK.findall(more.text)) == 2
    assert browser.send(page, f"{page}/links", count="none").status_code == 422
    assert browser.send(page, f"{page}/deadline", **in_days(20)).status_code == 303
    refused = browser.send(page, f"{page}/deadline", **in_days(15))
    assert refused.status_code == 422
    assert "Choose a day after the present deadline." in refused.text
    assert browser.send(page, page, count="2", **in_days(20)).status_code == 409
    assert [row.action for row in entries()][1:] == ["ask attendees", "make more links", "give more time"]
    with reading() as session:
        rows = session.exec(select(AttendeeLink)).all()
    assert {row.expires_at.date() - now().date() for row in rows} == {timedelta(days=20)}
    assert len(rows) == 5


def decide(browser: Browser, desk: str, what: str, number: int = 0) -> Any:
    shown = browser.get(f"{desk}/clearance").text
    actions = re.findall(rf'action="([^"]+/{what})"', shown)
    return browser.send(f"{desk}/clearance", actions[number])


def test_a_facilitator_sets_an_objection_aside_or_takes_the_point_out(
    stranger: Browser, browser: Browser, desk: str, links: list[str], library: Library
) -> None:
    points = points_of(library.events["clinic"])[:2]
    answer(stranger, links[0], {released_text(point.text): ("object", "") for point in points})
    assert decide(browser, desk, "refusal").status_code == 303
    assert decide(browser, desk, "acceptance").status_code == 303
    with reading() as session:
        rows = [session.get_one(Point, point.id) for point in points]
    assert sorted(row.state == PointState.withdrawn for row in rows) == [False, True]
    assert not any(row.objected for row in rows)
    shown = browser.get(f"{desk}/clearance").text
    assert "Nothing waits for your decision." in shown
    assert "Kept as it was, by Ada" in shown
    assert "Taken out, by Ada" in shown
    assert [row.action for row in entries()][2:] == ["set answer aside", "accept answer"]


def test_accepted_words_take_the_place_of_the_point_s_and_refused_ones_are_gone(
    stranger: Browser, browser: Browser, desk: str, links: list[str], library: Library, work: Callable[[], None]
) -> None:
    one, other = points_of(library.events["clinic"])[:2]
    said = {
        released_text(one.text): ("soften", "Jane Marsh said staff wait longer for a doctor than they should."),
        released_text(other.text): ("soften", "Something else entirely."),
    }
    assert answer(stranger, links[0], said).status_code == 200
    first = "Jane" in re.findall(r"<strong>(.*?)</strong>", browser.get(f"{desk}/clearance").text)[1:2][0]
    assert decide(browser, desk, "acceptance", int(first)).status_code == 303
    assert "The new words are being put in place" in browser.get(f"{desk}/clearance").text
    assert decide(browser, desk, "refusal").status_code == 303
    with reading() as session:
        assert session.get_one(Point, one.id).objected
    work()
    with reading() as session:
        reworded, kept = session.get_one(Point, one.id), session.get_one(Point, other.id)
        assert {row.words for row in session.exec(select(Answer))} == {""}
    assert reworded.text == "[a participant] said staff wait longer for a doctor than they should."
    assert kept.text == other.text
    assert not reworded.objected
    assert not kept.objected
    shown = browser.get(f"{desk}/clearance").text
    assert "The new words are used, by Ada" in shown
    assert "Jane" not in shown


@pytest.fixture
def published(library: Library, call: Any, work: Callable[[], None]) -> str:
    """A published digest; its id."""
    digest = call.done("POST", "/digests", "edit", json=PERIOD)["id"]
    for step in ("approval", "publication"):
        work()
        call.done("POST", f"/digests/{digest}/{step}", "edit")
    work()
    assert call.done("GET", f"/digests/{digest}")["state"] == "published"
    return str(digest)


@pytest.mark.parametrize("choice", ["withdraw", "object", "soften"])
def test_a_published_digest_that_cites_the_point_is_recalled_and_drafted_without_it(
    published: str, stranger: Browser, browser: Browser, desk: str, call: Any, work: Callable[[], None],
    library: Library, choice: str,
) -> None:  # fmt: skip
    secret = ask(browser, desk, 1)[0]
    assert stranger.get(f"/digests/{published}").status_code == 200
    with reading() as session:
        edition = session.exec(select(Edition)).one()
        evidence = {row["id"]: row["text"] for row in edition.briefing["evidence"]}
    cited = next(point for point in points_of(library.events["clinic"]) if point.id in evidence)
    assert answer(stranger, secret, {evidence[cited.id]: (choice, "Other words.")}).status_code == 200
    assert stranger.get(f"/digests/{published}").status_code == 404
    with reading() as session:
        gone = session.get_one(Edition, edition.id)
        assert (gone.briefing, gone.markdown) == ({}, "")
        assert session.exec(select(Job).where(Job.kind == JobKind.draft, Job.by == "an attendee")).all()
    work()
    again = call.done("GET", f"/digests/{published}")
    assert again["state"] == "draft"
    assert not [row for row in again["sentences"] if cited.id in row["points"]]
    assert evidence[cited.id] not in again["markdown"]


def test_nobody_else_s_event_can_be_opened_or_decided_on(
    stranger: Browser, browser: Browser, desk: str, links: list[str], library: Library, enter: Callable[..., Account]
) -> None:
    point = points_of(library.events["clinic"])[0]
    answer(stranger, links[0], {released_text(point.text): ("object", "")})
    with reading() as session:
        answer_id = session.exec(select(Answer.id)).one()
    browser.send("/account", "/sign-out")
    enter("Bea")
    forms = ("", "/links", "/deadline", "/end", *(f"/answers/{answer_id}/{way}" for way in ("acceptance", "refusal")))
    for form in forms:
        sent = browser.send("/account", f"{desk}/clearance{form}", count="1", **in_days(30))
        assert sent.status_code == 404, form
    assert browser.get(f"{desk}/clearance").status_code == 404
    browser.send("/account", "/sign-out")
    enter("Cas", Role.editor)
    assert browser.send("/account", f"{desk}/clearance/end").status_code == 403
    with reading() as session:
        assert session.get_one(Answer, answer_id).decided_at is None
        assert len(session.exec(select(AttendeeLink)).all()) == 3


def test_an_answer_about_another_event_is_not_decided_on_here(
    stranger: Browser, browser: Browser, desk: str, links: list[str], library: Library
) -> None:
    point = points_of(library.events["clinic"])[0]
    answer(stranger, links[0], {released_text(point.text): ("object", "")})
    with reading() as session:
        answer_id = session.exec(select(Answer.id)).one()
    elsewhere = f"/desk/events/{library.events['orchard']}/clearance/answers/{answer_id}/acceptance"
    assert browser.send("/account", elsewhere).status_code == 404
    assert browser.send("/account", f"{desk}/clearance/answers/answer_1/acceptance").status_code == 404


def test_no_form_is_taken_without_its_token(browser: Browser, desk: str, links: list[str]) -> None:
    posts = [route.path for route in (*attendee.router.routes, *clearance.router.routes) if "POST" in route.methods]  # type: ignore[attr-defined]
    assert len(posts) == 7
    for path in posts:
        refused = browser.http.post(re.sub(r"{\w+}", "x", path), data={}, follow_redirects=False)
        assert refused.status_code == 422, path
        assert "This form" in refused.text


def test_attendees_who_answer_at_once_are_all_heard(links: list[str], library: Library) -> None:
    words = [released_text(point.text) for point in points_of(library.events["clinic"])]
    said = [
        {words[0]: ("object", ""), words[1]: ("withdraw", "")},
        {words[1]: ("object", ""), words[2]: ("soften", "It takes long.")},
        {words[0]: ("withdraw", ""), words[2]: ("object", "")},
    ]
    sent: list[int] = []

    def one(secret: str, answers: dict[str, tuple[str, str]]) -> None:
        with TestClient(create_app(), HERE, raise_server_exceptions=False) as http:
            ready = Browser(http)
            shown = marks(ready.get(f"/clearance/{secret}").text)
            together.wait(30)
            fields = {f"answer-{mark}": "" for mark in shown.values()}
            for text, (choice, other) in answers.items():
                fields |= {f"answer-{shown[text]}": choice, f"words-{shown[text]}": other}
            sent.append(ready.send(f"/clearance/{secret}", f"/clearance/{secret}", **fields).status_code)

    together = threading.Barrier(3)
    people = [threading.Thread(target=one, args=pair) for pair in zip(links, said, strict=True)]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert sent == [200] * 3
    with reading() as session:
        rows = session.exec(select(Point).where(Point.event_id == library.events["clinic"])).all()
        heard = [row.kind for row in session.exec(select(Answer))]
    assert sum(row.state is PointState.withdrawn for row in rows) == 2
    assert [released_text(row.text) for row in rows if row.objected] == [words[2]]
    assert heard.count("withdraw") == 2
    assert heard.count("soften") == 1


def test_one_link_sent_twice_at_once_is_used_once(links: list[str], library: Library) -> None:
    point = points_of(library.events["clinic"])[0]
    sent: list[int] = []
    together = threading.Barrier(4)

    def one() -> None:
        with TestClient(create_app(), HERE, raise_server_exceptions=False) as http:
            path = f"/clearance/{links[0]}"
            page = http.get(path).text
            proof = re.search(r'name="form_proof" value="(\w+)"', page)
            assert proof
            fields = {"form_proof": proof[1], f"answer-{marks(page)[released_text(point.text)]}": "object"}
            together.wait(30)
            sent.append(http.post(path, data=fields).status_code)

    people = [threading.Thread(target=one) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert sorted(sent) == [200, 410, 410, 410]
    with reading() as session:
        assert len(session.exec(select(Answer)).all()) == 1
