"""Matches points and newly found themes to the themes already known, so that names and ids hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors

if TYPE_CHECKING:
    from nlp.themes import FoundTheme

SURE = 0.7
NEAR = 0.4
LEAD = 0.1
RIVALS = 5
# What a point has in common with any theme at all; stands for the rivals that a young registry does not have.
BACKGROUND = 0.35
CONTINUES = 0.85


@dataclass(frozen=True)
class Assignment:
    """For each point: index of its theme or -1 (unthemed), index of the nearest theme (-1: none known), similarity."""

    theme: NDArray[np.int64]
    nearest: NDArray[np.int64]
    similarity: NDArray[np.float32]


def assign(vectors: Vectors, centroids: Vectors) -> Assignment:
    """The known theme of each point; the cost depends on the number of themes, not on the corpus.

    A point belongs to its nearest theme where it is very near, or where it is nearer than to the five next ones by a
    margin: a point on a subject that is new is about equally far from many themes, which likeness alone does not tell.
    """
    if not len(centroids):
        none = np.full(len(vectors), -1, np.int64)
        return Assignment(none, none.copy(), np.zeros(len(vectors), np.float32))
    likeness = vectors @ centroids.T
    nearest = likeness.argmax(axis=1).astype(np.int64)
    similarity = np.take_along_axis(likeness, nearest[:, None], axis=1)[:, 0].astype(np.float32)
    lead = similarity - _rivals(likeness)
    belongs = (similarity >= SURE) | ((similarity >= NEAR) & (lead >= LEAD))
    return Assignment(np.where(belongs, nearest, -1), nearest, similarity)


def match(found: "Sequence[FoundTheme]", centroids: Vectors) -> tuple[int, ...]:
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


def _rivals(likeness: Vectors) -> Vectors:
    """How near the five themes after the nearest are to each point, on average."""
    known = likeness.shape[1]
    wanted = min(known, RIVALS + 1)
    best = np.partition(likeness, known - wanted, axis=1)[:, known - wanted :]
    rest = best.sum(axis=1) - best.max(axis=1) + BACKGROUND * (RIVALS + 1 - wanted)
    return np.asarray(rest / RIVALS, np.float32)
