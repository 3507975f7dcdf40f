"""What a worker process holds at most, in corpora of different sizes: python -m tests.bench.memory JOB."""

import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter

from models.job import JobKind
from models.store import transaction
from tests.bench import house
from tests.bench.corpus import Corpora
from tests.bench.cost import note
from tests.bench.figure import Figure, grows
from workers.queue import submit

SIZES = (1000, 10_000)
SLACK = 1.1
"""How much of a difference is still none: two runs of the same job differ by a few per cent."""


def measure(corpora: Corpora) -> Iterator[Figure]:
    """Peak memory of a fresh process that does one job: a note, then a round of discovery."""
    for kind in (JobKind.ingest, JobKind.discover):
        (small, _), (large, seconds) = (_peak(corpora, notes, kind) for notes in SIZES)
        value = f"{large:,.0f} MB among {SIZES[1]:,} notes ({seconds:.1f} s)"
        against = f"among {SIZES[0]:,}: {small:,.0f} MB"
        yield grows(f"worker, peak resident, one {kind} job", value, against, large / small, SLACK)


def _peak(corpora: Corpora, notes: int, kind: JobKind) -> tuple[float, float]:
    house.move_in(corpora.of(notes), corpora.queue_url)
    house.do_due_jobs()
    if kind is JobKind.ingest:
        service = house.client()
        service.upload(f"/events/{house.new_event(service, 300)}/notes", note(corpora.folder, 300))
    else:
        with transaction() as session:
            submit(session, kind)
    command = [sys.executable, "-m", "tests.bench.memory"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(printed[-2]), float(printed[-1])


def main() -> None:
    """Does what is due as a worker would, and prints the peak in MB and the seconds."""
    import workers.__main__  # noqa: F401 - what a worker has loaded before its first job

    start = perf_counter()
    house.do_due_jobs()
    print(house.peak(), perf_counter() - start)


if __name__ == "__main__":
    main()
