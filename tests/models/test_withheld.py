"""What editors are told of what is withheld: the gate's own judgement, in words."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from models.campaign import Event, EventSector
from models.release import Policy, Scope
from models.store import now
from models.theme import ThemeState
from models.withheld import judged, kept_back, unnamed, waiting
from tests.models.test_release import (
    DAY,
    DEFAULT,
    FULL_ROOM,
    Gate,
    build,
    drawn_points,
    engine,
    gate,
    gate_of,
    policies,
    rooms,
)

__all__ = ["engine", "gate"]


def test_a_theme_that_too_little_supports_is_named_with_what_it_takes(gate: Gate) -> None:
    event = gate.event(FULL_ROOM)
    few, more = gate.theme("Slipways of [place 3]"), gate.theme("Cranes")
    for voice in ("private-sector organisation 1", "private-sector organisation 2", "Person A"):
        gate.point(event, few, voice=voice)
    gate.point(event, more, voice="Person B")
    found = kept_back(gate.session, Scope(), DEFAULT)
    assert [(row.title, row.points, row.circulated) for row in found] == [
        ("Slipways of [a place]", 3, False),
        ("Cranes", 1, False),
    ]
    assert [row.reasons for row in found] == [
        ("Raised at 1 event and by 2 organisations; it takes 2 events or 3 organisations.",),
        ("Raised at 1 event and by no organisation that is known; it takes 2 events or 3 organisations.",),
    ]
    assert kept_back(gate.session, Scope(campaign_id="campaign_2"), DEFAULT) == []


def test_points_that_are_not_quoted_are_counted_by_the_reason(gate: Gate) -> None:
    thin = gate.event({"public": 6, "private": 2})
    telling = gate.theme("Two events")
    for event in (gate.event(FULL_ROOM), thin):
        gate.point(event, telling)
    for _ in range(2):
        gate.point(thin, telling, sector="private", text="As a firm we cannot wait.")
    single = gate.theme("One event")
    for number in (1, 2, 3):
        gate.point(thin, single, voice=f"public-sector organisation {number}", cleared=number == 1)
    found = {row.title: row for row in kept_back(gate.session, Scope(), DEFAULT)}
    assert all(row.circulated for row in found.values())
    assert found["Two events"].reasons == (
        "2 points are counted but not quoted: the words would tell that the private sector was in the room.",
    )
    assert found["One event"].reasons == (
        "2 points are counted but not quoted: the theme was raised at too few events, and they have not been cleared.",
    )


def test_nothing_is_told_of_a_theme_that_is_shown_whole_and_a_retired_one_says_so(gate: Gate) -> None:
    whole, over = gate.theme("Whole"), gate.theme("Over", state=ThemeState.retired)
    for theme in (whole, over):
        for _ in range(2):
            gate.point(gate.event(FULL_ROOM), theme)
    assert [(row.title, row.reasons) for row in kept_back(gate.session, Scope(), DEFAULT)] == [
        ("Over", ("It is retired.",))
    ]


def test_sectors_that_readers_are_not_told_of_come_with_the_reason(gate: Gate) -> None:
    gate.event(FULL_ROOM)
    thin = gate.event({"public": 4, "private": 6, "not-for-profit": 1, "higher education": 0}, DAY - timedelta(days=9))
    found = unnamed(gate.session, Scope(), DEFAULT)
    assert [(row.held_on, [sector for sector, _ in row.sectors]) for row in found] == [
        (gate.session.get_one(Event, thin).held_on, ["not-for-profit", "public"])
    ]
    few, second = (why for _, why in found[0].sectors)
    assert few == "1 organisation in the room; it takes 3"
    assert second.startswith("hidden with another one")
    assert unnamed(gate.session, Scope(since=DAY), DEFAULT) == []
    assert unnamed(gate.session, Scope(until=DAY - timedelta(days=10)), DEFAULT) == []
    assert unnamed(gate.session, Scope(campaign_id="campaign_2"), DEFAULT) == []


def test_points_that_wait_for_attendees_are_counted_as_the_gate_counts_them(gate: Gate) -> None:
    theme, lone = gate.theme("Both"), gate.theme("Lone")
    open_, shut = gate.event(FULL_ROOM), gate.event(FULL_ROOM)
    gate.session.get_one(Event, open_).clear_until = now() + timedelta(days=3)
    gate.session.get_one(Event, shut).clear_until = now() - timedelta(days=3)
    for event in (open_, shut):
        gate.point(event, theme)
    gate.point(open_, lone)
    gate.point(open_, objected=True)
    gate.point(shut, objected=True)
    found = waiting(gate.session, Scope())
    assert (found.with_attendees, found.objected) == (2, 2)
    reasons = {row.title: row.reasons for row in kept_back(gate.session, Scope(), DEFAULT)}
    assert reasons["Lone"] == ("All its points wait for attendees, or for a decision on what they said.",)
    assert reasons["Both"][0].startswith("Raised at 1 event")


@given(event_rooms=st.lists(rooms, min_size=1, max_size=4), drawn=st.lists(drawn_points, max_size=20), rules=policies)
@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_editors_are_told_what_the_gate_does(
    engine: Engine, event_rooms: list[dict[str, int]], drawn: list[tuple[Any, ...]], rules: Policy
) -> None:
    with gate_of(engine) as gate:
        build(gate, event_rooms, drawn)
        found = gate.through(rules=rules)
        shown = {theme.id: theme for theme in found.themes}
        for row in judged(gate.session, Scope(), rules):
            assert row.passes == (row.theme.id in shown)
            if row.passes:
                theme = shown[row.theme.id]
                assert (row.events, row.points) == (theme.events, theme.point_count)
                assert row.silent.total() == theme.point_count - len(theme.points)
        kept = kept_back(gate.session, Scope(), rules)
        assert sum(not row.circulated for row in kept) == found.themes_withheld
        hidden = sum(len(row.sectors) for row in unnamed(gate.session, Scope(), rules))
        rows = gate.session.exec(select(EventSector)).all()
        assert hidden == sum(row.organisations > 0 and not row.named for row in rows)
