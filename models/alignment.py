"""What themes are aligned with where an editor has decided it: an answer outlives discovery, notes and versions."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from models.curation import Actor, AlignmentDecision
from models.errors import Conflict, NotFound
from models.framework import FrameworkVersion, ThemeAlignment, live
from models.point import Point, PointState
from models.store import now
from models.theme import Theme, ThemeState


def decisions_on(session: Session, theme_id: str, framework: str) -> dict[str, AlignmentDecision]:
    """What editors decided of a theme, by the entry's id."""
    query = select(AlignmentDecision).where(
        AlignmentDecision.theme_id == theme_id, AlignmentDecision.framework == framework
    )
    return {row.entry: row for row in session.exec(query.order_by(AlignmentDecision.entry))}


def decide_alignment(
    session: Session, theme_id: str, framework: str, answers: Mapping[str, bool], actor: Actor
) -> None:
    """Keeps an editor's answers and has the theme's alignments follow at once; raises NotFound or Conflict."""
    theme = _held(session, theme_id)
    if theme.state is ThemeState.retired:
        raise Conflict("This theme is no longer in use. Decide on the one that took its place.")
    before = decisions_on(session, theme_id, framework)
    for entry, belongs in answers.items():
        row = before.get(entry) or AlignmentDecision(
            theme_id=theme_id, framework=framework, entry=entry, belongs=belongs, by=actor.id, name=actor.name
        )
        row.belongs, row.by, row.name, row.at = belongs, actor.id, actor.name, now()
        session.add(row)
    follow_decisions(session, theme_id, live(session))


def take_back_decision(session: Session, theme_id: str, framework: str, entry: str) -> None:
    """Forgets an editor's answer, so that the points decide when they are next looked at; raises NotFound."""
    _held(session, theme_id)
    row = session.get(AlignmentDecision, (theme_id, framework, entry))
    if row is None:
        raise NotFound("Nothing was decided here, or it has been taken back already.")
    session.delete(row)


def follow_decisions(session: Session, theme_id: str, versions: Iterable[FrameworkVersion]) -> None:
    """Makes a theme's alignments with these versions what editors decided, whatever its points say."""
    for version in versions:
        decided = decisions_on(session, theme_id, version.framework)
        aligned = select(ThemeAlignment).where(
            ThemeAlignment.theme_id == theme_id, ThemeAlignment.version_id == version.id
        )
        rows = {row.entry: row for row in session.exec(aligned)} if decided else {}
        for entry in (entry["id"] for entry in version.entries if entry["id"] in decided):
            _follow(session, decided[entry], version, rows.get(entry))


def _follow(
    session: Session, decision: AlignmentDecision, version: FrameworkVersion, row: ThemeAlignment | None
) -> None:
    if not decision.belongs:
        if row:
            session.delete(row)
        return
    if row is None:
        point_id = _justifying(session, decision.theme_id)
        if point_id is None:
            return
        names = {"theme_id": decision.theme_id, "version_id": version.id, "entry": decision.entry}
        row = ThemeAlignment(**names, score=1.0, sure=True, justified_by=point_id)
    row.score, row.sure = 1.0, True
    session.add(row)


def _justifying(session: Session, theme_id: str) -> str | None:
    """The first of the theme's typical points that is still in it or, where none is, any other."""
    theme = session.get_one(Theme, theme_id)
    there = select(Point.id).where(
        Point.theme_id == theme_id, Point.state == PointState.themed, col(Point.objected).is_(False)
    )
    typical = set(session.exec(there.where(col(Point.id).in_(theme.typical))))
    first = next((point_id for point_id in theme.typical if point_id in typical), None)
    return first or session.exec(there.order_by(Point.draw, Point.id).limit(1)).first()


def _held(session: Session, theme_id: str) -> Theme:
    """The theme, locked: what is decided and what is worked out of it wait for one another."""
    theme = session.exec(select(Theme).where(Theme.id == theme_id).with_for_update()).first()
    if theme is None:
        raise NotFound("There is no theme at this address.")
    return theme
