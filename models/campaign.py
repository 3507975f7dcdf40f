"""Campaigns and their events."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from sqlmodel import Field, SQLModel

from models.store import UtcDateTime, new_id, now, word

Sector = Literal["public", "private", "not-for-profit", "higher education"]
SECTORS: tuple[Sector, ...] = ("public", "private", "not-for-profit", "higher education")


class EventKind(StrEnum):
    """What sort of meeting an event is."""

    roundtable = "roundtable"
    dialogue = "ceo-permanent-secretary-dialogue"
    cpo = "cpo-roundtable"
    board = "board-discussion"
    survey = "survey"
    case_study = "case-study"


class ReviewPolicy(StrEnum):
    """Whether a note with nothing doubtful in it may pass without its facilitator."""

    dialogues = "dialogues"
    always = "always"
    doubtful = "doubtful"


class Campaign(SQLModel, table=True):
    """A series of events around one issue."""

    id: str = Field(default_factory=lambda: new_id("campaign"), primary_key=True)
    name: str = Field(unique=True)
    review: ReviewPolicy = Field(default=ReviewPolicy.dialogues, sa_type=word(ReviewPolicy))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Event(SQLModel, table=True):
    """One meeting."""

    id: str = Field(default_factory=lambda: new_id("event"), primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", index=True)
    title: str
    kind: EventKind = Field(sa_type=word(EventKind))
    held_on: date = Field(index=True)
    attribution: str = "chatham-house"
    marking: str = "OFFICIAL"
    clear_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until then attendees may look at its points, and nothing of it is circulated."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class EventSector(SQLModel, table=True):
    """How many organisations of a sector were in the room, and whether readers may be told of them by name.

    `named` is decided by the release gate when the event is saved, and once lowered it never rises again:
    otherwise two editions could be subtracted from one another.
    """

    event_id: str = Field(foreign_key="event.id", primary_key=True)
    sector: str = Field(primary_key=True)
    organisations: int = Field(ge=0)
    named: bool = False
