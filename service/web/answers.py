"""What an editor needs to say which missions a theme belongs to, and what was said before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote

from sqlmodel import Session, col, func, select

from models.audit import AuditEntry
from models.errors import NotFound
from models.framework import FrameworkVersion, ThemeAlignment
from models.job import Job, JobKind, JobState
from models.point import Point, PointState
from models.release import released_text
from models.theme import Theme, ThemeState

ANSWERS = {
    "yes": "Yes, it belongs here",
    "no": "No, it does not",
    "open": "Let its points decide",
}
ACTIONS = ("decide missions", "take back decision")
POINTS = 3


@dataclass(frozen=True)
class Said:
    """What stands of a theme and a mission: whether it is sure, and the words of the point that justifies it."""

    sure: bool
    point: str


@dataclass(frozen=True)
class Evidence:
    """A theme as an editor sees it: made general, with three points and what stands of each mission."""

    id: str
    title: str
    description: str
    state: str
    events: int
    count: int
    points: tuple[str, ...]
    said: dict[str, Said]
    moving: bool
    """A worker is about to look at its points again."""


@dataclass(frozen=True)
class Step:
    """One time that somebody said something: when, who, and what of which missions."""

    on: date
    name: str
    answers: tuple[tuple[str, str], ...]


def evidence(session: Session, theme_id: str, version: FrameworkVersion) -> Evidence:
    """A theme with what it rests on; raises NotFound where it is not there or no longer in use."""
    theme = session.get(Theme, theme_id)
    if theme is None or theme.state is ThemeState.retired:
        raise NotFound("There is no theme at this address. It may have been merged with another one.")
    themed = (Point.theme_id == theme_id, Point.state == PointState.themed)
    events, count = session.exec(
        select(func.count(func.distinct(Point.event_id)), func.count(col(Point.id))).where(*themed)
    ).one()
    waiting = (JobState.queued, JobState.running)
    due = select(Job.id).where(Job.kind == JobKind.realign, Job.subject == theme_id, col(Job.state).in_(waiting))
    return Evidence(
        theme.id,
        released_text(theme.title),
        released_text(theme.description),
        theme.state,
        events,
        count,
        _points(session, theme),
        _said(session, theme_id, version),
        session.exec(due.limit(1)).first() is not None,
    )


def subject(theme_id: str, said: Mapping[str, str]) -> str:
    """What the audit log has of answers: the theme's id, and each mission's with the answer."""
    return " ".join([theme_id, *(f"{quote(entry)}:{answer}" for entry, answer in said.items())])


def history(session: Session, theme_id: str, titles: Mapping[str, str]) -> list[Step]:
    """What was said of a theme's missions, the latest first, as the audit log has it."""
    query = select(AuditEntry).where(
        col(AuditEntry.action).in_(ACTIONS), col(AuditEntry.subject).startswith(f"{theme_id} ", autoescape=True)
    )
    steps = []
    for row in session.exec(query.order_by(col(AuditEntry.id).desc())):
        pairs = [part.split(":") for part in row.subject.split(" ")[1:]]
        answers = tuple((titles.get(unquote(entry), unquote(entry)), ANSWERS[answer]) for entry, answer in pairs)
        steps.append(Step(row.at.date(), row.name, answers))
    return steps


def _points(session: Session, theme: Theme) -> tuple[str, ...]:
    """The words of the theme's typical points, then of others, without those that somebody objected to."""
    there = select(Point).where(
        Point.theme_id == theme.id, Point.state == PointState.themed, col(Point.objected).is_(False)
    )
    typical = {point.id: point for point in session.exec(there.where(col(Point.id).in_(theme.typical)))}
    points = [typical[point_id] for point_id in theme.typical if point_id in typical][:POINTS]
    if len(points) < POINTS:
        others = there.where(col(Point.id).not_in(typical)).order_by(Point.draw, Point.id)
        points += session.exec(others.limit(POINTS - len(points)))
    return tuple(released_text(point.text) for point in points)


def _said(session: Session, theme_id: str, version: FrameworkVersion) -> dict[str, Said]:
    rows = session.exec(
        select(ThemeAlignment, Point)
        .join(Point, col(Point.id) == col(ThemeAlignment.justified_by))
        .where(ThemeAlignment.theme_id == theme_id, ThemeAlignment.version_id == version.id)
    )
    return {row.entry: Said(row.sure, "" if point.objected else released_text(point.text)) for row, point in rows}
