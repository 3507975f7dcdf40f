"""What a digest is composed of: counts, themes and points that have passed the release gate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter

Kind = Literal["barrier", "enabler", "evidence", "offer", "ask", "commitment"]
Stance = Literal["supports", "is concerned", "mixed"]
State = Literal["emerging", "rising", "steady", "fading"]
Change = Literal["new", "rising", "fading", "steady"]


@dataclass(frozen=True)
class PointFact:
    """A point that may be shown; the sector is None where the note does not tell it or the gate hides it."""

    id: str
    text: str
    event: str
    sector: str | None
    kind: Kind
    stance: Stance


@dataclass(frozen=True)
class SectorFact:
    """How one sector spoke to a theme.

    `events` of the `present` events at which the sector may be named; the stances count its points there.
    """

    sector: str
    events: int
    present: int
    supports: int
    concerned: int
    mixed: int
    organisations: int | None = None

    @property
    def points(self) -> int:
        """Points of this sector in the theme."""
        return self.supports + self.concerned + self.mixed


@dataclass(frozen=True)
class ThemeFact:
    """A theme that may be shown, its points most typical first; `quotes` are the ids that may be quoted."""

    id: str
    title: str
    description: str
    keywords: tuple[str, ...]
    state: State
    change: Change
    missions: tuple[str, ...]
    events: int
    events_total: int
    sectors: tuple[SectorFact, ...]
    points: tuple[PointFact, ...]
    quotes: tuple[str, ...]
    organisations: int | None = None


@dataclass(frozen=True)
class Previous:
    """The digest before this one."""

    title: str
    date: date


@dataclass(frozen=True)
class DigestFacts:
    """All that one digest may tell; themed + unthemed + withheld + withdrawn make points_total."""

    title: str
    period_start: date
    period_end: date
    events: int
    notes: int
    points_total: int
    themed: int
    unthemed: int
    withheld: int
    withdrawn: int
    themes: tuple[ThemeFact, ...]
    themes_withheld: int
    missions: Mapping[str, str]
    """Titles by id, in the framework's order."""
    event_kinds: Mapping[str, int] = field(default_factory=dict)
    campaign: str | None = None
    mission: str | None = None
    """The id of the one mission that the digest is limited to."""
    previous: Previous | None = None
    marking: str = "OFFICIAL"

    def to_dict(self) -> dict[str, Any]:
        """The facts as JSON types."""
        content: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return content

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "DigestFacts":
        """The facts from to_dict; raises pydantic.ValidationError when the shape is not theirs."""
        return _adapter().validate_python(content)


@lru_cache
def _adapter() -> TypeAdapter[DigestFacts]:
    return TypeAdapter(DigestFacts)
