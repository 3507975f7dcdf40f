"""Kills a real worker process in the middle of each stage: nothing is lost and nothing doubled."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from models.digest import Edition
from models.job import Job, JobState
from models.note import Note, NoteState, Redaction
from models.point import Point
from models.store import reading
from models.theme import Lineage, LineageKind, Theme
from workers import sweep

ROOT = Path(__file__).parents[2]
NOTE = ROOT / "tests" / "notes" / "harbour.md"
STOPPED = """
import importlib, pathlib, sys, time
module, name, flag = sys.argv[1:]
def stop(*_arguments, **_options):
    pathlib.Path(flag).touch()
    time.sleep(600)
setattr(importlib.import_module(module), name, stop)
sys.argv = ["workers", "--name", "one"]
from workers.__main__ import main
main()
"""
LONGEST = 120.0
INGEST = {
    "reading": ("workers.ingest", "read"),
    "removing names": ("workers.ingest", "anonymise"),
    "saving redactions": ("workers.ingest", "_save_redactions"),
    "finding points": ("workers.ingest", "find_points"),
    "saving points": ("workers.ingest", "_let_go_of_retired"),
    "finding themes": ("workers.discover", "discover"),
    "saving themes": ("workers.discover", "_retire_empty"),
}
DIGEST = {"drafting": ("workers.publish", "check_briefing"), "publishing": ("workers.publish", "_settle")}


def kill_in(module: str, name: str, folder: Path) -> None:
    """Starts a worker that stops in a function, and kills it there with SIGKILL."""
    flag = folder / "there"
    worker = subprocess.Popen([sys.executable, "-c", STOPPED, module, name, str(flag)], cwd=ROOT)
    end = time.monotonic() + LONGEST
    while not flag.exists():
        assert worker.poll() is None, "the worker ended before it came to the place"
        assert time.monotonic() < end, "the worker never came to the place"
        time.sleep(0.05)
    worker.kill()
    worker.wait()


@pytest.fixture
def go_on(work: Callable[[], None]) -> Callable[[], None]:
    """What the next worker of the same name does, until there is nothing left to do."""

    def carry_on() -> None:
        sweep.take_back("one")
        work()
        with reading() as session:
            assert {job.state for job in session.exec(select(Job))} == {JobState.done}
            assert session.exec(select(Point).where(Point.examined == False)).first() is None  # noqa: E712

    return carry_on


def standing() -> dict[str, Any]:
    """What the database holds, apart from ids and times."""
    with reading() as session:
        points = session.exec(select(Point)).all()
        themes = {theme.id: theme.title for theme in session.exec(select(Theme)).all()}
        created = Counter(
            row.theme_id for row in session.exec(select(Lineage).where(Lineage.kind == LineageKind.created))
        )
        assert created == Counter(themes.keys())
        return {
            "states": [note.state for note in session.exec(select(Note))],
            "points": sorted((point.start, point.text, themes.get(point.theme_id or "")) for point in points),
            "redactions": sorted((row.start, row.end, row.surrogate) for row in session.exec(select(Redaction))),
        }


@pytest.fixture
def upload_note(call: Any) -> Any:
    def upload() -> None:
        campaign = call.done("POST", "/campaigns", json={"name": f"Harbours {time.monotonic_ns()}"})["id"]
        event = call.done(
            "POST",
            "/events",
            json={
                "campaign_id": campaign,
                "title": "Reopening the slipways",
                "kind": "roundtable",
                "held_on": "2026-02-10",
                "sectors": {"public": 4, "private": 5, "not-for-profit": 3, "higher education": 3},
            },
        )["id"]
        call.done("POST", f"/events/{event}/notes", files={"file": (NOTE.name, NOTE.read_bytes())})

    return upload


def test_killed_in_each_stage_of_a_note(call: Any, upload_note: Any, tmp_path: Path, go_on: Callable[[], None]) -> None:
    seen: list[dict[str, Any]] = []
    for stage, (module, name) in INGEST.items():
        _empty()
        upload_note()
        folder = tmp_path / stage.replace(" ", "-")
        folder.mkdir()
        kill_in(module, name, folder)
        go_on()
        seen.append(standing())
        assert seen[-1]["states"] == [NoteState.themed], stage
        assert seen[-1]["points"], stage
        assert seen[-1] == seen[0], stage


def test_killed_while_drafting_and_publishing(
    library: Any, call: Any, tmp_path: Path, go_on: Callable[[], None]
) -> None:
    new = {"title": "Harbours", "period_start": "2026-01-01", "period_end": "2026-12-31"}
    digest = call.done("POST", "/digests", json=new)["id"]
    for step, (module, name) in DIGEST.items():
        folder = tmp_path / step
        folder.mkdir()
        kill_in(module, name, folder)
        go_on()
        if step == "drafting":
            assert call.done("GET", f"/digests/{digest}")["state"] == "draft"
            call.done("POST", f"/digests/{digest}/approval")
            call.done("POST", f"/digests/{digest}/publication")
    assert call.done("GET", f"/digests/{digest}")["state"] == "published"
    with reading() as session:
        assert [edition.number for edition in session.exec(select(Edition))] == [1]
        shown = {row.theme_id for row in session.exec(select(Lineage).where(Lineage.kind == LineageKind.published))}
        rows = session.exec(select(Lineage).where(Lineage.kind == LineageKind.published)).all()
    assert len(rows) == len(shown)


def _empty() -> None:
    """Forgets the notes, points and themes of the stage before."""
    from sqlalchemy import delete, update

    from models.framework import PointAlignment, ThemeAlignment
    from models.store import transaction

    with transaction() as session:
        session.execute(delete(ThemeAlignment))
        session.execute(delete(PointAlignment))
        session.execute(delete(Point))
        session.execute(delete(Lineage))
        session.execute(update(Theme).values(merged_into=None))
        session.execute(delete(Theme))
        session.execute(delete(Redaction))
        session.execute(delete(Note))
        session.execute(delete(Job))
