"""An attendee's accepted words on their way into a point: what is worked out anew, and what holds."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlmodel import Session, col, select

from models import answers, clearance
from models.answers import Said
from models.clearance import Answer, AnswerKind
from models.framework import PointAlignment, ThemeAlignment
from models.job import Job, JobKind, JobState
from models.note import Note
from models.point import Point, PointState
from models.store import now, reading, transaction
from models.theme import Theme, ThemeState
from tests.conftest import Library
from workers import rephrase, run
from workers.queue import submit

GRID = "Every depot in the region waits for years until it is given a connection to the grid."
BELLS = "The bell ringers of the valley want a new roof for the tower before the winter comes."


@pytest.fixture
def grid(library: Library) -> Point:
    """A themed point of the clinic event on grid connections."""
    with reading() as session:
        query = select(Point).where(Point.event_id == library.events["clinic"], Point.state == PointState.themed)
        return session.exec(query.where(col(Point.text).contains("no grid connection"))).one()


@pytest.fixture
def soften(library: Library) -> Callable[[Point, str], str]:
    """Has an attendee propose words for a point and its facilitator accept them; the id of the answer."""

    def propose(point: Point, words: str) -> str:
        with transaction() as session:
            event = clearance.held(session, point.event_id)
            make = clearance.more_links if clearance.is_open(event) else clearance.start
            until = [] if clearance.is_open(event) else [now().date() + timedelta(days=9)]
            secret = make(session, point.event_id, *until, 1, "Ada")[0]  # type: ignore[operator]
        with transaction() as session:
            answers.send(session, secret, {point.id: Said(AnswerKind.soften, words)})
        with transaction() as session:
            answer = session.exec(select(Answer).where(Answer.point_id == point.id, answers.UNDECIDED)).one()
            assert answers.accept(session, answer, "Ada") == []
            submit(session, JobKind.rephrase, answer.id, by="Ada")
        return answer.id

    return propose


def current(point: Point) -> Point:
    with reading() as session:
        return session.get_one(Point, point.id)


def test_all_that_hangs_on_the_words_is_worked_out_anew(
    grid: Point, soften: Callable[[Point, str], str], work: Callable[[], None]
) -> None:
    soften(grid, GRID)
    assert current(grid).text == grid.text
    assert current(grid).objected
    work()
    new = current(grid)
    assert (new.text, new.objected, new.cleared) == (GRID, False, False)
    assert new.draw == hashlib.sha256(GRID.encode()).hexdigest()
    before, after = (np.frombuffer(point.vector, np.float32) for point in (grid, new))
    assert after.shape == before.shape
    assert abs(float(np.linalg.norm(after)) - 1) < 1e-4
    assert 0.3 < float(before @ after) < 0.999
    assert (new.theme_id, new.state) == (grid.theme_id, PointState.themed)
    assert (new.voice, new.sector, new.start, new.end) == (grid.voice, grid.sector, grid.start, grid.end)
    with reading() as session:
        aligned = session.exec(select(PointAlignment.entry).where(PointAlignment.point_id == grid.id)).all()
        note = session.get_one(Note, grid.note_id)
        justified = session.exec(select(ThemeAlignment.justified_by)).all()
        points = session.exec(select(Point.id)).all()
    assert "clean_energy" in aligned
    assert note.redacted
    assert grid.text not in note.redacted
    assert set(justified) <= set(points)


def test_the_old_words_are_in_no_theme_s_description(
    grid: Point, soften: Callable[[Point, str], str], work: Callable[[], None]
) -> None:
    with transaction() as session:
        theme = session.get_one(Theme, grid.theme_id)
        theme.typical, theme.description = [grid.id], grid.text
    soften(grid, GRID)
    work()
    with reading() as session:
        assert grid.text not in {row.description for row in session.exec(select(Theme))}


@pytest.mark.parametrize("held", ["", "placed", "published"])
def test_words_that_do_not_fit_the_theme_go_where_they_do_unless_something_holds_the_point(
    grid: Point, soften: Callable[[Point, str], str], held: str
) -> None:
    with transaction() as session:
        others = select(Theme.id).where(Theme.id != grid.theme_id, Theme.state != ThemeState.retired)
        elsewhere = min(session.exec(others), key=lambda theme_id: _likeness(session, grid, theme_id))
        row = session.get_one(Point, grid.id)
        row.theme_id, row.placed, row.published = elsewhere, held == "placed", held == "published"
    soften(grid, GRID)
    run.run(_job())
    assert (current(grid).text, current(grid).theme_id) == (GRID, elsewhere if held else grid.theme_id)
    assert current(grid).nearest_theme_id == grid.theme_id


def test_words_that_fit_no_theme_wait_for_discovery(library: Library, soften: Callable[[Point, str], str]) -> None:
    with transaction() as session:
        point = session.exec(select(Point).where(Point.event_id == library.events["orchard"])).first()
        assert point
        for theme in session.exec(select(Theme)):
            theme.centroid = (-np.frombuffer(theme.centroid, np.float32)).tobytes()
    soften(point, BELLS)
    run.run(_job())
    new = current(point)
    assert (new.text, new.theme_id, new.state, new.examined) == (BELLS, None, PointState.unthemed, False)


def _likeness(session: Session, point: Point, theme_id: str) -> float:
    own, theirs = point.vector, session.get_one(Theme, theme_id).centroid
    return float(np.frombuffer(own, np.float32) @ np.frombuffer(theirs, np.float32))


def _job() -> str:
    with reading() as session:
        return session.exec(select(Job.id).where(Job.kind == JobKind.rephrase, Job.state == JobState.queued)).one()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Ask Jane Marsh on 07700 900123 about it.", "Ask [a participant] on [contact details] about it."),
        ("[a participant] waits for [an organisation].", "[a participant] waits for [an organisation]."),
        ("[Person B] told [private-sector organisation 2].", "[a participant] told [an organisation]."),
    ],
)
def test_what_identifies_in_the_new_words_is_replaced(
    grid: Point, soften: Callable[[Point, str], str], work: Callable[[], None], words: str, told: str
) -> None:
    soften(grid, words)
    work()
    assert current(grid).text == told
    with reading() as session:
        assert {row.words for row in session.exec(select(Answer))} == {""}


def test_while_something_else_stands_the_point_stays_back(
    grid: Point, soften: Callable[[Point, str], str], work: Callable[[], None]
) -> None:
    soften(grid, GRID)
    with transaction() as session:
        secret = clearance.more_links(session, grid.event_id, 1, "Ada")[0]
        answers.send(session, secret, {grid.id: Said(AnswerKind.object)})
    work()
    assert (current(grid).text, current(grid).objected) == (GRID, True)
    with transaction() as session:
        objection = session.exec(select(Answer).where(Answer.kind == AnswerKind.object)).one()
        answers.set_aside(session, objection, "Ada")
    assert not current(grid).objected


def test_a_point_that_was_withdrawn_meanwhile_stays_gone(
    grid: Point, soften: Callable[[Point, str], str], call: Any, work: Callable[[], None]
) -> None:
    soften(grid, GRID)
    call.done("POST", f"/notes/{grid.note_id}/withdrawal")
    work()
    assert (current(grid).text, current(grid).state) == ("", PointState.withdrawn)
    with reading() as session:
        assert {row.words for row in session.exec(select(Answer))} == {""}
        assert session.get_one(Note, grid.note_id).redacted is None


def test_discovery_that_is_under_way_is_waited_for(
    grid: Point, soften: Callable[[Point, str], str], work: Callable[[], None]
) -> None:
    soften(grid, GRID)
    with transaction() as session:
        running = Job(kind=JobKind.discover, state=JobState.running, lease_until=now() + timedelta(minutes=5))
        session.add(running)
    run.run(_job())
    assert current(grid).text == grid.text
    with transaction() as session:
        session.get_one(Job, running.id).state = JobState.done
        waiting = session.get_one(Job, _job())
        assert now() < waiting.run_after <= now() + rephrase.AGAIN
        waiting.run_after = now()
    work()
    assert current(grid).text == GRID


def test_words_that_could_not_be_put_in_place_can_be_decided_on_again(
    grid: Point, soften: Callable[[Point, str], str], work: Callable[[], None]
) -> None:
    answer_id = soften(grid, GRID)
    with transaction() as session:
        blocks = session.get_one(Note, grid.note_id).blocks
        session.get_one(Note, grid.note_id).blocks = [{"kind": "heading"}]
    work()
    with transaction() as session:
        answer = session.get_one(Answer, answer_id)
        assert (answer.accepted, answer.decided_at, answer.words) == (None, None, GRID)
        assert session.get_one(Point, grid.id).objected
        session.get_one(Note, grid.note_id).blocks = blocks
        answers.accept(session, answer, "Ada")
        submit(session, JobKind.rephrase, answer.id, by="Ada")
    work()
    assert (current(grid).text, current(grid).objected) == (GRID, False)
