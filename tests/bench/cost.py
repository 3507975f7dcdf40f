"""What one note costs from upload to themed, in a small corpus and in a large one."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from service.client import Client
from service.demo import SAMPLES
from tests.bench import house
from tests.bench.corpus import Corpora
from tests.bench.figure import Figure, grows

SMALL, LARGE = 100, 10_000
TURNS = 7


def measure(corpora: Corpora) -> Iterator[Figure]:
    """The median of seven copies of one note, each in both corpora one after the other, after one to warm up."""
    folders = {notes: corpora.of(notes) for notes in (SMALL, LARGE)}
    seconds: dict[int, list[float]] = {notes: [] for notes in folders}
    for turn in range(TURNS + 1):
        for notes in (SMALL, LARGE) if turn % 2 else (LARGE, SMALL):
            house.move_in(folders[notes], corpora.queue_url)
            seconds[notes].append(note_seconds(house.client(), note(corpora.folder, turn), turn))
    small, large = (median(seconds[notes][1:]) for notes in (SMALL, LARGE))
    value, against = f"{large:.2f} s among {LARGE:,} notes", f"among {SMALL}: {small:.2f} s"
    yield grows("one note, from upload to themed", value, against, large / small, 1.2)


def note(folder: Path, copy: int) -> Path:
    """A copy of a sample note of some 30 points that no other copy is equal to."""
    source = next(path for path in sorted(SAMPLES.iterdir()) if path.suffix == ".md")
    path = folder / f"copy-{copy}.md"
    lines = (
        f"{line} This was paper {copy}." if line.endswith(".") else line for line in source.read_text().split("\n")
    )
    path.write_text("\n".join(lines))
    return path


def note_seconds(service: Client, path: Path, number: int) -> float:
    """Seconds from upload to themed, with the API and the worker's code in this process."""
    event = house.new_event(service, number)
    start = perf_counter()
    note_id = service.upload(f"/events/{event}/notes", path)["id"]
    house.do_due_jobs()
    seconds = perf_counter() - start
    assert service.get(f"/notes/{note_id}")["state"] == "themed", "the note did not come through"
    return seconds
