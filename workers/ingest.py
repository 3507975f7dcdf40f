"""A note's way, from received to themed: one stage a state, each in a transaction of its own."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

import structlog
from sqlmodel import Session, col, delete, select

from models import vault
from models.campaign import Campaign, Event, EventKind, ReviewPolicy
from models.errors import NotFound
from models.framework import hold_current
from models.job import Job, Overtaken
from models.note import Decision, DecisionKind, Note, NoteState, Redaction
from models.point import Point, PointState
from models.settings import settings
from models.store import now, reading, transaction
from models.theme import Theme, ThemeState
from nlp.anonymise import Anonymised, Span, anonymise
from nlp.context import encode_in_context
from nlp.manner import judged
from nlp.missions import align
from nlp.points import Point as Statement
from nlp.points import find_points
from nlp.read import Block, Document, read
from nlp.registry import assign
from workers.discover import centroids
from workers.remap import alignment_rows, live_frameworks

log = structlog.get_logger()

EVERYWHERE = "everywhere"


def ingest(job: Job) -> None:
    """Takes a note as far as it can go without a person: to themed, or to awaiting review."""
    while stage := STAGES.get(_note(job.subject).state):
        stage(_note(job.subject))


def give_up(job: Job, code: str, message: str) -> None:
    """Marks the note as failed, with what its facilitator can do."""
    with transaction() as session:
        note = session.get_one(Note, job.subject)
        # One that came through before its job was given up, or was withdrawn, has not failed.
        if note.state in STAGES:
            note.state, note.error_code, note.error_message = NoteState.failed, code, message


def read_note(note: Note) -> None:
    """received, reading → redacting: the document's text and structure, sealed."""
    _advance(note, NoteState.reading)
    document = read(vault.unseal(note, "original"), f"note.{note.format}")
    vault.seal(note, "document", _pack(document))
    with transaction() as session:
        row = _held(session, note, NoteState.reading)
        row.words = len(document.text.split())
        row.state = NoteState.redacting


def redact_note(note: Note) -> None:
    """redacting → awaiting review or approved: what identifies people replaced by surrogates."""
    document = unpack(vault.unseal(note, "document"))
    with reading() as session:
        decisions = session.exec(select(Decision).where(Decision.note_id == note.id)).all()
    added = [
        Span(d.start, d.end, d.type, EVERYWHERE if d.everywhere else "reviewer", 1.0)
        for d in decisions
        if d.kind is DecisionKind.add
    ]
    rejected = [(d.start, d.end) for d in decisions if d.kind is DecisionKind.reject]
    result = anonymise(document, added=added, rejected=rejected)
    vault.seal(note, "surrogates", json.dumps({key: list(words) for key, words in result.originals.items()}).encode())
    vault.seal(note, "redacted", _pack(result.document))
    points = find_points(result.document, result.sectors)
    vault.seal(note, "points", json.dumps([asdict(point) for point in points]).encode())
    vault.seal(note, "risks", json.dumps([asdict(risk) for risk in result.risks]).encode())
    with transaction() as session:
        row = _held(session, note, NoteState.redacting)
        _save_redactions(session, row, result, decisions)
        row.actors = dict(result.sectors)
        waits = row.doubts > 0 or bool(decisions) or _always_reviewed(session, row)
        row.state = NoteState.awaiting_review if waits else NoteState.approved
        if not waits:
            row.approved_at, row.approved_by = now(), "policy"


def theme_note(note: Note) -> None:
    """approved → themed: points, vectors, the themes the registry knows, and the missions."""
    document = unpack(vault.unseal(note, "redacted"))
    found_points = [Statement(**row) for row in json.loads(vault.unseal(note, "points"))]
    vectors, alone = encode_in_context(document, found_points, settings().encoder or None)
    points = judged(found_points, alone)
    with reading() as session:
        frameworks = live_frameworks(session)
        themes = session.exec(
            select(Theme).where(Theme.state != ThemeState.retired).order_by(col(Theme.created_at), col(Theme.id))
        ).all()
        event = session.get_one(Event, note.event_id)
    found = assign(vectors, centroids(themes, vectors.shape[1]))
    texts = [point.text for point in points]
    aligned = {version_id: align(texts, vectors, framework) for version_id, framework in frameworks.items()}
    rows = [
        Point(
            id=f"point_{note.id.removeprefix('note_')}_{number:04d}",
            note_id=note.id,
            event_id=note.event_id,
            held_on=event.held_on,
            start=point.start,
            end=point.end,
            text=point.text,
            kind=point.kind,
            stance=point.stance,
            sector=point.sector,
            voice=point.voice,
            vector=vectors[number].tobytes(),
            state=PointState.themed if found.theme[number] >= 0 else PointState.unthemed,
            theme_id=themes[found.theme[number]].id if found.theme[number] >= 0 else None,
            nearest_theme_id=themes[found.nearest[number]].id if found.nearest[number] >= 0 else None,
            similarity=float(found.similarity[number]),
            draw=hashlib.sha256(point.text.encode()).hexdigest(),
            examined=bool(found.theme[number] >= 0),
        )
        for number, point in enumerate(points)
    ]
    with transaction() as session:
        row = _held(session, note, NoteState.approved)
        hold_current(session)
        if live_frameworks(session).keys() - aligned.keys():
            raise Overtaken
        _let_go_of_retired(session, rows)
        session.add_all(rows)
        session.flush()
        for version_id, answers in aligned.items():
            for point, alignments in zip(rows, answers, strict=True):
                session.add_all(alignment_rows(point.id, version_id, alignments))
        row.redacted, row.blocks = document.text, [asdict(block) for block in document.blocks]
        row.state = NoteState.themed
    log.info("note.themed", note=note.id, points=len(rows), unthemed=sum(not point.examined for point in rows))


def unpack(data: bytes) -> Document:
    """The document that _pack wrote."""
    content = json.loads(data)
    return Document(content["text"], tuple(Block(**block) for block in content["blocks"]))


STAGES: dict[NoteState, Callable[[Note], None]] = {
    NoteState.received: read_note,
    NoteState.reading: read_note,
    NoteState.redacting: redact_note,
    NoteState.approved: theme_note,
}


def _pack(document: Document) -> bytes:
    return json.dumps(asdict(document)).encode()


def _note(note_id: str) -> Note:
    with reading() as session:
        note = session.get(Note, note_id)
    if note is None:
        raise NotFound("There is no such note any more.")
    return note


def _advance(note: Note, state: NoteState) -> None:
    with transaction() as session:
        _held(session, note, note.state).state = state


def _held(session: Session, note: Note, state: NoteState) -> Note:
    """The note's row, locked, if it is still in the state that this stage works on."""
    row = session.exec(select(Note).where(Note.id == note.id).with_for_update()).one()
    if row.state is not state:
        raise Overtaken
    return row


def _always_reviewed(session: Session, note: Note) -> bool:
    event = session.get_one(Event, note.event_id)
    policy = session.get_one(Campaign, event.campaign_id).review
    return policy is ReviewPolicy.always or (policy is ReviewPolicy.dialogues and event.kind is EventKind.dialogue)


def _save_redactions(session: Session, note: Note, result: Anonymised, decisions: Sequence[Decision]) -> None:
    settled = {(d.start, d.end) for d in decisions}
    known = _familiar(session, {found.type for found in result.redactions})
    session.execute(delete(Redaction).where(col(Redaction.note_id) == note.id))
    doubts = 0
    for number, found in enumerate(result.redactions):
        unsure = found.score < settings().review_below or found.type not in known
        doubtful = unsure and (found.start, found.end) not in settled
        doubts += doubtful
        session.add(
            Redaction(
                id=f"redaction_{note.id.removeprefix('note_')}_{number:04d}",
                note_id=note.id,
                start=found.start,
                end=found.end,
                redacted_start=found.redacted_start,
                redacted_end=found.redacted_end,
                type=found.type,
                detector=found.detector,
                score=found.score,
                surrogate=found.surrogate,
                doubtful=doubtful,
            )
        )
    note.doubts = doubts


def _familiar(session: Session, types: set[str]) -> set[str]:
    """Those of the types that need no second look: the everyday ones and those of notes already cleared."""
    known = types & set(settings().familiar_redactions)
    for rare in types - known:
        cleared = select(Redaction.id).join(Note).where(Redaction.type == rare, col(Note.approved_at).is_not(None))
        if session.exec(cleared.limit(1)).first():
            known.add(rare)
    return known


def _let_go_of_retired(session: Session, points: Sequence[Point]) -> None:
    """Unthemes what was assigned to a theme that discovery retired in the same moment."""
    used = {point.theme_id for point in points if point.theme_id}
    held = select(Theme).where(col(Theme.id).in_(used)).order_by(Theme.id).with_for_update(read=True)
    retired = {theme.id for theme in session.exec(held) if theme.state is ThemeState.retired}
    for point in points:
        if point.theme_id in retired:
            point.theme_id, point.state, point.examined = None, PointState.unthemed, False
