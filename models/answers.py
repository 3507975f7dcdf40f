"""What attendees say of an event's points: taken in, and decided on by the event's facilitator."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, or_, select

from models import withdrawal
from models.clearance import Answer, AnswerKind, held, linked
from models.errors import Conflict, Invalid
from models.note import Note
from models.point import Point, PointState
from models.release import released_text
from models.store import now
from models.theme import Theme

LONGEST_WORDS = 600
UNDECIDED = col(Answer.decided_at).is_(None)
STANDING = or_(UNDECIDED, col(Answer.words) != "")
"""Not decided yet, or accepted words that a worker still has to put in place: until then the point is held back."""


@dataclass(frozen=True)
class Said:
    """What an attendee says of a point: no kind where they leave it as it is."""

    kind: AnswerKind | None = None
    words: str = ""


def points_of(session: Session, event_id: str) -> list[Point]:
    """The points of an event, in the order of a hash: it does not tell who spoke after whom."""
    query = select(Point).where(Point.event_id == event_id, Point.state != PointState.withdrawn)
    query = query.options(defer(Point.vector))  # type: ignore[arg-type]
    return list(session.exec(query.order_by(Point.draw, Point.id)))


def fault(point: Point, said: Said) -> str:
    """What is wrong with the words that an attendee would rather see; empty where nothing is."""
    if said.kind is not AnswerKind.soften:
        return ""
    if not said.words:
        return "Enter the words that you would rather see, or choose another answer."
    if len(said.words) > LONGEST_WORDS:
        return f"Enter at most {LONGEST_WORDS} characters."
    if said.words == " ".join(released_text(point.text).split()):
        return "Change the words, or choose “Leave it as it is”."
    return ""


def send(session: Session, secret: str, said: Mapping[str, Said]) -> list[str]:
    """Takes an attendee's answers by the points' ids, which uses the link up; the ids of digests to draft again.

    Raises NotFound, and Gone for a link that no longer works; Invalid where words are missing or too long.
    """
    link, event = linked(session, secret, hold=True)
    wanted = {point_id for point_id, answer in said.items() if answer.kind is AnswerKind.withdraw}
    _hold(session, wanted)
    query = select(Point).where(Point.event_id == event.id, Point.state != PointState.withdrawn)
    held_points = query.order_by(Point.id).with_for_update().execution_options(populate_existing=True)
    points = [point for point in session.exec(held_points) if point.id in said]
    spoken_of = set(session.exec(select(Answer.point_id).where(Answer.event_id == event.id)))
    for point in points:
        answer = said[point.id]
        if problem := fault(point, answer):
            raise Invalid(problem)
        if answer.kind is None:
            point.cleared = point.cleared or point.id not in spoken_of
        else:
            point.objected, point.cleared = True, False
            _record(session, point, answer.kind, answer.words)
    link.answered_at = now()
    session.flush()
    withdrawal.erase(session, [point for point in points if point.id in wanted])
    return withdrawal.recall(session, {point.id for point in points if said[point.id].kind})


def answers_of(session: Session, event_id: str) -> list[tuple[Answer, Point]]:
    """Every answer about an event with its point: what waits for a decision first, point by point."""
    order = (UNDECIDED.desc(), Point.draw, Point.id, Answer.kind, Answer.id)
    query = select(Answer, Point).join(Point).where(Answer.event_id == event_id)
    return list(session.exec(query.options(defer(Point.vector)).order_by(*order)))  # type: ignore[arg-type]


def to_decide(session: Session, event_id: str) -> int:
    """How many answers about an event wait for its facilitator."""
    query = select(func.count()).select_from(Answer).where(Answer.event_id == event_id, UNDECIDED)
    return session.exec(query).one()


def accept(session: Session, answer: Answer, by: str) -> list[str]:
    """Does what an attendee asked for; the ids of digests to draft again. Raises Conflict where it was decided.

    An objection takes the point out for good. Other words wait for a worker, who puts them in place.
    """
    point = _decided(session, answer, by, accepted=True)
    if answer.kind is AnswerKind.soften:
        return []
    withdrawal.erase(session, [point])
    return withdrawal.recall(session, {point.id})


def set_aside(session: Session, answer: Answer, by: str) -> None:
    """Keeps a point as it is; it circulates unless another answer stands. Raises Conflict where it was decided."""
    point = _decided(session, answer, by, accepted=False)
    answer.words = ""
    settle(session, point)


def settle(session: Session, point: Point) -> None:
    """Holds a point back as long as any answer about it stands."""
    session.flush()
    standing = select(Answer.id).where(Answer.point_id == point.id, STANDING)
    point.objected = session.exec(standing.limit(1)).first() is not None


def _record(session: Session, point: Point, kind: AnswerKind, words: str) -> None:
    taken_out = kind is AnswerKind.withdraw
    # The day alone: the moment would tell which answers came together, from one person.
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    session.add(
        Answer(
            event_id=point.event_id,
            point_id=point.id,
            kind=kind,
            words=words if kind is AnswerKind.soften else "",
            at=today,
            accepted=True if taken_out else None,
            decided_at=today if taken_out else None,
        )
    )


def _decided(session: Session, answer: Answer, by: str, *, accepted: bool) -> Point:
    """The answer's point, locked, once the decision is written down."""
    held(session, answer.event_id)
    session.refresh(answer)
    if answer.decided_at:
        raise Conflict("This answer has been decided on already. Load the page again to see what became of it.")
    _hold(session, {answer.point_id})
    query = select(Point).where(Point.id == answer.point_id).with_for_update()
    point = session.exec(query.execution_options(populate_existing=True)).one()
    answer.accepted, answer.decided_at, answer.decided_by = accepted, now(), by
    session.flush()
    return point


def _hold(session: Session, point_ids: set[str]) -> None:
    """Locks the notes and themes that points may leave, in the order in which workers lock them."""
    notes = select(Point.note_id).where(col(Point.id).in_(point_ids))
    session.exec(select(Note.id).where(col(Note.id).in_(notes)).order_by(Note.id).with_for_update()).all()
    themes = select(Point.theme_id).where(col(Point.id).in_(point_ids))
    session.exec(select(Theme.id).where(col(Theme.id).in_(themes)).order_by(Theme.id).with_for_update()).all()
