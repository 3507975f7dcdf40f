"""Compares a proposed framework version with the current one: what would change if it were accepted."""

from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files
from typing import Any

import numpy as np
from sqlalchemy import and_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from models.errors import Invalid
from models.framework import FrameworkVersion, PointAlignment, ThemeAlignment, VersionState, drop, live
from models.job import Job
from models.point import Point, PointState
from models.store import reading, transaction
from models.theme import Theme, ThemeState
from nlp.missions import Alignment, Framework, align, parse_framework
from workers.discover import realign

CHUNK = 1000


def remap(job: Job) -> None:
    """Aligns every point and theme with the version, and keeps the differences for a person to accept."""
    with reading() as session:
        row = session.get_one(FrameworkVersion, job.subject)
    framework = checked(row)
    last = ""
    while chunk := _after(last):
        last = chunk[-1].id
        _align(chunk, framework, row.id)
    with transaction() as session:
        held = session.get_one(FrameworkVersion, row.id)
        held.title = framework.title
        held.entries = entries(framework)
        # In the order of their ids, as everybody locks them.
        session.exec(select(Theme.id).order_by(Theme.id).with_for_update()).all()
        themes = session.exec(select(Theme).where(Theme.state != ThemeState.retired).order_by(Theme.title)).all()
        for theme in themes:
            realign(session, theme.id, row.id)
        session.flush()
        held.remap = _differences(session, held, themes)
        held.state = VersionState.compared


def give_up(job: Job, code: str, message: str) -> None:
    """Turns a version down that could not be compared, with what its editor can do."""
    with transaction() as session:
        version = session.get_one(FrameworkVersion, job.subject)
        if version.state is VersionState.proposed:
            drop(session, version.id)
            version.state, version.remap = VersionState.rejected, {"problem": message}


def live_frameworks(session: Session) -> dict[str, Framework]:
    """The framework of each live version, by the version's id; a proposed text that is none is left to its own job."""
    found = {}
    for version in live(session):
        with suppress(Invalid):
            found[version.id] = checked(version)
    return found


def install_frameworks() -> None:
    """Makes the frameworks that come with the project current, where none of their name is there yet."""
    for file in sorted(files("nlp.frameworks").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            # One id a framework: of two workers that start at once, the later one finds it taken.
            with suppress(IntegrityError):
                _install(file.read_text("utf-8"))


def checked(row: FrameworkVersion) -> Framework:
    """The framework of a version; raises Invalid with what to mend."""
    try:
        framework = parse_framework(row.source)
    except ValueError as error:
        raise Invalid(str(error)) from error
    if (framework.id, framework.version) != (row.framework, row.version):
        raise Invalid(
            f"The text says {framework.id} {framework.version}, but it was sent as {row.framework} {row.version}."
        )
    return framework


def alignment_rows(point_id: str, version_id: str, answers: Sequence[Alignment]) -> list[PointAlignment]:
    """What a framework version says of a point, as rows."""
    return [
        PointAlignment(
            point_id=point_id,
            version_id=version_id,
            entry=answer.entry,
            score=answer.score,
            sure=answer.state == "aligned",
        )
        for answer in answers
    ]


def entries(framework: Framework) -> list[dict[str, Any]]:
    """The entries as readers see them."""
    return [
        {"id": entry.id, "title": entry.title, "description": entry.description, "milestones": list(entry.milestones)}
        for entry in framework.entries
    ]


def _install(source: str) -> None:
    framework = parse_framework(source)
    with transaction() as session:
        if session.exec(select(FrameworkVersion).where(FrameworkVersion.framework == framework.id)).first():
            return
        session.add(
            FrameworkVersion(
                id=f"framework_{framework.id}",
                framework=framework.id,
                version=framework.version,
                title=framework.title,
                state=VersionState.current,
                source=source,
                entries=entries(framework),
                by="crosscurrent",
            )
        )


def _after(last: str) -> list[Point]:
    with reading() as session:
        query = select(Point).where(Point.state != PointState.withdrawn, Point.id > last)
        return list(session.exec(query.order_by(Point.id).limit(CHUNK)))


def _align(chunk: list[Point], framework: Framework, version_id: str) -> None:
    vectors = np.array([np.frombuffer(point.vector, np.float32) for point in chunk])
    answers = align([point.text for point in chunk], vectors, framework)
    with transaction() as session:
        # A note may have been themed or withdrawn since: what is there no more is left out.
        ids = [point.id for point in chunk]
        there = set(session.exec(select(Point.id).where(col(Point.id).in_(ids))))
        already = and_(col(PointAlignment.version_id) == version_id, col(PointAlignment.point_id).in_(ids))
        session.execute(delete(PointAlignment).where(already))
        for point, alignments in zip(chunk, answers, strict=True):
            if point.id in there:
                session.add_all(alignment_rows(point.id, version_id, alignments))


def _differences(session: Session, proposed: FrameworkVersion, themes: Sequence[Theme]) -> dict[str, Any]:
    """The themes that would change, how many keep their place or have none either way, and against which version."""
    current = session.exec(
        select(FrameworkVersion).where(
            FrameworkVersion.framework == proposed.framework, FrameworkVersion.state == VersionState.current
        )
    ).first()
    before = _sure(session, current.id) if current else {}
    after = _sure(session, proposed.id)
    places = [(theme, before.get(theme.id, set()), after.get(theme.id, set())) for theme in themes]
    return {
        "themes": [
            {"theme_id": theme.id, "title": theme.title, "before": sorted(was), "after": sorted(would_be)}
            for theme, was, would_be in places
            if was != would_be
        ],
        "kept": sum(1 for _, was, would_be in places if was and was == would_be),
        "none": sum(1 for _, was, would_be in places if not was and not would_be),
        "against": current.id if current else None,
    }


def _sure(session: Session, version_id: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = select(ThemeAlignment).where(ThemeAlignment.version_id == version_id, col(ThemeAlignment.sure).is_(True))
    for row in session.exec(rows):
        found.setdefault(row.theme_id, set()).add(row.entry)
    return found
