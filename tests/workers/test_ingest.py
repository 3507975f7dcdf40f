"""A note's way: every stage on a real database and queue, and what a reviewer's decisions change."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from models import vault
from models.job import Job, JobState
from models.note import Note, Redaction
from models.point import Point, PointState
from models.store import reading
from tests.conftest import NOTES, ROOM
from workers import run

HARBOUR = (NOTES / "harbour.md").read_bytes()
PLANTED = ("Ottoline", "Grack", "Brinewick", "Tobiah", "Penhallow", "Marwenna", "Quayside Trust")


@pytest.fixture
def note(call: Any, work: Callable[[], None]) -> Callable[..., dict[str, Any]]:
    """Uploads a note, has the worker do its part, and gives the note as it then stands."""

    def make(data: bytes = HARBOUR, kind: str = "roundtable", name: str = "note.md") -> dict[str, Any]:
        campaign = call.done("POST", "/campaigns", json={"name": f"Harbours, {kind}"})["id"]
        event = {"campaign_id": campaign, "title": "Slipways", "kind": kind, "held_on": "2026-02-10", "sectors": ROOM}
        event_id = call.done("POST", "/events", json=event)["id"]
        note_id = call.done("POST", f"/events/{event_id}/notes", files={"file": (name, data)})["id"]
        work()
        return call.done("GET", f"/notes/{note_id}")

    return make


def test_a_note_comes_through_without_a_name_and_its_points_lie_where_they_say(note: Any, call: Any) -> None:
    made = note()
    assert made["state"] == "themed"
    with reading() as session:
        row = session.get_one(Note, made["id"])
        points = session.exec(select(Point).where(Point.note_id == row.id).order_by(Point.id)).all()
        redactions = session.exec(select(Redaction).where(Redaction.note_id == row.id)).all()
    original = json.loads(vault.unseal(row, "document"))["text"]
    assert row.redacted is not None
    for word in PLANTED:
        assert word in original
        assert word not in row.redacted
    assert all(
        row.redacted[found.redacted_start : found.redacted_end] == f"[{found.surrogate}]" for found in redactions
    )
    assert all(point.text in row.redacted[point.start : point.end] or point.voice for point in points)
    assert 8 <= len(points) <= 12
    assert all((point.state is PointState.themed) == (point.theme_id is not None) for point in points)
    assert {"barrier", "ask", "offer"} <= {point.kind for point in points}
    told = call.done("GET", f"/notes/{row.id}/points", "facilitate")
    assert [point["id"] for point in told] == [point.id for point in points]


def test_a_dialogue_always_waits_and_a_reviewers_decisions_hold(note: Any, call: Any, work: Callable[[], None]) -> None:
    made = note(kind="ceo-permanent-secretary-dialogue")
    assert made["state"] == "awaiting review"
    path = f"/notes/{made['id']}"
    review = call.done("GET", f"{path}/review", "facilitate")
    ferries = next(row for row in review["redactions"] if "Brinewick" in row["original"])
    again = review["original"].index("connection queue")
    decisions = [
        {"kind": "reject", "start": ferries["start"], "end": ferries["end"]},
        {"kind": "add", "start": again, "end": again + 16, "type": "organisation", "everywhere": True},
    ]
    call.done("POST", f"{path}/decisions", "facilitate", json={"decisions": decisions})
    work()
    later = call.done("GET", f"{path}/review", "facilitate")
    assert later["state"] == "awaiting review"
    assert ferries["original"] in later["redacted"]
    assert "connection queue" in later["original"]
    assert "connection queue" not in later["redacted"]
    call.done("POST", f"{path}/approval", "facilitate")
    work()
    points = call.done("GET", f"{path}/points", "facilitate")
    assert call.done("GET", path)["state"] == "themed"
    assert not any("connection queue" in point["text"] for point in points)


def test_what_cannot_be_read_fails_with_words_that_say_what_to_do(note: Any, call: Any) -> None:
    made = note(b"%PDF-1.7 not really", name="note.pdf")
    assert made["state"] == "failed"
    assert made["error_message"]
    assert call.done("GET", f"/jobs?subject={made['id']}")[0]["state"] == "failed"
    assert note(b"Das Protokoll der Sitzung liegt vor. " * 20, "survey")["error_code"] == "language"


@pytest.fixture
def blocked(call: Any, note: Any, tmp_path: Path) -> tuple[str, Path, Path]:
    """A cleared note of which one file cannot be read: its id, the file, and where its content is meanwhile."""
    made = note(kind="ceo-permanent-secretary-dialogue")["id"]
    file = tmp_path / "data" / "originals" / made / "redacted"
    aside = file.rename(file.with_name("aside"))
    file.mkdir()
    call.done("POST", f"/notes/{made}/approval")
    return made, file, aside


def test_a_fault_that_passes_is_tried_again_later(
    blocked: tuple[str, Path, Path], call: Any, work: Callable[[], None]
) -> None:
    made, file, aside = blocked
    job = call.done("GET", f"/jobs?subject={made}&state=queued")[0]["id"]
    run.run(job)
    with reading() as session:
        row = session.get_one(Job, job)
    assert (row.state, row.attempts, row.worker) == (JobState.queued, 1, None)
    assert row.run_after > row.created_at
    file.rmdir()
    aside.rename(file)
    work()
    assert call.done("GET", f"/notes/{made}")["state"] == "themed"
    assert call.done("GET", f"/jobs/{job}")["attempts"] == 2


def test_a_fault_that_stays_ends_with_words_and_a_way_on(
    blocked: tuple[str, Path, Path], call: Any, work: Callable[[], None], capfd: Any
) -> None:
    made, file, aside = blocked
    work()
    stopped = call.done("GET", f"/notes/{made}")
    assert (stopped["state"], stopped["error_code"]) == ("failed", "gave-up")
    assert "in 5 tries" in stopped["error_message"]
    assert "IsADirectoryError" in "".join(capfd.readouterr())
    file.rmdir()
    aside.rename(file)
    call.done("POST", f"/notes/{made}/retry")
    work()
    assert call.done("GET", f"/notes/{made}")["state"] == "awaiting review"
