"""A chart before it is drawn: what it says, what it shows, and the words that charts share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.facts import ThemeFact
from nlp.section import named_sector

FEW = 3
"""As many themes as a title names."""
NUMBERS = {4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
SECTORS = {
    "public": "Public",
    "private": "Private",
    "not-for-profit": "Not-for-profit",
    "higher education": "Higher education",
}


@dataclass(frozen=True)
class Figure:
    """What a chart says in words, a specification to draw it from, and its figures as a table."""

    name: str
    title: str
    description: str
    spec: dict[str, Any]
    columns: list[str]
    rows: list[list[Any]]


def of_events(theme: ThemeFact) -> str:
    """At how many events a theme was raised, such as 4 of 8 events."""
    return f"{theme.events} of {counted(theme.events_total, 'event')}"


def counted(count: int, thing: str) -> str:
    """A number with its thing in the singular or plural."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def titles(themes: Iterable[ThemeFact]) -> list[str]:
    """The titles of themes in quotation marks."""
    return [f"‘{theme.title}’" for theme in themes]


def is_or_are(things: Sequence[object]) -> str:
    """The verb for so many."""
    return "is" if len(things) == 1 else "are"


def listed(items: Sequence[str]) -> str:
    """The items in a row: A, B and C."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def few(themes: Sequence[ThemeFact]) -> str:
    """The themes by title where they are few, else how many they are."""
    return listed(titles(themes)) if len(themes) <= FEW else f"{NUMBERS.get(len(themes), len(themes))} themes"


def spelt(sector: str) -> str:
    """The sector as a table names it: Public sector."""
    return opened(named_sector(sector).removeprefix("the "))


def opened(sentence: str) -> str:
    """The sentence with a capital where it starts with a letter."""
    return sentence[0].upper() + sentence[1:]
