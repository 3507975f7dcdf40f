"""Charts: the figures of an edition and nothing else, the same each time, gone with what they were made of."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

import prompts
from models import release
from models.campaign import EventSector
from models.chart import Chart
from models.digest import Digest, Edition
from models.store import reading, transaction
from nlp.digest import compose
from nlp.facts import DigestFacts, SectorFact
from workers import drawing
from workers.charts import draw
from workers.publish import digest_facts
from workers.trends import quarters_of

PERIOD = {"title": "Coast and country", "period_start": "2026-01-01", "period_end": "2026-12-31"}
NOTES = Path(__file__).parents[1] / "notes"
STATIC = Path(drawing.__file__).parents[1] / "service" / "web" / "static"
ATTENDEE = re.compile(r"^- (?P<first>\w+) (?P<last>[\w’-]+) \(\w+\), (?P<organisation>.+)$", re.MULTILINE)


@pytest.fixture
def facts() -> DigestFacts:
    path = Path(__file__).parents[1] / "nlp" / "digest_facts.json"
    return DigestFacts.from_dict(json.loads(path.read_text("utf-8")))


def drawn(facts: DigestFacts) -> dict[str, Chart]:
    """The charts of the facts, by name; their events fall into three quarters in turn."""
    events = sorted({point.event for theme in facts.themes for point in theme.points})
    quarters = {event: (2026, place % 3) for place, event in enumerate(events)}
    return {
        chart.name: chart for chart in draw("edition_1", facts, compose(facts, prompts.load("sentences")), quarters)
    }


def whole(charts: list[Chart]) -> str:
    return json.dumps([chart.model_dump() for chart in charts], ensure_ascii=False)


@pytest.fixture
def publish(library: Any, call: Any, work: Callable[[], None]) -> Callable[[], str]:
    """Has a digest of all notes drafted and published; its id."""

    def carry() -> str:
        digest_id = str(call.done("POST", "/digests", "edit", json=PERIOD)["id"])
        work()
        call.done("POST", f"/digests/{digest_id}/approval", "edit")
        call.done("POST", f"/digests/{digest_id}/publication", "edit")
        work()
        return digest_id

    return carry


def charts_of(digest_id: str) -> list[Chart]:
    with reading() as session:
        query = select(Chart).join(Edition, col(Edition.id) == Chart.edition_id).where(Edition.digest_id == digest_id)
        return list(session.exec(query.order_by(col(Chart.edition_id), col(Chart.place))))


def test_same_facts_give_the_same_pictures(facts: DigestFacts) -> None:
    first, again = drawn(facts), drawn(facts)
    assert list(first) == list(again)
    assert all(first[name].svg == again[name].svg for name in first)
    assert all(first[name].spec == again[name].spec for name in first)


def test_each_theme_is_told_as_the_facts_have_it(facts: DigestFacts) -> None:
    charts = drawn(facts)
    events = {row[0]: row[2] for row in charts["themes"].rows}
    assert events == {theme.title: f"{theme.events} of {theme.events_total}" for theme in facts.themes}
    assert charts["themes"].title == (
        "‘Trust between sectors’, ‘Leadership turnover’ and ‘Short-term funding’ were raised most widely, "
        "each at 6 of 8 events"
    )
    stances = {(row[0], row[1]): row[2:] for row in charts["agreement"].rows}
    assert stances["Procurement small firms", "Public sector"] == [3, 0, 0]
    assert stances["Procurement small firms", "Private sector"] == [0, 0, 6]
    theme = next(theme for theme in facts.themes if theme.title == "Procurement small firms")
    assert charts[f"agreement-{theme.id}"].title == (
        "Sectors differ on ‘Procurement small firms’: the public sector is supportive, "
        "the not-for-profit sector and the private sector concerned"
    )
    assert all(chart.title in chart.description for chart in charts.values())
    assert all(f">{facts.marking}</text>" in chart.svg for chart in charts.values())


def test_what_the_facts_do_not_tell_is_not_shown_and_never_nought(facts: DigestFacts) -> None:
    table = drawn(facts)["missions-by-sector"]
    cells = {(row[0], name): cell for row in table.rows for name, cell in zip(table.columns[1:], row[1:], strict=True)}
    # Higher education may be named at three of eight events; at them it raised no theme of this mission.
    assert cells["Take back our streets", "Higher education"] == "not shown"
    assert cells["Kickstart economic growth", "Higher education"] == "3 of 4"
    hidden = replace(
        facts,
        themes=tuple(
            replace(theme, sectors=tuple(row for row in theme.sectors if row.sector != "private"))
            for theme in facts.themes
        ),
    )
    table = drawn(hidden)["missions-by-sector"]
    assert {row[table.columns.index("Private sector")] for row in table.rows} == {"not shown"}
    others = [chart for name, chart in drawn(hidden).items() if name != "missions-by-sector"]
    assert "rivate" not in whole(others)


def test_nought_is_said_where_the_facts_tell_it(facts: DigestFacts) -> None:
    silent = SectorFact("higher education", 0, facts.events, 0, 0, 0)
    known = tuple(
        replace(theme, sectors=(*(row for row in theme.sectors if row.sector != silent.sector), silent))
        for theme in facts.themes
    )
    table = drawn(replace(facts, themes=known))["missions-by-sector"]
    assert {row[-1].split(" ")[0] for row in table.rows} == {"0"}


def test_themes_of_one_title_and_of_long_titles_keep_their_own_bars(facts: DigestFacts) -> None:
    long = "How every sector might one day " * 6
    themes = (replace(facts.themes[0], title="Data sharing"), replace(facts.themes[1], title=long), *facts.themes[2:])
    charts = drawn(replace(facts, themes=themes))
    assert [row[0] for row in charts["themes"].rows].count("Data sharing") == 2
    assert "Data sharing (" in charts["trends"].svg
    assert long in {row[0] for row in charts["themes"].rows}
    lines = {row["name"].count("\n") for row in next(iter(charts["themes"].spec["datasets"].values()))}
    assert lines == {1}
    width = float(charts["themes"].svg.split('width="')[1].split('"')[0])
    assert width < 400


def test_one_quarter_makes_no_trend_and_no_sector_no_agreement(facts: DigestFacts) -> None:
    nameless = replace(facts, themes=tuple(replace(theme, sectors=()) for theme in facts.themes))
    events = {point.event for theme in facts.themes for point in theme.points}
    briefing = compose(nameless, prompts.load("sentences"))
    charts = draw("edition_1", nameless, briefing, dict.fromkeys(events, (2026, 1)))
    assert [chart.name for chart in charts] == ["themes"]
    empty = replace(nameless, themes=())
    assert draw("edition_1", empty, compose(empty, prompts.load("sentences")), {}) == []


def test_a_theme_that_the_edition_does_not_tell_of_is_not_drawn(facts: DigestFacts) -> None:
    briefing = compose(facts, prompts.load("sentences"))
    without = replace(briefing, also_raised=(), movement=())
    told = {theme.title for mission in briefing.missions for theme in mission.themes}
    charts = draw("edition_1", facts, without, {})
    assert {row[0] for row in charts[0].rows} == told
    assert "Retail crime" not in told
    assert "Retail crime" not in whole(charts)


def test_colours_differ_in_lightness_from_their_neighbours_and_the_page() -> None:
    for colours in (drawing.STANCES, drawing.MOVES):
        for shade in set(colours.values()) - {drawing.PAPER}:
            assert contrast(shade, drawing.PAPER) >= 3
    # A bar as white as the page is told from it by its outline.
    assert contrast(drawing.INK, drawing.PAPER) >= 3
    concerned, mixed, supports = drawing.STANCES.values()
    assert all(contrast(one, other) >= 3 for one, other in pairwise((concerned, mixed, supports, concerned)))
    assert contrast(drawing.PAPER, concerned) >= 4.5
    assert contrast(drawing.INK, supports) >= 4.5
    assert contrast(drawing.PAPER, drawing.SHADES["all"]) >= 4.5
    assert contrast(drawing.INK, drawing.SHADES["half"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_browsers_draw_with_what_the_still_pictures_were_drawn_with() -> None:
    """Made anew by `python -m workers.drawing > service/web/static/vega.js`."""
    assert (STATIC / "vega.js").read_text("utf-8") == drawing.moving()


def test_an_edition_has_its_charts_and_they_name_nobody(publish: Callable[[], str]) -> None:
    charts = charts_of(publish())
    assert {"themes", "missions-by-sector", "agreement", "trends"} <= {chart.name for chart in charts}
    assert [chart.place for chart in charts] == list(range(len(charts)))
    found = [ATTENDEE.findall(note.read_text("utf-8")) for note in NOTES.glob("*.md")]
    planted = {word for attendees in found for attendee in attendees for word in attendee}
    assert len(planted) > 10
    told = whole(charts)
    assert [word for word in planted if word in told] == []


def test_a_sector_that_the_gate_hides_is_in_no_chart(publish: Callable[[], str]) -> None:
    with transaction() as session:
        for row in session.exec(select(EventSector).where(EventSector.sector == "higher education")):
            row.named = False
    charts = charts_of(publish())
    table = next(chart for chart in charts if chart.name == "missions-by-sector")
    assert {row[table.columns.index("Higher education")] for row in table.rows} == {"not shown"}
    assert "igher education" not in whole([chart for chart in charts if chart is not table])


def test_trends_count_the_events_of_released_points_by_quarter(publish: Callable[[], str]) -> None:
    digest_id = publish()
    with reading() as session:
        digest = session.get_one(Digest, digest_id)
        scope = release.Scope(None, digest.period_start, digest.period_end)
        themes = release.release(session, scope, release.policy()).themes
        facts = digest_facts(session, digest)
        quarters = quarters_of(session, facts)
    points = [point for theme in themes for point in theme.points]
    held = {point.event_id: (point.held_on.year, (point.held_on.month - 1) // 3) for point in points}
    assert quarters == held
    trends = next(chart for chart in charts_of(digest_id) if chart.name == "trends")
    assert trends.columns == ["Theme", "Jan–Mar 2026", "Apr–Jun 2026"]
    for title, first, second in trends.rows:
        events = {point.event_id for theme in themes if theme.title == title for point in theme.points}
        for quarter, words in enumerate((first, second)):
            raised = sum(held[event] == (2026, quarter) for event in events)
            assert words == f"{raised} of {list(held.values()).count((2026, quarter))}"


def test_charts_go_with_a_withdrawn_note_and_the_next_edition_has_its_own(
    publish: Callable[[], str], call: Any, work: Callable[[], None], library: Any
) -> None:
    digest_id = publish()
    before = {chart.edition_id for chart in charts_of(digest_id)}
    assert before
    call.done("POST", f"/notes/{library.notes['harbour']}/withdrawal", "facilitate")
    assert charts_of(digest_id) == []
    work()
    call.done("POST", f"/digests/{digest_id}/approval", "edit")
    call.done("POST", f"/digests/{digest_id}/publication", "edit")
    work()
    after = charts_of(digest_id)
    assert after
    assert not before & {chart.edition_id for chart in after}


def test_charts_go_with_a_withdrawn_digest(publish: Callable[[], str], call: Any) -> None:
    digest_id = publish()
    assert charts_of(digest_id)
    call.done("POST", f"/digests/{digest_id}/withdrawal", "edit")
    assert charts_of(digest_id) == []
