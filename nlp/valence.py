"""How far a statement leans to the good or to the bad, by its words."""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

_NEGATED = re.compile(
    r"\b(?:no|not|never|nobody|none|nothing|without|hardly|less|cannot|\w+n't)\W+(?:\w+\W+){0,2}$", re.IGNORECASE
)
_FALLING = re.compile(
    r"\b(?:fell|fallen|falls?|halved|down|dropped|reduced|cut|lower|fewer|less|decreased|shorter|out of|"
    r"kept|stopped)\b",
    re.IGNORECASE,
)
_MOST = 4.0


class _Words(NamedTuple):
    good: re.Pattern[str]
    bad: re.Pattern[str]
    better_less: re.Pattern[str]


def leaning_of(text: str) -> float:
    """From -4 (all to the bad) to 4 (all to the good); 0 where the words take no side."""
    words = _words()
    total = 0.0
    for match in words.good.finditer(text):
        total += -1.0 if _NEGATED.search(text, max(0, match.start() - 30), match.start()) else 1.0
    for match in words.bad.finditer(text):
        total += 0.5 if _NEGATED.search(text, max(0, match.start() - 30), match.start()) else -1.0
    if _FALLING.search(text) and words.better_less.search(text):
        total += 3.0
    return max(-_MOST, min(_MOST, total))


@cache
def _words() -> _Words:
    lists = yaml.safe_load(files("nlp").joinpath("valence.yaml").read_text(encoding="utf-8"))
    return _Words(*(_pattern(lists[name]) for name in ("favourable", "unfavourable", "changes_well")))


def _pattern(entries: str) -> re.Pattern[str]:
    alternatives = "|".join(entry.replace("*", r"[\w-]*") for entry in entries.split())
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?!\w)", re.IGNORECASE)
