"""What an editor decided of themes holds, whatever discovery finds afterwards, and can be undone."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models import curation
from models.curation import Curation, CurationKind
from models.errors import Conflict, Invalid, NotFound
from models.job import Job, JobKind, Overtaken
from models.key import ApiKey
from models.note import Note
from models.point import Point, PointState
from models.store import reading, transaction
from models.theme import Lineage, LineageKind, Theme, ThemeState
from tests.workers.test_discover import LATER, upload, where
from workers import discover, queue

EDITOR = ApiKey(id="key_editor", name="An Editor", hash="", scopes=["edit"])
Work = Callable[[], None]


def themes(session: Session) -> list[Theme]:
    """The active themes, those with most points first."""
    active = session.exec(select(Theme).where(Theme.state != ThemeState.retired)).all()
    return sorted(active, key=lambda theme: (-len(points(session, theme.id)), theme.id))


def points(session: Session, theme_id: str | None) -> list[str]:
    return list(session.exec(select(Point.id).where(Point.theme_id == theme_id).order_by(Point.id)))


def again(call: Any, library: Any, work: Work) -> None:
    """More notes on new and on old matters, and discovery over all."""
    upload(call, library, LATER.encode())
    work()
    with transaction() as session:
        queue.submit(session, JobKind.discover)
    work()


def last(session: Session) -> Curation:
    return session.exec(select(Curation).order_by(col(Curation.at).desc())).first()  # type: ignore[return-value]


def test_merged_themes_stay_merged_and_their_address_leads_on(library: Any, call: Any, work: Work) -> None:
    with transaction() as session:
        into, other = (theme.id for theme in themes(session)[:2])
        both = {*points(session, into), *points(session, other)}
        curation.merge(session, {into, other}, into, EDITOR)
        queue.submit(session, JobKind.gather, into)
    again(call, library, work)
    with reading() as session:
        merged = session.get_one(Theme, other)
        assert (merged.state, merged.merged_into) == (ThemeState.retired, into)
        assert both <= set(points(session, into))
        heir = session.get_one(Theme, into)
        assert set(heir.typical) <= set(points(session, into))
        assert heir.keywords
    answer = call("GET", f"/themes/{other}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/v1/themes/{into}")


def test_points_split_off_stay_together_under_their_title(library: Any, call: Any, work: Work) -> None:
    with transaction() as session:
        theme = themes(session)[0].id
        chosen, left = points(session, theme)[:2], points(session, theme)[2:]
        step = curation.split(session, theme, chosen, "  Harbour   dredging ", EDITOR)
        new = str(step.other_id)
        for changed in (theme, new):
            queue.submit(session, JobKind.gather, changed)
    again(call, library, work)
    with reading() as session:
        assert session.get_one(Theme, new).title == "Harbour dredging"
        assert session.get_one(Theme, new).description.startswith("What was said most")
        assert set(chosen) <= set(points(session, new))
        assert set(left) <= set(points(session, theme))


def test_new_title_holds_and_is_told_of(library: Any, call: Any, work: Work) -> None:
    with transaction() as session:
        theme = themes(session)[0]
        before, theme_id = theme.title, theme.id
        curation.rename(session, theme_id, "Slipways for all", EDITOR)
    again(call, library, work)
    with reading() as session:
        assert session.get_one(Theme, theme_id).title == "Slipways for all"
        told = session.exec(select(Lineage).where(Lineage.kind == LineageKind.renamed)).one()
    assert (told.theme_id, told.detail) == (theme_id, {"from": before, "to": "Slipways for all"})
    assert EDITOR.name not in told.by


def test_retired_theme_is_not_found_again(library: Any, call: Any, work: Work) -> None:
    with transaction() as session:
        theme = themes(session)[0].id
        held = points(session, theme)
        curation.retire(session, theme, EDITOR)
    again(call, library, work)
    with reading() as session:
        rows = session.exec(select(Point).where(col(Point.id).in_(held))).all()
        assert {row.state for row in rows} == {PointState.unthemed}
        assert session.get_one(Theme, theme).state is ThemeState.retired


def test_group_that_would_revive_a_merged_theme_joins_its_heir(library: Any, call: Any, work: Work) -> None:
    """The very words of a merged theme, said again at another event."""
    with transaction() as session:
        into, other = (theme.id for theme in themes(session)[:2])
        said = [session.get_one(Point, point).text for point in points(session, other)]
        curation.merge(session, {into, other}, into, EDITOR)
        queue.submit(session, JobKind.gather, into)
    work()
    known = set(where().values())
    upload(call, library, "\n".join(f"- {text}" for text in said).encode())
    work()
    with reading() as session:
        new = session.exec(select(Point).join(Note).order_by(col(Note.received_at).desc()).limit(len(said))).all()
        assert {point.theme_id for point in new} <= known | {None}
        assert any(point.theme_id == into for point in new)


@pytest.mark.parametrize("name", ["merge", "split", "rename", "retire", "move", "found"], ids=str)
def test_each_step_can_be_undone_once(library: Any, work: Work, name: str) -> None:
    with transaction() as session:
        one, two = themes(session)[:2]
        if name == "found":
            curation.retire(session, two.id, EDITOR)
    before = where()
    with reading() as session:
        one, two = session.get_one(Theme, one.id), session.get_one(Theme, two.id)
        facts = [(theme.title, theme.state, theme.merged_into) for theme in (one, two)]
        some = points(session, one.id)[:1]
        loose = points(session, None)
    steps: dict[str, Callable[[Session], object]] = {
        "merge": lambda session: curation.merge(session, {one.id, two.id}, one.id, EDITOR),
        "split": lambda session: curation.split(session, one.id, some, "Something apart", EDITOR),
        "rename": lambda session: curation.rename(session, one.id, "Something else", EDITOR),
        "retire": lambda session: curation.retire(session, one.id, EDITOR),
        "move": lambda session: curation.move(session, some, two.id, EDITOR),
        "found": lambda session: curation.found(session, loose, "Something new", EDITOR),
    }
    with transaction() as session:
        steps[name](session)
    if name != "rename":
        assert where() != before
    with transaction() as session:
        curation.undo(session, last(session), EDITOR)
    assert where() == before
    with reading() as session:
        one, two = session.get_one(Theme, one.id), session.get_one(Theme, two.id)
        assert [(theme.title, theme.state, theme.merged_into) for theme in (one, two)] == facts
    with transaction() as session, pytest.raises(Conflict):
        curation.undo(session, last(session), EDITOR)


def test_what_later_steps_stand_on_cannot_be_undone_before_them(library: Any) -> None:
    with transaction() as session:
        theme = themes(session)[0].id
        first = curation.rename(session, theme, "First", EDITOR).id
        curation.rename(session, theme, "Second", EDITOR)
    with transaction() as session, pytest.raises(Conflict):
        curation.undo(session, session.get_one(Curation, first), EDITOR)
    with transaction() as session:
        curation.undo(session, last(session), EDITOR)
        curation.undo(session, session.get_one(Curation, first), EDITOR)


def test_steps_that_make_no_sense_are_refused(library: Any) -> None:
    with reading() as session:
        one, two = (theme.id for theme in themes(session)[:2])
        own, others = points(session, one), points(session, two)
    refused: list[Callable[[Session], object]] = [
        lambda session: curation.merge(session, {one}, one, EDITOR),
        lambda session: curation.split(session, one, own, "All of it", EDITOR),
        lambda session: curation.split(session, one, others, "Not its own", EDITOR),
        lambda session: curation.split(session, one, own[:1], "x", EDITOR),
        lambda session: curation.rename(session, one, "y" * 121, EDITOR),
        lambda session: curation.move(session, own, one, EDITOR),
        lambda session: curation.move(session, own, two, EDITOR),
        lambda session: curation.found(session, own, "Taken", EDITOR),
    ]
    for step in refused:
        with pytest.raises(Invalid), transaction() as session:
            step(session)
    with pytest.raises(NotFound), transaction() as session:
        curation.merge(session, {one, "theme_none"}, one, EDITOR)
    with reading() as session:
        assert not session.exec(select(Curation)).all()


def test_withdrawn_words_do_not_come_back_by_undoing(library: Any, call: Any) -> None:
    with transaction() as session:
        theme = themes(session)[0].id
        curation.rename(session, theme, "Slipways for all", EDITOR)
        step = curation.retire(session, theme, EDITOR).id
    for note in call.done("GET", "/notes"):
        call.done("POST", f"/notes/{note['id']}/withdrawal")
    with transaction() as session, pytest.raises(Conflict):
        curation.undo(session, session.get_one(Curation, step), EDITOR)


def test_titles_of_an_emptied_theme_are_gone_from_its_history(library: Any, call: Any) -> None:
    with transaction() as session:
        theme = themes(session)[0]
        title, theme_id = theme.title, theme.id
        curation.rename(session, theme_id, "Slipways for all", EDITOR)
    for note in call.done("GET", "/notes"):
        call.done("POST", f"/notes/{note['id']}/withdrawal")
    with reading() as session:
        kept = [row.detail for row in session.exec(select(Lineage).where(Lineage.theme_id == theme_id))]
        steps = [row.before for row in session.exec(select(Curation))]
    assert title not in str(kept + steps)
    with transaction() as session, pytest.raises(Conflict):
        curation.undo(session, last(session), EDITOR)


def test_discovery_that_was_overtaken_by_an_editor_starts_anew(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor's step lands while the grouping is being worked out."""
    grouping = discover.discover

    def slow(*arguments: Any, **options: Any) -> Any:
        with transaction() as session:
            curation.rename(session, themes(session)[0].id, "Meanwhile", EDITOR)
        return grouping(*arguments, **options)

    monkeypatch.setattr(discover, "discover", slow)
    with pytest.raises(Overtaken):
        discover.discover_themes(Job(kind=JobKind.discover))
    with reading() as session:
        assert session.exec(select(Theme).where(Theme.title == "Meanwhile")).one()
        assert last(session).kind is CurationKind.renamed
