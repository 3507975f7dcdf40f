"""The labelled sets: where they are, and which of their rows a run looks at."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from tests.evals.figure import Figure

Row = dict[str, Any]
Made = TypeVar("Made")
SAMPLE_NOTES = "sample_notes"
COMBINATIONS = "combinations"
OWN = frozenset({SAMPLE_NOTES, COMBINATIONS})
"""The project's own notes and sentences with their keys, which are always there."""


@dataclass(frozen=True)
class Sets:
    """The folder of the sets; `full` looks at every row."""

    folder: Path
    full: bool = False

    def has(self, name: str) -> bool:
        """True where the set is there."""
        return name in OWN or (self.folder / name / "dev.jsonl").is_file()

    def rows(self, name: str, most: int | None = None) -> list[Row]:
        """The rows of a set, or `most` of them spread evenly over the file: the same on every run."""
        return self.at_most(_rows(self.folder / name / "dev.jsonl"), most)

    def at_most(self, rows: list[Made], most: int | None) -> list[Made]:
        """All rows of a full run, or at most so many at even distances."""
        if self.full or most is None or len(rows) <= most:
            return rows
        return [rows[place * len(rows) // most] for place in range(most)]


Measure = Callable[[Sets], Iterator[Figure]]


@cache
def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]
