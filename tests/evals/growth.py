"""Growth: points that come month by month end in the same themes as points that come at once."""

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.metrics import adjusted_rand_score
from sqlmodel import select

from models.job import Job, JobKind
from models.point import Point
from models.store import reading
from models.theme import Theme, ThemeState
from tests.evals.arrivals import Dated, arrive, publish
from tests.evals.clock import timed
from tests.evals.database import empty_database
from tests.evals.figure import Figure, exact
from tests.evals.grouping import Labels, apart
from tests.evals.lone import vectors_of
from tests.evals.notes import sample_notes
from tests.evals.sets import SAMPLE_NOTES, Measure, Sets
from tests.evals.themes import often_headed
from workers.discover import discover_themes

MOST = 1200


def questions(sets: Sets) -> Iterator[Figure]:
    """Parliamentary questions by the month they were asked; a block of questions is an event."""
    rows = sorted(sets.at_most(often_headed(sets), MOST), key=lambda row: (row["month"], row["id"]))
    texts, months = [row["text"] for row in rows], [row["month"] for row in rows]
    events = [f"{row['month']} {row['block']}" for row in rows]
    yield from _grown("uk_pq_heading", Dated(texts, events, months, vectors_of(texts)))


def samples(sets: Sets) -> Iterator[Figure]:
    """The sample notes by the month of their event."""
    notes = sorted(sample_notes(), key=lambda note: (note.month, note.key["file"]))
    texts = [point.text for note in notes for point in note.points]
    events, months = zip(*((note.key["event"], note.month) for note in notes for _ in note.points), strict=True)
    vectors = np.vstack([note.vectors() for note in notes])
    yield from _grown(SAMPLE_NOTES, Dated(texts, list(events), list(months), vectors))


def _grown(name: str, dated: Dated) -> Iterator[Figure]:
    """Adjusted Rand index of the themes month by month with those of all at once, as the worker of discovery saves
    them; published themes whose title changed or that went; the number of themes beside that of all at once.

    When a month ends the themes of as many events as the release gate asks for are published.
    """
    (labels, moved), seconds = timed(lambda: _themed(dated, sorted(set(dated.months))))
    (at_once, _), _ = timed(lambda: _themed(dated, [max(dated.months)]))
    value = float(adjusted_rand_score(apart(at_once), apart(labels)))
    yield Figure("grown against at once (adjusted Rand)", name, exact(value), len(labels), seconds)
    yield Figure("published themes moved", name, exact(float(moved)), len(set(dated.months)), seconds)
    grown, whole = float(labels.max() + 1), float(at_once.max() + 1)
    yield Figure("themes when grown", name, exact(grown), len(labels), seconds, whole, "all at once")


def _themed(dated: Dated, rounds: Sequence[str]) -> tuple[Labels, int]:
    """The theme of each point after the rounds, each of which takes what came up to its month; themes that moved."""
    with empty_database():
        published: dict[str, str] = {}
        before = ""
        for month in rounds:
            arrive(dated, [place for place, own in enumerate(dated.months) if before < own <= month])
            discover_themes(Job(kind=JobKind.discover))
            published |= publish()
            before = month
        with reading() as session:
            held = {point.id: point.theme_id for point in session.exec(select(Point).order_by(Point.id))}
            themes = {theme.id: theme for theme in session.exec(select(Theme))}
    moved = sum(themes[id].title != title or themes[id].state is ThemeState.retired for id, title in published.items())
    order = {id: place for place, id in enumerate(dict.fromkeys(filter(None, held.values())))}
    return np.array([order[theme] if theme else -1 for theme in held.values()]), moved


MEASURES: dict[str, Measure] = {"uk_pq_heading": questions, SAMPLE_NOTES: samples}
