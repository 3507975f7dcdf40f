"""Measures the points of the sample notes, read and anonymised as delivered, against their key.

The rules were tuned on the notes of odd number (and, for speech, on 08 and 14); the others check them. Run with
`pytest -s` to see the figures.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import pytest
from sklearn.metrics import f1_score

from tests.evals.notes import matched, sample_notes

SEEN = {2, 4, 8, 14}
# Floors, a little under what was measured; the check notes were not looked at.
FLOORS = {
    "tuned": {"boundary": 0.97, "kind": 0.65, "stance": 0.63, "sector right where told": 0.89, "sector told": 0.6},
    "check": {"boundary": 0.93, "kind": 0.49, "stance": 0.40, "sector right where told": 0.90, "sector told": 0.5},
}
NOTES: dict[str, Callable[[int], bool]] = {
    "tuned": lambda number: number % 2 == 1 or number in SEEN,
    "check": lambda number: number % 2 == 0 and number not in SEEN,
}


@dataclass
class Tally:
    """What was found and what the key says."""

    wanted: int = 0
    found: int = 0
    pairs: list[tuple[dict[str, str], dict[str, str | None]]] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        known = [(key["sector"], point["sector"]) for key, point in self.pairs if key["sector"] != "unknown"]
        told = [pair for pair in known if pair[1] is not None]
        return {
            "boundary": 2 * len(self.pairs) / (self.wanted + self.found),
            "kind": self._macro("kind"),
            "stance": self._macro("stance"),
            "sector right where told": sum(key == point for key, point in told) / len(told),
            "sector told": len(told) / len(known),
        }

    def _macro(self, name: str) -> float:
        keys, points = zip(*((key[name], point[name]) for key, point in self.pairs), strict=True)
        return float(f1_score(keys, points, average="macro"))


@cache
def tally(notes: str) -> Tally:
    counted = Tally()
    for note in sample_notes():
        if not NOTES[notes](int(note.key["file"][:2])):
            continue
        counted.wanted += len(note.key["points"])
        counted.found += len(note.points)
        for key, point in matched(note):
            counted.pairs.append((key, {"kind": point.kind, "stance": point.stance, "sector": point.sector}))
    return counted


@pytest.mark.parametrize("notes", NOTES)
@pytest.mark.parametrize("figure", FLOORS["check"])
def test_the_points_of_the_samples(notes: str, figure: str) -> None:
    measured = tally(notes).figures()[figure]
    print(f"{notes}: {figure} {measured:.3f}")
    assert measured >= FLOORS[notes][figure]
