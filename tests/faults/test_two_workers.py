"""Two worker processes at once on PostgreSQL: each note and each job is done once."""

import subprocess
import sys
import time
from collections import Counter
from typing import Any

import pytest
from sqlmodel import select

from models.job import Job, JobKind, JobState
from models.note import Note
from models.point import Point
from models.store import reading
from models.theme import Lineage, LineageKind, Theme
from tests.conftest import NOTES, ROOM
from tests.faults.test_kill import LONGEST, ROOT

COPIES = 6


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_two_workers_share_the_notes_and_double_nothing(call: Any) -> None:
    campaign = call.done("POST", "/campaigns", json={"name": "Coast", "review": "doubtful"})["id"]
    notes = {}
    for number in range(COPIES):
        event = {"campaign_id": campaign, "title": f"{number}", "kind": "roundtable", "sectors": ROOM}
        event_id = call.done("POST", "/events", json=event | {"held_on": f"2026-0{number + 1}-10"})["id"]
        for path in sorted(NOTES.glob("*.md")):
            note = call.done("POST", f"/events/{event_id}/notes", files={"file": (path.name, path.read_bytes())})
            notes[note["id"]] = path.name
    workers = [subprocess.Popen([sys.executable, "-m", "workers", "--name", name], cwd=ROOT) for name in ("one", "two")]
    end = time.monotonic() + LONGEST
    while _open() and time.monotonic() < end:
        time.sleep(0.5)
    with reading() as session:
        shared = Counter(session.exec(select(Job.worker).where(Job.kind == JobKind.ingest)))
    for worker in workers:
        worker.terminate()
        worker.wait(60)
    with reading() as session:
        assert {job.state for job in session.exec(select(Job))} == {JobState.done}
        assert Counter(job.subject for job in session.exec(select(Job).where(Job.kind == JobKind.ingest))) == (
            dict.fromkeys(notes, 1)
        )
        assert {note.state for note in session.exec(select(Note))} == {"themed"}
        points = Counter(point.note_id for point in session.exec(select(Point)))
        themes = session.exec(select(Theme)).all()
        created = session.exec(select(Lineage).where(Lineage.kind == LineageKind.created)).all()
    assert set(shared) == {"one", "two"}
    assert len({(notes[note], count) for note, count in points.items()}) == len(set(notes.values()))
    assert Counter(row.theme_id for row in created) == dict.fromkeys((theme.id for theme in themes), 1)


def _open() -> int:
    with reading() as session:
        waiting = session.exec(select(Job).where(Job.state != JobState.done)).all()
        unseen = session.exec(select(Point).where(Point.examined == False)).all()  # noqa: E712
    return len(waiting) + len(unseen)
