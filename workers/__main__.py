"""A worker: `python -m workers --name NAME`."""

import argparse
import logging
import socket

from rq.worker import SimpleWorker

from models.settings import settings
from workers import run, sweep
from workers.queue import queue

TIMER = 15
"""RQ waits for a job this many seconds less than the worker's time to live."""


class Worker(SimpleWorker):
    """An RQ worker that does not fork, since a fork of a process that has run torch hangs, and sweeps when idle."""

    def run_maintenance_tasks(self) -> None:
        """RQ's own cleaning, then the sweep."""
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        sweep.sweep()


def main() -> None:
    """Works until told to stop; SIGTERM and SIGINT let the running job end first."""
    arguments = argparse.ArgumentParser(prog="crosscurrent worker")
    arguments.add_argument("--name", default=f"{socket.gethostname()}-1")
    arguments.add_argument("--burst", action="store_true", help="stop when the queue is empty")
    chosen = arguments.parse_args()
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    run.slot = chosen.name
    sweep.take_back(chosen.name)
    seconds = max(1, round(settings().sweep_seconds))
    worker = Worker([queue()], connection=queue().connection, maintenance_interval=seconds, worker_ttl=TIMER + seconds)
    worker.work(burst=chosen.burst, logging_level="WARNING")


if __name__ == "__main__":
    main()
