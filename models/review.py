"""What a reviewer sees of a note: the redacted text with each replaced stretch and the words behind it."""

import json

from pydantic import BaseModel
from sqlmodel import Session, col, select

from models import vault
from models.errors import Conflict
from models.note import Decision, DecisionKind, Note, NoteState, Redaction
from models.release import released_text


class ReviewedRedaction(BaseModel):
    """One redaction: offsets in the original and in the redacted text, what it replaced, and how sure we are."""

    start: int
    end: int
    redacted_start: int
    redacted_end: int
    type: str
    detector: str
    score: float
    surrogate: str
    original: str
    doubtful: bool
    decision: DecisionKind | None


class ReviewedRisk(BaseModel):
    """A stretch of the redacted text that may still identify somebody, and why."""

    start: int
    end: int
    reason: str


class Review(BaseModel):
    """A note to review."""

    note_id: str
    state: NoteState
    original: str
    redacted: str
    redactions: list[ReviewedRedaction]
    risks: list[ReviewedRisk]
    points: list[str]
    """What will be made of the note, in the words in which readers may meet it."""


def review(session: Session, note: Note) -> Review:
    """The review of a note; raises Conflict before it has been redacted and Gone when its original was destroyed."""
    if note.state not in (NoteState.awaiting_review, NoteState.approved, NoteState.themed):
        raise Conflict(f"There is nothing to review: this note is {note.state}.")
    original = json.loads(vault.unseal(note, "document"))["text"]
    decisions = session.exec(select(Decision).where(Decision.note_id == note.id)).all()
    taken = {(decision.start, decision.end): decision.kind for decision in decisions}
    rows = session.exec(select(Redaction).where(Redaction.note_id == note.id).order_by(col(Redaction.start)))
    return Review(
        note_id=note.id,
        state=note.state,
        original=original,
        redacted=json.loads(vault.unseal(note, "redacted"))["text"],
        redactions=[
            ReviewedRedaction(
                **row.model_dump(exclude={"id", "note_id"}),
                original=original[row.start : row.end],
                decision=taken.get((row.start, row.end)),
            )
            for row in rows
        ],
        risks=[ReviewedRisk(**risk) for risk in json.loads(vault.unseal(note, "risks"))],
        points=[released_text(point["text"]) for point in json.loads(vault.unseal(note, "points"))],
    )
