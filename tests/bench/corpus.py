"""Corpora of any size: the sample notes through the real pipeline once, and the rest made from them by perturbation."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlmodel import Session, col, select

from models.campaign import Campaign, ReviewPolicy
from models.framework import PointAlignment, ThemeAlignment
from models.note import Note, NoteState, Redaction
from models.point import Point
from models.store import now, reading, transaction
from models.theme import Theme, ThemeState
from nlp.encode import Vectors
from service.demo import SAMPLES
from service.load import load, manifest
from tests.bench import house
from tests.bench.copies import Source, Writer, unit

CHUNK = 250
"""Notes written in one transaction."""
THEME_SPREAD = 0.6
THEMES = {100: 40, 1000: 150, 2024: 200, 10_000: 400}
"""Themes known in a corpus of so many notes."""


@dataclass(frozen=True)
class Corpora:
    """Data folders of one run, each made when it is first asked for."""

    folder: Path
    queue_url: str

    def samples(self) -> Path:
        """The sample notes, themed."""
        folder = self.folder / "samples"
        if not folder.exists():
            ingest_samples(folder, self.queue_url)
        return folder

    def of(self, notes: int) -> Path:
        """A corpus of so many notes."""
        folder = self.folder / str(notes)
        if not folder.exists():
            grow(self.samples(), folder, self.queue_url, notes, THEMES[notes])
        return folder


def ingest_samples(folder: Path, queue_url: str) -> None:
    """A data folder with the sample notes themed: uploaded, read, redacted, cleared and grouped by the real code."""
    from workers import remap, sweep

    house.move_in(folder, queue_url)
    remap.install_frameworks()
    service = house.client()
    refused = [row for row in load(service, SAMPLES, manifest(SAMPLES)) if row.note_id is None]
    assert not refused, refused
    house.do_due_jobs()
    for note in service.get("/notes", state="awaiting review", limit=200):
        service.post(f"/notes/{note['id']}/approval")
    house.do_due_jobs()
    sweep.sweep()
    house.do_due_jobs()


def grow(samples: Path, folder: Path, queue_url: str, notes: int, themes: int) -> None:
    """A copy of the samples' folder with as many notes and themes as asked for; the same on every run, save for ids."""
    shutil.copytree(samples, folder)
    house.move_in(folder, queue_url)
    chance = np.random.default_rng(notes)
    sources = _sources()
    with transaction() as session:
        known = session.exec(select(Theme).where(Theme.state != ThemeState.retired).order_by(Theme.title)).all()
        turns = _add_themes(session, chance, known, themes)
        campaign = Campaign(name="Corpus", review=ReviewPolicy.doubtful)
        session.add(campaign)
    writer = Writer(sources, known, turns, campaign.id, chance)
    for start in range(len(sources), notes, CHUNK):
        with transaction() as session:
            writer.write(session, range(start, min(start + CHUNK, notes)))


def _sources() -> list[Source]:
    sources = []
    with reading() as session:
        for note in session.exec(select(Note).where(Note.state == NoteState.themed).order_by(col(Note.digest))):
            points = session.exec(select(Point).where(Point.note_id == note.id).order_by(Point.id)).all()
            redactions = session.exec(select(Redaction).where(Redaction.note_id == note.id)).all()
            aligned: dict[str, list[PointAlignment]] = {point.id: [] for point in points}
            for row in session.exec(select(PointAlignment).where(col(PointAlignment.point_id).in_(aligned))):
                aligned[row.point_id].append(row)
            sources.append(Source(note, list(points), list(redactions), aligned))
    return sources


def _add_themes(session: Session, chance: np.random.Generator, known: Any, wanted: int) -> Vectors:
    """Adds themes beside the known ones, publishes all, and gives each one's turn away from the known one it copies."""
    width = len(known[0].centroid) // 4
    turns = np.zeros((max(wanted, len(known)), width), np.float32)
    turns[len(known) :] = THEME_SPREAD * unit(chance.normal(size=(len(turns) - len(known), width)))
    for place in range(len(known), len(turns)):
        model = known[place % len(known)]
        centroid = unit(np.frombuffer(model.centroid, np.float32) + turns[place])
        copy = Theme(**model.model_dump(exclude={"id", "title", "centroid"}), title="", centroid=b"")
        copy.title, copy.centroid = f"{model.title}, part {place // len(known)}", centroid.tobytes()
        copy.created_at = model.created_at + timedelta(seconds=place)
        session.add(copy)
        session.flush()
        for row in session.exec(select(ThemeAlignment).where(ThemeAlignment.theme_id == model.id)).all():
            session.add(ThemeAlignment(**row.model_dump(exclude={"theme_id"}), theme_id=copy.id))
    for theme in session.exec(select(Theme).where(Theme.state != ThemeState.retired)):
        theme.published_at = now()
    return turns
