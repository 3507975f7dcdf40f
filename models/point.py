"""Points: what was said, in redacted words, with where it stands."""

from datetime import date
from enum import StrEnum

from sqlmodel import Field, Index, SQLModel

from models.store import word


class PointState(StrEnum):
    """Every point is in one of these; the four add up on every report."""

    themed = "themed"
    unthemed = "unthemed"
    withheld = "withheld"
    withdrawn = "withdrawn"


class Point(SQLModel, table=True):
    """One statement of one participant; offsets in the note's redacted text.

    `state` is themed, unthemed or withdrawn; withheld is what the release gate makes of a point for an audience, so it
    is counted by the gate and never stored.
    """

    __table_args__ = (Index("ix_point_theme_position", "theme_id", "state"), Index("ix_point_state_id", "state", "id"))

    id: str = Field(primary_key=True)
    note_id: str = Field(foreign_key="note.id", index=True)
    event_id: str = Field(foreign_key="event.id", index=True)
    held_on: date = Field(index=True)
    start: int
    end: int
    text: str
    kind: str
    stance: str
    sector: str | None = None
    voice: str | None = None
    vector: bytes
    state: PointState = Field(default=PointState.unthemed, index=True, sa_type=word(PointState))
    theme_id: str | None = Field(default=None, foreign_key="theme.id")
    nearest_theme_id: str | None = Field(default=None, foreign_key="theme.id", index=True)
    similarity: float = 0.0
    draw: str = Field(index=True)
    """A hash of the words: ordering by it draws a sample that is the same on every machine."""
    cleared: bool = False
    """May be quoted even where its theme rests on this one event."""
    published: bool = False
    """An edition has counted it among its theme's: from then on it stays there."""
    placed: bool = False
    """An editor put it where it is, in a theme or in none: no discovery moves it."""
    objected: bool = False
    """An attendee objected to it: it is not circulated."""
    examined: bool = Field(default=False, index=True)
    """Discovery has looked at it, so that it runs again only for points it has not seen."""
