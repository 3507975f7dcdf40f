"""Finds themes among points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors


@dataclass(frozen=True)
class FoundTheme:
    """A group of points: their indexes, unit centroid (dim,), title, description, keywords, three typical members."""

    members: tuple[int, ...]
    centroid: NDArray[np.float32]
    title: str
    description: str
    keywords: tuple[str, ...]
    typical: tuple[int, ...]


def discover(texts: Sequence[str], vectors: Vectors) -> tuple[FoundTheme, ...]:
    """Themes of the points, largest first; every input of at least one point gives at least one theme."""
    raise NotImplementedError
