"""Themes and points: only what the release gate lets through."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session, col, select

from models import release
from models.errors import NotFound
from models.framework import FrameworkVersion, VersionState
from models.theme import Lineage, LineageKind, Theme
from service.auth import Reader, Reading

router = APIRouter(tags=["Themes"])


class SectorOut(BaseModel):
    """How a sector spoke to a theme: at how many of the events at which it may be named, and with what stance."""

    sector: str
    events: int
    present: int
    supports: int
    concerned: int
    mixed: int


class AlignmentOut(BaseModel):
    """An entry of a framework that a theme answers to, and the point that justifies it where it may be shown."""

    framework: str
    version: str
    entry: str
    title: str
    score: float
    sure: bool
    justified_by: str | None


class ThemeOut(BaseModel):
    """A theme."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "theme_0a1b2c",
                    "title": "Grid connection queue",
                    "description": "Projects wait years for a connection to the grid.",
                    "keywords": ["grid connection", "queue"],
                    "state": "rising",
                    "events": 3,
                    "events_total": 12,
                    "points": 31,
                    "sectors": [
                        {"sector": "private", "events": 3, "present": 4, "supports": 2, "concerned": 9, "mixed": 1}
                    ],
                    "alignments": [
                        {
                            "framework": "missions",
                            "version": "2024.1",
                            "entry": "clean_energy",
                            "title": "Make Britain a clean energy superpower",
                            "score": 0.91,
                            "sure": True,
                            "justified_by": "point_0a1b2c_0007",
                        }
                    ],
                }
            ]
        }
    )

    id: str
    title: str
    description: str
    keywords: list[str]
    state: str
    events: int
    events_total: int
    points: int
    sectors: list[SectorOut]
    alignments: list[AlignmentOut]


class PointOut(BaseModel):
    """A released point: its words with every surrogate made general."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "point_0a1b2c_0007",
                    "theme_id": "theme_0a1b2c",
                    "event_id": "event_1f0c2d",
                    "held_on": "2026-01-20",
                    "text": "We wait nine years for a connection.",
                    "kind": "barrier",
                    "stance": "is concerned",
                    "sector": "private",
                }
            ]
        }
    )

    id: str
    theme_id: str
    event_id: str
    held_on: date
    text: str
    kind: str
    stance: str
    sector: str | None


class ThemePage(BaseModel):
    """Themes, widest first, with what is not shown and how all points ended."""

    themes: list[ThemeOut]
    themes_withheld: int
    points: int
    themed: int
    unthemed: int
    withheld: int
    withdrawn: int


class LineageOut(BaseModel):
    """One thing that happened to a theme."""

    kind: LineageKind
    detail: dict[str, Any]
    by: str
    at: datetime


@router.get("/themes")
def list_themes(
    session: Reading,
    _key: Reader,
    mission: str | None = None,
    campaign_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ThemePage:
    """Released themes of a scope."""
    released = release.release(session, release.Scope(campaign_id, since, until), release.policy())
    frameworks = _frameworks(session)
    themes = [_out(theme, frameworks) for theme in released.themes]
    if mission:
        themes = [theme for theme in themes if any(row.entry == mission and row.sure for row in theme.alignments)]
    return ThemePage(
        themes=themes[offset : offset + limit],
        themes_withheld=released.themes_withheld,
        points=released.points_total,
        themed=released.themed,
        unthemed=released.unthemed,
        withheld=released.withheld,
        withdrawn=released.withdrawn,
    )


@router.get("/themes/{theme_id}", responses={308: {"description": "Merged: the theme that took its place"}})
def get_theme(theme_id: str, session: Reading, _key: Reader) -> ThemeOut:
    """One released theme; the id of a merged one redirects to the theme that took its place."""
    theme = session.get(Theme, theme_id)
    if theme is not None and theme.merged_into:
        return RedirectResponse(f"/v1/themes/{theme.merged_into}", 308)  # type: ignore[return-value]
    return _out(_released(session, theme_id), _frameworks(session))


@router.get("/themes/{theme_id}/points")
def list_theme_points(theme_id: str, session: Reading, _key: Reader) -> list[PointOut]:
    """The points of a theme that may be shown."""
    points = _released(session, theme_id).points
    return [PointOut.model_validate(point, from_attributes=True) for point in points]


@router.get("/themes/{theme_id}/lineage")
def get_lineage(theme_id: str, session: Reading, _key: Reader) -> list[LineageOut]:
    """What happened to a theme, oldest first."""
    rows = session.exec(select(Lineage).where(Lineage.theme_id == theme_id).order_by(col(Lineage.id))).all()
    if not rows:
        raise NotFound("There is no theme with this id.")
    if not session.get_one(Theme, theme_id).merged_into:
        _released(session, theme_id)
    return [LineageOut.model_validate(row, from_attributes=True) for row in rows]


@router.get("/points")
def list_points(
    session: Reading,
    _key: Reader,
    campaign_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
    sector: str | None = None,
    kind: str | None = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[PointOut]:
    """Released points, oldest first."""
    released = release.release(session, release.Scope(campaign_id, since, until), release.policy())
    points = [
        point
        for theme in released.themes
        for point in theme.points
        if (sector is None or point.sector == sector) and (kind is None or point.kind == kind)
    ]
    points.sort(key=lambda point: (point.held_on, point.id))
    return [PointOut.model_validate(point, from_attributes=True) for point in points[offset : offset + limit]]


def _released(session: Session, theme_id: str) -> release.ReleasedTheme:
    released = release.release(session, release.Scope(), release.policy())
    theme = next((theme for theme in released.themes if theme.id == theme_id), None)
    if theme is None:
        # The same answer for a theme that is withheld and one that never was: a difference would tell.
        raise NotFound("There is no theme with this id.")
    return theme


def _frameworks(session: Session) -> dict[str, FrameworkVersion]:
    rows = session.exec(select(FrameworkVersion).where(FrameworkVersion.state == VersionState.current))
    return {row.id: row for row in rows}


def _out(theme: release.ReleasedTheme, frameworks: dict[str, FrameworkVersion]) -> ThemeOut:
    alignments = [
        AlignmentOut(
            framework=version.framework,
            version=version.version,
            entry=row.entry,
            title=next(entry["title"] for entry in version.entries if entry["id"] == row.entry),
            score=row.score,
            sure=row.sure,
            justified_by=row.justified_by,
        )
        for row in theme.alignments
        if (version := frameworks.get(row.version_id))
    ]
    return ThemeOut(
        id=theme.id,
        title=theme.title,
        description=theme.description,
        keywords=list(theme.keywords),
        state=theme.state,
        events=theme.events,
        events_total=theme.events_total,
        points=theme.point_count,
        sectors=[SectorOut.model_validate(row, from_attributes=True) for row in theme.sectors],
        alignments=alignments,
    )
