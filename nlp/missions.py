"""Aligns points and themes with a framework such as the five missions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nlp.encode import Vectors


@dataclass(frozen=True)
class Entry:
    """One entry of a framework: a mission or a barrier, with the texts that describe it."""

    id: str
    title: str
    description: str
    milestones: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Framework:
    """A versioned list to align with."""

    id: str
    version: str
    title: str
    source: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Alignment:
    """One entry for one point: how sure (0–1), and whether it is sure enough to say so."""

    entry: str
    score: float
    state: Literal["aligned", "unsure"]


def parse_framework(text: str) -> Framework:
    """A framework from its YAML; raises ValueError with a message an editor can act on."""
    raise NotImplementedError


def align(texts: Sequence[str], vectors: Vectors, framework: Framework) -> tuple[tuple[Alignment, ...], ...]:
    """For each point its entries, best first; empty means none."""
    raise NotImplementedError


def align_theme(points: Sequence[tuple[Alignment, ...]]) -> tuple[tuple[Alignment, int], ...]:
    """A theme's entries from its points' alignments, best first, each with the index of the point that justifies it."""
    raise NotImplementedError
