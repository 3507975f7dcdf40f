"""Frameworks with their versions, and what is aligned with them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, delete, select

from models.store import UtcDateTime, new_id, now, word


class VersionState(StrEnum):
    """A version is proposed by an edit, compared by a worker, and becomes current when its diff is accepted."""

    proposed = "proposed"
    compared = "compared"
    current = "current"
    superseded = "superseded"
    rejected = "rejected"


class FrameworkVersion(SQLModel, table=True):
    """One version of a framework, as its YAML; `remap` says which alignments it would change."""

    __table_args__ = (UniqueConstraint("framework", "version"),)

    id: str = Field(default_factory=lambda: new_id("framework"), primary_key=True)
    framework: str = Field(index=True)
    version: str
    title: str
    state: VersionState = Field(default=VersionState.proposed, index=True, sa_type=word(VersionState))
    source: str
    entries: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    remap: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    by: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None


class PointAlignment(SQLModel, table=True):
    """One entry of a framework version for one point."""

    point_id: str = Field(foreign_key="point.id", primary_key=True)
    version_id: str = Field(foreign_key="frameworkversion.id", primary_key=True)
    entry: str = Field(primary_key=True)
    score: float
    sure: bool


class ThemeAlignment(SQLModel, table=True):
    """One entry for one theme, with the point that justifies it best."""

    theme_id: str = Field(foreign_key="theme.id", primary_key=True)
    version_id: str = Field(foreign_key="frameworkversion.id", primary_key=True)
    entry: str = Field(primary_key=True)
    score: float
    sure: bool
    justified_by: str = Field(foreign_key="point.id")


def live(session: Session) -> list[FrameworkVersion]:
    """The versions that points are aligned with: the current ones, and those that nobody has decided on yet."""
    states = (VersionState.current, VersionState.compared, VersionState.proposed)
    rows = session.exec(select(FrameworkVersion).where(col(FrameworkVersion.state).in_(states)))
    return sorted(rows, key=lambda row: (row.framework, row.created_at))


def hold_current(session: Session, *, change: bool = False) -> None:
    """Locks the current versions until the transaction ends: against an edit or, with `change`, against notes too.

    A note whose points are about to be saved and an edit that is about to be proposed wait for one another, so that no
    point is saved without having been compared with the edit.
    """
    current = select(FrameworkVersion.id).where(FrameworkVersion.state == VersionState.current)
    session.exec(current.order_by(FrameworkVersion.id).with_for_update(read=not change)).all()


def drop(session: Session, version_id: str) -> None:
    """Deletes what was aligned with a version."""
    session.execute(delete(PointAlignment).where(col(PointAlignment.version_id) == version_id))
    session.execute(delete(ThemeAlignment).where(col(ThemeAlignment.version_id) == version_id))
