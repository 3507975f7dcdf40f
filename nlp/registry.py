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
SHARED = 0.2
"""The least a group and a known theme have in common, as a share of both, for the one to continue the other."""


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


def match(found: "Sequence[FoundTheme]", centroids: Vectors, themes: Sequence[int] = ()) -> tuple[int, ...]:
    """For each found theme the index of the known theme it continues, or -1 where it is new; one to one.

    `themes` has the known theme of each point that was grouped, or -1. A found theme continues the one whose points
    it shares (the geometric mean of the share of either; Ochiai 1957), else one with almost the same centroid. The
    pairing is the one with the greatest sum (Kuhn 1955, as SciPy has it).
    """
    if not found or not len(centroids):
        return (-1,) * len(found)
    from scipy.optimize import linear_sum_assignment

    likeness = np.array([theme.centroid for theme in found]) @ centroids.T
    shared = _shared(found, np.asarray(themes, np.int64), len(centroids))
    # Pairs too unlike to be the same theme count nothing, lest they draw a theme away from its own.
    worth = np.maximum(np.where(likeness >= CONTINUES, likeness, 0.0), np.where(shared >= SHARED, shared, 0.0))
    continued = [-1] * len(found)
    for one, other in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if worth[one, other] > 0:
            continued[one] = int(other)
    return tuple(continued)


def _shared(found: "Sequence[FoundTheme]", themes: NDArray[np.int64], known: int) -> NDArray[np.float64]:
    """What each found and each known theme have in common among the points that were grouped, 0–1."""
    shared = np.zeros((len(found), known))
    if not len(themes):
        return shared
    sizes = np.bincount(themes[themes >= 0], minlength=known)
    for place, theme in enumerate(found):
        own = themes[[*theme.members, *theme.beside]]
        both = np.bincount(own[own >= 0], minlength=known)
        shared[place] = both / np.sqrt(np.maximum(len(own) * sizes, 1))
    return shared


def _rivals(likeness: Vectors) -> Vectors:
    """How near the five themes after the nearest are to each point, on average."""
    known = likeness.shape[1]
    wanted = min(known, RIVALS + 1)
    best = np.partition(likeness, known - wanted, axis=1)[:, known - wanted :]
    rest = best.sum(axis=1) - best.max(axis=1) + BACKGROUND * (RIVALS + 1 - wanted)
    return np.asarray(rest / RIVALS, np.float32)
