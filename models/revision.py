"""A number that rises with every change of what readers may be shown, so that it need not be worked out each time."""

from collections.abc import Callable, Hashable
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Field, Session, SQLModel, col, select, update

from models.campaign import Event, EventSector
from models.framework import ThemeAlignment
from models.note import Note
from models.point import Point
from models.store import now
from models.theme import Theme

WATCHED = (Event, EventSector, Note, Point, Theme, ThemeAlignment)
CHANGED = "changes what is shown"
SEEN = "stamp"
KEPT = 8

Stamp = tuple[int, tuple[str, ...]]
T = TypeVar("T")

# What was worked out last, the latest used at the end.
_kept: dict[tuple[str, Hashable], tuple[Stamp, Any]] = {}


class Revision(SQLModel, table=True):
    """The one row with the number."""

    id: int = Field(default=1, primary_key=True)
    number: int = 0


def revision(session: Session) -> int | None:
    """The number of what this session sees; None where the session itself has changed something since."""
    if session.info.get(CHANGED) or any(map(_counts, chain(session.new, session.dirty, session.deleted))):
        return None
    return session.exec(select(Revision.number)).one()


def kept(session: Session, asked: Hashable, work: Callable[[], T]) -> T:
    """What `work` gives, worked out once for as long as nothing changes that readers may be shown."""
    stamp = session.info.get(SEEN) or _stamp(session)
    if stamp is None:
        return work()
    key = str(session.get_bind().engine.url), asked
    known = _kept.pop(key, None)
    if known is None or known[0] != stamp:
        known = stamp, work()
    while len(_kept) >= KEPT:
        _kept.pop(next(iter(_kept), key), None)
    _kept[key] = known
    found: T = known[1]
    return found


def _stamp(session: Session) -> Stamp | None:
    """What changes whenever something does that readers may be shown; None where this session itself changed it."""
    number = revision(session)
    if number is None:
        return None
    # What attendees may still look at changes by itself, when their time is over.
    stamp = number, tuple(session.exec(select(Event.id).where(col(Event.clear_until) > now()).order_by(Event.id)))
    if session.get_bind().engine.get_execution_options().get("reading"):
        session.info[SEEN] = stamp
    return stamp


def _counts(row: object) -> bool:
    return isinstance(row, WATCHED)


@event.listens_for(AnySession, "before_flush")
def _flushed(session: AnySession, _context: Any, _instances: Any) -> None:
    if any(map(_counts, chain(session.new, session.dirty, session.deleted))):
        session.info[CHANGED] = True


@event.listens_for(AnySession, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and state.bind_mapper is not None and state.bind_mapper.class_ in WATCHED:
        state.session.info[CHANGED] = True


@event.listens_for(AnySession, "before_commit")
def _committing(session: AnySession) -> None:
    # Last of all, so that the row is locked for a moment only and by nobody who goes on to lock another.
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.pop(CHANGED, False):
        session.execute(update(Revision).values(number=col(Revision.number) + 1))
