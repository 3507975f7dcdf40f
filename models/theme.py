"""The theme registry: permanent ids and titles, and what happened to each."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.store import UtcDateTime, new_id, now, word


class ThemeState(StrEnum):
    """How a theme moves."""

    emerging = "emerging"
    rising = "rising"
    steady = "steady"
    fading = "fading"
    retired = "retired"


class LineageKind(StrEnum):
    """What can happen to a theme."""

    created = "created"
    reshaped = "reshaped"
    merged = "merged"
    parted = "split"
    renamed = "renamed"
    retired = "retired"
    published = "published"
    moved = "points moved"
    undone = "undone"


class Theme(SQLModel, table=True):
    """A theme. Until it is published discovery may reshape it; from then on its id, title and points hold."""

    id: str = Field(default_factory=lambda: new_id("theme"), primary_key=True)
    title: str
    description: str
    keywords: list[str] = Field(default_factory=list, sa_type=JSON)
    typical: list[str] = Field(default_factory=list, sa_type=JSON)
    centroid: bytes
    state: ThemeState = Field(default=ThemeState.emerging, index=True, sa_type=word(ThemeState))
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided: bool = False
    """An editor named, gathered or retired it: no discovery renames, reshapes or revives it."""
    merged_into: str | None = Field(default=None, foreign_key="theme.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Lineage(SQLModel, table=True):
    """One thing that happened to a theme, by whom ("discovery" or a key's name), in order."""

    id: int | None = Field(default=None, primary_key=True)
    theme_id: str = Field(foreign_key="theme.id", index=True)
    kind: LineageKind = Field(sa_type=word(LineageKind))
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    by: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
