"""What every recogniser returns: a stretch of the note, what it is, whom it stands for, and how sure that is."""

from typing import Literal, NamedTuple

Sector = Literal["public", "private", "not-for-profit", "higher education"]
SURE = 0.85
"""The score from which a second source has confirmed a finding: an attendance list, a checksum, a title."""


class Found(NamedTuple):
    """A stretch to mask: offsets in the note, type, who found it, score (0–1), and the same `key` for the same thing."""

    start: int
    end: int
    type: str
    detector: str
    score: float
    key: str
    sector: Sector | None = None
