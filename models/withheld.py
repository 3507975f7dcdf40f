"""What the release gate keeps back of a scope and why, in words for editors, who work behind the gate."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from models.campaign import Event, EventSector
from models.point import Point, PointState
from models.release import Policy, Scope, Silence, events_of, named_at, passes, released_text, silence, support_of
from models.revision import kept
from models.store import now
from models.theme import Theme, ThemeState

SECTORS = {
    "public": "the public sector",
    "private": "the private sector",
    "not-for-profit": "the not-for-profit sector",
    "higher education": "higher education",
}


@dataclass(frozen=True)
class Judged:
    """A theme of a scope, circulated or kept back, what stands behind it, and how many of its points are silent."""

    theme: Theme
    passes: bool
    events: int
    organisations: int
    points: int
    silent: Counter[tuple[Silence, str | None]]
    """By why, and by the sector that their words would tell of."""


@dataclass(frozen=True)
class KeptBack:
    """A theme that is not circulated, or some of whose points are not quoted, with the reasons."""

    id: str
    title: str
    circulated: bool
    points: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Unnamed:
    """The sectors of one event that readers are not told of, each with the reason."""

    event: str
    held_on: date
    sectors: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Waiting:
    """Points that count for no theme for now: attendees may still look at them, or one objected."""

    with_attendees: int
    objected: int


def judged(session: Session, scope: Scope, rules: Policy) -> Iterator[Judged]:
    """How the gate judges every theme of a scope, by title."""
    events = events_of(session, scope)
    named = named_at(session, events)
    support, _ = support_of(session, scope, events)
    for theme in session.exec(select(Theme).where(col(Theme.id).in_(list(support))).order_by(Theme.title, Theme.id)):
        found = support[theme.id]
        circulated = theme.state is not ThemeState.retired and passes(found, rules)
        silences = [(silence(point, found, named[point.event_id], rules), point.sector) for point in found.points]
        silent = Counter((why, sector) for why, sector in silences if why)
        yield Judged(theme, circulated, len(found.events), len(found.organisations), len(found.points), silent)


def kept_back(session: Session, scope: Scope, rules: Policy) -> list[KeptBack]:
    """Every theme of which the gate keeps something back, those not circulated first, the largest first."""
    return kept(session, ("kept back", scope, rules), lambda: _kept_back(session, scope, rules))


def _kept_back(session: Session, scope: Scope, rules: Policy) -> list[KeptBack]:
    found = [(row, tuple(_reasons(row, rules))) for row in judged(session, scope, rules)]
    rows = [
        KeptBack(row.theme.id, released_text(row.theme.title), row.passes, row.points, why) for row, why in found if why
    ]
    return sorted(rows, key=lambda row: (row.circulated, -row.points))


def unnamed(session: Session, scope: Scope, rules: Policy) -> list[Unnamed]:
    """The events of a scope at which a sector was present that readers are not told of, the earliest first."""
    return kept(session, ("unnamed", scope, rules), lambda: _unnamed(session, scope, rules))


def _unnamed(session: Session, scope: Scope, rules: Policy) -> list[Unnamed]:
    query = select(Event, EventSector).join(EventSector, col(EventSector.event_id) == col(Event.id))
    hidden = query.where(EventSector.organisations > 0, col(EventSector.named).is_(False), *_within(scope))
    events: dict[str, Event] = {}
    sectors: dict[str, list[tuple[str, str]]] = {}
    for event, row in session.exec(hidden.order_by(col(Event.held_on), Event.id, col(EventSector.sector))):
        events[event.id] = event
        sectors.setdefault(event.id, []).append((row.sector, _too_few(row, rules)))
    return [Unnamed(event.title, event.held_on, tuple(sectors[event.id])) for event in events.values()]


def waiting(session: Session, scope: Scope) -> Waiting:
    """How many points of a scope wait for attendees or for a decision on what they said."""
    return kept(session, ("waiting", scope), lambda: _waiting(session, scope))


def _waiting(session: Session, scope: Scope) -> Waiting:
    query = select(func.count()).select_from(Point).join(Event, col(Event.id) == col(Point.event_id))
    points = query.where(Point.state != PointState.withdrawn, *_within(scope))
    open_ = (col(Event.clear_until) > now(), col(Point.objected).is_(False))
    return Waiting(
        session.exec(points.where(*open_)).one(), session.exec(points.where(col(Point.objected).is_(True))).one()
    )


def _within(scope: Scope) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if scope.campaign_id:
        wanted.append(col(Event.campaign_id) == scope.campaign_id)
    if scope.since:
        wanted.append(col(Event.held_on) >= scope.since)
    if scope.until:
        wanted.append(col(Event.held_on) <= scope.until)
    return wanted


def _reasons(row: Judged, rules: Policy) -> Iterator[str]:
    if row.theme.state is ThemeState.retired:
        yield "It is retired."
    elif not row.points:
        yield "All its points wait for attendees, or for a decision on what they said."
    elif not row.passes:
        heard = _count(row.organisations, "organisation") if row.organisations else "no organisation that is known"
        support = f"Raised at {_count(row.events, 'event')} and by {heard}"
        events, organisations = _count(rules.min_events, "event"), _count(rules.min_organisations, "organisation")
        yield f"{support}; it takes {events} or {organisations}."
    else:
        for (why, sector), count in sorted(row.silent.items(), key=str):
            yield _not_quoted(why, sector, count)


def _not_quoted(why: Silence, sector: str | None, count: int) -> str:
    verb = "is" if count == 1 else "are"
    points = f"{_count(count, 'point')} {verb} counted but not quoted"
    if why == "telling":
        return f"{points}: the words would tell that {SECTORS.get(str(sector), sector)} was in the room."
    cleared = "it has not been cleared" if count == 1 else "they have not been cleared"
    return f"{points}: the theme was raised at too few events, and {cleared}."


def _too_few(row: EventSector, rules: Policy) -> str:
    if row.organisations < rules.sector_floor:
        return f"{_count(row.organisations, 'organisation')} in the room; it takes {rules.sector_floor}"
    return "hidden with another one, so that neither can be worked out from the rest or from an earlier digest"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number:,} {thing}s"
