"""Finds what was lost or has come due: jobs of dead workers, jobs the queue forgot, originals to destroy,
questions and sign-ins to forget."""

from datetime import timedelta

import redis
import structlog
from sqlmodel import Session, col, delete, select

from models import account, vault
from models.job import Job, JobKind, JobState
from models.note import Note, NoteState
from models.point import Point
from models.search import Search
from models.settings import settings
from models.store import now, transaction
from workers.queue import queue, requeue, send_on_commit, submit

log = structlog.get_logger()

FORGOTTEN = timedelta(minutes=10)
BATCH = 200
REMEMBERED = timedelta(days=1)
"""How long a reader's question is kept."""


def sweep() -> None:
    """One round. Any worker may run it at any time: sending a job twice does no harm, since its row is claimed once."""
    with transaction() as session:
        _reclaim(session)
    with transaction() as session:
        _send_due(session)
    with transaction() as session:
        _discover(session)
    with transaction() as session:
        session.execute(delete(Search).where(col(Search.asked_at) < now() - REMEMBERED))
        account.forget_ended(session)
    _destroy_originals()


def take_back(slot: str) -> None:
    """Requeues what a worker of this name held when it died; called when it starts again."""
    with transaction() as session:
        for job in session.exec(select(Job).where(Job.state == JobState.running, Job.worker == slot)):
            log.warning("job.taken_back", job=job.id, kind=job.kind)
            requeue(job)


def _reclaim(session: Session) -> None:
    expired = select(Job).where(Job.state == JobState.running, col(Job.lease_until) < now())
    for job in session.exec(expired):
        log.warning("job.lease_expired", job=job.id, kind=job.kind)
        requeue(job)


def _send_due(session: Session) -> None:
    try:
        idle = len(queue()) == 0
    except redis.RedisError:
        return
    due = select(Job).where(Job.state == JobState.queued, col(Job.run_after) <= now())
    if not idle:
        due = due.where((col(Job.sent_at) < col(Job.run_after)) | (col(Job.sent_at) < now() - FORGOTTEN))
    for job in session.exec(due.order_by(col(Job.created_at)).limit(BATCH)):
        send_on_commit(session, job)


def _discover(session: Session) -> None:
    ingesting = select(Job.id).where(
        Job.kind == JobKind.ingest, col(Job.state).in_((JobState.queued, JobState.running))
    )
    unseen = select(Point.id).where(col(Point.examined).is_(False))
    if session.exec(unseen.limit(1)).first() and not session.exec(ingesting.limit(1)).first():
        submit(session, JobKind.discover, once=True)


def _destroy_originals() -> None:
    before = now() - timedelta(days=settings().retention_days)
    due = select(Note.id).where(
        col(Note.wrapped_key).is_not(None), Note.state == NoteState.themed, col(Note.approved_at) < before
    )
    with transaction() as session:
        for note_id in session.exec(due.limit(BATCH)).all():
            note = session.get_one(Note, note_id)
            vault.destroy(note)
            note.destroyed_at = now()
            log.info("note.original_destroyed", note=note_id)
