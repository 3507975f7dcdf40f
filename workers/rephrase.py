"""Puts the words that an attendee would rather see in place of a point's, once its facilitator has accepted them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import Session, col, delete, select

from models.answers import settle
from models.clearance import Answer, held
from models.framework import PointAlignment, hold_current
from models.job import Job, JobKind, JobState, Overtaken
from models.note import Note
from models.point import Point, PointState
from models.release import released_text
from models.settings import settings
from models.store import now, reading, transaction
from models.theme import Theme, ThemeState
from models.withdrawal import blank
from nlp.anonymise import anonymise
from nlp.context import encode_in_context
from nlp.encode import Vectors
from nlp.kinds import kind_of
from nlp.manner import judged
from nlp.missions import Alignment, align
from nlp.points import Point as Statement
from nlp.read import Block, Document
from nlp.registry import Assignment, assign
from nlp.stance import stance_of
from workers.discover import centroids, refresh
from workers.queue import submit
from workers.remap import alignment_rows, live_frameworks

log = structlog.get_logger()

READERS = (JobKind.discover, JobKind.gather)
"""Jobs that describe themes in words which they have read some time before."""
AGAIN = timedelta(seconds=30)


@dataclass(frozen=True)
class Reworded:
    """A point in its new words, with all that is worked out from them."""

    statement: Statement
    vector: Vectors
    themes: Sequence[Theme]
    own: bool
    """It still belongs to the theme that it was in."""
    found: Assignment
    aligned: Mapping[str, Sequence[Alignment]]


def rephrase(job: Job) -> None:
    """The accepted words anonymised and put in place; the point circulates again where nothing else stands."""
    with reading() as session:
        answer = session.get_one(Answer, job.subject)
        if not (answer.accepted and answer.words):
            return
        point = session.get_one(Point, answer.point_id)
        reworded = _reworded(session, point, answer.words)
    with transaction() as session:
        held(session, answer.event_id)
        answer = session.get_one(Answer, answer.id)
        if not (answer.accepted and answer.words):
            return
        if _reading(session):
            # What it writes would tell the words that are to go: this waits until it is done.
            submit(session, JobKind.rephrase, answer.id, by=job.by).run_after = now() + AGAIN
            return
        _save(session, point.id, reworded)
        answer.words = ""
        settle(session, session.get_one(Point, point.id))
    log.info("point.rephrased", point=point.id, answer=answer.id)


def give_up(job: Job, code: str, message: str) -> None:
    """Leaves the answer to be decided again."""
    with transaction() as session:
        answer = session.get_one(Answer, job.subject)
        if answer.words:
            answer.accepted = answer.decided_at = answer.decided_by = None


def _reworded(session: Session, point: Point, words: str) -> Reworded:
    note = session.get_one(Note, point.note_id)
    beside = select(Point).where(Point.note_id == note.id, Point.state != PointState.withdrawn).order_by(Point.id)
    points = session.exec(beside).all()
    place = [other.id for other in points].index(point.id)
    said = [_statement(other) for other in points]
    said[place] = _anonymous(point, words)
    document = Document(note.redacted or "", tuple(Block(**block) for block in note.blocks or ()))
    vectors, alone = encode_in_context(document, said, settings().encoder or None)
    statement, vector = judged(said, alone)[place], vectors[place : place + 1]
    order = (col(Theme.created_at), col(Theme.id))
    themes = session.exec(select(Theme).where(Theme.state != ThemeState.retired).order_by(*order)).all()
    mine = [theme for theme in themes if theme.id == point.theme_id]
    frameworks = live_frameworks(session)
    return Reworded(
        statement,
        vector,
        themes,
        bool(mine) and bool(assign(vector, centroids(mine, vector.shape[1])).theme[0] == 0),
        assign(vector, centroids(themes, vector.shape[1])),
        {version_id: align([statement.text], vector, framework)[0] for version_id, framework in frameworks.items()},
    )


def _statement(point: Point) -> Statement:
    return Statement(point.start, point.end, point.text, point.kind, point.stance, point.sector, point.voice)  # type: ignore[arg-type]


def _anonymous(point: Point, words: str) -> Statement:
    """The words as a note's would be; with general surrogates, since a name's number means nothing outside its note."""
    document = Document(words, (Block("paragraph", 0, len(words)),))
    text = released_text(anonymise(document).document.text)
    kind = kind_of(text)
    return Statement(point.start, point.end, text, kind, stance_of(text, kind), point.sector, point.voice)  # type: ignore[arg-type]


def _reading(session: Session) -> bool:
    running = select(Job.id).where(col(Job.kind).in_(READERS), Job.state == JobState.running)
    return session.exec(running.limit(1)).first() is not None


def _save(session: Session, point_id: str, new: Reworded) -> None:
    """The point in its new words, and all that was made of the old ones worked out anew."""
    point = session.get_one(Point, point_id)
    session.exec(select(Note.id).where(Note.id == point.note_id).with_for_update()).one()
    hold_current(session)
    if live_frameworks(session).keys() - new.aligned.keys():
        raise Overtaken
    themes = _held_themes(session, point, new)
    session.refresh(point, with_for_update=True)
    if point.state is PointState.withdrawn:
        return
    before = point.theme_id
    blank(session, point)
    point.text, point.kind, point.stance = new.statement.text, new.statement.kind, new.statement.stance
    point.vector, point.draw = new.vector.tobytes(), hashlib.sha256(point.text.encode()).hexdigest()
    _place(point, new, themes)
    for theme in themes.values():
        if point.id in theme.typical:
            # It is made of the typical points' own words.
            theme.description = ""
    session.execute(delete(PointAlignment).where(col(PointAlignment.point_id) == point.id))
    for version_id, answers in new.aligned.items():
        session.add_all(alignment_rows(point.id, version_id, answers))
    session.flush()
    refresh(session, sorted({theme_id for theme_id in (before, point.theme_id) if theme_id}))


def _held_themes(session: Session, point: Point, new: Reworded) -> dict[str, Theme]:
    """The themes that the point is in, goes to or is told of in, locked, by their ids."""
    wanted = {point.theme_id, *(new.themes[place].id for place in new.found.theme if place >= 0)}
    wanted |= {theme_id for theme_id, typical in session.exec(select(Theme.id, Theme.typical)) if point.id in typical}
    query = select(Theme).where(col(Theme.id).in_(wanted - {None})).order_by(Theme.id).with_for_update()
    return {theme.id: theme for theme in session.exec(query)}


def _place(point: Point, new: Reworded, themes: Mapping[str, Theme]) -> None:
    """Leaves the point where it fits or where it is held, else puts it where a new one would go."""
    place, nearest = int(new.found.theme[0]), int(new.found.nearest[0])
    point.similarity = float(new.found.similarity[0])
    point.nearest_theme_id = new.themes[nearest].id if nearest >= 0 else None
    if new.own or point.placed or point.published:
        return
    theme = themes.get(new.themes[place].id) if place >= 0 else None
    there = theme is not None and theme.state is not ThemeState.retired
    point.theme_id = theme.id if theme and there else None
    point.state = PointState.themed if there else PointState.unthemed
    point.examined = there
