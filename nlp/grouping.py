"""Groups vectors by likeness, alike for ten and for some thousands."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors

FEW = 25
"""Up to so many points there is no spread to learn directions from, and they are compared as they are."""
DIRECTIONS = 3.0
APART = 0.83
APART_FEW = 0.7
STRAY = 0.25
MOST_STRAYS = 0.2

Labels = NDArray[np.int64]


class Projection:
    """Keeps the directions in which the points differ most: 3 √n of them, as unit vectors (PCA)."""

    def fit(self, vectors: Vectors, y: object = None) -> Self:
        """Learns nothing ahead of transform; BERTopic asks for it."""
        return self

    def transform(self, vectors: Vectors) -> NDArray[np.float64]:
        """Shape (n, min(3 √n, n - 1)); up to 25 points are given back as they are."""
        from sklearn.decomposition import PCA

        # In double precision the last digits, which differ from one processor to the next, decide no merge.
        points = vectors.astype(np.float64)
        if len(points) <= FEW:
            return points
        kept = min(round(DIRECTIONS * len(points) ** 0.5), len(points) - 1, points.shape[1])
        return unit(PCA(kept, svd_solver="covariance_eigh").fit_transform(points))


class Grouping:
    """Average-linkage agglomeration on cosine distance, cut where two groups no longer say the same.

    `labels_` holds a group for each point, or -1 for one that fits nowhere; at most a fifth are -1.
    """

    labels_: Labels

    def fit(self, points: NDArray[np.float64], y: object = None) -> Self:
        """Groups the rows; the method is Sokal & Michener's (1958), as SciPy has it."""
        from scipy.cluster.hierarchy import fcluster, linkage

        if len(points) == 1:
            self.labels_ = np.zeros(1, np.int64)
            return self
        tree = linkage(_distances(points), "average")
        self.labels_ = fcluster(tree, APART_FEW if len(points) <= FEW else APART, "distance").astype(np.int64)
        self.labels_ = _settled(points, self.labels_, smallest(len(points)))
        return self

    def predict(self, points: NDArray[np.float64]) -> Labels:
        """The labels of the points that were grouped."""
        return self.labels_


def smallest(count: int) -> int:
    """The fewest points that make a theme among so many."""
    return 1 if count < 6 else 2 if count < 100 else 3


def unit(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows of length one; a row of zeros stays."""
    lengths: NDArray[Any] = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: NDArray[Any] = rows / np.maximum(lengths, 1e-12)
    return scaled


def centroids(points: NDArray[Any], labels: Labels) -> NDArray[Any]:
    """The unit mean of each group 0, 1, 2…; shape (groups, dim)."""
    sums = np.zeros((labels.max() + 1, points.shape[1]), points.dtype)
    np.add.at(sums, labels[labels >= 0], points[labels >= 0])
    return unit(sums)


def _distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.spatial.distance import pdist

    distances: NDArray[np.float64] = np.nan_to_num(np.clip(pdist(points, "cosine"), 0, 2), nan=1.0)
    return distances


def _settled(points: NDArray[np.float64], labels: Labels, fewest: int) -> Labels:
    """Dissolves groups that are too small: their points go where they fit, or stay out where they fit nowhere."""
    sizes = np.bincount(labels)
    kept = np.flatnonzero(sizes >= fewest)
    if not len(kept):
        kept = np.flatnonzero(sizes == sizes.max())
    new = np.full(len(sizes), -1)
    new[kept] = np.arange(len(kept))
    labels = new[labels]
    loose = np.flatnonzero(labels < 0)
    if not len(loose):
        return labels
    fit = points[loose] @ centroids(points, labels).T
    nearness = fit.max(axis=1)
    stray = np.zeros(len(loose), bool)
    allowed = int(MOST_STRAYS * len(points))
    stray[np.argsort(nearness, kind="stable")[:allowed]] = True
    stray &= nearness < STRAY
    labels[loose[~stray]] = fit.argmax(axis=1)[~stray]
    return labels
