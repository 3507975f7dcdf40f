"""Notes, what was replaced in them, and what their facilitator decided."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint

from models.store import UtcDateTime, new_id, now, word


class NoteState(StrEnum):
    """Where a note is on its way."""

    received = "received"
    reading = "reading"
    redacting = "redacting"
    awaiting_review = "awaiting review"
    approved = "approved"
    themed = "themed"
    failed = "failed"
    withdrawn = "withdrawn"


class Note(SQLModel, table=True):
    """One uploaded document of an event.

    The row holds no text until the note is approved; the original and what was read from it lie encrypted
    in the vault under the note's own key, of which the row holds the wrapped form.
    """

    __table_args__ = (UniqueConstraint("event_id", "digest"),)

    id: str = Field(default_factory=lambda: new_id("note"), primary_key=True)
    event_id: str = Field(foreign_key="event.id", index=True)
    digest: str = Field(index=True)
    """Keyed hash of the uploaded bytes: the same file in the same event is one note."""
    format: str
    size: int
    state: NoteState = Field(default=NoteState.received, index=True, sa_type=word(NoteState))
    wrapped_key: bytes | None = None
    words: int = 0
    doubts: int = 0
    """Redactions that a person should look at."""
    error_code: str | None = None
    error_message: str | None = None
    redacted: str | None = None
    blocks: list[Any] | None = Field(default=None, sa_type=JSON)
    actors: dict[str, str] | None = Field(default=None, sa_type=JSON)
    """Surrogate → sector."""
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: str | None = None
    destroyed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DecisionKind(StrEnum):
    """What a reviewer says of a stretch of the original."""

    accept = "accept"
    reject = "reject"
    add = "add"


class Decision(SQLModel, table=True):
    """A reviewer's decision on a stretch of the original, by its offsets; it outlives every re-run."""

    __table_args__ = (UniqueConstraint("note_id", "start", "end"),)

    id: str = Field(default_factory=lambda: new_id("decision"), primary_key=True)
    note_id: str = Field(foreign_key="note.id", index=True)
    start: int
    end: int
    kind: DecisionKind = Field(sa_type=word(DecisionKind))
    type: str = ""
    everywhere: bool = False
    by: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Redaction(SQLModel, table=True):
    """A stretch of the original that was replaced by a surrogate: offsets, never the words themselves."""

    id: str = Field(primary_key=True)
    note_id: str = Field(foreign_key="note.id", index=True)
    start: int
    end: int
    redacted_start: int
    redacted_end: int
    type: str = Field(index=True)
    detector: str
    score: float
    surrogate: str
    doubtful: bool = False
