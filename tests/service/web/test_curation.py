"""The editor's themes, as pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from models.account import Role
from models.audit import AuditEntry
from models.curation import Curation
from models.point import Point, PointState
from models.store import reading, transaction
from models.theme import Theme, ThemeState
from tests.service.web.conftest import Browser
from tests.test_words import NEVER
from tests.workers.test_curation import points, themes


@pytest.fixture
def editor(library: Any, enter: Callable[..., Any], browser: Browser) -> Browser:
    """A browser with an editor at it, and themes to edit."""
    enter("Edda", Role.editor)
    return browser


def two_themes() -> tuple[Theme, Theme]:
    with reading() as session:
        return tuple(themes(session)[:2])  # type: ignore[return-value]


def of(theme: Theme) -> list[str]:
    with reading() as session:
        return points(session, theme.id)


def test_list_tells_of_every_theme_and_filters(editor: Browser) -> None:
    one, two = two_themes()
    whole = editor.get("/edit/themes").text
    assert one.title in whole
    assert two.title in whole
    assert not NEVER.search(re.sub("<[^>]+>", "", whole))
    some = editor.get(f"/edit/themes?title={one.title[:6].lower()}").text
    assert one.title in some
    with transaction() as session:
        session.get_one(Theme, one.id).state = ThemeState.fading
    for wanted, there in {"state=fading": True, "state=rising": False, "title=%25": False}.items():
        assert (one.title in editor.get(f"/edit/themes?{wanted}").text) == there, wanted
    shown, withheld = (editor.get(f"/edit/themes?shown={answer}").text for answer in ("yes", "no"))
    assert (one.title in shown) != (one.title in withheld)


def test_theme_says_why_it_is_one(editor: Browser) -> None:
    one, two = two_themes()
    with transaction() as session:
        session.get_one(Theme, one.id).description = "What was said most: “[Person A] waits.”"
    shown = editor.get(f"/edit/themes/{one.id}").text
    assert "“[a participant] waits.”" in shown
    with reading() as session:
        text = session.get_one(Point, of(one)[0]).text.split("[")[0]
    assert text[:30] in shown
    assert one.keywords[0] in shown
    assert two.title in shown
    assert "Person A" not in shown


def test_merge_asks_which_stays_and_is_undone_from_the_history(editor: Browser, work: Callable[[], None]) -> None:
    one, two = two_themes()
    asked = f"/edit/themes/merge?theme={one.id}&theme={two.id}"
    assert "Which one stays?" in editor.get(asked).text
    answer = editor.send(asked, "/edit/themes/merge", theme=[one.id, two.id], into=two.id)
    assert answer.headers["location"] == f"/edit/themes/{two.id}"
    work()
    assert editor.get(f"/edit/themes/{one.id}").url.path == f"/edit/themes/{two.id}"
    with reading() as session:
        step = session.exec(select(Curation)).one()
    history = editor.get(f"/edit/themes/{two.id}").text
    assert "Edda" in history
    assert f"/edit/themes/steps/{step.id}/undoing" in history
    assert editor.send(f"/edit/themes/{two.id}", f"/edit/themes/steps/{step.id}/undoing").status_code == 303
    work()
    assert one.title in editor.get(f"/edit/themes/{one.id}").text
    with reading() as session:
        actions = [row.action for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]
    assert actions[-3:] == ["sign in", "merge themes", "undo step"]


def test_one_theme_alone_cannot_be_merged(editor: Browser) -> None:
    one, _ = two_themes()
    assert editor.get(f"/edit/themes/merge?theme={one.id}").status_code == 422


def test_points_are_moved_by_list_by_title_and_into_a_new_theme(editor: Browser, work: Callable[[], None]) -> None:
    one, two = two_themes()
    path, (first, second, *_) = f"/edit/themes/{one.id}", of(one)
    assert editor.send(path, f"{path}/points", point=[first], into=two.id).status_code == 303
    assert first in of(two)
    answer = editor.send(path, f"{path}/points", point=[second], into="another", other_title=two.title.upper())
    assert answer.status_code == 303
    assert second in of(two)
    back = f"/edit/themes/{two.id}"
    made = editor.send(back, f"{back}/points", point=[first, second], into="new", new_title="Two together")
    work()
    assert made.headers["location"] == back
    with reading() as session:
        new = session.exec(select(Theme).where(Theme.title == "Two together")).one()
        assert new.keywords
    assert of(new) == sorted([first, second])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Tick at least one point."),
        ({"point": ["first"], "into": "another", "other_title": "No such theme"}, "exactly as it stands in the list"),
        ({"point": ["first"], "into": "new", "new_title": ""}, "Enter a title"),
        ({"point": ["all"], "into": "new", "new_title": "All of them"}, "Leave at least one point"),
    ],
)
def test_what_is_wrong_with_a_move_is_told(editor: Browser, fields: dict[str, Any], told: str) -> None:
    one, _ = two_themes()
    path, held = f"/edit/themes/{one.id}", of(one)
    if "point" in fields:
        fields = fields | {"point": held if fields["point"] == ["all"] else held[:1]}
    answer = editor.send(path, f"{path}/points", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert "<title>Error: " in answer.text
    assert of(one) == held


def test_rename_and_retire(editor: Browser, work: Callable[[], None]) -> None:
    one, _ = two_themes()
    path, held = f"/edit/themes/{one.id}", of(one)
    assert editor.send(path, f"{path}/title", title="x").status_code == 422
    assert editor.send(path, f"{path}/title", title="Slipways for all").status_code == 303
    assert "Slipways for all" in editor.get(path).text
    assert "Retire this theme?" in editor.get(f"{path}/retirement").text
    assert editor.send(f"{path}/retirement", f"{path}/retirement").headers["location"] == "/edit/themes"
    assert editor.get(path).status_code == 404
    loose = editor.get("/edit/themes/unthemed").text
    assert all(point in loose for point in held)
    work()
    assert of(one) == []


def test_points_in_no_theme_are_gathered(editor: Browser, work: Callable[[], None]) -> None:
    one, two = two_themes()
    path = f"/edit/themes/{one.id}"
    first, second, third, *_ = of(one)
    editor.send(f"{path}/retirement", f"{path}/retirement")
    with transaction() as session:
        for point in (first, second):
            session.get_one(Point, point).nearest_theme_id = two.id
    loose = "/edit/themes/unthemed"
    assert editor.send(loose, loose, into="nearest").status_code == 422
    assert "near to no theme" in editor.send(loose, loose, point=[third], into="nearest").text
    assert editor.send(loose, loose, point=[first], into="nearest").status_code == 303
    assert first in of(two)
    assert second in editor.get(f"/edit/themes/{two.id}").text
    assert editor.send(f"/edit/themes/{two.id}", f"/edit/themes/{two.id}/joined", point=[second]).status_code == 303
    assert second in of(two)
    assert editor.send(loose, loose, point=[third], into="new", new_title="A lonely one").status_code == 303
    work()
    with reading() as session:
        new = session.exec(select(Theme).where(Theme.title == "A lonely one")).one()
        assert session.get_one(Point, third).state is PointState.themed
    assert of(new) == [third]


@pytest.mark.parametrize("role", [Role.facilitator, Role.reader])
def test_themes_are_for_editors(library: Any, enter: Callable[..., Any], browser: Browser, role: Role) -> None:
    enter("Rhea", role)
    assert browser.get("/edit/themes").status_code == 403
    assert browser.send("/account", "/edit/themes/merge").status_code == 403
    assert "/edit/themes" not in browser.get("/account").text


def test_themes_ask_strangers_to_sign_in(browser: Browser) -> None:
    assert browser.get("/edit/themes").url.path == "/sign-in"
