"""Tells which sector a stretch of redacted text speaks for."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import yaml

Sector = Literal["public", "private", "not-for-profit", "higher education"]
SURROGATE = re.compile(r"\[([^\[\]\n]{1,60})\]")
SECTORS: tuple[Sector, ...] = get_args(Sector)

_JOINS = re.compile(r"\s*(?:,|/|\+|&|and|or|, and|with|\band the\b|and (?:the |two |some )?)\s*(?:the |some |both )?")


def sector_of(words: str, sectors: Mapping[str, str]) -> Sector | None:
    """The sector that `words` for a speaker tell ("[Person A]", "two charities", "From the private side"), or None.

    Surrogates come first, through `sectors` (surrogate, with or without brackets, to sector), then their own words
    ("private-sector organisation 2"), then the nouns. Speakers of several sectors tell none.
    """
    told = {told for bare in SURROGATE.findall(words) if (told := _mapped(bare, sectors))}
    if told:
        return told.pop() if len(told) == 1 else None
    return _by_words(SURROGATE.sub(" ", words)) or _by_words(" ".join(SURROGATE.findall(words)))


def _mapped(bare: str, sectors: Mapping[str, str]) -> Sector | None:
    found = sectors.get(bare) or sectors.get(f"[{bare}]")
    return next((sector for sector in SECTORS if sector == found), None)


def _by_words(words: str) -> Sector | None:
    matches = sorted(
        ((match.start(), -match.end(), sector) for sector, pattern in _patterns() for match in pattern.finditer(words)),
    )
    heads: list[tuple[int, int, Sector]] = []
    for start, negative_end, sector in matches:
        if not heads or start >= heads[-1][1]:
            heads.append((start, -negative_end, sector))
    while len(heads) > 1 and heads[0][2] != heads[1][2]:
        between = words[heads[0][1] : heads[1][0]]
        if _JOINS.fullmatch(between):
            return None
        # In a run of nouns the last is the head ("a police charity"); otherwise the first ("charities near a port").
        heads.pop(0 if not between.strip(" -") else 1)
    return heads[0][2] if heads else None


@cache
def _patterns() -> tuple[tuple[Sector, re.Pattern[str]], ...]:
    words = yaml.safe_load(files("nlp").joinpath("speakers.yaml").read_text(encoding="utf-8"))
    return tuple(
        (sector, re.compile(rf"(?<![\w-])(?:{'|'.join(words[sector])})(?![\w-])", re.IGNORECASE)) for sector in SECTORS
    )
