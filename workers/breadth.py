"""Charts of how widely themes were raised: under each mission, and by each sector."""

from collections.abc import Sequence
from typing import Any

from nlp.digest import OUTSIDE, home
from nlp.facts import DigestFacts, ThemeFact
from workers import drawing
from workers.figure import SECTORS, Figure, counted, few, listed, of_events, opened, spelt

MOST_THEMES = 14
NOT_SHOWN = "not shown"


def widest(themes: Sequence[ThemeFact], facts: DigestFacts) -> Figure:
    """Themes under their missions, a bar for how many events raised each: what a list says, with its weight seen.

    A map with positions would need axes that mean nothing to a reader; length and order need no explaining.
    """
    shown = themes[:MOST_THEMES]
    places = [*facts.missions, None]
    shown = sorted(shown, key=lambda theme: places.index(home(theme, facts)))
    mission = {theme.id: facts.missions.get(home(theme, facts) or "", OUTSIDE) for theme in shown}
    rows = [
        {
            "place": place,
            "theme": theme.title,
            "mission": mission[theme.id],
            "events": theme.events,
            "held": theme.events_total,
            "moves": theme.state,
            "words": f"{theme.events} of {theme.events_total}, {theme.state}",
            "says": f"{theme.title}: raised at {of_events(theme)}; {theme.state}",
        }
        for place, theme in enumerate(shown)
    ]
    rest = "" if len(themes) == len(shown) else f" These are the {len(shown)} raised most widely of {len(themes)}."
    title = _most_widely([theme for theme in themes if theme.events == themes[0].events])
    return Figure(
        "themes",
        title,
        f"Bars under each mission show at how many events a theme was raised, and how it moves: {title}.{rest}",
        drawing.theme_bars(rows, facts.marking),
        ["Theme", "Mission", "Events that raised it", "How it moves"],
        [[row["theme"], row["mission"], f"{row['events']} of {row['held']}", row["moves"]] for row in rows],
    )


def missions_by_sector(themes: Sequence[ThemeFact], facts: DigestFacts) -> Figure:
    """How many of each mission's themes each sector raised, where the facts tell it.

    A sector may be named at some events only. Where it may be named at none, or was not heard at those where it
    may, nobody outside can know whether it raised the theme elsewhere: the cell is not shown, it is not nought.
    """
    missions = [(title, [theme for theme in themes if id in theme.missions]) for id, title in facts.missions.items()]
    cells = [
        _cell(place, title, of, sector, facts)
        for place, (title, of) in enumerate((title, of) for title, of in missions if of)
        for sector in SECTORS
    ]
    most = max(len(of) for _, of in missions)
    fullest = [f"‘{title}’" for title, of in missions if len(of) == most]
    each = " each" if len(fullest) > 1 else ""
    title = f"{listed(fullest)} drew the most themes: {most} of {len(themes)}{each}"
    told: dict[str, list[str]] = {}
    for cell in cells:
        told.setdefault(cell["mission"], []).append(cell["words"])
    return Figure(
        "missions-by-sector",
        title,
        "A table with a row for each mission and a column for each sector: how many of the mission’s themes the "
        f"sector raised at events where it may be named. {title}. A theme can belong to several missions.",
        drawing.heat_table(cells, list(dict.fromkeys(cell["sector"] for cell in cells)), facts.marking),
        ["Mission", *map(spelt, SECTORS)],
        [[mission, *words] for mission, words in told.items()],
    )


def _cell(place: int, mission: str, of: Sequence[ThemeFact], sector: str, facts: DigestFacts) -> dict[str, Any]:
    spoken = [row for theme in of for row in theme.sectors if row.sector == sector]
    count = sum(row.events > 0 for row in spoken)
    known = count > 0 or any(row.present == facts.events for row in spoken)
    raised = f"raised {count} of {counted(len(of), 'theme')}" if known else NOT_SHOWN
    return {
        "place": place,
        "mission": mission,
        "sector": SECTORS[sector].replace("Higher ", "Higher\n"),
        "first": sector == next(iter(SECTORS)),
        "words": f"{count} of {len(of)}" if known else NOT_SHOWN,
        "shade": _shade(count, len(of)) if known else NOT_SHOWN,
        "says": f"{spelt(sector)}, {mission}: {raised}",
    }


def _most_widely(top: Sequence[ThemeFact]) -> str:
    if len(top) == 1:
        return f"‘{top[0].title}’ was raised most widely, at {of_events(top[0])}"
    return f"{opened(few(top))} were raised most widely, each at {of_events(top[0])}"


def _shade(count: int, of: int) -> str:
    if count == of:
        return "all"
    return "half" if 2 * count >= of else "some" if count else "none"
