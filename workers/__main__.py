"""A worker: `python -m workers --name NAME`."""

import argparse
import logging
import os
import socket

from rq.worker import SimpleWorker

from models import logs
from models.settings import settings
from workers import remap, run, sweep
from workers.queue import queue

TIMER = 15
"""RQ waits for a job this many seconds less than the worker's time to live."""


class Worker(SimpleWorker):
    """An RQ worker that does not fork, since a fork of a process that has run torch hangs, and sweeps when idle."""

    supervisor: int | None = None

    def run_maintenance_tasks(self) -> None:
        """RQ's own cleaning, then the sweep; stops when the process that keeps this one is gone."""
        if self.supervisor is not None and os.getppid() != self.supervisor:
            self._stop_requested = True
            return
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        sweep.sweep()


def main() -> None:
    """Works until told to stop; SIGTERM and SIGINT let the running job end first."""
    arguments = argparse.ArgumentParser(prog="crosscurrent worker")
    arguments.add_argument("--name", default=f"{socket.gethostname()}-1")
    arguments.add_argument("--burst", action="store_true", help="stop when the queue is empty")
    arguments.add_argument("--supervised", action="store_true", help="stop when the parent process is gone")
    chosen = arguments.parse_args()
    logs.configure()
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    run.slot = chosen.name
    remap.install_frameworks()
    sweep.take_back(chosen.name)
    seconds = max(1, round(settings().sweep_seconds))
    worker = Worker([queue()], connection=queue().connection, maintenance_interval=seconds, worker_ttl=TIMER + seconds)
    worker.supervisor = os.getppid() if chosen.supervised else None
    worker.work(burst=chosen.burst, logging_level="WARNING")


if __name__ == "__main__":
    main()
