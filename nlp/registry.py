"""Matches points and newly found themes to the themes already known, so that names and ids hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors
from nlp.themes import FoundTheme


@dataclass(frozen=True)
class Assignment:
    """For each point: index of its theme or -1 (unthemed), index of the nearest theme (-1: none known), similarity."""

    theme: NDArray[np.int64]
    nearest: NDArray[np.int64]
    similarity: NDArray[np.float32]


def assign(vectors: Vectors, centroids: Vectors) -> Assignment:
    """The known theme of each point; the cost depends on the number of themes, not on the corpus."""
    raise NotImplementedError


def match(found: Sequence[FoundTheme], centroids: Vectors) -> tuple[int, ...]:
    """For each found theme the index of the known theme it continues, or -1 where it is new; one to one."""
    raise NotImplementedError
