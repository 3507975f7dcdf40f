"""Every error is a problem detail (RFC 9457), and none of them holds what was sent."""

from collections.abc import Callable
from typing import Any

import pytest

PLANTED = "Ottoline Grack"


def is_problem(answer: Any) -> bool:
    body = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and set(body) == {"type", "title", "status", "detail", "code"}
        and body["status"] == answer.status_code
        and bool(body["detail"])
    )


SURVEY = {"campaign_id": "x", "title": "A", "kind": "survey", "held_on": "2026-01-01"}
SENSELESS: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/campaigns", {"name": PLANTED * 40}),
    ("POST", "/campaigns", {"name": [PLANTED]}),
    ("POST", "/campaigns", {"name": "A", "review": PLANTED}),
    ("POST", "/campaigns", [PLANTED]),
    ("POST", "/events", SURVEY | {"kind": PLANTED, "held_on": PLANTED, "sectors": PLANTED}),
    ("POST", "/events", SURVEY | {"sectors": {PLANTED: 3}}),
    ("POST", "/events", SURVEY | {"sectors": {"public": PLANTED}}),
    ("POST", "/notes/x/decisions", {"decisions": [{"kind": PLANTED, "start": PLANTED, "end": -1}]}),
    ("POST", "/notes/x/decisions", {"decisions": [{"kind": "add", "start": 1, "end": 2, "type": f"<{PLANTED}>"}]}),
    ("POST", "/digests", {"title": PLANTED, "period_start": "2026-02-01", "period_end": "2026-01-01"}),
    ("PUT", "/digests/x/sentences/0", {"text": PLANTED, "points": []}),
    ("POST", "/frameworks/missions/versions", {"version": "", "source": PLANTED}),
)
ABSENT = (
    ("GET", "/nowhere", 404),
    ("GET", "/notes/note_1", 404),
    ("GET", "/events/event_1", 404),
    ("GET", "/themes/theme_1", 404),
    ("GET", "/themes/theme_1/points", 404),
    ("GET", "/themes/theme_1/lineage", 404),
    ("GET", "/digests/digest_1", 404),
    ("GET", "/digests/digest_1/editions/1", 404),
    ("GET", "/jobs/job_1", 404),
    ("GET", "/frameworks/missions/versions/0", 404),
    ("DELETE", "/themes", 405),
)


def test_a_refusal_says_where_but_never_repeats_the_value(call: Any) -> None:
    for method, path, body in SENSELESS:
        answer = call(method, path, json=body)
        assert answer.status_code == 422, (path, body)
        assert is_problem(answer)
        assert "Ottoline" not in answer.text, (path, answer.text)
        assert answer.json()["code"] == "invalid"
        assert "body" in answer.json()["detail"]


def test_a_refusal_names_the_field(call: Any) -> None:
    detail = call("POST", "/digests", json={"title": "", "period_start": "2026-01-01"}).json()["detail"]
    assert "body.title" in detail
    assert "body.period_end" in detail
    assert "query.limit" in call("GET", "/themes?limit=0").json()["detail"]
    decisions = {"decisions": [{"kind": "accept", "start": 3, "end": 4}, {"kind": "accept", "start": -1, "end": 4}]}
    assert "body.decisions.1.start" in call("POST", "/notes/x/decisions", json=decisions).json()["detail"]


def test_what_is_not_there_is_a_problem_too(call: Any) -> None:
    for method, path, status in ABSENT:
        answer = call(method, path)
        assert answer.status_code == status, path
        assert is_problem(answer)


def test_broken_json_and_broken_forms_are_problems(call: Any, event: str) -> None:
    headers = {"Authorization": f"Bearer {call.tokens['administer']}", "Content-Type": "application/json"}
    answer = call.http.post("/v1/campaigns", content=b'{"name": "Ottoline', headers=headers)
    assert answer.status_code == 422
    assert is_problem(answer)
    assert "Ottoline" not in answer.text
    assert is_problem(call("POST", f"/events/{event}/notes", data={"file": "Ottoline"}))


def test_characters_that_cannot_be_stored_do_no_harm(call: Any) -> None:
    for answer in (call("GET", "/notes/note%00Ottoline"), call("POST", "/campaigns", json={"name": "Ottoline\x00"})):
        if not answer.is_success:
            assert answer.status_code in (404, 422)
            assert is_problem(answer)
            assert "Ottoline" not in answer.text


def test_an_unexpected_error_tells_nothing(
    call: Any, upload: Callable[..., Any], event: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError(PLANTED)

    monkeypatch.setattr("models.vault.seal", fails)
    answer = upload(event, f"{PLANTED} spoke.")
    assert answer.status_code == 500
    assert is_problem(answer)
    assert PLANTED not in answer.text
    assert "request.failed" in "".join(capsys.readouterr())
    assert call.done("GET", "/notes", "facilitate") == []
