"""The release gate: the one place that says what may be shown, on every way out.

A theme is circulated when enough events or organisations support it. A sector is named only for an event where
enough of its organisations were present; where one sector of an event is hidden a second one is hidden with it,
so that it cannot be found by subtraction, and once hidden it stays hidden, so that it cannot be found by
subtracting one edition from another either (primary and complementary cell suppression as in the UK Government
Statistical Service's guidance on disclosure control for tables). A point is quoted only where two events raised
its theme or it was cleared, and never with words that give away a sector the gate hides. While attendees may still
look at an event's points, and for as long as an attendee's objection to one stands, a point supports nothing and is
counted as withheld; its theme counts as one that too little supports, so that nobody can tell why.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from models.campaign import Event, EventSector
from models.framework import ThemeAlignment
from models.note import Note, NoteState
from models.point import Point, PointState
from models.revision import kept
from models.settings import settings
from models.store import now
from models.theme import Theme, ThemeState

Silence = Literal["uncleared", "telling"]

SURROGATE = re.compile(r"\[([^\[\]\n]{1,60})\]")
SECTOR_WORDS = {
    sector: re.compile(rf"\b({'|'.join(words)})", re.IGNORECASE)
    for sector, words in {
        "public": ("public[- ]sector", "permanent secretar", "civil serva", "council", "department", "local authorit"),
        "private": (
            "private[- ]sector",
            "compan",
            "business",
            "firm",
            "retailer",
            "developer",
            "supplier",
            "sharehold",
        ),
        "not-for-profit": ("charit", "not-for-profit", "voluntary sector", "third sector", "trustee", "social enterpr"),
        "higher education": ("universit", "higher[- ]education", "vice-chancellor", "academic", "academia", "campus"),
    }.items()
}
GENERAL = (
    ("person", "a participant"),
    ("participant", "a participant"),
    ("organisation", "an organisation"),
    ("place", "a place"),
    ("contact", "contact details"),
    ("role", "a role"),
)


@dataclass(frozen=True)
class Policy:
    """The thresholds for one audience."""

    min_events: int
    min_organisations: int
    sector_floor: int


@dataclass(frozen=True)
class Scope:
    """What is asked for; None means all."""

    campaign_id: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ReleasedPoint:
    """A point as a reader may see it."""

    id: str
    theme_id: str
    event_id: str
    held_on: date
    text: str
    kind: str
    stance: str
    sector: str | None


@dataclass(frozen=True)
class ReleasedSector:
    """How one sector spoke to a theme: at how many of the events at which it may be named, and how."""

    sector: str
    events: int
    present: int
    supports: int
    concerned: int
    mixed: int


@dataclass(frozen=True)
class ReleasedAlignment:
    """One framework entry of a theme; the justifying point only where it may be shown."""

    version_id: str
    entry: str
    score: float
    sure: bool
    justified_by: str | None


@dataclass(frozen=True)
class ReleasedTheme:
    """A theme as a reader may see it."""

    id: str
    title: str
    description: str
    keywords: tuple[str, ...]
    state: str
    events: int
    events_total: int
    point_count: int
    sectors: tuple[ReleasedSector, ...]
    points: tuple[ReleasedPoint, ...]
    alignments: tuple[ReleasedAlignment, ...]


@dataclass(frozen=True)
class Released:
    """All that may be shown of a scope, and how much is not; the four counts add up to points_total."""

    themes: tuple[ReleasedTheme, ...]
    themes_withheld: int
    events: tuple[Event, ...]
    notes: int
    points_total: int
    themed: int
    unthemed: int
    withheld: int
    withdrawn: int


@dataclass
class Support:
    """What stands behind one theme."""

    points: list[Point] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    organisations: set[tuple[str, str]] = field(default_factory=set)


def policy() -> Policy:
    """The default audience's thresholds, from the settings."""
    chosen = settings()
    return Policy(chosen.min_events, chosen.min_organisations, chosen.sector_floor)


def name_sectors(rows: Sequence[EventSector], floor: int, *, first: bool) -> None:
    """Decides for one event which sectors readers may be told of; a name once lowered is never raised again."""
    ranked = sorted(rows, key=lambda row: (row.organisations, row.sector))
    present = [row for row in ranked if row.organisations > 0]
    for row in rows:
        row.named = (first or row.named) and row.organisations >= floor
    hidden = [row for row in present if not row.named]
    shown = [row for row in present if row.named]
    if len(hidden) == 1 and shown:
        shown[0].named = False


def released_text(text: str) -> str:
    """The text with its surrogates made general, so that no reader can follow one speaker from quote to quote."""
    return SURROGATE.sub(lambda match: f"[{_general(match[1])}]", text)


def release(session: Session, scope: Scope, rules: Policy) -> Released:
    """What may be shown of a scope. The one query that every page, digest, feed and call goes through."""
    return kept(session, ("released", scope, rules), lambda: _release(session, scope, rules))


def _release(session: Session, scope: Scope, rules: Policy) -> Released:
    events = events_of(session, scope)
    named = named_at(session, events)
    support, counts = support_of(session, scope, events)
    themes = session.exec(select(Theme).where(Theme.state != ThemeState.retired)).all()
    shown = [theme for theme in themes if theme.id in support and passes(support[theme.id], rules)]
    alignments = _alignments(session, {theme.id for theme in shown})
    released = [_theme(theme, support[theme.id], events, named, rules, alignments[theme.id]) for theme in shown]
    unsupported = sum(len(found.points) for found in support.values()) - sum(theme.point_count for theme in released)
    return Released(
        themes=tuple(sorted(released, key=lambda theme: (-theme.events, -theme.point_count, theme.title))),
        themes_withheld=len(support) - len(released),
        events=tuple(sorted(events.values(), key=lambda event: (event.held_on, event.title))),
        notes=_notes(session, events),
        points_total=sum(counts.values()),
        themed=counts[PointState.themed] - unsupported,
        unthemed=counts[PointState.unthemed],
        withheld=counts[PointState.withheld] + unsupported,
        withdrawn=counts[PointState.withdrawn],
    )


def room(rows: Iterable[EventSector]) -> dict[str, int]:
    """The sectors of an event that may be named, with their organisations."""
    return {row.sector: row.organisations for row in rows if row.named}


def _general(surrogate: str) -> str:
    lowered = surrogate.lower()
    return next((general for word, general in GENERAL if word in lowered), "withheld")


def events_of(session: Session, scope: Scope) -> dict[str, Event]:
    """The events of a scope by their ids."""
    query = select(Event)
    if scope.campaign_id:
        query = query.where(Event.campaign_id == scope.campaign_id)
    if scope.since:
        query = query.where(Event.held_on >= scope.since)
    if scope.until:
        query = query.where(Event.held_on <= scope.until)
    return {event.id: event for event in session.exec(query)}


def named_at(session: Session, events: Mapping[str, Event]) -> dict[str, set[str]]:
    """For each event the sectors that readers may be told of."""
    named: dict[str, set[str]] = defaultdict(set)
    for row in session.exec(select(EventSector).where(col(EventSector.named).is_(True))):
        if row.event_id in events:
            named[row.event_id].add(row.sector)
    return named


def support_of(
    session: Session, scope: Scope, events: Mapping[str, Event]
) -> tuple[dict[str, Support], Counter[PointState]]:
    """What stands behind each theme of a scope, and how many of its points ended in which state."""
    support: dict[str, Support] = defaultdict(Support)
    counts: Counter[PointState] = Counter()
    moment = now()
    with_attendees = {event.id for event in events.values() if event.clear_until and event.clear_until > moment}
    query = select(Point).options(defer(Point.vector)).order_by(col(Point.held_on), col(Point.id))  # type: ignore[arg-type]
    if scope.since:
        query = query.where(Point.held_on >= scope.since)
    if scope.until:
        query = query.where(Point.held_on <= scope.until)
    for point in session.exec(query):
        if point.event_id not in events:
            continue
        held_back = point.state is not PointState.withdrawn and (point.objected or point.event_id in with_attendees)
        counts[PointState.withheld if held_back else point.state] += 1
        if point.state is not PointState.themed or point.theme_id is None:
            continue
        found = support[point.theme_id]
        if held_back:
            continue
        found.points.append(point)
        found.events.add(point.event_id)
        if point.voice and "organisation" in point.voice:
            found.organisations.add((point.event_id, point.voice))
    return support, counts


def passes(support: Support, rules: Policy) -> bool:
    """True where enough stands behind a theme for it to be circulated."""
    return len(support.events) >= rules.min_events or len(support.organisations) >= rules.min_organisations


def _theme(
    theme: Theme,
    support: Support,
    events: Mapping[str, Event],
    named: Mapping[str, set[str]],
    rules: Policy,
    alignments: Sequence[ThemeAlignment],
) -> ReleasedTheme:
    points = tuple(
        _point(point, theme.id, named[point.event_id])
        for point in support.points
        if silence(point, support, named[point.event_id], rules) is None
    )
    visible = {point.id for point in points}
    return ReleasedTheme(
        id=theme.id,
        title=released_text(theme.title),
        description=_description(theme, points),
        keywords=tuple(theme.keywords),
        state=theme.state,
        events=len(support.events),
        events_total=len(events),
        point_count=len(support.points),
        sectors=_sectors(support, events, named),
        points=points,
        alignments=tuple(
            ReleasedAlignment(
                row.version_id,
                row.entry,
                row.score,
                row.sure,
                row.justified_by if row.justified_by in visible else None,
            )
            for row in alignments
        ),
    )


def _point(point: Point, theme_id: str, named: set[str]) -> ReleasedPoint:
    return ReleasedPoint(
        id=point.id,
        theme_id=theme_id,
        event_id=point.event_id,
        held_on=point.held_on,
        text=released_text(point.text),
        kind=point.kind,
        stance=point.stance,
        sector=point.sector if point.sector in named else None,
    )


def silence(point: Point, support: Support, named: set[str], rules: Policy) -> Silence | None:
    """Why a point is not quoted; None where it may be."""
    if len(support.events) < rules.min_events and not point.cleared:
        return "uncleared"
    return None if _discreet(point, named) else "telling"


def _discreet(point: Point, named: set[str]) -> bool:
    """True where no word of the text gives away that a sector was in the room which the gate hides."""
    hides = point.sector is not None and point.sector not in named
    return not (hides and SECTOR_WORDS[str(point.sector)].search(SURROGATE.sub("", point.text)))


def _description(theme: Theme, points: Sequence[ReleasedPoint]) -> str:
    # A description is made of the points' own words, so it is shown only where each of them may be.
    visible = {point.id for point in points}
    return released_text(theme.description) if set(theme.typical) <= visible else ""


def _sectors(
    support: Support, events: Mapping[str, Event], named: Mapping[str, set[str]]
) -> tuple[ReleasedSector, ...]:
    heard: dict[str, set[str]] = defaultdict(set)
    stances: dict[str, Counter[str]] = defaultdict(Counter)
    for point in support.points:
        if point.sector and point.sector in named[point.event_id]:
            heard[point.sector].add(point.event_id)
            stances[point.sector][point.stance] += 1
    present = Counter(sector for event_id in events for sector in named[event_id])
    return tuple(
        ReleasedSector(
            sector,
            len(heard[sector]),
            present[sector],
            stances[sector]["supports"],
            stances[sector]["is concerned"],
            stances[sector]["mixed"],
        )
        for sector in sorted(present)
    )


def _alignments(session: Session, themes: set[str]) -> dict[str, list[ThemeAlignment]]:
    rows: dict[str, list[ThemeAlignment]] = defaultdict(list)
    for row in session.exec(select(ThemeAlignment).order_by(col(ThemeAlignment.score).desc())):
        if row.theme_id in themes:
            rows[row.theme_id].append(row)
    return rows


def _notes(session: Session, events: Mapping[str, Event]) -> int:
    states = (NoteState.themed, NoteState.approved)
    rows = session.exec(select(Note.event_id).where(col(Note.state).in_(states)))
    return sum(1 for event_id in rows if event_id in events)
