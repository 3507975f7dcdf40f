"""Finds the released points that answer a reader's question, by word and by meaning."""

from collections.abc import Iterator, Sequence

import numpy as np
import structlog
from sqlmodel import Session, col, select

from models import release
from models.job import Job
from models.point import Point
from models.search import Search, SearchState
from models.settings import settings
from models.store import reading, transaction
from nlp.encode import Vectors, encode
from nlp.search import answering

log = structlog.get_logger()

CHUNK = 2000
NEAREST = 2000
"""So many points, those nearest in meaning, are compared by their words too."""
KEPT = 50


def search(job: Job) -> None:
    """searching → done: the ids of the points that answer the question, best first."""
    with reading() as session:
        asked = session.get(Search, job.subject)
        if asked is None or asked.state is not SearchState.searching:
            return
        released = release.release(session, release.Scope(), release.policy())
        texts = {point.id: point.text for theme in released.themes for point in theme.points}
        meant = encode([asked.question], settings().encoder or None)[0]
        near, vectors = _nearest(session, sorted(texts), meant)
    best = answering(asked.question, meant, [texts[id] for id in near], vectors)[:KEPT]
    with transaction() as session:
        row = session.get_one(Search, job.subject)
        row.found, row.state = [near[place] for place in best], SearchState.done
    log.info("search.done", search=job.subject, among=len(texts), found=len(best))


def give_up(job: Job, code: str, message: str) -> None:
    """Marks the search as failed."""
    with transaction() as session:
        session.get_one(Search, job.subject).state = SearchState.failed


def _nearest(session: Session, ids: Sequence[str], meant: Vectors) -> tuple[list[str], Vectors]:
    """The ids of the points nearest in meaning, and their vectors; never more than two chunks in memory."""
    kept: list[str] = []
    vectors = np.empty((0, len(meant)), np.float32)
    for found, rows in _chunks(session, ids):
        both, stacked = [*kept, *found], np.vstack([vectors, rows])
        order = np.argsort(-(stacked @ meant), kind="stable")[:NEAREST]
        kept, vectors = [both[place] for place in order], stacked[order]
    return kept, vectors


def _chunks(session: Session, ids: Sequence[str]) -> Iterator[tuple[list[str], Vectors]]:
    for start in range(0, len(ids), CHUNK):
        query = select(Point.id, Point.vector).where(col(Point.id).in_(ids[start : start + CHUNK]))
        rows = session.exec(query.order_by(Point.id)).all()
        yield [id for id, _ in rows], np.array([np.frombuffer(vector, np.float32) for _, vector in rows])
