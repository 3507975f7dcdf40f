"""Splits a redacted note into points."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nlp.kinds import Kind, kind_of
from nlp.read import Document
from nlp.sectors import Sector, sector_of
from nlp.stance import Stance, stance_of
from nlp.statements import Statement, statements
from nlp.voices import known_sectors

_SIDE = re.compile(
    r"(?:[\d.]+ )?(?:what |from |the view (?:of|from) |views? (?:of|from) )?(?:the )?[\w'’-]+(?:[ -][\w'’-]+)?"
    r"(?: (?:said|told us|side|view|views|perspectives?|sector|colleagues|leaders|members|response|responses))?",
    re.IGNORECASE,
)
__all__ = ["Kind", "Point", "Sector", "Stance", "find_points"]


@dataclass(frozen=True)
class Point:
    """One statement of one participant; offsets in the redacted text, text == document.text[start:end]."""

    start: int
    end: int
    text: str
    kind: Kind
    stance: Stance
    sector: Sector | None
    voice: str | None
    """The surrogate of who said it, e.g. "Person A" or "private-sector organisation 2", where the note tells."""
    is_action: bool = False
    """It stands in an action table."""


def find_points(document: Document, sectors: Mapping[str, str]) -> tuple[Point, ...]:
    """The points of a redacted document, in order; `sectors` is Anonymised.sectors."""
    known = known_sectors(document, sectors)
    return tuple(_point(document.text[found.start : found.end], found, known) for found in statements(document))


def _point(text: str, found: Statement, known: Mapping[str, str]) -> Point:
    kind = kind_of(text, is_action=found.is_action)
    voice = found.speaker.surrogate if found.speaker else None
    stance = stance_of(text, kind)
    return Point(found.start, found.end, text, kind, stance, _sector(found, known), voice, found.is_action)


def _sector(found: Statement, known: Mapping[str, str]) -> Sector | None:
    return (sector_of(found.speaker.words, known) if found.speaker else None) or sector_of(_from(found.heading), known)


def _from(heading: str) -> str:
    """The heading where it is no more than the name of those who speak below it."""
    return heading if _SIDE.fullmatch(heading.strip(" :")) else ""
