"""Matches points and newly found themes to the themes already known, so that names and ids hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors
from nlp.themes import FoundTheme

BELONGS = 0.5
CONTINUES = 0.8


@dataclass(frozen=True)
class Assignment:
    """For each point: index of its theme or -1 (unthemed), index of the nearest theme (-1: none known), similarity."""

    theme: NDArray[np.int64]
    nearest: NDArray[np.int64]
    similarity: NDArray[np.float32]


def assign(vectors: Vectors, centroids: Vectors) -> Assignment:
    """The known theme of each point; the cost depends on the number of themes, not on the corpus."""
    if not len(centroids):
        none = np.full(len(vectors), -1, np.int64)
        return Assignment(none, none.copy(), np.zeros(len(vectors), np.float32))
    likeness = vectors @ centroids.T
    nearest = likeness.argmax(axis=1).astype(np.int64)
    similarity = np.take_along_axis(likeness, nearest[:, None], axis=1)[:, 0].astype(np.float32)
    return Assignment(np.where(similarity >= BELONGS, nearest, -1), nearest, similarity)


def match(found: Sequence[FoundTheme], centroids: Vectors) -> tuple[int, ...]:
    """For each found theme the index of the known theme it continues, or -1 where it is new; one to one.

    The pairing is the one with the greatest likeness in all (Kuhn 1955, as SciPy has it).
    """
    if not found or not len(centroids):
        return (-1,) * len(found)
    from scipy.optimize import linear_sum_assignment

    likeness = np.array([theme.centroid for theme in found]) @ centroids.T
    # Pairs too unlike to be the same theme count nothing, lest they draw a theme away from its own.
    worth = np.where(likeness >= CONTINUES, likeness, 0.0)
    continued = [-1] * len(found)
    for one, other in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if worth[one, other] > 0:
            continued[one] = int(other)
    return tuple(continued)
