"""What most calls start from: a campaign, an event, a note."""

from collections.abc import Callable
from typing import Any

import pytest

ROOM = {"public": 4, "private": 5, "not-for-profit": 3, "higher education": 3}


@pytest.fixture
def campaign(call: Any) -> str:
    return str(call.done("POST", "/campaigns", json={"name": "Harbours"})["id"])


@pytest.fixture
def new_event(call: Any, campaign: str) -> Callable[..., str]:
    def make(**values: Any) -> str:
        event = {
            "campaign_id": campaign,
            "title": "Reopening the slipways",
            "kind": "roundtable",
            "held_on": "2026-02-10",
            "sectors": ROOM,
        }
        return str(call.done("POST", "/events", json=event | values)["id"])

    return make


@pytest.fixture
def event(new_event: Callable[..., str]) -> str:
    return new_event()


@pytest.fixture
def upload(call: Any) -> Callable[..., Any]:
    """Uploads a note, as text or bytes; gives the answer."""

    def send(event_id: str, content: str | bytes, name: str = "note.md", scope: str = "facilitate") -> Any:
        data = content.encode() if isinstance(content, str) else content
        return call("POST", f"/events/{event_id}/notes", scope, files={"file": (name, data)})

    return send
