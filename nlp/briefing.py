"""A composed digest: its sentences, each with the points it cites, and the form in which it is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter

Value = int | str | tuple[str, ...]
Key = Literal["said", "breadth", "agreement", "barriers", "enablers", "asks and offers", "openings", "quotes"]


@dataclass(frozen=True)
class Sentence:
    """One sentence: the ids of the points it cites, the wording ("name@version") and the values put into it.

    The wording is empty for a sentence that an editor wrote; a model's names its prompt, "writer/name@version".
    """

    text: str
    points: tuple[str, ...]
    template: str
    values: Mapping[str, Value] = field(default_factory=dict)
    theme: str | None = None


@dataclass(frozen=True)
class Part:
    """A heading with its sentences, of which there is at least one."""

    key: Key
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class ThemeSection:
    """A headline theme."""

    id: str
    title: str
    state: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class MissionSection:
    """The headline themes of one mission; the id is None for those that fit none."""

    id: str | None
    title: str
    themes: tuple[ThemeSection, ...]


@dataclass(frozen=True)
class Briefing:
    """A digest, composed."""

    title: str
    period_start: date
    period_end: date
    marking: str
    opening: tuple[Sentence, ...]
    missions: tuple[MissionSection, ...]
    also_raised: tuple[Sentence, ...]
    movement: tuple[Sentence, ...]
    made: tuple[Sentence, ...]
    withheld: tuple[Sentence, ...]

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in reading order."""
        yield from self.opening
        for mission in self.missions:
            for theme in mission.themes:
                for part in theme.parts:
                    yield from part.sentences
        for sentences in (self.also_raised, self.movement, self.made, self.withheld):
            yield from sentences

    def to_dict(self) -> dict[str, Any]:
        """The briefing as JSON types, the same for the same briefing, so that it can be hashed."""
        content: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return content

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Briefing":
        """The briefing from to_dict; raises pydantic.ValidationError when the shape is not its own."""
        return _adapter().validate_python(content)


@lru_cache
def _adapter() -> TypeAdapter[Briefing]:
    return TypeAdapter(Briefing)
