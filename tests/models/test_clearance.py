"""What waits for attendees or is objected to supports nothing, is counted, and reads like what too little supports."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from models import answers, clearance
from models.answers import Said
from models.campaign import Event
from models.clearance import Answer, AnswerKind, AttendeeLink
from models.errors import Conflict, Gone, Invalid, NotFound
from models.point import Point, PointState
from models.release import Policy, Released, released_text
from models.store import make_engine, now, reading, transaction
from tests.conftest import Library
from tests.models.test_release import DAY, FULL_ROOM, TEXTS, build, drawn_points, gate_of, policies, rooms

LATER, EARLIER = timedelta(days=9), timedelta(days=-1)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(f"sqlite:///{tmp_path_factory.mktemp('attendees') / 'gate.db'}")
    SQLModel.metadata.create_all(made)
    yield made
    made.dispose()


@given(
    event_rooms=st.lists(rooms, min_size=1, max_size=5),
    drawn=st.lists(drawn_points, max_size=25),
    rules=policies,
    open_events=st.sets(st.integers(0, 4)),
    objected=st.sets(st.integers(0, 24)),
)
@hypothesis_settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_waits_for_attendees_is_as_if_it_had_not_been_said_but_for_the_count(
    engine: Engine,
    event_rooms: list[dict[str, int]],
    drawn: list[tuple[Any, ...]],
    rules: Policy,
    open_events: set[int],
    objected: set[int],
) -> None:
    with gate_of(engine) as gate:
        build(gate, event_rooms, drawn)
        events = gate.session.exec(select(Event).order_by(Event.held_on)).all()
        for place, event in enumerate(events):
            event.clear_until = now() + (LATER if place in open_events else EARLIER)
        held_back = []
        for place, point in enumerate(gate.points):
            point.objected = place in objected
            waits = point.objected or gate.session.get_one(Event, point.event_id).clear_until > now()  # type: ignore[operator]
            held_back += [point] if waits and point.state is not PointState.withdrawn else []
        found = gate.through(rules=rules)
        assert found.themed + found.unthemed + found.withheld + found.withdrawn == found.points_total == len(drawn)
        assert len(found.themes) + found.themes_withheld == len({p.theme_id for p in gate.points if p.theme_id})

        for point in held_back:
            gate.session.delete(point)
        without = gate.through(rules=rules)
        assert found.themes == without.themes
        assert (found.themed, found.unthemed, found.withdrawn) == (without.themed, without.unthemed, without.withdrawn)
        assert found.withheld == without.withheld + len(held_back)
        assert (found.events, found.notes) == (without.events, without.notes)


def told(found: Released) -> Released:
    return replace(found, events=())


def test_a_theme_that_waits_cannot_be_told_from_one_that_too_little_supports(engine: Engine) -> None:
    seen = []
    for waiting in (None, "event", "points", "everything"):
        with gate_of(engine) as gate:
            theme, first, second = gate.theme(), gate.event(FULL_ROOM), gate.event(FULL_ROOM, DAY + timedelta(days=1))
            points = [gate.point(first, theme), gate.point(second if waiting else first, theme)]
            if waiting in ("event", "everything"):
                gate.session.get_one(Event, second).clear_until = now() + LATER
            points[1].objected = waiting in ("points", "everything")
            points[0].objected = waiting == "everything"
            seen.append(told(gate.through()))
    assert seen == [seen[0]] * 4
    assert (seen[0].themes, seen[0].themes_withheld, seen[0].withheld) == ((), 1, 2)


def test_the_deadline_itself_lets_what_nobody_objected_to_through(engine: Engine) -> None:
    with gate_of(engine) as gate:
        theme, events = gate.theme(), [gate.event(FULL_ROOM, DAY + timedelta(days=day)) for day in (0, 1)]
        points = [gate.point(event, theme) for event in events]
        row = gate.session.get_one(Event, events[1])
        for clear_until, shown in ((None, 1), (now() + LATER, 0), (now() + EARLIER, 1)):
            row.clear_until = clear_until
            assert len(gate.through().themes) == shown
        points[0].objected = True
        assert gate.through().themes == ()


@given(text=st.one_of(st.sampled_from(TEXTS), st.text("[]aA1 personparticipantorganisationplacerole", max_size=60)))
def test_words_that_went_out_once_read_the_same_when_they_come_back(text: str) -> None:
    assert released_text(released_text(text)) == released_text(text)


def tomorrow(days: int = 1) -> Any:
    return now().date() + timedelta(days=days)


@pytest.fixture
def links(library: Library) -> list[str]:
    with transaction() as session:
        return clearance.start(session, library.events["clinic"], tomorrow(10), 3, "Ada")


def points_of(event_id: str) -> list[Point]:
    with reading() as session:
        return answers.points_of(session, event_id)


def send(secret: str, said: dict[str, Said]) -> list[str]:
    with transaction() as session:
        return answers.send(session, secret, said)


def test_links_are_kept_as_hashes_and_last_until_the_end_of_the_day(library: Library, links: list[str]) -> None:
    with reading() as session:
        rows = session.exec(select(AttendeeLink)).all()
        event = session.get_one(Event, library.events["clinic"])
    last = datetime.combine(tomorrow(10), datetime.max.time(), UTC).replace(microsecond=0)
    assert event.clear_until == last
    assert {row.expires_at for row in rows} == {last}
    assert len(set(links)) == len(rows) == 3
    assert not {row.hash for row in rows} & set(links)
    assert all(len(secret) >= 43 for secret in links)


@pytest.mark.parametrize("days", [-1, 0, 61])
def test_a_deadline_is_neither_today_nor_far_away(library: Library, days: int) -> None:
    with pytest.raises(Invalid), transaction() as session:
        clearance.start(session, library.events["clinic"], tomorrow(days), 3, "Ada")


@pytest.mark.parametrize("count", [0, 101])
def test_links_are_not_made_in_any_number(library: Library, count: int) -> None:
    event = library.events["clinic"]
    with pytest.raises(Invalid), transaction() as session:
        clearance.start(session, event, tomorrow(), count, "Ada")
    with reading() as session:
        assert session.get_one(Event, event).clear_until is None


def test_more_time_holds_for_links_that_were_sent_and_an_end_for_all(library: Library, links: list[str]) -> None:
    event = library.events["clinic"]
    with pytest.raises(Conflict), transaction() as session:
        clearance.start(session, event, tomorrow(), 1, "Ada")
    with pytest.raises(Invalid), transaction() as session:
        clearance.give_more_time(session, event, tomorrow(10))
    with transaction() as session:
        clearance.give_more_time(session, event, tomorrow(20))
        assert {row.expires_at.date() for row in session.exec(select(AttendeeLink))} == {tomorrow(20)}
        assert clearance.more_links(session, event, 2, "Ada")
        assert clearance.links_of(session, event) == (0, 5, 0)
    send(links[0], {})
    with transaction() as session:
        clearance.end(session, event)
        assert clearance.links_of(session, event) == (1, 0, 4)
    for late in (clearance.end, lambda *a: clearance.more_links(*a, 1, "Ada")):
        with pytest.raises(Conflict), transaction() as session:
            late(session, event)
    with pytest.raises(Gone, match="is over"):
        send(links[1], {})
    with transaction() as session:
        assert len(clearance.start(session, event, tomorrow(), 1, "Ada")) == 1
    with pytest.raises(Gone, match="is over"):
        send(links[1], {})


def test_a_link_takes_answers_once(library: Library, links: list[str]) -> None:
    send(links[0], {})
    with pytest.raises(Gone, match="already"):
        send(links[0], {})
    with pytest.raises(NotFound):
        send("another", {})


def state(point_id: str) -> tuple[str, bool, bool]:
    with reading() as session:
        point = session.get_one(Point, point_id)
        return str(point.state), point.objected, point.cleared


def test_what_is_left_is_cleared_and_an_objection_outweighs_it_whoever_comes_first(
    library: Library, links: list[str]
) -> None:
    first, second, third, unseen = points_of(library.events["clinic"])[:4]
    send(links[0], {first.id: Said(), second.id: Said(), third.id: Said(AnswerKind.object)})
    assert [state(point.id)[1:] for point in (first, second, third, unseen)] == [
        (False, True),
        (False, True),
        (True, False),
        (False, False),
    ]
    send(links[1], {first.id: Said(AnswerKind.object), second.id: Said(), third.id: Said()})
    assert [state(point.id)[1:] for point in (first, second, third)] == [(True, False), (False, True), (True, False)]


def test_points_of_other_events_are_out_of_reach(library: Library, links: list[str]) -> None:
    other = points_of(library.events["orchard"])[0]
    assert send(links[0], {other.id: Said(AnswerKind.withdraw)}) == []
    assert state(other.id) == (str(other.state), False, False)
    with reading() as session:
        assert not session.exec(select(Answer)).all()


def only_answer(point_id: str, kind: AnswerKind) -> str:
    with reading() as session:
        return session.exec(select(Answer.id).where(Answer.point_id == point_id, Answer.kind == kind)).one()


def decide(how: Callable[..., Any], answer_id: str) -> Any:
    with transaction() as session:
        return how(session, session.get_one(Answer, answer_id), "Ada")


def test_of_several_answers_the_strictest_that_stands_counts(library: Library, links: list[str]) -> None:
    point = points_of(library.events["clinic"])[0]
    send(links[0], {point.id: Said(AnswerKind.soften, "It takes long.")})
    send(links[1], {point.id: Said(AnswerKind.object)})
    softening, objection = (only_answer(point.id, kind) for kind in (AnswerKind.soften, AnswerKind.object))
    decide(answers.set_aside, softening)
    assert state(point.id)[1]
    decide(answers.set_aside, objection)
    assert state(point.id) == (str(point.state), False, False)
    with pytest.raises(Conflict):
        decide(answers.accept, objection)
    with reading() as session:
        assert session.get_one(Answer, softening).words == ""
        assert session.get_one(Point, point.id).text == point.text


def test_an_accepted_objection_withdraws_the_point_and_settles_what_else_was_said(
    library: Library, links: list[str]
) -> None:
    point = points_of(library.events["clinic"])[0]
    send(links[0], {point.id: Said(AnswerKind.soften, "It takes long.")})
    send(links[1], {point.id: Said(AnswerKind.object)})
    decide(answers.accept, only_answer(point.id, AnswerKind.object))
    assert state(point.id) == ("withdrawn", False, False)
    with reading() as session:
        assert answers.to_decide(session, library.events["clinic"]) == 0
        rest = session.get_one(Answer, only_answer(point.id, AnswerKind.soften))
        assert (rest.words, rest.accepted) == ("", None)
        row = session.get_one(Point, point.id)
        assert (row.text, row.vector, row.voice, row.theme_id) == ("", b"", None, None)


def test_no_two_answers_can_be_told_to_come_from_one_person(library: Library, links: list[str]) -> None:
    first, second, third = points_of(library.events["clinic"])[:3]
    send(links[0], {first.id: Said(AnswerKind.object), second.id: Said(AnswerKind.withdraw)})
    send(links[1], {third.id: Said(AnswerKind.withdraw)})
    with reading() as session:
        rows = session.exec(select(Answer)).all()
        moments = {row.answered_at for row in session.exec(select(AttendeeLink)) if row.answered_at}
    assert len({row.at for row in rows}) == 1
    assert not {moment for row in rows for moment in (row.at, row.decided_at)} & moments


@pytest.mark.parametrize("words", ["", "x" * 601])
def test_words_that_cannot_be_used_turn_the_whole_answer_down(library: Library, links: list[str], words: str) -> None:
    first, second = points_of(library.events["clinic"])[:2]
    with pytest.raises(Invalid):
        send(links[0], {first.id: Said(AnswerKind.withdraw), second.id: Said(AnswerKind.soften, words)})
    assert state(first.id)[0] != "withdrawn"
    assert send(links[0], {}) == []
