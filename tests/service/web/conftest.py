"""An edition whose words would break a document that took them for markup, and browsers with people at them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from models import account
from models.account import Account, Role
from models.digest import Edition
from models.store import transaction
from service.app import create_app

HOSTILE = "#set page(fill: red) [x] *not bold* $y$ \\ <w:p> & “quoted” {{ jinja }} = no heading"


HERE = "http://localhost"
PASSWORD = "heron lantern gravel"


class Browser:
    """Fetches pages and sends their forms, with the cookies and the token of one browser."""

    def __init__(self, http: TestClient) -> None:
        self.http = http

    def get(self, path: str) -> Any:
        return self.http.get(path, follow_redirects=True)

    def send(self, page: str, action: str, files: Any = None, **fields: Any) -> Any:
        """Sends a form as it stands on a page."""
        found = re.search(r'name="form_proof" value="(\w+)"', self.get(page).text)
        assert found, page
        return self.http.post(action, data={"form_proof": found[1], **fields}, files=files, follow_redirects=False)


@pytest.fixture
def browser(database: str) -> Iterator[Browser]:
    with TestClient(create_app(), HERE, raise_server_exceptions=False) as http:
        yield Browser(http)


@pytest.fixture
def person(database: str) -> Callable[..., Account]:
    """Makes an account with the password above."""

    def make(name: str, role: Role = Role.facilitator) -> Account:
        with transaction() as session:
            _, secret = account.invite(session, name, f"{name.lower()}@example.org", role)
            return account.set_password(session, secret, PASSWORD)

    return make


@pytest.fixture
def enter(browser: Browser, person: Callable[..., Account]) -> Callable[..., Account]:
    """Makes an account and signs the browser in with it."""

    def sign_in(name: str, role: Role = Role.facilitator) -> Account:
        made = person(name, role)
        assert attempt(browser, made.email).status_code == 303
        return made

    return sign_in


def attempt(browser: Browser, email: str, password: str = PASSWORD, **fields: str) -> Any:
    return browser.send("/sign-in", "/sign-in", email=email, password=password, **fields)


def said(*texts: str) -> list[dict[str, Any]]:
    return [{"text": text, "points": ["point_1"]} for text in texts]


@pytest.fixture
def edition() -> Edition:
    parts = [
        {"key": "said", "heading": "What was said", "sentences": said(HOSTILE)},
        {"key": "barriers", "heading": "Barriers", "sentences": said("The queue is long.", "The forms are many.")},
        {"key": "quotes", "heading": "In participants’ words", "sentences": said("“We wait nine years.”")},
    ]
    theme = {"id": "theme_1", "title": "Grid connections", "state": "rising", "parts": parts}
    briefing = {
        "title": "What leaders said & did #1",
        "period_start": "2026-01-01",
        "period_end": "2026-03-31",
        "marking": "OFFICIAL-SENSITIVE",
        "opening": said("One theme was raised most widely."),
        "missions": [{"id": "clean_energy", "title": "Clean energy", "themes": [theme]}],
        "also_raised": [],
        "movement": said("One theme is rising."),
        "made": said("Made from three notes."),
        "withheld": said("Two themes were withheld."),
        "evidence": [
            {"id": "point_1", "theme": "theme_1", "text": "The queue is nine years long.", "sector": "private"},
            {"id": "point_2", "theme": "theme_1", "text": "It is shorter elsewhere.", "sector": None},
        ],
    }
    published = datetime(2026, 4, 1, 9, tzinfo=UTC)
    return Edition(
        id="edition_1",
        digest_id="digest_1",
        number=2,
        sha256="ab" * 32,
        briefing=briefing,
        markdown="# Words\n",
        published_by="an editor",
        published_at=published,
    )
