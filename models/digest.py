"""Digests and their immutable editions."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint

from models.store import UtcDateTime, new_id, now, word


class DigestState(StrEnum):
    """Where a digest is on its way."""

    drafting = "drafting"
    draft = "draft"
    approved = "approved"
    publishing = "publishing"
    published = "published"
    corrected = "corrected"
    withdrawn = "withdrawn"
    failed = "failed"


class Digest(SQLModel, table=True):
    """A briefing for a period, optionally of one campaign or mission."""

    id: str = Field(default_factory=lambda: new_id("digest"), primary_key=True)
    title: str
    period_start: date
    period_end: date
    campaign_id: str | None = Field(default=None, foreign_key="campaign.id")
    mission: str | None = None
    state: DigestState = Field(default=DigestState.drafting, index=True, sa_type=word(DigestState))
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    briefing: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    markdown: str = ""
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """Sentences that failed the grounding check: their place and why."""
    marking: str = "OFFICIAL"
    created_by: str
    written_by: list[str] = Field(default_factory=list, sa_type=JSON)
    """The ids of all who had it drafted or changed its words."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Edition(SQLModel, table=True):
    """What was published: never edited, hashed over its canonical JSON (SHA-256)."""

    __table_args__ = (UniqueConstraint("digest_id", "number"),)

    id: str = Field(default_factory=lambda: new_id("edition"), primary_key=True)
    digest_id: str = Field(foreign_key="digest.id", index=True)
    number: int
    sha256: str
    briefing: dict[str, Any] = Field(sa_type=JSON)
    markdown: str
    published_by: str
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Set, with the words erased, once a note that it cites was withdrawn; number and hash stay."""
    published_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def sentences(part: object) -> Iterator[dict[str, Any]]:
    """Every sentence of a briefing's JSON, in reading order."""
    if isinstance(part, list):
        for item in part:
            yield from sentences(item)
    elif isinstance(part, dict) and "text" in part and "points" in part:
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from sentences(value)


def cited(briefing: dict[str, Any]) -> set[str]:
    """The ids of all points that a briefing's JSON cites."""
    return {point for sentence in sentences(briefing) for point in sentence["points"]}
