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
from nlp.openings import stems
from nlp.search import answering

log = structlog.get_logger()

CHUNK = 2000
NEAREST = 2000
"""So many points, those nearest in meaning, are compared by their words too."""
NEAR = 0.3
"""On the samples questions about what was said reach 0.35 and more, questions about nothing of it 0.25 at most."""
KEPT = 200
"""More than are shown: what may be shown is decided when it is read, and readers' pages show less than the API."""


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
    best = _answers(asked.question, meant, [texts[id] for id in near], vectors)[:KEPT]
    with transaction() as session:
        row = session.get_one(Search, job.subject)
        row.found, row.state = [near[place] for place in best], SearchState.done
    log.info("search.done", search=job.subject, among=len(texts), found=len(best))


def give_up(job: Job, code: str, message: str) -> None:
    """Marks the search as failed."""
    with transaction() as session:
        session.get_one(Search, job.subject).state = SearchState.failed


def _answers(question: str, meant: Vectors, texts: Sequence[str], vectors: Vectors) -> list[int]:
    """The places of the texts that answer a question at all, the best first: near enough, or half of its words."""
    words = stems(question)
    return [
        int(place)
        for place in answering(question, meant, texts, vectors)
        if vectors[place] @ meant >= NEAR or (words and 2 * len(words & stems(texts[place])) >= len(words))
    ]


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
