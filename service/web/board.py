"""Missions by sectors: which themes stand where, and which of them wait for an editor's word."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.campaign import SECTORS, Event
from models.errors import NotFound
from models.framework import FrameworkVersion, ThemeAlignment
from models.point import Point, PointState
from models.release import Released, Scope, policy, release, released_text
from models.revision import kept
from models.theme import Theme, ThemeState
from service.api.frameworks import current_version

MISSIONS = "missions"
UNSURE, NONE = "not-sure", "no-mission"
"""The rows of themes that no mission is sure of: with a hyphen, which no id made here has."""
BESIDE = {UNSURE: "Not sure yet", NONE: "No mission"}


@dataclass(frozen=True)
class Raised:
    """A theme on the board: how widely it was raised, the sectors that raised it, and the missions it may belong to."""

    id: str
    title: str
    state: str
    events: int
    points: int
    sectors: frozenset[str]
    missions: frozenset[str]
    unsure: frozenset[str]

    @property
    def rows(self) -> frozenset[str]:
        """Where it stands: under each mission that is sure or, where none is, under one of the two rows beside."""
        return self.missions or frozenset([UNSURE if self.unsure else NONE])


@dataclass(frozen=True)
class Row:
    """A row of the board: how many of its themes each sector raised, None where that is not shown, and all of them."""

    key: str
    title: str
    counts: dict[str, int | None]
    total: int


@dataclass(frozen=True)
class View:
    """The themes of a scope, the sectors that may be told of, and which of the themes readers get."""

    themes: list[Raised]
    sectors: frozenset[str]
    circulated: frozenset[str]
    withheld: int


def missions_now(session: Session) -> FrameworkVersion:
    """The missions as they stand; raises NotFound where no worker has ever started."""
    version = current_version(session, MISSIONS)
    if version is None:
        raise NotFound("The missions are not there yet. They come with the first start of a worker.")
    return version


def view(session: Session, scope: Scope, version: FrameworkVersion, *, withheld: bool) -> View:
    """What a scope holds, as readers get it or with what is withheld."""
    released = release(session, scope, policy())
    circulated = frozenset(theme.id for theme in released.themes)
    if withheld:
        return View(everything(session, scope, version), frozenset(SECTORS), circulated, released.themes_withheld)
    named = frozenset(row.sector for theme in released.themes for row in theme.sectors)
    # Of no theme at all every sector raised none, whether or not it may be named.
    sectors = named if released.themes else frozenset(SECTORS)
    return View(_circulated(released, version), sectors, circulated, released.themes_withheld)


def everything(session: Session, scope: Scope, version: FrameworkVersion) -> list[Raised]:
    """Every theme of a scope that has points, the most widely raised first: for editors' eyes only."""
    return kept(session, ("everything", scope, version.id), lambda: _everything(session, scope, version))


def _everything(session: Session, scope: Scope, version: FrameworkVersion) -> list[Raised]:
    heard = _heard(session, scope)
    aligned: dict[tuple[str, bool], set[str]] = {}
    for row in session.exec(select(ThemeAlignment).where(ThemeAlignment.version_id == version.id)):
        aligned.setdefault((row.theme_id, row.sure), set()).add(row.entry)
    active = select(Theme.id, Theme.title, Theme.state).where(Theme.state != ThemeState.retired)
    themes = [
        Raised(
            id,
            released_text(title),
            state,
            len({event for event, _, _ in heard[id]}),
            sum(count for _, _, count in heard[id]),
            frozenset(sector for _, sector, _ in heard[id] if sector),
            frozenset(aligned.get((id, True), ())),
            frozenset(aligned.get((id, False), ())),
        )
        for id, title, state in session.exec(active)
        if id in heard
    ]
    return sorted(themes, key=lambda theme: (-theme.events, -theme.points, theme.title))


def waiting(themes: Iterable[Raised], decided: Collection[str]) -> list[Raised]:
    """Those that may belong to a mission, or that none was found for and no editor has looked at."""
    return [theme for theme in themes if theme.unsure or not (theme.missions or theme.id in decided)]


def board(found: View, version: FrameworkVersion) -> list[Row]:
    """The rows: each mission, then the themes of none; a sector that may not be told of has no counts."""
    titles = {entry["id"]: entry["title"] for entry in version.entries} | BESIDE
    rows = []
    for key, title in titles.items():
        own = [theme for theme in found.themes if key in theme.rows]
        counts: dict[str, int | None] = {
            sector: sum(sector in theme.sectors for theme in own) if sector in found.sectors else None
            for sector in SECTORS
        }
        rows.append(Row(key, title, counts, len(own)))
    return rows


def _circulated(released: Released, version: FrameworkVersion) -> list[Raised]:
    """The themes of a scope as readers get them."""
    found = []
    for theme in released.themes:
        own = [row for row in theme.alignments if row.version_id == version.id]
        found.append(
            Raised(
                theme.id,
                theme.title,
                theme.state,
                theme.events,
                theme.point_count,
                frozenset(row.sector for row in theme.sectors if row.events),
                frozenset(row.entry for row in own if row.sure),
                frozenset(row.entry for row in own if not row.sure),
            )
        )
    return found


def _heard(session: Session, scope: Scope) -> dict[str, list[tuple[str, str | None, int]]]:
    """For each theme the events and sectors that raised it, with how many points of each."""
    query = select(Point.theme_id, Point.event_id, Point.sector, func.count()).where(
        Point.state == PointState.themed, col(Point.theme_id).is_not(None)
    )
    if scope.campaign_id:
        query = query.join(Event).where(Event.campaign_id == scope.campaign_id)
    if scope.since:
        query = query.where(Point.held_on >= scope.since)
    if scope.until:
        query = query.where(Point.held_on <= scope.until)
    heard: dict[str, list[tuple[str, str | None, int]]] = {}
    for theme_id, event_id, sector, count in session.exec(
        query.group_by(col(Point.theme_id), col(Point.event_id), col(Point.sector))
    ):
        heard.setdefault(str(theme_id), []).append((event_id, sector, count))
    return heard
