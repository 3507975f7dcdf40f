import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import func, select

from models.job import Job
from models.note import Note, NoteState
from models.point import Point
from models.store import now, reading, transaction

WORDS = "Ottoline Grack of Brinewick Ferries said that the slipway has been shut since the storm."


def jobs() -> int:
    with reading() as session:
        return session.exec(select(func.count()).select_from(Job)).one()


def put(note_id: str, **values: Any) -> None:
    with transaction() as session:
        row = session.get_one(Note, note_id)
        for name, value in values.items():
            setattr(row, name, value)


def test_an_upload_is_stored_encrypted_and_queued(call: Any, event: str, upload: Callable[..., Any]) -> None:
    answer = upload(event, WORDS)
    assert answer.status_code == 202
    note = answer.json()
    assert (note["state"], note["format"], note["event_id"]) == ("received", "md", event)
    with reading() as session:
        row = session.get_one(Note, note["id"])
        job = session.exec(select(Job)).one()
    assert (job.subject, job.by, job.state) == (note["id"], "a facilitate key", "queued")
    assert "Ottoline" not in row.model_dump_json(exclude={"wrapped_key"})
    assert row.wrapped_key is not None
    assert call.done("GET", f"/notes/{note['id']}", "facilitate") == note


def test_the_same_file_for_the_same_event_is_one_note(
    new_event: Callable[..., str], upload: Callable[..., Any], call: Any
) -> None:
    first, second = new_event(), new_event()
    note = upload(first, WORDS).json()
    again = upload(first, WORDS, name="another name.md")
    assert (again.status_code, again.json()["id"]) == (200, note["id"])
    assert jobs() == 1
    assert upload(second, WORDS).json()["id"] != note["id"]
    assert len(call.done("GET", f"/notes?event_id={first}")) == 1


def test_the_same_file_sent_many_times_at_once_is_one_note(
    call: Any, event: str, upload: Callable[..., Any], tmp_path: Any
) -> None:
    answers: list[Any] = []
    senders = [threading.Thread(target=lambda: answers.append(upload(event, WORDS))) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert jobs() == 1
    assert len(list((tmp_path / "data" / "originals").iterdir())) == 1


def test_an_upload_to_an_event_that_is_not_there_is_refused(upload: Callable[..., Any]) -> None:
    answer = upload("event_1", WORDS)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_an_empty_and_an_oversized_file_are_refused_and_nothing_is_kept(
    call: Any, event: str, upload: Callable[..., Any], setting: Callable[..., None]
) -> None:
    empty = upload(event, b"")
    assert (empty.status_code, empty.json()["code"]) == (422, "invalid")
    setting(upload_limit=100_000)
    large = upload(event, b"x" * 100_001)
    assert (large.status_code, large.json()["code"]) == (413, "too-large")
    assert upload(event, b"x" * 100_000).status_code == 202
    assert len(call.done("GET", "/notes")) == 1


def test_notes_are_listed_by_event_state_and_page(
    call: Any, new_event: Callable[..., str], upload: Callable[..., Any]
) -> None:
    first, second = new_event(), new_event()
    made = [upload(first, f"{WORDS} {number}").json()["id"] for number in range(3)]
    elsewhere = upload(second, WORDS).json()["id"]
    put(made[0], state=NoteState.failed)
    assert {row["id"] for row in call.done("GET", f"/notes?event_id={first}")} == set(made)
    assert [row["id"] for row in call.done("GET", "/notes?state=failed")] == [made[0]]
    page = call.done("GET", "/notes?limit=3")
    assert [row["id"] for row in page] == sorted([*made, elsewhere])[:3]
    rest = call.done("GET", f"/notes?after={page[-1]['id']}")
    assert [row["id"] for row in rest] == sorted([*made, elsewhere])[3:]


@pytest.mark.parametrize("action", ["decisions", "approval", "retry", "review"])
def test_what_the_state_does_not_allow_is_a_conflict(
    call: Any, event: str, upload: Callable[..., Any], action: str
) -> None:
    note = upload(event, WORDS).json()["id"]
    body = {"decisions": [{"kind": "accept", "start": 0, "end": 8}]}
    for state in NoteState:
        put(note, state=state)
        allowed = {
            "decisions": state is NoteState.awaiting_review,
            "approval": state is NoteState.awaiting_review,
            "retry": state is NoteState.failed,
            "review": state in (NoteState.awaiting_review, NoteState.approved, NoteState.themed),
        }[action]
        if allowed:
            continue
        method = "GET" if action == "review" else "POST"
        answer = call(method, f"/notes/{note}/{action}", **({"json": body} if action == "decisions" else {}))
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict"), state
    assert jobs() == 1


def test_a_failed_note_can_be_tried_again_while_its_original_is_kept(
    call: Any, event: str, upload: Callable[..., Any]
) -> None:
    note = upload(event, WORDS).json()["id"]
    put(note, state=NoteState.failed, error_code="gave-up", error_message="This did not work.")
    again = call.done("POST", f"/notes/{note}/retry")
    assert (again["state"], again["error_code"], again["error_message"]) == ("received", None, None)
    assert jobs() == 2
    put(note, state=NoteState.failed, wrapped_key=None)
    assert call("POST", f"/notes/{note}/retry").status_code == 409


def test_a_withdrawn_note_can_be_withdrawn_again_and_comes_back_in_no_way(
    call: Any, event: str, upload: Callable[..., Any]
) -> None:
    note = upload(event, WORDS).json()["id"]
    taken = call.done("POST", f"/notes/{note}/withdrawal")
    assert taken["state"] == "withdrawn"
    assert taken["destroyed_at"]
    assert call.done("POST", f"/notes/{note}/withdrawal")["destroyed_at"] == taken["destroyed_at"]
    again = upload(event, WORDS)
    assert (again.status_code, again.json()["state"]) == (200, "withdrawn")


def test_a_point_is_cleared_for_quoting_by_its_facilitator(call: Any, event: str, upload: Callable[..., Any]) -> None:
    note, other = (upload(event, f"{WORDS} {number}").json()["id"] for number in (1, 2))
    with transaction() as session:
        session.add(
            Point(
                id="point_1",
                note_id=note,
                event_id=event,
                held_on=now().date(),
                start=0,
                end=9,
                text="The slipway is shut.",
                kind="barrier",
                stance="mixed",
                vector=b"",
                draw="",
            )
        )
    assert [row["cleared"] for row in call.done("GET", f"/notes/{note}/points", "facilitate")] == [False]
    assert call("POST", f"/notes/{other}/points/point_1/clearance").status_code == 404
    assert call.done("POST", f"/notes/{note}/points/point_1/clearance", "facilitate")["cleared"]
    assert [row["cleared"] for row in call.done("GET", f"/notes/{note}/points")] == [True]
    call.done("POST", f"/notes/{note}/withdrawal")
    assert call("POST", f"/notes/{note}/points/point_1/clearance").status_code == 404
    assert [row["text"] for row in call.done("GET", f"/notes/{note}/points")] == [""]
