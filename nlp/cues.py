"""Reads the tables of cues: how strongly the wording of a text speaks for each kind, and to the good or the bad."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

# Somebody present, in a pattern: a surrogate, a pronoun, or a group by its sector or number.
_WHO = (
    r"(?:\[[^\[\]\n]{1,60}\]|he|she|they|we|i|chair|members|colleagues|charities|employers|universities|councils|officials|"
    r"developers|people|firms|companies|business|industry|suppliers|retailers|everyone|several|some|others|participants|"
    r"trade|council|university|college|charity|principal|director|sector|group|department|organisations|investors|unions)"
)


@cache
def patterns() -> Mapping[str, tuple[tuple[float, re.Pattern[str]], ...]]:
    """For each table of cues.yaml its weights and compiled patterns."""
    return {
        table: tuple((weight, re.compile(_expanded(words), re.IGNORECASE)) for weight, words in rows)
        for table, rows in _loaded("cues.yaml").items()
    }


def strength(table: str, text: str) -> float:
    """The weights of the table's patterns that the text holds, summed; what a pattern finds again counts less."""
    total = 0.0
    for weight, pattern in patterns()[table]:
        times = min(3, sum(1 for _ in pattern.finditer(text)))
        total += weight * (0, 1, 1.4, 1.7)[times]
    return total


def plain(text: str) -> str:
    """The text with straight quotes and single spaces, as the patterns expect it."""
    return " ".join(text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').split())


def _expanded(words: str) -> str:
    return words.replace("@who", _WHO)


@cache
def _loaded(name: str) -> Mapping[str, list[tuple[float, str]]]:
    loaded: Mapping[str, list[tuple[float, str]]] = yaml.safe_load(
        files("nlp").joinpath(name).read_text(encoding="utf-8")
    )
    return loaded
