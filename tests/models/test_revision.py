"""What readers may be shown is worked out anew after every change of it, and only then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, delete, select, update

from models import release
from models.campaign import Campaign, Event, EventSector
from models.framework import ThemeAlignment
from models.note import Note
from models.point import Point
from models.revision import KEPT, _kept, revision
from models.store import now, reading, transaction
from models.theme import Theme, ThemeState


def number() -> int:
    with reading() as session:
        found = revision(session)
    assert found is not None
    return found


def shown(session: Session) -> release.Released:
    return release.release(session, release.Scope(), release.policy())


def read() -> release.Released:
    with reading() as session:
        return shown(session)


def first(session: Session, kind: type[Any]) -> Any:
    return session.exec(select(kind).limit(1)).first()


CHANGES: dict[str, Callable[[Session], object]] = {
    "a theme's title": lambda session: setattr(first(session, Theme), "title", "Another"),
    "a theme retired": lambda session: setattr(first(session, Theme), "state", ThemeState.retired),
    "points all at once": lambda session: session.execute(update(Point).values(theme_id=None)),
    "an alignment deleted": lambda session: session.execute(delete(ThemeAlignment)),
    "an event added": lambda session: session.add(Event(**first(session, Event).model_dump(exclude={"id"}))),
    "a sector hidden": lambda session: setattr(first(session, EventSector), "named", False),
    "a note deleted": lambda session: session.execute(update(Note).values(state="withdrawn")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_of_what_is_shown_is_seen_at_once(library: Any, name: str) -> None:
    before, old = read(), number()
    with transaction() as session:
        CHANGES[name](session)
    assert number() > old
    assert read() != before


def test_nothing_is_worked_out_twice(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read()
    monkeypatch.setattr(release, "_release", None)
    with transaction() as session:
        session.add(Campaign(name="Elsewhere"))
    assert read() is before


def test_session_sees_its_own_changes_before_it_commits(library: Any) -> None:
    themes = len(read().themes)
    assert themes
    with transaction() as session:
        session.execute(update(Theme).values(state=ThemeState.retired))
        assert not shown(session).themes
        session.rollback()
    assert len(read().themes) == themes


def test_what_is_rolled_back_does_not_count(library: Any) -> None:
    old = number()
    with pytest.raises(RuntimeError), transaction() as session:
        first(session, Theme).title = "Never"
        session.flush()
        raise RuntimeError
    assert number() == old


def test_end_of_attendees_time_is_seen_without_any_change(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        session.execute(update(Event).values(clear_until=now() + timedelta(days=1)))
    assert not read().themes
    old = number()
    monkeypatch.setattr("models.revision.now", lambda: now() + timedelta(days=2))
    monkeypatch.setattr(release, "now", lambda: now() + timedelta(days=2))
    assert read().themes
    assert number() == old


def test_only_the_latest_are_kept(library: Any) -> None:
    with reading() as session:
        for event in range(2 * KEPT):
            scope = release.Scope(campaign_id=f"campaign_{event}")
            release.release(session, scope, release.policy())
    assert len(_kept) <= KEPT
