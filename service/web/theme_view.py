"""What an editor sees of themes: more than readers do, for an editor works behind the release gate."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from models import release
from models.campaign import Event
from models.errors import Invalid, NotFound
from models.framework import ThemeAlignment
from models.point import Point, PointState
from models.revision import kept
from models.theme import Theme, ThemeState
from service.api.digests import current_missions

ROWS = 50
POINTS = 30
BESIDE = 10


@dataclass(frozen=True)
class Filter:
    """Which themes to list; empty for all."""

    title: str
    state: str
    mission: str
    shown: str


@dataclass(frozen=True)
class ThemeRow:
    """A theme with how much it holds, and whether readers are shown it."""

    theme: Theme
    points: int
    events: int
    shown: bool


@dataclass(frozen=True)
class PointRow:
    """A point as readers would see its words, with the event it is from and the theme it comes nearest to."""

    point: Point
    text: str
    event: Event
    nearest: str
    """Its title, or nothing."""


def listed(session: Session, wanted: Filter) -> list[ThemeRow]:
    """The themes that pass the filter, the most widely raised first."""
    query = select(Theme).where(Theme.state != ThemeState.retired)
    if wanted.title:
        query = query.where(col(Theme.title).icontains(wanted.title, autoescape=True))
    if wanted.state:
        query = query.where(col(Theme.state) == wanted.state)
    if wanted.mission:
        aligned = select(ThemeAlignment.theme_id).where(
            ThemeAlignment.entry == wanted.mission, col(ThemeAlignment.sure).is_(True)
        )
        query = query.where(col(Theme.id).in_(aligned))
    found = rows(session, session.exec(query).all())
    if wanted.shown:
        found = [row for row in found if row.shown is (wanted.shown == "yes")]
    return sorted(found, key=lambda row: (-row.events, -row.points, row.theme.title))


def rows(session: Session, themes: Sequence[Theme]) -> list[ThemeRow]:
    """The themes with their counts."""
    counts = kept(session, "counts of themes", lambda: _counts(session))
    shown = {theme.id for theme in release.release(session, release.Scope(), release.policy()).themes}
    return [ThemeRow(theme, *counts.get(theme.id, (0, 0)), theme.id in shown) for theme in themes]


def active(session: Session, theme_id: str) -> Theme:
    """A theme that is not retired; raises NotFound."""
    theme = session.get(Theme, theme_id)
    if theme is None or theme.state is ThemeState.retired:
        raise NotFound("There is no theme at this address. It may have been retired.")
    return theme


def titled(session: Session, title: str) -> str:
    """The id of the theme of a title; raises Invalid where there is none, or more than one."""
    same = func.lower(col(Theme.title)) == title.strip().lower()
    found = session.exec(select(Theme.id).where(Theme.state != ThemeState.retired, same)).all()
    if len(found) != 1:
        raise Invalid("Choose a theme, or enter the title of one exactly as it stands in the list.")
    return found[0]


def points(session: Session, wanted: ColumnElement[bool] | bool, after: str) -> tuple[list[PointRow], str]:
    """A page of points in order of their ids, and the id after which the next page goes on, if there is one."""
    query = (
        select(Point, Event).join(Event).where(wanted, Point.id > after, Point.state != PointState.withdrawn)
    ).options(defer(Point.vector))  # type: ignore[arg-type]
    found = _rows(session, session.exec(query.order_by(col(Point.id)).limit(POINTS + 1)).all())
    return found[:POINTS], found[POINTS - 1].point.id if len(found) > POINTS else ""


def unthemed(session: Session, after: str) -> tuple[list[PointRow], str]:
    """A page of the points that are in no theme."""
    return points(session, Point.state == PointState.unthemed, after)


def near(session: Session, theme_id: str) -> list[PointRow]:
    """The points in no theme that come nearest to this one."""
    return kept(session, ("near", theme_id), lambda: _near(session, theme_id))


def _near(session: Session, theme_id: str) -> list[PointRow]:
    query = (
        select(Point, Event)
        .join(Event)
        .where(Point.nearest_theme_id == theme_id, Point.state == PointState.unthemed)
        .options(defer(Point.vector))  # type: ignore[arg-type]
        .order_by(col(Point.similarity).desc(), col(Point.id))
    )
    return _rows(session, session.exec(query.limit(BESIDE)).all())


def count_unthemed(session: Session) -> int:
    """How many points are in no theme."""
    return session.exec(select(func.count()).select_from(Point).where(Point.state == PointState.unthemed)).one()


def by_nearest(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    """Points by the theme that each comes nearest to; raises Invalid where one comes near to none."""
    found: dict[str, list[str]] = {}
    query = select(Point.id, Point.nearest_theme_id).where(col(Point.id).in_(ids), Point.state == PointState.unthemed)
    for point_id, theme_id in session.exec(query):
        if theme_id is None:
            raise Invalid("One of these points comes near to no theme. Choose a theme for it.")
        found.setdefault(theme_id, []).append(point_id)
    return found


def missions_of(session: Session, theme_id: str) -> list[str]:
    """The titles of the missions that a theme surely belongs to."""
    sure = (ThemeAlignment.theme_id == theme_id, col(ThemeAlignment.sure).is_(True))
    entries = set(session.exec(select(ThemeAlignment.entry).where(*sure)))
    return [title for entry, title in current_missions(session).items() if entry in entries]


def _counts(session: Session) -> dict[str | None, tuple[int, int]]:
    """For each theme how many points it holds, of how many events."""
    counted = select(Point.theme_id, func.count(), func.count(col(Point.event_id).distinct()))
    rows = session.exec(counted.where(Point.state == PointState.themed).group_by(col(Point.theme_id)))
    return {theme_id: (points, events) for theme_id, points, events in rows}


def _rows(session: Session, found: Sequence[tuple[Point, Event]]) -> list[PointRow]:
    near = {point.nearest_theme_id for point, _ in found}
    titles = dict(session.exec(select(Theme.id, Theme.title).where(col(Theme.id).in_(near))).all())
    return [
        PointRow(point, release.released_text(point.text), event, titles.get(point.nearest_theme_id or "", ""))
        for point, event in found
    ]
