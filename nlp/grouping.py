"""Groups vectors by likeness, alike for ten and for some thousands."""

import hashlib
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors

FEW = 25
"""Up to so many points there is no spread to learn directions from, and they are compared as they are."""
DIRECTIONS = 3.0
APART_FEW = 0.7
# Measured on labelled sets: one cut suits none of them, the agreement of three suits all.
APART = (0.83, 0.86, 0.9)
SPLIT = 0.65
MOST_NEIGHBOURS, FEWEST_NEIGHBOURS, NEIGHBOURHOOD = 15, 5, 0.1
BY_NEIGHBOURS = 0.5
ROWS = 512
ROUNDS, ROUNDS_WHERE_MANY, MANY = 24, 12, 2000
DRAWN = 0.8
STRAY = 0.25
MOST_STRAYS = 0.2

Labels = NDArray[np.int64]


class Projection:
    """Hands the vectors on in double precision; the grouping projects each of its draws by itself."""

    def fit(self, vectors: Vectors, y: object = None) -> Self:
        """Learns nothing; BERTopic asks for it."""
        return self

    def transform(self, vectors: Vectors) -> NDArray[np.float64]:
        """The same vectors. With 64 bits the last digits, which differ between processors, decide no merge."""
        return vectors.astype(np.float64)


class Grouping:
    """Consensus of average-linkage agglomerations on cosine distance; `labels_` is -1 for a point that fits nowhere.

    A single tree changes much when a few points come or go. Hence many, each on four fifths of the points, drawn by a
    hash of the point itself so that a point's draws stay the same whoever joins; points stay together that most trees
    keep together (average linkage: Sokal & Michener 1958; evidence accumulation: Fred & Jain 2005). At most a fifth of
    the points are -1.
    """

    labels_: Labels

    def fit(self, vectors: NDArray[np.float64], y: object = None) -> Self:
        """Groups the rows; up to 25 of them by a single tree of the vectors as they are."""
        if len(vectors) == 1:
            self.labels_ = np.zeros(1, np.int64)
        elif len(vectors) <= FEW:
            self.labels_ = _settled(vectors, _cut(_tree(_distances(vectors)), APART_FEW))
        else:
            self.labels_ = _settled(projected(vectors), _cut(_tree(_disagreement(vectors)), SPLIT))
        return self

    def predict(self, vectors: NDArray[np.float64]) -> Labels:
        """The labels of the points that were grouped."""
        return self.labels_


def projected(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors along the 3 √n directions in which the points differ most (PCA)."""
    from sklearn.decomposition import PCA

    kept = min(round(DIRECTIONS * len(vectors) ** 0.5), len(vectors) - 1, vectors.shape[1])
    return unit(PCA(kept, svd_solver="covariance_eigh").fit_transform(vectors))


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


def smallest(count: int) -> int:
    """The fewest points that make a theme among so many."""
    return 1 if count < 6 else 2 if count < 100 else 3


def _disagreement(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each pair of points the share of the trees with both that keep them apart, as SciPy condenses it."""
    count = len(vectors)
    draws = _draws(vectors, ROUNDS if count <= MANY else ROUNDS_WHERE_MANY)
    # Counted in bytes, as this is the largest thing in memory.
    together = np.zeros((count, count), np.uint8)
    for draw in draws:
        drawn = np.flatnonzero(draw)
        tree = _tree(_distances(projected(vectors[drawn]), BY_NEIGHBOURS))
        for distance in APART:
            label = _cut(tree, distance)
            together[np.ix_(drawn, drawn)] += label[:, None] == label[None, :]
    seen = draws.astype(np.float32)
    apart = np.empty(count * (count - 1) // 2)
    start = 0
    for place in range(count - 1):
        met = np.maximum(seen[:, place] @ seen[:, place + 1 :], 1) * len(APART)
        apart[start : start + len(met)] = 1 - together[place, place + 1 :] / met
        start += len(met)
    return apart


def _draws(vectors: NDArray[np.float64], rounds: int) -> NDArray[np.bool_]:
    """Which points each round looks at, by a byte of each point's own hash; shape (rounds, n)."""
    kept = (hashlib.blake2b(row.tobytes(), digest_size=rounds).digest() for row in vectors)
    draws = np.array([np.frombuffer(digest, np.uint8) for digest in kept]).T < DRAWN * 256
    draws[draws.sum(axis=1) < FEW] = True
    return draws


def _distances(points: NDArray[np.float64], by_neighbours: float = 0.0) -> NDArray[np.float64]:
    """Cosine distances of unit vectors, as SciPy condenses them, the share told mixed with unlikeness of neighbours.

    The latter is the Jaccard distance of the points' nearest neighbours (Jarvis & Patrick 1973). It parts themes in
    crowded and in thin regions alike, where one cosine distance cannot.
    """
    from scipy.spatial.distance import squareform

    square = points @ points.T
    np.clip(np.subtract(1, square, out=square), 0, 2, out=square)
    if by_neighbours:
        shared = _shared_neighbours(square)
        square *= 1 - by_neighbours
        square += by_neighbours
        square[shared.row, shared.col] -= by_neighbours * shared.data
        np.fill_diagonal(square, 0)
    condensed: NDArray[np.float64] = squareform(np.clip(square, 0, 2, out=square), checks=False)
    return condensed


def _shared_neighbours(square: NDArray[np.float64]) -> Any:
    """For pairs with neighbours in common their share among both points' neighbours; a sparse matrix."""
    from scipy.sparse import csr_array

    count = len(square)
    near = min(MOST_NEIGHBOURS, max(FEWEST_NEIGHBOURS, round(NEIGHBOURHOOD * count))) + 1
    starts = range(0, count, ROWS)
    nearest = np.vstack([np.argpartition(square[at : at + ROWS], near - 1, axis=1)[:, :near] for at in starts])
    ends = np.arange(count + 1) * near
    joined = csr_array((np.ones(count * near, np.float32), nearest.ravel(), ends), shape=(count, count))
    shared = (joined @ joined.T).tocoo()
    shared.data /= 2 * near - shared.data
    return shared


def _tree(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.cluster.hierarchy import linkage

    tree: NDArray[np.float64] = linkage(distances, "average")
    return tree


def _cut(tree: NDArray[np.float64], distance: float) -> Labels:
    from scipy.cluster.hierarchy import fcluster

    return np.asarray(fcluster(tree, distance, "distance"), np.int64)


def _settled(points: NDArray[np.float64], labels: Labels) -> Labels:
    """Dissolves groups that are too small: their points go where they fit, or stay out where they fit nowhere."""
    sizes = np.bincount(labels)
    kept = np.flatnonzero(sizes >= min(smallest(len(points)), sizes.max()))
    kept = kept[sizes[kept] > 0]
    renumbered = np.full(len(sizes), -1, np.int64)
    renumbered[kept] = np.arange(len(kept))
    settled = renumbered[labels]
    loose = np.flatnonzero(settled < 0)
    if not len(loose):
        return settled
    fit = points[loose] @ centroids(points, settled).T
    nearness = fit.max(axis=1)
    stray = np.zeros(len(loose), bool)
    stray[np.argsort(nearness, kind="stable")[: int(MOST_STRAYS * len(points))]] = True
    stray &= nearness < STRAY
    settled[loose[~stray]] = fit.argmax(axis=1)[~stray]
    return settled
