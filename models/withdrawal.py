"""Takes a note or single points back, with everything that was made of them."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, delete, func, select

from models import vault
from models.alignment import follow_decisions
from models.chart import Chart
from models.clearance import forget_answers
from models.curation import Curation
from models.digest import Digest, DigestState, Edition, cited
from models.framework import PointAlignment, ThemeAlignment, live
from models.note import Decision, Note, NoteState, Redaction
from models.point import Point, PointState
from models.store import now
from models.theme import Lineage, LineageKind, Theme, ThemeState

BY = "withdrawal"


def withdraw(session: Session, note: Note) -> list[str]:
    """Erases a note's words and key; the ids of the digests that must be drafted again without it."""
    points = session.exec(select(Point).where(Point.note_id == note.id)).all()
    erase(session, points)
    session.execute(delete(Decision).where(col(Decision.note_id) == note.id))
    session.execute(delete(Redaction).where(col(Redaction.note_id) == note.id))
    vault.destroy(note)
    note.state, note.destroyed_at = NoteState.withdrawn, now()
    note.redacted = note.blocks = note.actors = None
    return recall(session, {point.id for point in points})


def erase(session: Session, points: Sequence[Point]) -> None:
    """Erases points' words wherever they are kept but in digests; a theme that nothing is left of is retired."""
    ids = {point.id for point in points}
    themes = {point.theme_id for point in points if point.theme_id}
    session.execute(delete(ThemeAlignment).where(col(ThemeAlignment.justified_by).in_(ids)))
    session.execute(delete(PointAlignment).where(col(PointAlignment.point_id).in_(ids)))
    forget_answers(session, ids)
    for point in points:
        blank(session, point)
        point.state, point.examined, point.cleared, point.objected = PointState.withdrawn, True, False, False
        point.text = point.draw = ""
        point.voice = point.sector = point.theme_id = point.nearest_theme_id = None
        point.vector = b""
    session.flush()
    for theme_id in sorted(themes):
        _retire_if_empty(session, session.get_one(Theme, theme_id))
        follow_decisions(session, theme_id, live(session))


def blank(session: Session, point: Point) -> None:
    """Takes a point's words out of its note's text, in which all else keeps its place."""
    note = session.get_one(Note, point.note_id)
    if note.redacted is not None:
        note.redacted = note.redacted[: point.start] + " " * (point.end - point.start) + note.redacted[point.end :]


def _retire_if_empty(session: Session, theme: Theme) -> None:
    left = session.exec(select(func.count()).select_from(Point).where(Point.theme_id == theme.id)).one()
    if not left:
        theme.state = ThemeState.retired
        theme.title = theme.description = "Withdrawn"
        theme.keywords = []
        # Titles are made of the points' own words, and earlier ones stand in the theme's history.
        for row in session.exec(select(Lineage).where(Lineage.theme_id == theme.id)):
            row.detail = {}
        for step in session.exec(select(Curation).where(Curation.theme_id == theme.id)):
            step.before = {}
        session.add(Lineage(theme_id=theme.id, kind=LineageKind.retired, by=BY))


def recall(session: Session, points: set[str]) -> list[str]:
    """Erases the editions and drafts that cite any of the points; their digests go back to be drafted."""
    if not points:
        return []
    touched = set()
    for edition in session.exec(select(Edition)):
        if points & cited(edition.briefing):
            edition.withdrawn_at, edition.briefing, edition.markdown = edition.withdrawn_at or now(), {}, ""
            touched.add(edition.digest_id)
            session.execute(delete(Chart).where(col(Chart.edition_id) == edition.id))
    for digest in session.exec(select(Digest).where(col(Digest.briefing).is_not(None))):
        if digest.briefing and points & cited(digest.briefing):
            touched.add(digest.id)
    for digest in session.exec(select(Digest).where(col(Digest.facts).is_not(None))):
        if digest.id not in touched:
            digest.facts = _without(digest.facts or {}, points)
    again = []
    for digest_id in sorted(touched):
        digest = session.exec(select(Digest).where(Digest.id == digest_id).with_for_update()).one()
        digest.briefing = digest.facts = None
        digest.markdown, digest.problems = "", []
        if digest.state is not DigestState.withdrawn:
            digest.state = DigestState.drafting
            again.append(digest_id)
    return again


def _without(facts: dict[str, Any], points: set[str]) -> dict[str, Any]:
    """What a digest was made of, less the points; the same object where it held none of them."""
    themes = facts.get("themes", [])
    if not any(point["id"] in points for theme in themes for point in theme["points"]):
        return facts
    kept = [
        theme
        | {"points": [point for point in theme["points"] if point["id"] not in points]}
        | {"quotes": [quote for quote in theme["quotes"] if quote not in points]}
        for theme in themes
    ]
    return facts | {"themes": kept}
