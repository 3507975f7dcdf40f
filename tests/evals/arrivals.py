"""Points on their way into a database: by event, as the worker of ingestion saves them, and published by a digest."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from sqlalchemy import update
from sqlmodel import Session, col, func, select

from models.campaign import Campaign, Event, EventKind
from models.note import Note, NoteState
from models.point import Point, PointState
from models.settings import settings
from models.store import now, transaction
from models.theme import Theme, ThemeState
from nlp.encode import Vectors
from nlp.registry import assign


class Dated(NamedTuple):
    """Points with their events and months, in the order of the months."""

    texts: list[str]
    events: list[str]
    months: list[str]
    vectors: Vectors


def arrive(dated: Dated, places: Sequence[int]) -> None:
    """Saves points as workers.ingest.theme_note does: with the known theme of each, where it has one."""
    with transaction() as session:
        active = select(Theme).where(Theme.state != ThemeState.retired).order_by(col(Theme.created_at), col(Theme.id))
        themes = session.exec(active).all()
        centroids = np.array([np.frombuffer(theme.centroid, np.float32) for theme in themes], np.float32)
        vectors = dated.vectors[list(places)]
        found = assign(vectors, centroids.reshape(len(themes), vectors.shape[1]))
        of: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
        for place, theme in zip(places, found.theme, strict=True):
            of[dated.events[place]].append((place, themes[theme].id if theme >= 0 else None))
        for event, points in of.items():
            note = _note(session, event)
            session.add_all(_point(dated, place, theme, note) for place, theme in points)


def _note(session: Session, event: str) -> Note:
    campaign = Campaign(name=event)
    held = Event(campaign_id=campaign.id, title=event, kind=EventKind.roundtable, held_on=date(2026, 1, 1))
    note = Note(event_id=held.id, digest=event, format="txt", size=0, state=NoteState.themed)
    for row in (campaign, held, note):
        session.add(row)
        session.flush()
    return note


def _point(dated: Dated, place: int, theme: str | None, note: Note) -> Point:
    text = dated.texts[place]
    return Point(
        id=f"point_{place:06d}",
        note_id=note.id,
        event_id=note.event_id,
        held_on=date(2026, 1, 1),
        start=0,
        end=len(text),
        text=text,
        kind="evidence",
        stance="mixed",
        vector=dated.vectors[place].tobytes(),
        draw=hashlib.sha256(text.encode()).hexdigest(),
        theme_id=theme,
        state=PointState.themed if theme else PointState.unthemed,
        examined=bool(theme),
    )


def publish() -> dict[str, str]:
    """Marks as published what a digest would show; ids with the titles that readers have seen by then."""
    with transaction() as session:
        breadth = func.count(func.distinct(Point.event_id))
        shown = select(Point.theme_id).group_by(col(Point.theme_id)).having(breadth >= settings().min_events)
        fresh = select(Theme).where(col(Theme.published_at).is_(None), col(Theme.id).in_(shown))
        themes = session.exec(fresh.where(Theme.state != ThemeState.retired)).all()
        for theme in themes:
            theme.published_at = now()
        told = update(Point).where(col(Point.theme_id).in_(shown), Point.state == PointState.themed)
        session.execute(told.values(published=True))
        return {theme.id: theme.title for theme in themes}
