"""Finds themes in what the registry does not explain, and keeps what has been published as it is."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import structlog
from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, delete, func, select

from models.alignment import follow_decisions
from models.campaign import Event
from models.curation import Curation
from models.framework import FrameworkVersion, PointAlignment, ThemeAlignment, live
from models.job import Job, JobKind, JobState, Overtaken
from models.point import Point, PointState
from models.settings import settings
from models.store import reading, transaction
from models.theme import Lineage, LineageKind, Theme, ThemeState
from nlp.encode import Vectors
from nlp.missions import Alignment, align_theme
from nlp.movement import movement
from nlp.registry import assign, match
from nlp.themes import FoundTheme, discover

log = structlog.get_logger()

BY = "discovery"
CHUNK = 2000


def discover_themes(job: Job) -> None:
    """One round of discovery. While notes are still on their way it leaves the work to the round after them."""
    with reading() as session:
        if _ingesting(session):
            log.info("discovery.postponed", job=job.id)
            return
        pool = _pool(session)
        known = _known(session)
        edited = _edited(session)
    if not pool:
        return
    vectors = np.array([np.frombuffer(point.vector, np.float32) for point in pool])
    held = {place for place, point in enumerate(pool) if point.published or point.placed}
    found = discover([point.text for point in pool], vectors, held=held)
    place_of = {theme.id: place for place, theme in enumerate(known)}
    themes_of = [place_of.get(point.theme_id or "", -1) for point in pool]
    continued = match(found, centroids(known, vectors.shape[1]), themes_of)
    with transaction() as session:
        # Held until the end: a note that is being themed waits, or else its points could land in a theme
        # that is found empty and retired here at the same moment.
        session.exec(select(Theme.id).order_by(Theme.id).with_for_update()).all()
        if _edited(session) != edited:
            raise Overtaken
        groups, kept = _kept(session, found, [known[place] if place >= 0 else None for place in continued])
        themes = _save(session, pool, groups, kept)
        _retire_empty(session)
        _place_the_rest(session, _active(session))
        refresh(session, [theme.id for theme in themes])
    log.info("discovery.done", job=job.id, points=len(pool), themes=len(found), new=continued.count(-1))


def refresh(session: Session, theme_ids: Sequence[str]) -> None:
    """Works out anew how themes move and what they align with."""
    versions = live(session)
    held = {event.id: event.held_on for event in session.exec(select(Event))}
    for theme_id in theme_ids:
        theme = session.get_one(Theme, theme_id)
        themed = select(Point.event_id).where(Point.theme_id == theme_id, Point.state == PointState.themed)
        dates = [held[event_id] for event_id in session.exec(themed.distinct())]
        if theme.state is not ThemeState.retired and dates:
            theme.state = ThemeState(movement(dates, held.values(), max(held.values())))
        for version in versions:
            realign(session, theme_id, version.id)


def realign(session: Session, theme_id: str, version_id: str) -> None:
    """Replaces a theme's alignments with one framework version by what its points say and editors decided."""
    # Locked, so that an answer of an editor's comes either before and is followed, or after and is not overwritten.
    session.exec(select(Theme.id).where(Theme.id == theme_id).with_for_update()).one()
    session.execute(
        delete(ThemeAlignment).where(
            col(ThemeAlignment.theme_id) == theme_id, col(ThemeAlignment.version_id) == version_id
        )
    )
    members = select(Point.id).where(Point.theme_id == theme_id, Point.state == PointState.themed)
    points = session.exec(members.order_by(Point.draw, Point.id)).all()
    answers: dict[str, list[Alignment]] = defaultdict(list)
    rows = select(PointAlignment).join(Point).where(Point.theme_id == theme_id, PointAlignment.version_id == version_id)
    for row in session.exec(rows.order_by(col(PointAlignment.score).desc())):
        answers[row.point_id].append(Alignment(row.entry, row.score, "aligned" if row.sure else "unsure"))
    for answer, justified_by in align_theme([tuple(answers[point]) for point in points]):
        session.add(
            ThemeAlignment(
                theme_id=theme_id,
                version_id=version_id,
                entry=answer.entry,
                score=answer.score,
                sure=answer.state == "aligned",
                justified_by=points[justified_by],
            )
        )
    follow_decisions(session, theme_id, [session.get_one(FrameworkVersion, version_id)])


def _ingesting(session: Session) -> bool:
    waiting = (JobState.queued, JobState.running)
    return bool(session.exec(select(Job.id).where(Job.kind == JobKind.ingest, col(Job.state).in_(waiting))).first())


def _active(session: Session) -> list[Theme]:
    order = (col(Theme.created_at), col(Theme.id))
    return list(session.exec(select(Theme).where(Theme.state != ThemeState.retired).order_by(*order)))


def _known(session: Session) -> list[Theme]:
    """The themes that a group may continue: the active ones, and those that an editor merged or retired."""
    ended = and_(col(Theme.state) == ThemeState.retired, col(Theme.decided).is_(True))
    order = (col(Theme.created_at), col(Theme.id))
    return list(session.exec(select(Theme).where(or_(col(Theme.state) != ThemeState.retired, ended)).order_by(*order)))


def _edited(session: Session) -> tuple[int, int]:
    """How many steps editors have taken and undone."""
    steps = session.exec(select(func.count(col(Curation.id)), func.count(col(Curation.undone_at)))).one()
    return steps[0], steps[1]


def _kept(
    session: Session, found: Sequence[FoundTheme], continued: Sequence[Theme | None]
) -> tuple[list[FoundTheme], list[Theme | None]]:
    """The groups without those that would revive what an editor ended; of a merged theme they go to its heir."""
    groups: list[FoundTheme] = []
    themes: list[Theme | None] = []
    for group, known in zip(found, continued, strict=True):
        theme = known
        while theme and theme.state is ThemeState.retired and theme.merged_into:
            theme = session.get_one(Theme, theme.merged_into)
        if theme is None or theme.state is not ThemeState.retired:
            groups.append(group)
            themes.append(theme)
    return groups, themes


def centroids(themes: Sequence[Theme], width: int) -> Vectors:
    """The centroids of the themes; shape (themes, width), also where there is none."""
    return np.array([np.frombuffer(theme.centroid, np.float32) for theme in themes], np.float32).reshape(-1, width)


def _pool(session: Session) -> list[Point]:
    """What to look at: while they are few all points, else those that nothing holds, else unthemed ones.

    Points that an edition has counted or an editor has placed stay where they are, and show where new ones belong.
    Where even the unthemed are many, a sample by a hash of their words: the same on every run.
    """
    unthemed = col(Point.state) == PointState.unthemed
    themed = col(Point.state) == PointState.themed
    held = or_(col(Point.published).is_(True), col(Point.placed).is_(True))
    size = settings().discovery_sample
    query = select(Point).order_by(Point.draw, Point.id)
    for wanted in (or_(unthemed, themed), or_(unthemed, and_(themed, ~held))):
        pool = session.exec(query.where(wanted).limit(size + 1)).all()
        if len(pool) <= size:
            return list(pool)
    return list(session.exec(query.where(unthemed).limit(size)))


def _save(
    session: Session, pool: Sequence[Point], found: Sequence[FoundTheme], continued: Sequence[Theme | None]
) -> list[Theme]:
    themes = []
    left = {point.id: point.theme_id for point in pool if not (point.published or point.placed)}
    for group, known in zip(found, continued, strict=True):
        theme = _theme(session, pool, group, known)
        themes.append(theme)
        members = [pool[place].id for place in group.members]
        for point_id in members:
            left.pop(point_id)
        _put(session, members, theme.id)
    # What a provisional theme had gathered and no theme holds now is unthemed again.
    _put(session, [point_id for point_id, theme_id in left.items() if theme_id], None)
    return themes


def _theme(session: Session, pool: Sequence[Point], group: FoundTheme, known: Theme | None) -> Theme:
    typical = [pool[place].id for place in group.typical]
    if known is None:
        theme = Theme(
            title=group.title,
            description=group.description,
            keywords=list(group.keywords),
            typical=typical,
            centroid=group.centroid.astype(np.float32).tobytes(),
        )
        session.add(theme)
        session.flush()
        session.add(Lineage(theme_id=theme.id, kind=LineageKind.created, detail={"title": theme.title}, by=BY))
        return theme
    theme = session.get_one(Theme, known.id)
    if (
        theme.published_at is None
        and not theme.decided
        and theme.centroid != group.centroid.astype(np.float32).tobytes()
    ):
        detail = {"from": theme.title, "to": group.title}
        session.add(Lineage(theme_id=theme.id, kind=LineageKind.reshaped, detail=detail, by=BY))
        theme.title, theme.description, theme.keywords = group.title, group.description, list(group.keywords)
        theme.typical, theme.centroid = typical, group.centroid.astype(np.float32).tobytes()
    return theme


def _put(session: Session, point_ids: Sequence[str], theme_id: str | None) -> None:
    state = PointState.themed if theme_id else PointState.unthemed
    for start in range(0, len(point_ids), CHUNK):
        session.execute(
            update(Point)
            .where(
                col(Point.id).in_(point_ids[start : start + CHUNK]),
                col(Point.state) != PointState.withdrawn,
                col(Point.published).is_(False),
            )
            .values(theme_id=theme_id, state=state, examined=True)
        )


def _retire_empty(session: Session) -> None:
    """Retires provisional themes that the new grouping emptied, each redirecting to where most of it went."""
    held = select(Point.theme_id).where(col(Point.theme_id).is_not(None))
    empty = select(Theme).where(
        Theme.state != ThemeState.retired,
        col(Theme.published_at).is_(None),
        col(Theme.decided).is_(False),
        col(Theme.id).not_in(held),
    )
    for theme in session.exec(empty).all():
        heirs = Counter(session.exec(select(Point.theme_id).where(col(Point.id).in_(theme.typical))))
        heirs.pop(None, None)
        heir = min(heirs, key=lambda theme_id: (-heirs[theme_id], str(theme_id))) if heirs else None
        theme.state, theme.merged_into = ThemeState.retired, heir
        kind = LineageKind.merged if heir else LineageKind.retired
        session.add(Lineage(theme_id=theme.id, kind=kind, detail={"into": heir} if heir else {}, by=BY))


def _place_the_rest(session: Session, themes: Sequence[Theme]) -> None:
    """Gives every unthemed point its theme if one now fits, else its nearest; a chunk at a time."""
    last = ""
    while chunk := _unthemed(session, after=last):
        last = chunk[-1].id
        vectors = np.array([np.frombuffer(point.vector, np.float32) for point in chunk])
        fit = assign(vectors, centroids(themes, vectors.shape[1]))
        for place, point in enumerate(chunk):
            point.examined = True
            point.similarity = float(fit.similarity[place])
            point.nearest_theme_id = themes[fit.nearest[place]].id if fit.nearest[place] >= 0 else None
            if fit.theme[place] >= 0:
                point.theme_id, point.state = themes[fit.theme[place]].id, PointState.themed
        session.flush()
        session.expunge_all()


def _unthemed(session: Session, after: str) -> Sequence[Point]:
    free = (Point.state == PointState.unthemed, col(Point.placed).is_(False))
    query = select(Point).where(*free, Point.id > after)
    return session.exec(query.order_by(Point.id).limit(CHUNK).with_for_update()).all()
