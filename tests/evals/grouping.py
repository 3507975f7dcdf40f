"""How well a grouping fits labels, and the groupings that others would make of the same vectors or words."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from nlp.encode import Vectors
from nlp.themes import FoundTheme

Labels = NDArray[np.int64]
SIZES = (5, 10, 15)
DIMENSIONS = 100


def labels_of(themes: Sequence[FoundTheme], count: int) -> Labels:
    """The place of each point's theme, -1 where it has none."""
    labels = np.full(count, -1)
    for place, theme in enumerate(themes):
        labels[list(theme.members)] = place
    return labels


def apart(labels: Labels) -> Labels:
    """The labels with every point that has none in a group of its own, so that no method gains by leaving out."""
    alone = np.flatnonzero(labels < 0)
    whole = labels.copy()
    whole[alone] = labels.max(initial=-1) + 1 + np.arange(len(alone))
    return whole


def harmonic_purity(truth: Labels, labels: Labels) -> float:
    """Harmonic mean of purity and inverse purity, as TopicGPT reports it (Pham et al. 2024)."""
    table = contingency_matrix(truth, labels)
    pure, whole = table.max(axis=0).sum() / len(truth), table.max(axis=1).sum() / len(truth)
    return float(2 * pure * whole / (pure + whole))


AGREEMENTS: dict[str, Callable[[Labels, Labels], float]] = {
    "harmonic purity": harmonic_purity,
    "adjusted Rand": lambda truth, labels: float(adjusted_rand_score(truth, labels)),
    "normalised mutual information": lambda truth, labels: float(normalized_mutual_info_score(truth, labels)),
}


def bertopics(texts: Sequence[str], vectors: Vectors) -> list[Labels]:
    """BERTopic as it comes (UMAP with its random state fixed, HDBSCAN), with least topic sizes of 5, 10 (its own) and
    15; one where nothing is grouped when there are too few points for it.
    """
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from umap import UMAP

    if len(texts) < max(SIZES):
        return [np.full(len(texts), -1)]
    near = min(15, len(texts) - 1)
    flat = UMAP(n_neighbors=near, n_components=5, min_dist=0.0, metric="cosine", random_state=0).fit_transform(vectors)
    found = []
    for size in SIZES:
        model: Any = BERTopic(umap_model=BaseDimensionalityReduction(), min_topic_size=size)
        found.append(np.asarray(model.fit_transform(list(texts), flat)[0]))
    return found


def latent_means(texts: Sequence[str], kinds: int) -> list[Labels]:
    """TF-IDF, latent semantic analysis, k-means, told half, all and twice the true number of labels."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    words = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts)
    size = min(DIMENSIONS, words.shape[1] - 1, len(texts) - 1)
    latent = normalize(TruncatedSVD(size, random_state=0).fit_transform(words))
    counts = sorted({min(max(2, round(kinds * times)), len(texts)) for times in (0.5, 1, 2)})
    return [KMeans(count, n_init=2, random_state=0).fit_predict(latent).astype(np.int64) for count in counts]
