"""Describes anew a theme whose points an editor has put together."""

import numpy as np
from sqlmodel import Session, select

from models.job import Job, Overtaken
from models.point import Point, PointState
from models.settings import settings
from models.store import reading, transaction
from models.theme import Theme, ThemeState
from nlp.themes import FoundTheme, gathered
from workers.discover import refresh


def gather(job: Job) -> None:
    """The theme's description, keywords, centroid, movement and missions, from the points that it holds now."""
    with reading() as session:
        points = _points(session, job.subject)
    found = None
    if points:
        vectors = np.array([np.frombuffer(point.vector, np.float32) for point in points])
        found = gathered([point.text for point in points], vectors, settings().encoder or None)
    with transaction() as session:
        theme = session.exec(select(Theme).where(Theme.id == job.subject).with_for_update()).one()
        if theme.state is ThemeState.retired:
            return
        if {point.id for point in _points(session, theme.id)} != {point.id for point in points}:
            raise Overtaken
        if found:
            _describe(theme, found, points)
        refresh(session, [theme.id])


def _points(session: Session, theme_id: str) -> list[Point]:
    """The theme's points or, where they are very many, a sample by a hash of their words."""
    query = select(Point).where(Point.theme_id == theme_id, Point.state == PointState.themed)
    return list(session.exec(query.order_by(Point.draw, Point.id).limit(settings().discovery_sample)))


def _describe(theme: Theme, found: FoundTheme, points: list[Point]) -> None:
    theme.description, theme.keywords = found.description, list(found.keywords)
    theme.typical = [points[place].id for place in found.typical]
    theme.centroid = found.centroid.astype(np.float32).tobytes()
