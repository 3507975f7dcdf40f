"""What editors decide of themes: each step with what stood before it, so that it can be undone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from operator import mul
from typing import Any, Protocol

from sqlalchemy import JSON, and_, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.errors import Conflict, Invalid, NotFound
from models.point import Point, PointState
from models.revision import kept
from models.store import UtcDateTime, new_id, now, word
from models.theme import Lineage, LineageKind, Theme, ThemeState

BY = "an editor"
LONGEST_TITLE = 120


class Actor(Protocol):
    """Whoever does something: an account or a key."""

    id: str
    name: str


class CurationKind(StrEnum):
    """What an editor can do to a theme."""

    merged = "merged"
    parted = "split"
    renamed = "renamed"
    retired = "retired"
    moved = "moved"
    founded = "founded"


class Curation(SQLModel, table=True):
    """One step of an editor's: the theme it was about, the theme that points went to, and how to undo it."""

    id: str = Field(default_factory=lambda: new_id("curation"), primary_key=True)
    kind: CurationKind = Field(sa_type=word(CurationKind))
    theme_id: str = Field(foreign_key="theme.id", index=True)
    other_id: str | None = Field(default=None, foreign_key="theme.id", index=True)
    points: dict[str, str | None] = Field(default_factory=dict, sa_type=JSON)
    """For each point that changed its place the theme it was in before."""
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What the theme's own fields held before."""
    by: str
    name: str
    at: datetime = Field(default_factory=now, index=True, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str | None = None


class AlignmentDecision(SQLModel, table=True):
    """An editor's answer to whether a theme belongs to an entry of a framework; it outlives versions and re-runs."""

    theme_id: str = Field(foreign_key="theme.id", primary_key=True)
    framework: str = Field(primary_key=True)
    entry: str = Field(primary_key=True)
    belongs: bool
    by: str
    name: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def merge(session: Session, others: Collection[str], into: str, actor: Actor) -> list[Curation]:
    """Puts all points of the other themes into one; from here on their addresses lead to it."""
    held = _hold(session, {*others, into})
    steps = []
    for other in sorted(set(others) - {into}):
        theme = held[other]
        step = _step(session, CurationKind.merged, theme, actor, other=held[into])
        _move(session, step, _points(session, other), held[into])
        theme.state, theme.merged_into = ThemeState.retired, into
        _record(session, theme, LineageKind.merged, {"into": into})
        steps.append(step)
    if not steps:
        raise Invalid("Choose at least two themes to merge.")
    return steps


def split(session: Session, theme_id: str, points: Collection[str], title: str, actor: Actor) -> Curation:
    """Makes a new theme, with the title, of some points of a theme; raises Invalid where none or all were chosen."""
    theme = _hold(session, {theme_id})[theme_id]
    there = _points(session, theme_id)
    chosen = [point for point in there if point.id in points]
    if len(chosen) == len(there):
        raise Invalid("Leave at least one point in this theme, or rename it instead.")
    new = Theme(title=_title(title), description="", centroid=theme.centroid, decided=True)
    session.add(new)
    session.flush()
    step = _step(session, CurationKind.parted, theme, actor, other=new)
    _move(session, step, chosen, new)
    _record(session, theme, LineageKind.parted, {"into": new.id})
    _record(session, new, LineageKind.created, {"title": new.title})
    return step


def found(session: Session, points: Collection[str], title: str, actor: Actor) -> Curation:
    """Makes a new theme, with the title, of points that are in none."""
    chosen = session.exec(
        select(Point).where(col(Point.id).in_(points), Point.state == PointState.unthemed).order_by(Point.id)
    ).all()
    if not chosen:
        raise Invalid("Choose at least one point that is in no theme.")
    new = Theme(title=_title(title), description="", centroid=chosen[0].vector, decided=True)
    session.add(new)
    session.flush()
    step = _step(session, CurationKind.founded, new, actor)
    _move(session, step, chosen, new)
    _record(session, new, LineageKind.created, {"title": new.title})
    return step


def rename(session: Session, theme_id: str, title: str, actor: Actor) -> Curation:
    """Gives a theme another title, which holds from then on."""
    theme = _hold(session, {theme_id})[theme_id]
    new = _title(title)
    if new == theme.title:
        raise Invalid("This is its title already. Enter another one.")
    step = _step(session, CurationKind.renamed, theme, actor)
    _record(session, theme, LineageKind.renamed, {"from": theme.title, "to": new})
    theme.title = new
    return step


def retire(session: Session, theme_id: str, actor: Actor) -> Curation:
    """Ends a theme that is none; its points are unthemed, and are not gathered into it again."""
    theme = _hold(session, {theme_id})[theme_id]
    step = _step(session, CurationKind.retired, theme, actor)
    _move(session, step, _points(session, theme_id), None)
    theme.state = ThemeState.retired
    _record(session, theme, LineageKind.retired, {})
    return step


def move(session: Session, points: Collection[str], into: str, actor: Actor) -> list[Curation]:
    """Puts points into a theme, from wherever they are: one step for each theme that they leave."""
    rows = session.exec(
        select(Point).where(col(Point.id).in_(points), Point.state != PointState.withdrawn).order_by(Point.id)
    ).all()
    held = _hold(session, {into, *(point.theme_id for point in rows if point.theme_id)})
    leaving: dict[str | None, list[Point]] = {}
    for point in rows:
        if point.theme_id != into:
            leaving.setdefault(point.theme_id, []).append(point)
    if not leaving:
        raise Invalid("Choose at least one point that is not in this theme yet.")
    steps = []
    for left, moving in leaving.items():
        if left and len(moving) == len(_points(session, left)):
            raise Invalid("These are all the points of a theme. Merge the two themes instead.")
        step = _step(session, CurationKind.moved, held[left or into], actor, other=held[into])
        _move(session, step, moving, held[into])
        _record(session, held[into], LineageKind.moved, {"points": len(moving)})
        steps.append(step)
    return steps


def undo(session: Session, step: Curation, actor: Actor) -> set[str]:
    """Takes a step back and gives the ids of the themes it changed; raises Conflict where a later one stands on it."""
    themes = {step.theme_id, *([step.other_id] if step.other_id else [])}
    held = {
        theme.id: theme
        for theme in session.exec(select(Theme).where(col(Theme.id).in_(themes)).order_by(Theme.id).with_for_update())
    }
    session.refresh(step)
    if step.undone_at:
        raise Conflict("This has been undone already.")
    if _later(session, step, themes):
        raise Conflict("Something else was done to this theme since. Undo that first.")
    theme, ended = held[step.theme_id], step.kind in (CurationKind.merged, CurationKind.retired)
    rows = session.exec(select(Point).where(col(Point.id).in_(step.points), Point.state != PointState.withdrawn)).all()
    if (step.points and not rows) or (theme.state is ThemeState.retired and not ended):
        raise Conflict("The notes that these points came from were withdrawn. There is nothing left to undo.")
    for point in rows:
        _put(point, step.points[point.id], placed=step.points[point.id] is not None)
    if step.kind is CurationKind.renamed:
        theme.title = step.before["title"]
    if ended:
        theme.state, theme.merged_into = ThemeState(step.before["state"]), None
    if step.kind is CurationKind.parted and step.other_id:
        _end(session, held[step.other_id], theme)
    if step.kind is CurationKind.founded:
        _end(session, theme, None)
    _record(session, theme, LineageKind.undone, {"step": str(step.kind)})
    step.undone_at, step.undone_by = now(), actor.name
    return themes


def nearest(session: Session, theme: Theme, count: int) -> list[Theme]:
    """The themes that speak most nearly of the same as one, nearest first."""
    ids = kept(session, ("nearest", theme.id), lambda: _by_nearness(session, theme))[:count]
    found = {row.id: row for row in session.exec(select(Theme).where(col(Theme.id).in_(ids)))}
    return [found[id] for id in ids]


def _by_nearness(session: Session, theme: Theme) -> list[str]:
    own = memoryview(theme.centroid).cast("f")
    active = select(Theme.id, Theme.centroid).where(Theme.state != ThemeState.retired, Theme.id != theme.id)
    likeness = {id: sum(map(mul, own, memoryview(row).cast("f"))) for id, row in session.exec(active)}
    return sorted(likeness, key=lambda id: (-likeness[id], id))


def _hold(session: Session, ids: Collection[str]) -> dict[str, Theme]:
    """The themes, locked in the order in which discovery locks them; raises NotFound where one is there no more."""
    rows = session.exec(select(Theme).where(col(Theme.id).in_(ids)).order_by(Theme.id).with_for_update()).all()
    active = {theme.id: theme for theme in rows if theme.state is not ThemeState.retired}
    if len(active) < len(set(ids)):
        raise NotFound("One of these themes is there no more: it was merged or retired. Load the page again.")
    return active


def _points(session: Session, theme_id: str) -> list[Point]:
    query = select(Point).where(Point.theme_id == theme_id, Point.state == PointState.themed)
    return list(session.exec(query.order_by(Point.id)))


def _step(session: Session, kind: CurationKind, theme: Theme, actor: Actor, other: Theme | None = None) -> Curation:
    step = Curation(
        kind=kind,
        theme_id=theme.id,
        other_id=other.id if other and other is not theme else None,
        before={"title": theme.title} if kind is CurationKind.renamed else {"state": str(theme.state)},
        by=actor.id,
        name=actor.name,
    )
    for touched in (theme, other):
        if touched is not None:
            touched.decided = True
            session.execute(
                update(Point)
                .where(col(Point.theme_id) == touched.id, col(Point.state) == PointState.themed)
                .values(placed=True)
            )
    session.add(step)
    return step


def _move(session: Session, step: Curation, points: Sequence[Point], into: Theme | None) -> None:
    if not points:
        raise Invalid("Choose at least one point.")
    step.points = {point.id: point.theme_id for point in points}
    for point in points:
        _put(point, into.id if into else None)
    session.flush()


def _end(session: Session, made: Theme, back: Theme | None) -> None:
    """Ends a theme that an editor had made, with what has joined it since."""
    heir = back.id if back else None
    for point in _points(session, made.id):
        _put(point, heir, placed=heir is not None)
    made.state, made.merged_into = ThemeState.retired, heir
    _record(session, made, LineageKind.merged if back else LineageKind.retired, {"into": heir} if back else {})


def _put(point: Point, theme_id: str | None, *, placed: bool = True) -> None:
    point.theme_id, point.placed, point.examined = theme_id, placed, True
    point.state = PointState.themed if theme_id else PointState.unthemed


def _record(session: Session, theme: Theme, kind: LineageKind, detail: dict[str, Any]) -> None:
    # Readers of the API see the lineage: that an editor did it, and not who.
    session.add(Lineage(theme_id=theme.id, kind=kind, detail=detail, by=BY))


def _later(session: Session, step: Curation, themes: Collection[str]) -> bool:
    """Whether a step that stands was done to one of the themes after this one."""
    touched = or_(col(Curation.theme_id).in_(themes), col(Curation.other_id).in_(themes))
    after = or_(col(Curation.at) > step.at, and_(col(Curation.at) == step.at, col(Curation.id) > step.id))
    stands = (col(Curation.undone_at).is_(None), Curation.id != step.id)
    return session.exec(select(Curation.id).where(touched, after, *stands).limit(1)).first() is not None


def _title(title: str) -> str:
    words = " ".join(title.split())
    if not 3 <= len(words) <= LONGEST_TITLE:
        raise Invalid(f"Enter a title of 3 to {LONGEST_TITLE} characters.")
    return words
