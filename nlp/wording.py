"""The wordings that a briefing is written in, handed in by whoever composes one."""

from collections.abc import Mapping
from typing import Protocol


class Wording(Protocol):
    """One wording of prompts/sentences, in one or more forms that say the same."""

    @property
    def reference(self) -> str:
        """Its name and version, "breadth@1"."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms, to be taken in turn."""

    def render(self, values: Mapping[str, object], form: int = 0) -> str:
        """One form with the values filled in."""
