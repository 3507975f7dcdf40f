"""The editor's board of missions by sectors, and the answers to which missions a theme belongs to."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from models.account import Account, Role
from models.audit import AuditEntry
from models.campaign import Campaign, EventSector
from models.curation import AlignmentDecision
from models.framework import ThemeAlignment
from models.point import Point, PointState
from models.store import reading, transaction
from models.theme import Theme, ThemeState
from service.web import board, missions
from tests.service.web.conftest import Browser
from tests.test_words import NEVER

CURRENT = "framework_missions"
EVERY = "?withheld=yes"


@pytest.fixture(autouse=True)
def editor(library: Any, enter: Callable[..., Account]) -> Account:
    return enter("Edith", Role.editor)


def words(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def cells(browser: Browser, query: str = "") -> dict[str, list[str]]:
    """The board by its rows: the four sectors, then all."""
    rows = re.findall(r'<tr>\s*<th scope="row">(.+?)</th>(.+?)</tr>', browser.get(f"/edit/missions{query}").text, re.S)
    assert len(rows) == 7
    plain = {title: re.sub(r'<span class="unseen">.*?</span>', "", row) for title, row in rows}
    return {
        title: [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in row.split("</td>")][:-1]
        for title, row in plain.items()
    }


def theme_of(entry: str) -> str:
    with reading() as session:
        return session.exec(
            select(ThemeAlignment.theme_id).where(ThemeAlignment.version_id == CURRENT, ThemeAlignment.entry == entry)
        ).one()


def doubt(entry: str) -> str:
    """Makes the theme of an entry unsure of it, as its points may be."""
    theme_id = theme_of(entry)
    with transaction() as session:
        session.get_one(ThemeAlignment, (theme_id, CURRENT, entry)).sure = False
    return theme_id


def decide(browser: Browser, theme_id: str, **answers: str) -> Any:
    path = f"/edit/missions/decide/{theme_id}"
    fields = {f"belongs {entry}": answer for entry, answer in answers.items() if entry != "next"}
    return browser.send(path, path, **fields, **({"next": "yes"} if "next" in answers else {}))


def placed(theme_id: str) -> dict[str, bool]:
    with reading() as session:
        rows = session.exec(
            select(ThemeAlignment).where(ThemeAlignment.theme_id == theme_id, ThemeAlignment.version_id == CURRENT)
        )
        return {row.entry: row.sure for row in rows}


def test_the_board_counts_themes_by_mission_and_sector_and_leads_to_them(browser: Browser) -> None:
    counts = cells(browser)
    assert counts["Make Britain a clean energy superpower"] == ["1", "1", "1", "0", "1"]
    assert counts["Take back our streets"] == ["0"] * 5
    page = browser.get("/edit/missions").text
    link = re.search(r'href="(/edit/missions/clean_energy\?sector=not-for-profit)"', page)
    assert link
    listed = words(browser.get(link[1]).text)
    assert "Make Britain a clean energy superpower" in listed
    assert "1 theme raised by the not-for-profit sector" in listed
    assert "Raised at 3 events, in 14 points, by the public, private and not-for-profit sectors." in listed
    assert not NEVER.search(words(page))
    assert len(page) < 100_000


def test_a_theme_without_a_sure_mission_stands_below_and_waits(browser: Browser) -> None:
    assert "to decide first" not in browser.get("/edit/missions").text
    assert "Nothing to decide" in browser.get("/edit/missions/decide").text
    unsure = doubt("clean_energy")
    none = theme_of("nhs") if "nhs" in entries() else theme_of("opportunity")
    with transaction() as session:
        for row in session.exec(select(ThemeAlignment).where(ThemeAlignment.theme_id == none)):
            session.delete(row)
    counts = cells(browser)
    assert (counts["Not sure yet"][-1], counts["No mission"][-1]) == ("1", "1")
    assert "2 themes to decide first" in words(browser.get("/edit/missions").text)
    page = browser.get("/edit/missions/decide").text
    order = re.findall(r'<h2 class="small"><a href="/edit/missions/decide/(\w+)"', page)
    assert order == [unsure, none]
    assert "Perhaps: Make Britain a clean energy superpower." in words(page)


def entries() -> set[str]:
    with reading() as session:
        return set(session.exec(select(ThemeAlignment.entry).where(ThemeAlignment.version_id == CURRENT)))


def test_period_and_campaign_narrow_the_board(browser: Browser) -> None:
    assert cells(browser, "?since=2026-06-01&until=2026-12-31")["Make Britain a clean energy superpower"][-1] == "0"
    with reading() as session:
        campaign = session.exec(select(Campaign.id)).one()
    assert cells(browser, f"?campaign_id={campaign}") == cells(browser)
    assert cells(browser, "?campaign_id=campaign_of_nobody")["Make Britain a clean energy superpower"][-1] == "0"
    assert (
        cells(browser, f"{EVERY}&campaign_id=campaign_of_nobody")
        == cells(browser, "?campaign_id=none")
        != cells(browser)
    )
    for until, count in (("2026-01-31", "1"), ("2025-12-31", "0")):
        assert cells(browser, f"{EVERY}&until={until}")["Make Britain a clean energy superpower"][-1] == count
    assert "?since=2026-01-01&amp;sector=public" in browser.get("/edit/missions?since=2026-01-01").text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?since=soon", "Enter a day as year-month-day"),
        ("?until=2026-13-01", "Enter a day as year-month-day"),
        ("?since=2026-03-01&until=2026-02-01", "Enter a last day that is not before the first."),
    ],
)
def test_a_period_that_is_none_is_told_of(browser: Browser, query: str, told: str) -> None:
    answer = browser.get(f"/edit/missions{query}")
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert told in answer.text


def test_what_readers_do_not_get_is_counted_only_when_asked_for_and_marked(
    browser: Browser, setting: Callable[..., None]
) -> None:
    with transaction() as session:
        for row in session.exec(select(EventSector).where(EventSector.sector == "private")):
            row.named = False
    setting(min_events=3, min_organisations=99)
    shown, everything = browser.get("/edit/missions"), browser.get(f"/edit/missions{EVERY}")
    assert "withheld" in words(shown.text)
    assert "Private is not shown at all" in words(shown.text)
    assert "Not for circulation" not in shown.text
    assert everything.text.count("Not for circulation") == 2
    assert all(row[1] == "not shown" for row in cells(browser).values())
    assert cells(browser, EVERY)["Make Britain a clean energy superpower"][1] == "1"
    withheld = [title for title, row in cells(browser, EVERY).items() if row[-1] != cells(browser)[title][-1]]
    assert withheld
    with reading() as session:
        key = next(
            row.key
            for row in board.board(
                board.view(session, missions.Scope(), board.missions_now(session), withheld=True),
                board.missions_now(session),
            )
            if row.title == withheld[0]
        )
    assert "withheld from readers" in browser.get(f"/edit/missions/{key}{EVERY}").text
    assert "0 themes" in words(browser.get(f"/edit/missions/{key}").text)


def test_the_form_shows_what_speaks_for_a_mission_in_words_that_name_nobody(browser: Browser) -> None:
    theme_id = doubt("clean_energy")
    with transaction() as session:
        row = session.get_one(ThemeAlignment, (theme_id, CURRENT, "clean_energy"))
        session.get_one(
            Point, row.justified_by
        ).text = "[Person A] of [private-sector organisation 2] waits nine years."
    page = browser.get(f"/edit/missions/decide/{theme_id}").text
    assert "What speaks for it: “[a participant] of [an organisation] waits nine years.”" in page
    assert "Person A" not in page
    assert page.count("<blockquote>") == 3
    assert "not sure" in words(page)
    assert not NEVER.search(words(page))


def test_what_was_objected_to_is_not_quoted(browser: Browser) -> None:
    theme_id = theme_of("clean_energy")
    with transaction() as session:
        for point in session.exec(select(Point).where(Point.theme_id == theme_id)):
            point.text, point.objected = "These words were objected to.", True
    assert "objected" not in browser.get(f"/edit/missions/decide/{theme_id}").text


def test_an_answer_moves_the_theme_at_once_and_is_kept_with_who_said_it(browser: Browser, editor: Account) -> None:
    theme_id = doubt("clean_energy")
    answer = decide(browser, theme_id, clean_energy="yes", growth="yes", streets="open")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/edit/missions/decide/{theme_id}"
    assert placed(theme_id) == {"clean_energy": True, "growth": True}
    counts = cells(browser)
    assert counts["Make Britain a clean energy superpower"][-1] == counts["Kickstart economic growth"][-1] == "1"
    page = words(browser.get(f"/edit/missions/decide/{theme_id}").text)
    assert "Kickstart economic growth: yes. Edith," in page
    assert "decided by an editor" in page
    with reading() as session:
        rows = session.exec(select(AlignmentDecision)).all()
        done = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
    assert {(row.entry, row.belongs, row.by, row.name) for row in rows} == {
        (entry, True, editor.id, "Edith") for entry in ("clean_energy", "growth")
    }
    assert done
    assert (done.action, done.subject) == ("decide missions", f"{theme_id} growth:yes clean_energy:yes")


def test_a_no_takes_the_theme_out_and_it_waits_no_longer(browser: Browser) -> None:
    theme_id = doubt("clean_energy")
    assert decide(browser, theme_id, clean_energy="no").status_code == 303
    assert placed(theme_id) == {}
    assert cells(browser)["No mission"][-1] == "1"
    assert "Nothing to decide" in browser.get("/edit/missions/decide").text


def test_an_answer_is_taken_back_and_the_points_decide_again(browser: Browser, work: Callable[[], None]) -> None:
    theme_id = theme_of("clean_energy")
    before = placed(theme_id)
    path = f"/edit/missions/decide/{theme_id}"
    decide(browser, theme_id, clean_energy="no")
    assert browser.send(path, f"{path}/return", entry="clean_energy").status_code == 303
    moving = browser.get(path).text
    assert 'data-moving="yes"' in moving
    assert "Its points are being looked at again." in moving
    work()
    after = browser.get(path).text
    assert "data-moving" not in after
    assert placed(theme_id) == before
    history = words(after).split("Everything that was said")[1]
    assert history.index("Make Britain a clean energy superpower: let its points decide") < history.index(
        "Make Britain a clean energy superpower: no, it does not"
    )
    assert browser.send(path, f"{path}/return", entry="clean_energy").status_code == 404


def test_the_form_alone_takes_answers_back_too(browser: Browser, work: Callable[[], None]) -> None:
    theme_id = theme_of("clean_energy")
    before = placed(theme_id)
    decide(browser, theme_id, clean_energy="no", growth="yes")
    assert decide(browser, theme_id, clean_energy="open", growth="open").status_code == 303
    work()
    assert placed(theme_id) == before
    with reading() as session:
        assert session.exec(select(AlignmentDecision)).all() == []


def test_one_decision_leads_to_the_next_theme_that_waits(browser: Browser) -> None:
    first, second = doubt("clean_energy"), doubt("opportunity")
    answer = decide(browser, first, clean_energy="yes", next="yes")
    assert answer.headers["location"] == f"/edit/missions/decide/{second}"
    assert decide(browser, second, opportunity="no", next="yes").headers["location"] == "/edit/missions/decide"


def test_a_form_that_says_nothing_is_turned_down_and_not_logged(browser: Browser) -> None:
    theme_id = theme_of("clean_energy")
    answer = decide(browser, theme_id, clean_energy="open")
    assert answer.status_code == 422
    assert "Nothing was changed. Say yes or no for at least one mission." in answer.text
    assert "<title>Error: " in answer.text
    target = re.search(r'<li><a href="#([\w-]+)">Nothing', answer.text)
    assert target
    assert f'id="{target[1]}"' in answer.text
    assert decide(browser, theme_id, clean_energy="perhaps").status_code == 422
    with reading() as session:
        assert session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id).desc())).first() == "sign in"


def test_themes_and_rows_that_are_not_there_are_not_found(browser: Browser) -> None:
    theme_id = theme_of("clean_energy")
    for path in ("/edit/missions/nowhere", "/edit/missions/growth?sector=church", "/edit/missions/decide/theme_x"):
        assert browser.get(path).status_code == 404, path
    with transaction() as session:
        session.get_one(Theme, theme_id).state = ThemeState.retired
    assert browser.get(f"/edit/missions/decide/{theme_id}").status_code == 404
    assert browser.send("/account", f"/edit/missions/decide/{theme_id}", **{"belongs growth": "yes"}).status_code == 409
    with reading() as session:
        assert session.exec(select(AlignmentDecision)).all() == []


@pytest.mark.parametrize("role", [Role.facilitator, Role.reader])
def test_only_editors_come_here(browser: Browser, enter: Callable[..., Account], role: Role) -> None:
    theme_id = theme_of("clean_energy")
    browser.send("/account", "/sign-out")
    assert browser.get("/edit/missions").url.path == "/sign-in"
    enter("Rhea", role)
    for path in ("", "/growth", "/decide", f"/decide/{theme_id}"):
        assert browser.get(f"/edit/missions{path}").status_code == 403
    assert browser.send("/account", f"/edit/missions/decide/{theme_id}", **{"belongs growth": "yes"}).status_code == 403
    assert browser.send("/account", f"/edit/missions/decide/{theme_id}/return", entry="growth").status_code == 403
    assert browser.http.post(f"/edit/missions/decide/{theme_id}", data={"belongs growth": "yes"}).status_code in (
        403,
        422,
    )
    with reading() as session:
        assert session.exec(select(AlignmentDecision)).all() == []


def test_before_the_first_worker_the_page_says_what_is_missing(browser: Browser) -> None:
    with transaction() as session:
        for row in session.exec(select(ThemeAlignment)):
            session.delete(row)
        board.missions_now(session).framework = "something else"
    answer = browser.get("/edit/missions")
    assert answer.status_code == 404
    assert "They come with the first start of a worker." in answer.text


def test_every_theme_with_points_is_on_the_editor_s_board(browser: Browser) -> None:
    with reading() as session:
        themed = set(session.exec(select(Point.theme_id).where(Point.state == PointState.themed)))
        found = board.everything(session, missions.Scope(), board.missions_now(session))
    assert {theme.id for theme in found} == themed
    assert [theme.events for theme in found] == sorted((theme.events for theme in found), reverse=True)
