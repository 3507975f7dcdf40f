"""Runs one job: claims its row, does its work under a lease, and records how it ended."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from models.errors import Problem
from models.job import Job, JobKind, JobState
from models.settings import settings
from models.store import now, transaction
from nlp.read import NoteRefused
from workers import discover, gather, ingest, publish, realign, remap, rephrase, search
from workers.queue import requeue

log = structlog.get_logger()

WORK: dict[JobKind, Callable[[Job], None]] = {
    JobKind.ingest: ingest.ingest,
    JobKind.discover: discover.discover_themes,
    JobKind.draft: publish.draft,
    JobKind.check: publish.recheck,
    JobKind.publish: publish.publish,
    JobKind.remap: remap.remap,
    JobKind.search: search.search,
    JobKind.gather: gather.gather,
    JobKind.realign: realign.realign,
    JobKind.rephrase: rephrase.rephrase,
}
GIVEN_UP: dict[JobKind, Callable[[Job, str, str], None]] = {
    JobKind.ingest: ingest.give_up,
    JobKind.draft: publish.give_up,
    JobKind.check: publish.give_up,
    JobKind.publish: publish.give_up,
    JobKind.remap: remap.give_up,
    JobKind.rephrase: rephrase.give_up,
    JobKind.search: search.give_up,
}

slot = "worker"
"""The name under which this process holds jobs; a restarted worker of the same name takes its own back."""


def run(job_id: str) -> None:
    """Does a job if it is due and nobody else has it. Never raises: the row says how it ended."""
    job = _claim(job_id)
    if job is None:
        return
    if job.attempts > settings().job_attempts:
        # It was taken from a worker that died, once too often: the job itself may be what kills them.
        _give_up(job, "WorkerDied")
        return
    log.info("job.started", job=job.id, kind=job.kind, subject=job.subject, attempt=job.attempts)
    try:
        with _lease(job.id):
            WORK[job.kind](job)
    except (NoteRefused, Problem) as refusal:
        _fail(job, refusal.code, refusal.message)
    except Exception as error:
        # The type alone: an exception's own text may quote the note.
        _retry(job, type(error).__name__)
    else:
        _finish(job.id)


def _claim(job_id: str) -> Job | None:
    with transaction() as session:
        claimed = session.execute(
            update(Job)
            .where(col(Job.id) == job_id, col(Job.state) == JobState.queued, col(Job.run_after) <= now())
            .values(
                state=JobState.running,
                worker=slot,
                attempts=Job.attempts + 1,
                lease_until=now() + timedelta(seconds=settings().lease_seconds),
            )
        )
        return session.get(Job, job_id) if claimed.rowcount else None  # type: ignore[attr-defined]


@contextmanager
def _lease(job_id: str) -> Iterator[None]:
    """Renews the lease while the work goes on, so that only a dead worker's job runs out."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(settings().lease_seconds / 3):
            try:
                with transaction() as session:
                    held = session.get(Job, job_id)
                    if held is not None and held.state is JobState.running:
                        held.lease_until = now() + timedelta(seconds=settings().lease_seconds)
            except SQLAlchemyError as error:
                # The lease has two more tries before it runs out.
                log.warning("lease.not_renewed", job=job_id, error=type(error).__name__)

    keeper = threading.Thread(target=renew, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _finish(job_id: str) -> None:
    with transaction() as session:
        job = session.get_one(Job, job_id)
        job.state, job.finished_at, job.lock, job.lease_until = JobState.done, now(), None, None
    log.info("job.done", job=job_id, kind=job.kind)


def _retry(job: Job, error: str) -> None:
    if job.attempts >= settings().job_attempts:
        _give_up(job, error)
        return
    delay = timedelta(seconds=settings().retry_seconds * 2 ** (job.attempts - 1))
    log.warning("job.retrying", job=job.id, kind=job.kind, error=error, seconds=delay.total_seconds())
    with transaction() as session:
        requeue(session.get_one(Job, job.id), delay)


def _give_up(job: Job, error: str) -> None:
    log.error("job.given_up", job=job.id, kind=job.kind, error=error)
    tries = settings().job_attempts
    _fail(
        job, "gave-up", f"This did not work in {tries} tries. Try again, or give an administrator the number {job.id}."
    )


def _fail(job: Job, code: str, message: str) -> None:
    with transaction() as session:
        row = session.get_one(Job, job.id)
        row.state, row.finished_at, row.lock, row.lease_until = JobState.failed, now(), None, None
        row.error_code, row.error_message = code, message
    if job.kind in GIVEN_UP:
        GIVEN_UP[job.kind](job, code, message)
    log.warning("job.failed", job=job.id, kind=job.kind, code=code)
