"""The charts of an edition, made when it is published.

They draw on the edition's facts alone, which have passed the release gate, and of these on the themes that the
edition tells of. What the facts leave out is left out here, or said to be not shown; it is never drawn as nothing.
"""

from collections.abc import Iterator, Mapping

from models.chart import Chart
from nlp.briefing import Briefing
from nlp.digest import by_breadth, home
from nlp.facts import DigestFacts
from workers import drawing
from workers.breadth import missions_by_sector, widest
from workers.figure import Figure
from workers.leanings import stances
from workers.trends import Quarter, trend


def draw(edition_id: str, facts: DigestFacts, briefing: Briefing, quarters: Mapping[str, Quarter]) -> list[Chart]:
    """The charts of an edition in their order; the same for the same facts."""
    return [
        Chart(
            edition_id=edition_id,
            name=figure.name,
            place=place,
            title=figure.title,
            description=figure.description,
            spec=figure.spec,
            svg=drawing.still(figure.spec),
            columns=figure.columns,
            rows=figure.rows,
        )
        for place, figure in enumerate(_figures(facts, briefing, quarters))
    ]


def _figures(facts: DigestFacts, briefing: Briefing, quarters: Mapping[str, Quarter]) -> Iterator[Figure]:
    told = {sentence.theme for sentence in briefing.sentences()}
    themes = [theme for theme in by_breadth(facts.themes) if theme.id in told]
    set_out = [theme.id for mission in briefing.missions for theme in mission.themes]
    headlines = [theme for theme in themes if theme.id in set_out]
    events = {point.event for theme in themes for point in theme.points}
    quarters = {event: quarter for event, quarter in quarters.items() if event in events}
    if themes:
        yield widest(themes, facts)
    if any(home(theme, facts) for theme in themes) and any(theme.sectors for theme in themes):
        yield missions_by_sector(themes, facts)
    yield from stances("agreement", headlines, facts.marking)
    yield from trend("trends", headlines, quarters, facts.marking)
    for theme in headlines:
        yield from stances(f"agreement-{theme.id}", [theme], facts.marking)
        yield from trend(f"trend-{theme.id}", [theme], quarters, facts.marking)
