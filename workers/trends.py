"""Charts of how themes move from quarter to quarter."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlmodel import Session, select

from models.campaign import Event
from nlp.facts import DigestFacts, ThemeFact
from workers import drawing
from workers.figure import Figure, few, is_or_are, opened

MOVES = {
    "emerging": "it was first heard lately",
    "rising": "it is heard at more events than before",
    "steady": "it is heard as before",
    "fading": "it is heard at fewer events than before",
}
MONTHS = ("Jan–Mar", "Apr–Jun", "Jul–Sep", "Oct–Dec")

Quarter = tuple[int, int]
"""A year, and 0 to 3."""


def quarters_of(session: Session, facts: DigestFacts) -> dict[str, Quarter]:
    """The quarter in which each event was held that a point of the facts comes from.

    The release gate lets readers have the date of every point that it lets them have, and no other event is looked
    at: an event whose points are all withheld is not counted, not even among those held in a quarter.
    """
    events = {point.event for theme in facts.themes for point in theme.points}
    return {event.id: _quarter(event.held_on) for event in session.exec(select(Event)) if event.id in events}


def trend(name: str, themes: Sequence[ThemeFact], quarters: Mapping[str, Quarter], marking: str) -> Iterator[Figure]:
    """Each theme by quarter, among the events of that quarter that the facts tell of; one quarter is no trend."""
    spoken = [theme for theme in themes if theme.points]
    held = Counter(quarters.values())
    span = _span(held)
    if len(span) < 2 or not spoken:
        return
    raised = {
        theme.id: Counter(quarters[event] for event in {point.event for point in theme.points}) for theme in spoken
    }
    rows = [
        {
            "place": place,
            "theme": theme.title,
            "quarter": _months(quarter),
            "events": raised[theme.id][quarter],
            "held": held[quarter],
            "words": f"{raised[theme.id][quarter]} of {held[quarter]}",
            "says": f"{theme.title}, {_months(quarter, ' ')}: {raised[theme.id][quarter]} of {held[quarter]} events",
        }
        for place, theme in enumerate(spoken)
        for quarter in span
    ]
    title = _moving(spoken)
    yield Figure(
        name,
        title,
        "A line for each theme shows at how many events it was raised in each quarter, before columns for all events "
        "of the quarter that this digest tells of. How a theme moves is judged by the last three months against all "
        f"before: {title}.",
        drawing.trend_lines(rows, marking, named=len(themes) > 1),
        ["Theme", *(_months(quarter, " ") for quarter in span)],
        [[theme.title, *(row["words"] for row in rows if row["place"] == place)] for place, theme in enumerate(spoken)],
    )


def _moving(themes: Sequence[ThemeFact]) -> str:
    if len(themes) == 1:
        return f"‘{themes[0].title}’ is {themes[0].state}: {MOVES[themes[0].state]}"
    moved = {state: [theme for theme in themes if theme.state == state] for state in MOVES}
    # A theme that is first heard lately makes news only where none rises or fades.
    states = [state for state in ("rising", "fading") if moved[state]] or ["emerging"]
    clauses = [f"{few(moved[state])} {is_or_are(moved[state])} {state}" for state in states if moved[state]]
    return opened(" and ".join(clauses) or "these themes are steady")


def _quarter(day: date) -> Quarter:
    return day.year, (day.month - 1) // 3


def _span(held: Iterable[Quarter]) -> list[Quarter]:
    """Every quarter from the first to the last, those without an event too."""
    counted = sorted(year * 4 + part for year, part in held)
    return [divmod(number, 4) for number in range(counted[0], counted[-1] + 1)] if counted else []


def _months(quarter: Quarter, break_: str = "\n") -> str:
    return f"{MONTHS[quarter[1]]}{break_}{quarter[0]}"
