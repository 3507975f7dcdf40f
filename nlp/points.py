"""Splits a redacted note into points."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nlp.read import Document

Kind = Literal["barrier", "enabler", "evidence", "offer", "ask", "commitment"]
Stance = Literal["supports", "is concerned", "mixed"]
Sector = Literal["public", "private", "not-for-profit", "higher education"]


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


def find_points(document: Document, sectors: Mapping[str, str]) -> tuple[Point, ...]:
    """The points of a redacted document, in order; `sectors` is Anonymised.sectors."""
    raise NotImplementedError
