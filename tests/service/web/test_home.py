"""What a busy reader meets first: what changed, themes by mission, openings, digests by year; and a theme's history."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from models import store
from models.account import Account, Role
from models.campaign import Campaign
from models.digest import Digest, DigestState, Edition
from models.store import now, transaction
from models.theme import Lineage, LineageKind, Theme, ThemeState
from service.web.pages import FILES_FROM_ONE_PLACE, SHELF, TELLINGS
from tests.service.web.conftest import Browser

SPRING, SUMMER = ("2026-04-01", "2026-06-30"), ("2026-07-01", "2026-09-30")


def sentence(text: str, template: str = "x@1", **values: Any) -> dict[str, Any]:
    return {"text": text, "points": ["point_1"], "template": template, "values": values, "theme": None}


def theme(id: str, state: str = "steady", raised: int = 3, title: str = "", **parts: list[dict[str, Any]]) -> Any:
    breadth = sentence(f"Raised at {raised} of 12 events.", "breadth@1", raised_at=raised, held=12)
    stances = sentence(f"Stances on {id}.", "stances_all@1")
    told = {"said": [stances], "breadth": [breadth], **parts}
    sections = [{"key": key, "heading": key.capitalize(), "sentences": rows} for key, rows in told.items()]
    return {"id": id, "title": title or f"Title {id}", "state": state, "parts": sections}


def published(
    *themes: Any, period: tuple[str, str] = SUMMER, title: str = "What was said", mission: str = "Growth", **more: Any
) -> Edition:
    """A published digest with the themes under one mission."""
    start, end = map(date.fromisoformat, period)
    scope = {name: more.pop(name) for name in ("campaign_id",) if name in more}
    briefing = {
        "title": title,
        "period_start": period[0],
        "period_end": period[1],
        "marking": "OFFICIAL",
        "opening": [],
        "missions": [{"id": "m", "title": mission, "themes": list(themes)}],
        **{name: [] for name in ("also_raised", "movement", "made", "withheld", "evidence")},
        **more,
    }
    with transaction() as session:
        digest = Digest(
            title=title, period_start=start, period_end=end, state=DigestState.published, created_by="x", **scope
        )
        session.add(digest)
        session.flush()
        words = {"sha256": "", "briefing": briefing, "markdown": "", "published_by": "x"}
        edition = Edition(digest_id=digest.id, number=1, **words)
        session.add(edition)
    return edition


def part(page: str, heading: str) -> str:
    """The words of the section that a heading's id begins, without the marks between them."""
    inside = page.split(f'id="{heading}">')[1].split("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", inside).split())


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement sent to the database since the list was last emptied."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    engine = store.engine()
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_nothing_is_there_before_the_first_digest(browser: Browser) -> None:
    page = browser.get("/").text
    assert "No digest has been published yet" in page
    assert "What changed" not in page
    assert "No digest has been published yet" in browser.get("/digests").text


def test_what_changed_takes_each_kind_by_turns_the_widest_first(browser: Browser) -> None:
    rising = [theme(f"r{raised}", "rising", raised) for raised in (1, 5, 3, 4)]
    published(*rising, theme("f", "fading", 2), theme("n", "emerging", 1), theme("s", "steady", 9))
    page = browser.get("/").text
    told = part(page, "changed")
    assert re.findall(r"(new|rising|fading) Title (\w+)", told) == [
        ("new", "n"),
        ("rising", "r5"),
        ("rising", "r4"),
        ("rising", "r3"),
        ("fading", "f"),
    ]
    assert "Title r5 Growth. Raised at 5 of 12 events. Stances on r5." in told
    assert "1 more moved" in told
    assert "1 July 2026 to 30 September 2026" in told
    assert 'href="/themes/r5"' in page


def test_what_the_digest_calls_new_is_new_and_how_sectors_differ_comes_first(browser: Browser) -> None:
    differ = {"agreement": [sentence("They differ: one is concerned, the other supportive.")]}
    new = sentence("New since then: ‘Title a’.", "new@1", titles=["‘Title a’"], since="1 May")
    published(theme("a", "steady", **differ), theme("b", "steady"), movement=[new])
    told = part(browser.get("/").text, "changed")
    assert "new Title a" in told
    assert "They differ" in told
    assert "Title b" not in told


def test_nothing_that_moved_is_said_too(browser: Browser) -> None:
    published(theme("a"))
    assert "Nothing moved" in part(browser.get("/").text, "changed")


def test_themes_stand_by_mission_with_how_widely_they_were_raised(browser: Browser) -> None:
    published(theme("a", "fading", 4), also_raised=[sentence("Ports"), sentence("Docks")])
    page = browser.get("/").text
    assert "Growth Title a fading 4 of 12 events" in part(page, "latest")
    assert "2 more themes were also raised" in page


def test_a_campaign_s_digest_adds_its_own_themes_and_says_whose_events_it_counts(browser: Browser) -> None:
    with transaction() as session:
        campaign = Campaign(name="Ports")
        session.add(campaign)
        session.flush()
    published(theme("a", raised=2), theme("b", raised=1), title="On ports", campaign_id=campaign.id)
    published(theme("a", raised=7), title="On everything")
    told = part(browser.get("/").text, "latest")
    assert "Title a steady 7 of 12 events" in told
    assert "Title b steady 1 of 12 events in ‘On ports’" in told
    assert told.count("Title a") == 1


def test_an_earlier_period_is_not_told_as_the_present_one(browser: Browser) -> None:
    published(theme("old", "rising"), period=SPRING, title="Spring")
    published(theme("a"))
    page = browser.get("/").text
    assert "Title old" not in page
    assert "Spring" in part(page, "digests")


def test_the_strictest_marking_stands_on_the_page(browser: Browser) -> None:
    published(theme("a"))
    assert '<strong class="marking">OFFICIAL</strong>' in browser.get("/").text
    with transaction() as session:
        campaign = Campaign(name="Ports")
        session.add(campaign)
        session.flush()
    published(theme("b"), campaign_id=campaign.id, marking="OFFICIAL-SENSITIVE")
    assert '<strong class="marking">OFFICIAL-SENSITIVE</strong>' in browser.get("/").text


@pytest.fixture
def meeting(database: str) -> Edition:
    """A theme where the private and the public sector meet, and one that only universities raised."""
    met = sentence(
        "The private sector asks: “Let higher education in.” The public sector offers: “Desks.”",
        "ask_meets_offer@1",
        asker="the private sector",
        offerer="the public sector",
    )
    worded = sentence("Higher education could lend rooms.", "")
    points = [
        {"id": "point_1", "theme": "a", "text": "Desks.", "sector": "private"},
        {"id": "point_2", "theme": "b", "text": "Rooms.", "sector": "higher education"},
        {"id": "point_3", "theme": "b", "text": "Keys.", "sector": None},
    ]
    return published(theme("a", openings=[met]), theme("b", openings=[{**worded, "values": {}}]), evidence=points)


def reads_for(account: Account, sector: str) -> None:
    with transaction() as session:
        session.get_one(Account, account.id).sector = sector


def test_a_sector_s_reader_sees_its_openings_and_the_themes_it_raised(
    meeting: Edition, browser: Browser, enter: Callable[..., Account]
) -> None:
    reader = enter("Ros", Role.reader)
    reads_for(reader, "private")
    told = part(browser.get("/").text, "sector")
    assert told.startswith("For the private sector")
    assert "The private sector asks" in told
    assert "lend rooms" not in told
    raised = told.split("Themes that your sector raised")[1]
    assert "Title a" in raised
    assert "Title b" not in raised
    reads_for(reader, "higher education")
    told = part(browser.get("/").text, "sector")
    assert told.startswith("For higher education")
    assert "lend rooms" in told
    # Somebody's words name universities there, but no opening of theirs.
    assert "private sector asks" not in told


def test_a_sector_that_no_digest_names_is_told_so(
    meeting: Edition, browser: Browser, enter: Callable[..., Account]
) -> None:
    reads_for(enter("Ros", Role.reader), "not-for-profit")
    told = part(browser.get("/").text, "sector")
    assert "No opening in the latest digests names your sector" in told
    assert "under no theme" in told


def test_everybody_else_sees_openings_across_sectors(meeting: Edition, browser: Browser) -> None:
    page = browser.get("/").text
    assert 'id="sector"' not in page
    told = part(page, "openings")
    assert told.index("The private sector asks") < told.index("Higher education could lend rooms")


def test_the_archive_holds_every_digest_by_year_fifty_on_a_page(browser: Browser) -> None:
    for number in range(SHELF + 2):
        year = 2026 - number // 12
        month = 12 - number % 12
        published(theme("a"), period=(f"{year}-{month:02}-01", f"{year}-{month:02}-28"), title=f"Digest {number}.")
    home = browser.get("/").text
    assert len(re.findall(r'href="/digests/digest_\w+">Digest', home)) == 5
    first, second = browser.get("/digests").text, browser.get("/digests?page=2").text
    assert re.findall(r">Digest (\d+)\.<", first) == [str(number) for number in range(SHELF)]
    assert re.findall(r">Digest (\d+)\.<", second) == [str(SHELF), str(SHELF + 1)]
    assert re.findall(r"<h2[^>]*>(\d+)<", first) == ["2026", "2025", "2024", "2023", "2022"]
    assert 'href="/digests?page=2"' in first
    assert 'href="/digests?page=1"' in second
    assert "page=3" not in second
    assert browser.get("/digests?page=3").status_code == 404
    assert browser.get("/digests?page=0").status_code == 422


def test_what_cannot_be_read_is_in_no_list(browser: Browser) -> None:
    gone, withdrawn = published(theme("a"), title="Recalled"), published(theme("b"), title="Withdrawn one")
    published(theme("c"), title="Standing")
    with transaction() as session:
        session.add(Digest(title="Draft", period_start=now(), period_end=now(), created_by="x"))
        session.get_one(Digest, withdrawn.digest_id).state = DigestState.withdrawn
        session.get_one(Edition, gone.id).withdrawn_at = now()
    for page in (browser.get("/").text, browser.get("/digests").text):
        assert "Standing" in page
        assert not [title for title in ("Recalled", "Withdrawn one", "Draft", "Title a", "Title b") if title in page]


def test_home_asks_the_database_no_more_for_many_digests_than_for_few(browser: Browser, statements: list[str]) -> None:
    costs = []
    for number in range(60):
        published(theme("a"), period=(f"{1960 + number}-01-01", f"{1960 + number}-12-31"))
        if number in (6, 59):
            statements.clear()
            browser.get("/")
            costs.append((len(statements), sum("briefing" in statement for statement in statements)))
    assert costs[0] == costs[1]
    assert costs[0][1] == 1


def test_a_theme_s_history_is_told_in_words_and_figures(browser: Browser) -> None:
    published(theme("a", "emerging", 2), period=SPRING)
    assert "One digest tells of it so far: emerging, raised at 2 of 12 events" in part(
        browser.get("/themes/a").text, "history"
    )
    worded = [sentence("Nearly everywhere.", "")]
    published(theme("a", "steady", breadth=worded), period=("2026-05-01", "2026-08-31"))
    published(theme("a", "rising", 7))
    told = part(browser.get("/themes/a").text, "history")
    assert "3 digests tell of it." in told
    assert "In the first, to 30 June 2026, it was emerging, raised at 2 of 12 events." in told
    assert "In the latest, to 30 September 2026, it is rising, raised at 7 of 12 events." in told
    assert "1 April 2026 to 30 June 2026 Emerging 2 of 12 events" in told
    assert "1 May 2026 to 31 August 2026 Steady As told in its digest" in told


def test_a_long_history_shows_its_latest_part(browser: Browser) -> None:
    for year in range(2000, 2000 + TELLINGS + 3):
        published(theme("a", raised=1), period=(f"{year}-01-01", f"{year}-12-31"))
    page = browser.get("/themes/a").text
    told = part(page, "history")
    assert f"More than {TELLINGS} digests tell of it. In the earliest of the latest {TELLINGS}" in told
    assert "31 December 2003" in told
    assert "31 December 2002" not in told
    assert page.count('<th scope="row">') == TELLINGS
    assert f"Those are the latest {TELLINGS}" in told


def test_a_theme_last_told_of_long_ago_still_has_its_page(browser: Browser) -> None:
    for year in range(1980, 2025):
        published(theme("old" if year == 1980 else "a"), period=(f"{year}-01-01", f"{year}-12-31"))
    assert "to 31 December 1980" in browser.get("/themes/old").text


def test_earlier_names_are_those_that_readers_have_seen(browser: Browser) -> None:
    with transaction() as session:
        heir = Theme(id="a", title="Now", description="", centroid=b"")
        session.add(heir)
        session.flush()
        for id, name in (("b", "Gathered in"), ("c", "Never told")):
            session.add(
                Theme(id=id, title=name, description="", centroid=b"", state=ThemeState.retired, merged_into="a")
            )
        session.add(Lineage(theme_id="a", kind=LineageKind.renamed, detail={"from": "Inside name"}, by="x"))
    published(theme("a", title="First name"), theme("b", title="Gathered in"), period=SPRING)
    published(theme("a", title="Now"))
    page = browser.get("/themes/a").text
    assert "Earlier names: ‘First name’, ‘Gathered in’." in part(page, "history")
    assert "Never told" not in page
    assert "Inside name" not in page
    assert browser.get("/themes/b").url.path == "/themes/a"


def test_an_earlier_name_goes_with_the_digest_that_told_it(browser: Browser) -> None:
    first = published(theme("a", title="First name"), period=SPRING)
    published(theme("a", title="Now"))
    assert "First name" in browser.get("/themes/a").text
    with transaction() as session:
        row = session.get_one(Edition, first.id)
        row.withdrawn_at, row.briefing = now(), {}
    assert "First name" not in browser.get("/themes/a").text


def test_who_is_not_signed_in_makes_only_so_many_files(browser: Browser, enter: Callable[..., Account]) -> None:
    for number in range(FILES_FROM_ONE_PLACE):
        assert browser.get(f"/digests/none.{'pdf' if number % 2 else 'docx'}").status_code == 404
    refused = browser.get("/digests/none.pdf")
    assert refused.status_code == 429
    assert "Wait 10 minutes" in refused.text
    assert browser.get("/digests/none.md").status_code == 404
    enter("Ros", Role.reader)
    assert browser.get("/digests/none.pdf").status_code == 404
