"""Attendees' clearance: links without an account to an event's points, and what attendees say of them."""

import secrets
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_
from sqlmodel import Field, Session, SQLModel, col, select, update

from models.campaign import Event
from models.errors import Conflict, Gone, Invalid, NotFound
from models.key import hashed
from models.store import UtcDateTime, new_id, now, word

LONGEST_DAYS = 60
MOST_LINKS = 100


class AttendeeLink(SQLModel, table=True):
    """A link for one attendee of an event; only its hash is kept, and not for whom it is."""

    hash: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="event.id", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str
    made_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the answers were sent, which uses the link up."""


class AnswerKind(StrEnum):
    """What an attendee can say of a point."""

    soften = "soften"
    object = "object"
    withdraw = "withdraw"


class Answer(SQLModel, table=True):
    """What an attendee said of a point, and what became of it. It does not tell which attendee."""

    id: str = Field(default_factory=lambda: new_id("answer"), primary_key=True)
    event_id: str = Field(foreign_key="event.id", index=True)
    point_id: str = Field(foreign_key="point.id", index=True)
    kind: AnswerKind = Field(sa_type=word(AnswerKind))
    words: str = ""
    """For soften: the words that the attendee would rather see; erased once decided on."""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    accepted: bool | None = None
    """What the facilitator decided; None until then."""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None


def is_open(event: Event) -> bool:
    """True while attendees may look at an event's points."""
    return event.clear_until is not None and event.clear_until > now()


def held(session: Session, event_id: str) -> Event:
    """The event's row, locked: links, answers and decisions of one event come one after another."""
    # Not against its key: a note whose points are being saved refers to the event, and would wait for nothing.
    query = select(Event).where(Event.id == event_id).with_for_update(key_share=True)
    return session.exec(query.execution_options(populate_existing=True)).one()


def start(session: Session, event_id: str, until: date, count: int, by: str) -> list[str]:
    """Opens an event to its attendees; the secrets of their links. Raises Conflict where it is open already."""
    event = held(session, event_id)
    if is_open(event):
        raise Conflict("Attendees can see the points of this event already. Make more links, or give them more time.")
    check_day(until)
    check_count(count)
    event.clear_until = _end_of(until)
    return _new_links(session, event, count, by)


def more_links(session: Session, event_id: str, count: int, by: str) -> list[str]:
    """The secrets of further links with the same deadline; raises Conflict where the event is not open."""
    check_count(count)
    return _new_links(session, _opened(session, event_id), count, by)


def give_more_time(session: Session, event_id: str, until: date) -> None:
    """Moves the deadline to a later day, also of links that were sent; raises Conflict where the event is not open."""
    event = _opened(session, event_id)
    check_day(until)
    if event.clear_until and _end_of(until) <= event.clear_until:
        raise Invalid("Choose a day after the present deadline.")
    event.clear_until = _end_of(until)
    session.execute(update(AttendeeLink).where(_unanswered(event_id)).values(expires_at=event.clear_until))


def end(session: Session, event_id: str) -> None:
    """Ends the time for answers now: links not answered no longer work; raises Conflict where it is over already."""
    event = _opened(session, event_id)
    event.clear_until = now()
    session.execute(update(AttendeeLink).where(_unanswered(event_id)).values(expires_at=event.clear_until))


def check_day(until: date) -> None:
    """Raises Invalid for a deadline that is too soon or too far away."""
    today = now().date()
    if not today < until <= today + timedelta(days=LONGEST_DAYS):
        raise Invalid(f"Choose a day from tomorrow up to {LONGEST_DAYS} days from now.")


def check_count(count: int) -> None:
    """Raises Invalid for a number of links that cannot be made at once."""
    if not 1 <= count <= MOST_LINKS:
        raise Invalid(f"Choose from 1 to {MOST_LINKS} links.")


def links_of(session: Session, event_id: str) -> tuple[int, int, int]:
    """How many links of an event were answered, how many wait for an answer, and how many came to nothing."""
    moment = now()
    rows = session.exec(select(AttendeeLink).where(AttendeeLink.event_id == event_id)).all()
    answered = sum(row.answered_at is not None for row in rows)
    waiting = sum(row.answered_at is None and row.expires_at > moment for row in rows)
    return answered, waiting, len(rows) - answered - waiting


def linked(session: Session, secret: str, *, hold: bool = False) -> tuple[AttendeeLink, Event]:
    """A secret's link and its event, locked with `hold`; raises NotFound, and Gone for one that no longer works."""
    link = session.get(AttendeeLink, hashed(secret))
    if link is None:
        raise NotFound("This link is not complete. Copy the whole of it from the message that you were sent.")
    event = held(session, link.event_id) if hold else session.get_one(Event, link.event_id)
    session.refresh(link)
    if link.answered_at:
        raise Gone("Your answers were sent with this link already. To change one, write to whoever sent you the link.")
    if link.expires_at <= now():
        raise Gone("The time to answer is over. To say something still, write to whoever sent you the link.")
    return link, event


def forget_answers(session: Session, points: Collection[str]) -> None:
    """Erases what attendees proposed for points whose words are erased, and leaves nothing there to decide."""
    theirs = col(Answer.point_id).in_(points)
    session.execute(update(Answer).where(theirs).values(words=""))
    session.execute(update(Answer).where(theirs, col(Answer.decided_at).is_(None)).values(decided_at=now()))


def _opened(session: Session, event_id: str) -> Event:
    event = held(session, event_id)
    if not is_open(event):
        raise Conflict("The time for answers is over. Start again to let attendees see the points of this event.")
    return event


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


def _unanswered(event_id: str) -> ColumnElement[bool]:
    waiting = (col(AttendeeLink.answered_at).is_(None), col(AttendeeLink.expires_at) > now())
    return and_(col(AttendeeLink.event_id) == event_id, *waiting)


def _new_links(session: Session, event: Event, count: int, by: str) -> list[str]:
    made = [secrets.token_urlsafe(32) for _ in range(count)]
    for secret in made:
        expires_at = event.clear_until or now()
        session.add(AttendeeLink(hash=hashed(secret), event_id=event.id, expires_at=expires_at, made_by=by))
    return made
