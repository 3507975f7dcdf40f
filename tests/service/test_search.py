"""Search over the API and the command line: found by meaning, gated when read, and forgotten after a day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from models.point import Point
from models.search import Search
from models.store import now, reading, transaction
from workers import sweep

QUESTION = "How long does it take to be joined to the electricity network?"


def asked(call: Any, work: Callable[[], None], question: str = QUESTION) -> dict[str, Any]:
    search = call.done("POST", "/searches", "read", json={"question": question})
    assert (search["state"], search["points"]) == ("searching", [])
    work()
    found: dict[str, Any] = call.done("GET", f"/searches/{search['id']}", "read")
    assert found["state"] == "done"
    return found


def test_a_question_finds_its_points_and_themes(library: Any, call: Any, work: Callable[[], None]) -> None:
    found = asked(call, work)
    assert any("grid" in point["text"].lower() for point in found["points"][:3])
    assert [theme["id"] for theme in found["themes"]] == list(
        dict.fromkeys(point["theme_id"] for point in found["points"])
    )
    shown = {point["id"] for point in call.done("GET", "/points?limit=200", "read")}
    assert {point["id"] for point in found["points"]} <= shown


def test_what_may_no_longer_be_shown_is_gone_from_a_search_already_made(
    library: Any, call: Any, work: Callable[[], None]
) -> None:
    found = asked(call, work)
    with transaction() as session:
        lost = found["points"][0]["theme_id"]
        for point in session.exec(select(Point).where(Point.theme_id == lost)):
            point.theme_id, point.state = None, "unthemed"
    again = call.done("GET", f"/searches/{found['id']}", "read")
    assert lost not in {theme["id"] for theme in again["themes"]}
    assert all(point["theme_id"] != lost for point in again["points"])


def test_a_search_is_its_own_keys_alone_and_forgotten_after_a_day(
    library: Any, call: Any, work: Callable[[], None]
) -> None:
    found = asked(call, work)
    assert call("GET", f"/searches/{found['id']}", "administer").status_code == 404
    assert call("GET", "/searches/search_none", "read").status_code == 404
    with transaction() as session:
        session.get_one(Search, found["id"]).asked_at = now() - timedelta(days=1, minutes=1)
    sweep.sweep()
    with reading() as session:
        assert session.get(Search, found["id"]) is None


@pytest.mark.parametrize("question", ["", " x ", "y" * 301])
def test_a_question_too_short_or_long_is_refused(call: Any, question: str) -> None:
    assert call("POST", "/searches", "read", json={"question": question}).status_code == 422


def test_nothing_published_answers_nothing(call: Any, work: Callable[[], None]) -> None:
    assert asked(call, work)["points"] == []
