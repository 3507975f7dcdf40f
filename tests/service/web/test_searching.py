"""Search on pages: by people with and without an account, of published digests only, seen by nobody but who asked."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select, update
from starlette.testclient import TestClient

from models.account import Account, Role
from models.audit import AuditEntry
from models.job import Job
from models.point import Point
from models.search import Search, SearchState
from models.store import now, reading, transaction
from service.app import create_app
from service.web.search import LATE, MOST, SEARCHES_FROM_ONE_PLACE
from tests.service.web.conftest import HERE, Browser

QUESTION = "How long does it take to be joined to the electricity network?"
PERIOD = {"title": "Coast and country", "period_start": "2026-01-01", "period_end": "2026-12-31"}
Finder = Callable[..., str]


@pytest.fixture
def digest(library: Any, call: Any, work: Callable[[], None]) -> str:
    """The id of a digest on the library, drafted, approved and published."""
    id = str(call.done("POST", "/digests", json=PERIOD)["id"])
    for step in ("approval", "publication"):
        work()
        call.done("POST", f"/digests/{id}/{step}")
    work()
    assert call.done("GET", f"/digests/{id}")["state"] == "published"
    return id


def asked(browser: Browser, question: str = QUESTION, page: str = "/search") -> str:
    """The address of the page of a search just begun."""
    answer = browser.send(page, "/search", question=question)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@pytest.fixture
def find(browser: Browser, work: Callable[[], None]) -> Finder:
    """Asks, waits, and gives the page of what was found."""

    def carry(question: str = QUESTION) -> str:
        address = asked(browser, question)
        work()
        return str(browser.get(address).text)

    return carry


def test_a_visitor_asks_on_the_home_page_and_sees_what_was_found(
    digest: str, browser: Browser, work: Callable[[], None]
) -> None:
    address = asked(browser, page="/")
    waiting = browser.get(address)
    assert 'data-moving="yes"' in waiting.text
    assert "Searching…" in waiting.text
    assert f'href="{address}"' in waiting.text
    assert waiting.headers["Cache-Control"] == "no-store"
    work()
    page = browser.get(address).text
    assert "data-moving" not in page
    assert f'value="{QUESTION}"' in page
    first = page.split('<ol class="points">')[1].split("</li>")[0]
    assert "grid" in first.lower()
    assert re.search(r"(Barrier|What helps|Evidence|Offer|Ask|Commitment)(, [\w -]+)?, (January|March|May) 2026", first)
    themes = set(re.findall(r'href="(/themes/\w+)"', page))
    assert themes
    assert all(browser.get(theme).status_code == 200 for theme in themes)
    assert 0 < page.count('<p class="aside">') <= MOST


def test_nobody_but_who_asked_sees_a_search(
    digest: str, browser: Browser, enter: Callable[..., Account], work: Callable[[], None]
) -> None:
    address = asked(browser)
    with TestClient(create_app(), HERE, raise_server_exceptions=False) as http:
        other = Browser(http)
        assert other.get(address).status_code == 404
        other.get("/search")
        assert other.get(address).status_code == 404
    enter("Ros", Role.administrator)
    assert browser.get(address).status_code == 404
    own = asked(browser)
    assert browser.get(own).status_code == 200
    with TestClient(create_app(), HERE, raise_server_exceptions=False) as http:
        assert Browser(http).get(own).status_code == 404


def test_no_cookie_is_kept_with_a_visitor_s_question_and_an_account_s_is_in_the_audit(
    browser: Browser, enter: Callable[..., Account]
) -> None:
    asked(browser)
    mark = browser.http.cookies["crosscurrent_visit"]
    with reading() as session:
        kept = session.exec(select(Search)).one().asked_by
        assert mark not in kept
        assert session.exec(select(Job.by)).one() == "a visitor"
    reader = enter("Ros", Role.reader)
    made = asked(browser).rsplit("/", 1)[1]
    with reading() as session:
        assert session.get_one(Search, made).asked_by == reader.id
        entries = session.exec(select(AuditEntry.action, AuditEntry.subject)).all()
    assert ("ask question", made) in entries
    assert QUESTION not in str(entries)


def test_what_is_released_but_in_no_published_digest_is_not_found(
    library: Any, call: Any, find: Finder, work: Callable[[], None]
) -> None:
    search = call.done("POST", "/searches", "read", json={"question": QUESTION})
    assert "Nothing found" in find()
    assert call.done("GET", f"/searches/{search['id']}", "read")["points"]


def test_what_came_after_the_digest_is_not_found(digest: str, find: Finder, call: Any) -> None:
    with transaction() as session:
        session.execute(update(Point).values(published=False))
    assert "Nothing found" in find()
    assert call.done("GET", "/points", "read")


def test_a_withdrawn_digest_s_themes_are_found_no_more(digest: str, browser: Browser, find: Finder, call: Any) -> None:
    assert 'class="points"' in find()
    call.done("POST", f"/digests/{digest}/withdrawal")
    assert "Nothing found" in find()


def test_the_gate_is_asked_when_the_page_is_read(
    digest: str, browser: Browser, work: Callable[[], None], setting: Callable[..., None]
) -> None:
    address = asked(browser)
    work()
    assert 'class="points"' in browser.get(address).text
    setting(min_events=99, min_organisations=99)
    page = browser.get(address).text
    assert "Nothing found" in page
    assert "/themes/" not in page


def test_a_question_on_something_else_finds_nothing_and_gets_advice(digest: str, find: Finder) -> None:
    page = find("quantum chromodynamics lattice")
    assert "No published digest answers “quantum chromodynamics lattice”" in page
    assert "fewer words" in page


def test_a_question_is_shown_as_it_was_asked_and_never_run(digest: str, find: Finder) -> None:
    page = find('grid "><script>alert(1)</script>')
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("question", ["", " x ", "y" * 301])
def test_a_question_too_short_or_long_is_turned_down(browser: Browser, question: str) -> None:
    refused = browser.send("/search", "/search", question=question)
    assert refused.status_code == 422
    assert "<title>Error: Search – Crosscurrent</title>" in refused.text
    assert '<a href="#question">Enter what you want to know, in 2 to 300 characters.</a>' in refused.text
    assert f'value="{question.strip()}"' in refused.text
    with reading() as session:
        assert not session.exec(select(Search)).all()


def test_a_form_of_another_site_asks_nothing(browser: Browser) -> None:
    browser.get("/search")
    answer = browser.http.post("/search", data={"question": QUESTION, "form_proof": "0" * 64})
    assert answer.status_code == 422
    with reading() as session:
        assert not session.exec(select(Search)).all()


def test_a_visitor_asks_only_so_often_and_an_account_as_often_as_it_likes(
    browser: Browser, enter: Callable[..., Account]
) -> None:
    for _ in range(SEARCHES_FROM_ONE_PLACE):
        asked(browser)
    refused = browser.send("/search", "/search", question=QUESTION)
    assert refused.status_code == 429
    assert "Wait 10 minutes" in refused.text
    enter("Ros", Role.reader)
    asked(browser)


def test_a_search_that_nobody_answers_says_so_after_a_minute(browser: Browser) -> None:
    address = asked(browser)
    assert "Searching…" in browser.get(address).text
    with transaction() as session:
        session.exec(select(Search)).one().asked_at = now() - LATE - timedelta(seconds=1)
    page = browser.get(address).text
    assert "Still searching" in page
    assert "switched off" in page
    assert 'data-moving="yes"' in page


def test_a_search_that_failed_says_so(browser: Browser) -> None:
    address = asked(browser)
    with transaction() as session:
        session.exec(select(Search)).one().state = SearchState.failed
    page = browser.get(address).text
    assert "The search did not work" in page
    assert "data-moving" not in page
