"""Puts jobs on the queue: a row in the database first, then its id to RQ."""

from datetime import timedelta
from functools import lru_cache

import redis
import structlog
from rq import Queue
from sqlalchemy import event
from sqlmodel import Session, select

from models.job import Job, JobKind, JobState
from models.settings import settings
from models.store import now

log = structlog.get_logger()

QUEUE = "crosscurrent"
CONNECT_SECONDS = 2.0


@lru_cache
def queue() -> Queue:
    """The one queue, on this process's connection to Valkey or Redis."""
    return Queue(QUEUE, connection=redis.Redis.from_url(settings().queue, socket_connect_timeout=CONNECT_SECONDS))


def submit(session: Session, kind: JobKind, subject: str = "", *, by: str = "service", once: bool = False) -> Job:
    """A job that is sent when the session commits; with `once`, the waiting job of that kind if there is one."""
    lock = f"{kind}:{subject}" if once else None
    if lock and (waiting := session.exec(select(Job).where(Job.lock == lock)).first()):
        return waiting
    job = Job(kind=kind, subject=subject, by=by, lock=lock)
    session.add(job)
    session.flush()
    send_on_commit(session, job)
    return job


def send_on_commit(session: Session, job: Job) -> None:
    """Sends a queued job once its row is safe; sent before, a worker could look for a row that is not yet there."""
    job.sent_at = now()
    job_id = job.id
    event.listen(session, "after_commit", lambda _session: send(job_id), once=True)


def send(job_id: str) -> None:
    """Sends a job's id. A queue that is away is no error: the sweep sends what the database says is due."""
    try:
        queue().enqueue_call(
            "workers.run.run", args=[job_id], result_ttl=0, failure_ttl=0, timeout=settings().job_seconds
        )
    except redis.RedisError as error:
        log.warning("queue.away", job=job_id, error=type(error).__name__)


def requeue(job: Job, delay: timedelta = timedelta()) -> None:
    """Puts a job's row back to be run after a delay; the sweep sends it when it is due."""
    job.state = JobState.queued
    job.run_after = now() + delay
    job.lease_until = None
    job.worker = None
