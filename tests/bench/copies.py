"""Copies of the sample notes as rows: each point moved a little, and given the theme that the registry gives it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert
from sqlmodel import Session, col, select

from models.campaign import Event, EventKind
from models.framework import PointAlignment
from models.job import Job, JobKind, JobState
from models.note import Note, Redaction
from models.point import Point, PointState
from models.store import new_id, now, reading
from models.theme import Theme, ThemeState
from nlp.encode import Vectors
from nlp.registry import assign

NOTES_AN_EVENT = 2
POINT_SPREAD, STRAY_SPREAD = 0.4, 1.2
STRAYS = 0.1
FIRST_DAY = date(2024, 1, 1)
DAYS = 900


@dataclass(frozen=True)
class Source:
    """What real ingest made of one sample note."""

    note: Note
    points: list[Point]
    redactions: list[Redaction]
    alignments: dict[str, list[PointAlignment]]


class Writer:
    """Writes copies of the sample notes, each point moved a little and given the theme that the registry gives it."""

    def __init__(
        self, sources: list[Source], known: Any, turns: Vectors, campaign: str, chance: np.random.Generator
    ) -> None:
        self.sources, self.turns, self.campaign, self.chance = sources, turns, campaign, chance
        self.place = {theme.id: place for place, theme in enumerate(known)}
        with reading() as session:
            order = (col(Theme.created_at), col(Theme.id))
            themes = session.exec(select(Theme).where(Theme.state != ThemeState.retired).order_by(*order)).all()
        self.theme_ids = [theme.id for theme in themes]
        self.centroids = np.array([np.frombuffer(theme.centroid, np.float32) for theme in themes])
        self.event: dict[str, Any] = {}

    def write(self, session: Session, numbers: range) -> None:
        """Adds the notes of these numbers with their events, redactions, points, alignments and ended jobs."""
        rows: dict[type, list[dict[str, Any]]] = {kind: [] for kind in (Event, Note, Redaction, Point, PointAlignment)}
        rows[Job] = []
        for number in numbers:
            if number % NOTES_AN_EVENT == 0 or not self.event:
                self.event = self._event(number)
                rows[Event].append(self.event)
            self._note(number, self.sources[number % len(self.sources)], rows)
        self._assign(rows[Point])
        for kind, made in rows.items():
            session.execute(insert(kind), made)

    def _event(self, number: int) -> dict[str, Any]:
        held_on = FIRST_DAY + timedelta(days=number * 7 % DAYS)
        event = Event(campaign_id=self.campaign, title=f"Event {number}", kind=EventKind.roundtable, held_on=held_on)
        return event.model_dump()

    def _note(self, number: int, source: Source, rows: dict[type, list[dict[str, Any]]]) -> None:
        note_id, event_id = new_id("note"), self.event["id"]
        # Past its retention, as most notes of a large corpus are: the original is gone.
        changed = {"id": note_id, "event_id": event_id, "digest": f"{number:064x}", "wrapped_key": None}
        rows[Note].append(source.note.model_dump() | changed | {"destroyed_at": now()})
        rows[Job].append(Job(kind=JobKind.ingest, subject=note_id, state=JobState.done).model_dump())
        for place, redaction in enumerate(source.redactions):
            redaction_id = f"redaction_{note_id.removeprefix('note_')}_{place:04d}"
            rows[Redaction].append(redaction.model_dump() | {"id": redaction_id, "note_id": note_id})
        for place, point in enumerate(source.points):
            point_id = f"point_{note_id.removeprefix('note_')}_{place:04d}"
            draw = self.chance.bytes(32).hex()
            changed = {"id": point_id, "note_id": note_id, "event_id": event_id, "held_on": self.event["held_on"]}
            words = {"text": f"{point.text} That was table {number}.", "draw": draw, "examined": True}
            rows[Point].append(point.model_dump() | changed | words)
            rows[PointAlignment] += [row.model_dump() | {"point_id": point_id} for row in source.alignments[point.id]]

    def _assign(self, points: list[dict[str, Any]]) -> None:
        vectors = np.array([np.frombuffer(point["vector"], np.float32) for point in points])
        vectors = self._moved(vectors, [self.place.get(point["theme_id"], -1) for point in points])
        found = assign(vectors, self.centroids)
        for row, (point, vector) in enumerate(zip(points, vectors, strict=True)):
            theme = self.theme_ids[found.theme[row]] if found.theme[row] >= 0 else None
            point["vector"], point["similarity"] = vector.tobytes(), float(found.similarity[row])
            point["theme_id"], point["nearest_theme_id"] = theme, self.theme_ids[found.nearest[row]]
            point["state"] = PointState.themed if theme else PointState.unthemed

    def _moved(self, vectors: Vectors, themes: list[int]) -> Vectors:
        """Each vector with its new theme's turn, or far off where it is to be a stray."""
        known, count = len(self.place), len(vectors)
        copies = -(-len(self.turns) // known)
        chosen = np.array(themes) + known * self.chance.integers(copies, size=count)
        stray = (np.array(themes) < 0) | (chosen >= len(self.turns)) & (self.chance.random(count) < 0.5)
        stray |= self.chance.random(count) < STRAYS
        chosen = np.where(chosen >= len(self.turns), np.array(themes), chosen)
        noise = unit(self.chance.normal(size=vectors.shape))
        turned = vectors + self.turns[chosen] + POINT_SPREAD * noise
        return unit(np.where(stray[:, None], vectors + STRAY_SPREAD * noise, turned))


def unit(rows: NDArray[Any]) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)
