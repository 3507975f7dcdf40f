"""What editors decided of a theme's missions: it follows at once, and nothing that comes later undoes it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

import pytest
import yaml
from sqlmodel import select

from models import alignment
from models.account import Account, Role
from models.errors import Conflict, NotFound
from models.framework import FrameworkVersion, ThemeAlignment
from models.job import JobKind
from models.note import Note
from models.point import Point, PointState
from models.store import reading, transaction
from models.theme import Theme, ThemeState
from models.withdrawal import withdraw
from workers import queue
from workers.discover import realign, refresh

MISSIONS = yaml.safe_load((files("nlp.frameworks") / "missions.yaml").read_text("utf-8"))
ENTRIES = [entry["id"] for entry in MISSIONS["entries"]]
CURRENT = "framework_missions"
ANN = Account(email="ann@example.org", name="Ann", role=Role.editor)


def placed(version_id: str = CURRENT) -> dict[str, dict[str, bool]]:
    """For each theme its entries, and whether it is sure of them."""
    found: dict[str, dict[str, bool]] = {}
    with reading() as session:
        for row in session.exec(select(ThemeAlignment).where(ThemeAlignment.version_id == version_id)):
            found.setdefault(row.theme_id, {})[row.entry] = row.sure
    return found


def decide(theme_id: str, **answers: bool) -> None:
    with transaction() as session:
        alignment.decide_alignment(session, theme_id, "missions", answers, ANN)


def propose(call: Any, work: Callable[[], None], entries: list[dict[str, Any]]) -> str:
    """The id of a version with these entries, compared."""
    source = yaml.safe_dump(MISSIONS | {"version": "9.1", "entries": entries})
    call.done("POST", "/frameworks/missions/versions", "edit", json={"version": "9.1", "source": source})
    work()
    with reading() as session:
        return session.exec(select(FrameworkVersion.id).where(FrameworkVersion.version == "9.1")).one()


@pytest.fixture
def decided(library: Any) -> tuple[str, str, str]:
    """A theme with its one sure entry, which an editor denied, and another one that the editor gave it."""
    theme_id, own = next((theme, row) for theme, row in sorted(placed().items()) if True in row.values())
    denied = next(entry for entry, sure in own.items() if sure)
    given = next(entry for entry in ENTRIES if entry not in own)
    decide(theme_id, **{denied: False, given: True})
    return theme_id, denied, given


def holds(theme_id: str, denied: str, given: str, version_id: str = CURRENT) -> bool:
    own = placed(version_id).get(theme_id, {})
    return denied not in own and own.get(given) is True


def test_an_answer_is_followed_at_once_and_justified_by_a_point_of_the_theme(decided: tuple[str, str, str]) -> None:
    theme_id, _, given = decided
    assert holds(*decided)
    with reading() as session:
        row = session.get_one(ThemeAlignment, (theme_id, CURRENT, given))
        assert row.score == 1.0
        assert session.get_one(Point, row.justified_by).theme_id == theme_id
        assert row.justified_by == session.get_one(Theme, theme_id).typical[0]


def test_a_sure_answer_keeps_the_point_that_justified_the_unsure_one(library: Any) -> None:
    theme_id = sorted(placed())[0]
    entry = sorted(placed()[theme_id])[0]
    with transaction() as session:
        row = session.get_one(ThemeAlignment, (theme_id, CURRENT, entry))
        row.sure, before = False, row.justified_by
    decide(theme_id, **{entry: True})
    with reading() as session:
        row = session.get_one(ThemeAlignment, (theme_id, CURRENT, entry))
    assert (row.sure, row.justified_by) == (True, before)


def test_no_discovery_undoes_an_answer(decided: tuple[str, str, str], work: Callable[[], None]) -> None:
    with transaction() as session:
        queue.submit(session, JobKind.discover)
    work()
    assert holds(*decided)
    with transaction() as session:
        refresh(session, [decided[0]])
    assert holds(*decided)


def test_no_withdrawal_undoes_an_answer_that_other_points_bear_out(decided: tuple[str, str, str]) -> None:
    theme_id, _, given = decided
    with transaction() as session:
        row = session.get_one(ThemeAlignment, (theme_id, CURRENT, given))
        note_id = session.get_one(Point, row.justified_by).note_id
        other = select(Point).where(Point.note_id != note_id, Point.state == PointState.themed)
        moved = session.exec(other.order_by(Point.id)).first()
        assert moved
        moved.theme_id = theme_id
        session.flush()
        withdraw(session, session.get_one(Note, note_id))
    assert holds(*decided)
    with reading() as session:
        assert session.get_one(ThemeAlignment, (theme_id, CURRENT, given)).justified_by != row.justified_by


def test_answers_carry_over_to_a_version_that_has_the_entry(
    decided: tuple[str, str, str], call: Any, work: Callable[[], None]
) -> None:
    theme_id, denied, _ = decided
    version_id = propose(call, work, MISSIONS["entries"][::-1])
    assert holds(*decided, version_id)
    with reading() as session:
        changes = session.get_one(FrameworkVersion, version_id).remap
    assert changes is not None
    assert changes["themes"] == []
    assert changes["against"] == CURRENT
    assert changes["kept"] + changes["none"] == len(active())
    decide(theme_id, **{denied: True})
    assert placed(version_id)[theme_id][denied] is placed()[theme_id][denied] is True


def active() -> list[str]:
    with reading() as session:
        return list(session.exec(select(Theme.id).where(Theme.state != ThemeState.retired)))


def test_an_answer_about_an_entry_that_is_gone_is_left_alone(
    decided: tuple[str, str, str], call: Any, work: Callable[[], None]
) -> None:
    theme_id, _, given = decided
    version_id = propose(call, work, [entry for entry in MISSIONS["entries"] if entry["id"] != given])
    assert given not in placed(version_id).get(theme_id, {})
    with reading() as session:
        assert given in alignment.decisions_on(session, theme_id, "missions")


def test_what_is_taken_back_is_as_the_points_say_again(library: Any, work: Callable[[], None]) -> None:
    before = placed()
    theme_id, denied = next((theme, entry) for theme, row in sorted(before.items()) for entry in row)
    decide(theme_id, **{denied: False})
    assert placed() != before
    with transaction() as session:
        alignment.take_back_decision(session, theme_id, "missions", denied)
        queue.submit(session, JobKind.realign, theme_id)
    work()
    assert placed() == before
    with pytest.raises(NotFound), transaction() as session:
        alignment.take_back_decision(session, theme_id, "missions", denied)


def test_answers_about_no_theme_or_a_retired_one_are_refused(decided: tuple[str, str, str]) -> None:
    theme_id, denied, _ = decided
    with pytest.raises(NotFound):
        decide("theme_of_nobody", growth=True)
    with transaction() as session:
        session.get_one(Theme, theme_id).state = ThemeState.retired
    with pytest.raises(Conflict):
        decide(theme_id, **{denied: True})
    assert holds(*decided)


def test_answers_given_while_points_are_looked_at_again_are_never_lost(decided: tuple[str, str, str]) -> None:
    theme_id, denied, given = decided

    def look(_: int) -> None:
        with transaction() as session:
            realign(session, theme_id, CURRENT)

    def answer(turn: int) -> None:
        decide(theme_id, **{denied: bool(turn % 2), given: not turn % 2})

    with ThreadPoolExecutor(2) as both:
        for turn in range(10):
            list(both.map(lambda act, turn=turn: act(turn), (look, answer)))
            own = placed()[theme_id]
            assert (own.get(denied), own.get(given)) == ((True, None) if turn % 2 else (None, True))
