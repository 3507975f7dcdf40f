"""Discovery: what readers have seen holds, what happened to a theme is written down, and every point is somewhere."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from models.framework import PointAlignment, ThemeAlignment
from models.job import Job, JobKind, JobState
from models.point import Point, PointState
from models.store import reading, transaction
from models.theme import Lineage, LineageKind, Theme, ThemeState
from tests.conftest import NOTES, ROOM
from workers import discover, queue

PERIOD = {"title": "Coast", "period_start": "2026-01-01", "period_end": "2026-12-31"}
LATER = """# A later table

- The bell ringers of the valley want a roof for the tower before the winter.
- Lead for church roofs is stolen faster than it can be replaced.
- Grid connections for the new harbour cranes are said to take nine years.
- Apprentices cannot use the levy for short courses.
- Nobody insures old bell towers any more.
"""


def publish(call: Any, work: Callable[[], None], **scope: Any) -> str:
    digest = call.done("POST", "/digests", json=PERIOD | scope)["id"]
    work()
    call.done("POST", f"/digests/{digest}/approval")
    call.done("POST", f"/digests/{digest}/publication")
    work()
    assert call.done("GET", f"/digests/{digest}")["state"] in ("published", "corrected")
    return str(digest)


def upload(call: Any, library: Any, content: bytes) -> str:
    campaign = call.done("GET", "/campaigns")[0]["id"]
    event = {"campaign_id": campaign, "title": "Later", "kind": "roundtable", "held_on": "2026-07-01", "sectors": ROOM}
    event_id = call.done("POST", "/events", json=event)["id"]
    return str(call.done("POST", f"/events/{event_id}/notes", files={"file": ("later.md", content)})["id"])


def standing() -> dict[str, tuple[str, str, bytes]]:
    with reading() as session:
        themes = session.exec(select(Theme).where(col(Theme.published_at).is_not(None)))
        return {theme.id: (theme.title, theme.description, theme.centroid) for theme in themes}


def where() -> dict[str, str | None]:
    with reading() as session:
        return {point.id: point.theme_id for point in session.exec(select(Point))}


def test_every_point_is_themed_or_has_its_nearest_theme(library: Any) -> None:
    with reading() as session:
        points = session.exec(select(Point)).all()
        themes = {theme.id for theme in session.exec(select(Theme).where(Theme.state != ThemeState.retired))}
    assert len(themes) >= 3
    for point in points:
        assert point.examined
        assert (point.theme_id if point.state is PointState.themed else point.nearest_theme_id) in themes
    assert sum(point.state is PointState.themed for point in points) >= 0.8 * len(points)


def test_a_single_note_of_five_points_gets_themes(call: Any, work: Callable[[], None], database: str) -> None:
    call.done("POST", "/campaigns", json={"name": "Small", "review": "doubtful"})
    upload(call, None, LATER.encode())
    work()
    with reading() as session:
        states = Counter(point.state for point in session.exec(select(Point)))
        themes = session.exec(select(Theme)).all()
    assert sum(states.values()) == 5
    assert states[PointState.themed] >= 4
    assert all(theme.title and theme.keywords for theme in themes)


def test_what_was_published_holds_when_notes_arrive(library: Any, call: Any, work: Callable[[], None]) -> None:
    publish(call, work)
    before, placed = standing(), where()
    assert before
    for content in (LATER.encode(), (NOTES / "orchard.md").read_bytes() + b"\nGrid maps would help farms.\n"):
        upload(call, library, content)
        work()
    assert before.items() <= standing().items()
    after = where()
    assert {point: after[point] for point, theme in placed.items() if theme in before} == {
        point: theme for point, theme in placed.items() if theme in before
    }
    joined = {after[point] for point in after.keys() - placed.keys()}
    assert joined & before.keys()
    with reading() as session:
        rows = session.exec(select(Lineage).where(col(Lineage.theme_id).in_(before))).all()
    assert {row.kind for row in rows} <= {LineageKind.created, LineageKind.reshaped, LineageKind.published}
    assert Counter(row.theme_id for row in rows if row.kind is LineageKind.published) == dict.fromkeys(before, 1)


def test_every_theme_says_where_it_came_from_and_where_it_went(
    library: Any, call: Any, work: Callable[[], None]
) -> None:
    upload(call, library, LATER.encode() * 3)
    work()
    with reading() as session:
        themes = session.exec(select(Theme)).all()
        created = Counter(
            row.theme_id for row in session.exec(select(Lineage).where(Lineage.kind == LineageKind.created))
        )
        ended = {
            row.theme_id
            for row in session.exec(
                select(Lineage).where(col(Lineage.kind).in_((LineageKind.merged, LineageKind.retired)))
            )
        }
    assert created == dict.fromkeys((theme.id for theme in themes), 1)
    assert ended == {theme.id for theme in themes if theme.state is ThemeState.retired}
    for theme in themes:
        answer = call("GET", f"/themes/{theme.id}")
        if theme.merged_into:
            assert (answer.status_code, answer.headers["location"]) == (308, f"/v1/themes/{theme.merged_into}")


def test_nothing_moves_when_nothing_is_new(library: Any, work: Callable[[], None]) -> None:
    with reading() as session:
        lineage = len(session.exec(select(Lineage)).all())
    placed = where()
    for _ in range(2):
        with transaction() as session:
            queue.submit(session, JobKind.discover)
        work()
    with reading() as session:
        assert len(session.exec(select(Lineage)).all()) == lineage
    assert where() == placed


def test_discovery_waits_while_notes_are_on_their_way(library: Any, call: Any) -> None:
    placed = where()
    upload(call, library, LATER.encode())
    with transaction() as session:
        job = Job(kind=JobKind.discover)
        session.add(job)
        session.flush()
        discover.discover_themes(job)
    assert where() == placed


def test_two_rounds_at_once_are_one_job(library: Any) -> None:
    with transaction() as session:
        one, two = (queue.submit(session, JobKind.discover, once=True) for _ in range(2))
        assert one.id == two.id
        waiting = session.exec(select(Job).where(Job.kind == JobKind.discover, Job.state == JobState.queued)).all()
        assert len(waiting) == 1
    queue.queue().connection.flushall()


def test_each_alignment_names_a_point_of_its_theme_that_has_it(library: Any) -> None:
    with reading() as session:
        rows = session.exec(select(ThemeAlignment)).all()
        points = {point.id: point for point in session.exec(select(Point))}
        aligned = {(row.point_id, row.version_id, row.entry) for row in session.exec(select(PointAlignment))}
    assert any(row.sure for row in rows)
    for row in rows:
        assert points[row.justified_by].theme_id == row.theme_id
        assert (row.justified_by, row.version_id, row.entry) in aligned
