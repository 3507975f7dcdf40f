"""Frameworks: versions, and the remap diff of an edit that a person must accept."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select

from models.errors import Conflict, NotFound
from models.framework import FrameworkVersion, VersionState, drop, hold_current
from models.job import JobKind
from models.store import now
from service.auth import Editor, Reader, Reading, Writing
from workers.queue import submit

router = APIRouter(tags=["Frameworks"])


class NewVersion(BaseModel):
    """An edited framework, as YAML with a version that is not taken yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"source": "id: missions\nversion: 2025.1\ntitle: The missions\nsource: An example\nentries: []\n"}
            ]
        }
    )

    version: str = Field(min_length=1, max_length=40, default="2025.1")
    source: str = Field(min_length=1, max_length=200_000)


class VersionOut(BaseModel):
    """A version of a framework; `remap` is what accepting it would change, once a worker has compared."""

    framework: str
    version: str
    title: str
    state: VersionState
    entries: list[dict[str, Any]]
    remap: dict[str, Any] | None
    by: str
    created_at: datetime
    decided_by: str | None


@router.get("/frameworks")
def list_frameworks(session: Reading, _key: Reader) -> list[VersionOut]:
    """The current version of every framework."""
    query = select(FrameworkVersion).where(FrameworkVersion.state == VersionState.current)
    return [_out(row) for row in session.exec(query.order_by(FrameworkVersion.framework))]


@router.get("/frameworks/{framework}/versions")
def list_versions(framework: str, session: Reading, _key: Reader) -> list[VersionOut]:
    """Every version of a framework, newest first."""
    query = select(FrameworkVersion).where(FrameworkVersion.framework == framework)
    return [_out(row) for row in session.exec(query.order_by(col(FrameworkVersion.created_at).desc()))]


@router.get("/frameworks/{framework}/versions/{version}")
def get_version(framework: str, version: str, session: Reading, _key: Reader) -> VersionOut:
    """One version."""
    return _out(find_version(session, framework, version))


@router.post("/frameworks/{framework}/versions", status_code=202)
def propose_version(framework: str, new: NewVersion, session: Writing, key: Editor) -> VersionOut:
    """Proposes an edit; a worker checks it and works out what it would change."""
    hold_current(session, change=True)
    taken = select(FrameworkVersion).where(
        FrameworkVersion.framework == framework, FrameworkVersion.version == new.version
    )
    if session.exec(taken).first():
        raise Conflict("This framework has a version of that name already. Choose the next one.")
    row = FrameworkVersion(framework=framework, version=new.version, title="", source=new.source, by=key.name)
    session.add(row)
    session.flush()
    submit(session, JobKind.remap, row.id, by=key.name)
    return _out(row)


@router.post("/frameworks/{framework}/versions/{version}/acceptance")
def accept_version(framework: str, version: str, session: Writing, key: Editor) -> VersionOut:
    """Makes a compared version the current one; from here on themes align with it."""
    # Of two that are accepted at once, the later one waits here, and then finds another version current.
    hold_current(session, change=True)
    row = _compared(session, framework, version)
    current = current_version(session, framework)
    if stale(row, current):
        raise Conflict("Another version was accepted since this one was compared. Compare it again, then decide.")
    if current:
        current.state = VersionState.superseded
    row.state, row.decided_at, row.decided_by = VersionState.current, now(), key.name
    return _out(row)


@router.post("/frameworks/{framework}/versions/{version}/rejection")
def reject_version(framework: str, version: str, session: Writing, key: Editor) -> VersionOut:
    """Turns a compared version down; nothing changes."""
    row = _compared(session, framework, version)
    drop(session, row.id)
    row.state, row.decided_at, row.decided_by = VersionState.rejected, now(), key.name
    return _out(row)


@router.post("/frameworks/{framework}/versions/{version}/comparison", status_code=202)
def compare_again(framework: str, version: str, session: Writing, key: Editor) -> VersionOut:
    """Compares a version once more, such as after another one was accepted."""
    hold_current(session, change=True)
    row = _compared(session, framework, version)
    row.state, row.remap = VersionState.proposed, None
    submit(session, JobKind.remap, row.id, by=key.name)
    return _out(row)


def current_version(session: Session, framework: str) -> FrameworkVersion | None:
    """The version of a framework that themes align with."""
    return session.exec(
        select(FrameworkVersion).where(
            FrameworkVersion.framework == framework, FrameworkVersion.state == VersionState.current
        )
    ).first()


def stale(row: FrameworkVersion, current: FrameworkVersion | None) -> bool:
    """Whether a version was compared with another one than the current."""
    return (row.remap or {}).get("against") != (current.id if current else None)


def find_version(session: Session, framework: str, version: str) -> FrameworkVersion:
    """A version of a framework; raises NotFound."""
    named = (FrameworkVersion.framework == framework, FrameworkVersion.version == version)
    row = session.exec(select(FrameworkVersion).where(*named)).first()
    if row is None:
        raise NotFound("There is no such version of this framework.")
    return row


def _compared(session: Session, framework: str, version: str) -> FrameworkVersion:
    row = find_version(session, framework, version)
    session.refresh(row, with_for_update=True)
    if row.state is not VersionState.compared:
        raise Conflict(f"This version is {row.state}. Only one that has been compared can be decided on.")
    return row


def _out(row: FrameworkVersion) -> VersionOut:
    return VersionOut.model_validate(row, from_attributes=True)
