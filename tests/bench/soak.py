"""A thousand notes through a real queue and a real worker process: none lost, and the worker no larger at the end."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import func, select

from models.job import Job, JobKind, JobState
from models.note import Note, NoteState
from models.store import reading
from tests.bench import house
from tests.bench.corpus import Corpora
from tests.bench.figure import Figure, grows

JOBS = 1000
SETTLED = 100
"""Jobs after which models and caches are loaded, and memory should not grow any more."""
LONGEST = 900.0
WHO = ("A charity", "A supplier", "One council", "A college", "An official", "A trust", "A lender")
SAID = ("felt that", "was worried that", "asked whether", "reported that", "was pleased that")
WHAT = (
    "grid connections take longer than the building of the plant",
    "yearly grants make it hard to keep trained staff",
    "waiting lists fell where two services shared one team",
    "shop theft was reported less because nobody came",
    "apprentices leave when the bus route is cut",
    "planning officers are too few for the number of applications",
    "data held by one department cannot be used by the next",
    "small firms do not bid because the forms are long",
    "prevention saves money that another budget gets",
    "schools near the port have no physics teacher",
    "the pilot ended before its results were known",
)


def measure(corpora: Corpora) -> Iterator[Figure]:
    """Seconds for a thousand uploaded notes, how many jobs were lost, and what the worker holds at the end."""
    folder = corpora.folder / "soak"
    house.move_in(folder, corpora.queue_url)
    service = house.client()
    events = [house.new_event(service, number) for number in range(10)]
    for number in range(JOBS):
        service.upload(f"/events/{events[number % len(events)]}/notes", _note(folder, number))
    started = time.monotonic()
    worker = subprocess.Popen([sys.executable, "-m", "workers", "--name", "soak"])
    try:
        _wait(SETTLED, started, worker)
        before = house.resident(worker.pid)
        _wait(JOBS, started, worker)
        seconds = time.monotonic() - started
        after = house.resident(worker.pid)
    finally:
        worker.terminate()
        worker.wait(60)
    themed = _count(Note, Note.state == NoteState.themed)
    value = f"{JOBS} done, {themed} notes themed in {seconds:.0f} s"
    yield Figure("jobs through queue and worker", value, f"{JOBS} uploaded", target="none lost", met=themed == JOBS)
    value, against = f"{after:,.0f} MB after {JOBS:,}", f"after {SETTLED}: {before:,.0f} MB"
    yield grows("worker, resident, over the jobs", value, against, after / before, 1.1)


def _note(folder: Path, number: int) -> Path:
    """A note of four points; no two of the thousand are alike."""
    lines = [f"# Table {number}", ""]
    for place in range(4):
        at = number * 4 + place
        who, said = WHO[at % len(WHO)], SAID[at // len(WHO) % len(SAID)]
        lines.append(f"- {who} {said} {WHAT[at % len(WHAT)]}, as in case {at}.")
    path = folder / "note.md"
    path.write_text("\n".join(lines) + "\n")
    return path


def _wait(jobs: int, started: float, worker: "subprocess.Popen[bytes]") -> None:
    while _count(Job, Job.kind == JobKind.ingest, Job.state == JobState.done) < jobs:
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() - started < LONGEST, "the jobs take too long"
        assert not _count(Job, Job.state == JobState.failed), "a job failed"
        time.sleep(0.25)


def _count(table: type, *conditions: object) -> int:
    with reading() as session:
        return int(session.exec(select(func.count()).select_from(table).where(*conditions)).one())
