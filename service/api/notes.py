"""Notes: upload, state, review, withdrawal."""

from datetime import datetime
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from models import vault, withdrawal
from models.campaign import Event
from models.errors import Conflict, Invalid, NotFound, TooLarge
from models.job import JobKind
from models.note import Decision, DecisionKind, Note, NoteState, Redaction
from models.point import Point, PointState
from models.review import Review, review
from models.settings import settings
from models.store import now
from service import problems
from service.auth import Facilitator, Reading, Writing
from workers.queue import submit

router = APIRouter(tags=["Notes"])


class NoteOut(BaseModel):
    """A note and where it is on its way."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "note_0a1b2c",
                    "event_id": "event_1f0c2d",
                    "format": "docx",
                    "state": "themed",
                    "words": 812,
                    "doubts": 0,
                    "received_at": "2026-01-21T09:00:00Z",
                    "approved_at": "2026-01-21T09:00:09Z",
                    "approved_by": "policy",
                }
            ]
        }
    )

    id: str
    event_id: str
    format: str
    state: NoteState
    words: int
    doubts: int
    received_at: datetime
    approved_at: datetime | None = None
    approved_by: str | None = None
    destroyed_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None


class NewDecision(BaseModel):
    """What a reviewer says of a stretch of the original, by its offsets.

    `accept` keeps a redaction, `reject` shows the words again, `add` masks what was missed: here only, or
    everywhere the same words occur in the note.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "add", "start": 120, "end": 131, "type": "person", "everywhere": True}]
        }
    )

    kind: DecisionKind
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    type: str = Field(default="", max_length=40, pattern="^[A-Za-z -]*$")
    everywhere: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> "NewDecision":
        if self.end <= self.start:
            raise ValueError("end must be greater than start")
        if self.kind is DecisionKind.add and not self.type:
            raise ValueError("say what kind of thing is masked: person, organisation, role, place, contact")
        return self


class NewDecisions(BaseModel):
    """Decisions, taken together."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decisions": [
                        {"kind": "reject", "start": 120, "end": 138},
                        {"kind": "add", "start": 300, "end": 312, "type": "organisation", "everywhere": True},
                    ]
                }
            ]
        }
    )

    decisions: list[NewDecision] = Field(min_length=1, max_length=500)


class NotePoint(BaseModel):
    """A point of a note, as its facilitator sees it."""

    id: str
    start: int
    end: int
    text: str
    kind: str
    stance: str
    sector: str | None
    voice: str | None
    state: PointState
    theme_id: str | None
    nearest_theme_id: str | None
    cleared: bool


@router.post("/events/{event_id}/notes", status_code=202, responses={413: problems.ANSWER})
def upload_note(event_id: str, file: UploadFile, session: Writing, key: Facilitator, response: Response) -> NoteOut:
    """Takes a note in. The same file again for the same event answers 200 with the note that is there."""
    if session.get(Event, event_id) is None:
        raise NotFound("There is no event with this id. Create it first.")
    data = _content(file)
    digest = vault.fingerprint(data)
    known = select(Note).where(Note.event_id == event_id, Note.digest == digest)
    if there := session.exec(known).first():
        response.status_code = 200
        return _out(there)
    extension = PurePath(file.filename or "").suffix.lower().lstrip(".")[:10]
    note = Note(event_id=event_id, digest=digest, format=extension, size=len(data))
    note.wrapped_key = vault.new_key(note.id)
    vault.seal(note, "original", data)
    try:
        with session.begin_nested():
            session.add(note)
    except IntegrityError:
        # The same file came twice at the same moment: the other request was first.
        vault.destroy(note)
        response.status_code = 200
        return _out(session.exec(known).one())
    submit(session, JobKind.ingest, note.id, by=key.name)
    session.info["made"] = note.id
    return _out(note)


@router.get("/notes")
def list_notes(
    session: Reading,
    _key: Facilitator,
    event_id: str | None = None,
    state: NoteState | None = None,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[NoteOut]:
    """Notes by id; `after` is the last id of the page before."""
    query = select(Note).where(Note.id > after).order_by(Note.id).limit(limit)
    if event_id:
        query = query.where(Note.event_id == event_id)
    if state:
        query = query.where(Note.state == state)
    return [_out(note) for note in session.exec(query)]


@router.get("/notes/{note_id}")
def get_note(note_id: str, session: Reading, _key: Facilitator) -> NoteOut:
    """One note."""
    return _out(_note(session, note_id))


@router.get("/notes/{note_id}/review", responses={410: problems.ANSWER})
def get_review(note_id: str, session: Reading, _key: Facilitator) -> Review:
    """The note as it will read, each redaction in place with the words it replaced, and what may still identify."""
    return review(session, _note(session, note_id))


@router.post("/notes/{note_id}/decisions", status_code=202)
def decide(note_id: str, new: NewDecisions, session: Writing, key: Facilitator) -> NoteOut:
    """Records decisions and, unless all accept, has the note redacted again; poll it until it awaits review."""
    note = _awaiting(session, note_id)
    length = len(review(session, note).original)
    for decision in new.decisions:
        if decision.end > length:
            raise Invalid("A decision lies beyond the end of the note. Load the review again and repeat it.")
        session.execute(
            delete(Decision).where(
                col(Decision.note_id) == note_id,
                col(Decision.start) == decision.start,
                col(Decision.end) == decision.end,
            )
        )
        session.add(Decision(note_id=note_id, by=key.name, **decision.model_dump()))
    session.flush()
    if all(decision.kind is DecisionKind.accept for decision in new.decisions):
        _settle(session, note, new.decisions)
        return _out(note)
    note.state = NoteState.redacting
    submit(session, JobKind.ingest, note.id, by=key.name)
    return _out(note)


@router.post("/notes/{note_id}/approval", status_code=202)
def approve(note_id: str, session: Writing, key: Facilitator) -> NoteOut:
    """Clears a note for theming; what stands as doubtful is accepted with it."""
    note = _awaiting(session, note_id)
    note.state, note.approved_at, note.approved_by = NoteState.approved, now(), key.name
    submit(session, JobKind.ingest, note.id, by=key.name)
    return _out(note)


@router.post("/notes/{note_id}/retry", status_code=202)
def retry(note_id: str, session: Writing, key: Facilitator) -> NoteOut:
    """Has a failed note processed again from its original."""
    note = _locked(session, note_id)
    if note.state is not NoteState.failed or note.wrapped_key is None:
        raise Conflict("Only a failed note whose original is still kept can be tried again.")
    note.state, note.error_code, note.error_message = NoteState.received, None, None
    submit(session, JobKind.ingest, note.id, by=key.name)
    return _out(note)


@router.post("/notes/{note_id}/withdrawal")
def withdraw(note_id: str, session: Writing, key: Facilitator) -> NoteOut:
    """Takes a note back: its words leave themes and digests at once, its files and key are destroyed."""
    # Locked first: a worker that is about to save the note's points is waited for, so that none is left behind.
    note = _locked(session, note_id)
    if note.state is not NoteState.withdrawn:
        for digest_id in withdrawal.withdraw(session, note):
            submit(session, JobKind.draft, digest_id, by=key.name)
    return _out(note)


@router.get("/notes/{note_id}/points")
def list_note_points(note_id: str, session: Reading, _key: Facilitator) -> list[NotePoint]:
    """Every point of a note, with where it ended."""
    _note(session, note_id)
    rows = session.exec(select(Point).where(Point.note_id == note_id).order_by(col(Point.start)))
    return [NotePoint.model_validate(row, from_attributes=True) for row in rows]


@router.post("/notes/{note_id}/points/{point_id}/clearance")
def clear_point(note_id: str, point_id: str, session: Writing, _key: Facilitator) -> NotePoint:
    """Lets a point be quoted even where its theme rests on this one event."""
    point = session.get(Point, point_id)
    if point is None or point.note_id != note_id or point.state is PointState.withdrawn:
        raise NotFound("There is no such point in this note.")
    point.cleared = True
    return NotePoint.model_validate(point, from_attributes=True)


def _settle(session: Session, note: Note, accepted: list[NewDecision]) -> None:
    """What was accepted is in doubt no more."""
    stretches = {(decision.start, decision.end) for decision in accepted}
    for row in session.exec(select(Redaction).where(Redaction.note_id == note.id, col(Redaction.doubtful).is_(True))):
        if (row.start, row.end) in stretches:
            row.doubtful = False
            note.doubts -= 1


def _content(file: UploadFile) -> bytes:
    limit = settings().upload_limit
    data = file.file.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(f"The file is over {limit // 2**20} MB. Split the note, or take the pictures out of it.")
    if not data:
        raise Invalid("The file is empty. Check that it was saved, and upload it again.")
    return data


def _note(session: Session, note_id: str) -> Note:
    note = session.get(Note, note_id)
    if note is None:
        raise NotFound("There is no note with this id.")
    return note


def _locked(session: Session, note_id: str) -> Note:
    note = session.exec(select(Note).where(Note.id == note_id).with_for_update()).first()
    if note is None:
        raise NotFound("There is no note with this id.")
    return note


def _awaiting(session: Session, note_id: str) -> Note:
    note = _locked(session, note_id)
    if note.state is not NoteState.awaiting_review:
        raise Conflict(f"This note is not awaiting review: it is {note.state}.")
    return note


def _out(note: Note) -> NoteOut:
    return NoteOut.model_validate(note, from_attributes=True)
