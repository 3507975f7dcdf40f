"""Compares the grouping with others that the lock file does without: python -m tests.evals.others --data FOLDER.

KeyNMF needs turftopic, EVoC needs evoc (`pip install turftopic evoc`, in an environment of their own: turftopic asks
for an older rich). What is not installed is named and skipped.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from nlp.encode import Vectors, load_encoder
from nlp.themes import discover
from tests.evals.clock import timed
from tests.evals.grouping import AGREEMENTS, Labels, apart, bertopics, labels_of
from tests.evals.lone import vectors_of
from tests.evals.sets import Sets
from tests.evals.themes import often_headed

CUT = 0.7
DIRECTIONS = 50
Texts = Sequence[str]


def ours(texts: Texts, vectors: Vectors, kinds: int) -> Labels:
    """The product's themes."""
    return labels_of(discover(texts, vectors), len(texts))


def plain(texts: Texts, vectors: Vectors, kinds: int) -> Labels:
    """BERTopic as it comes: UMAP, HDBSCAN, at least ten points a topic."""
    return bertopics(texts, vectors)[1]


def one_tree(texts: Texts, vectors: Vectors, kinds: int) -> Labels:
    """BERTopic with PCA and one agglomerative tree, cut where our few points are."""
    from bertopic import BERTopic
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.decomposition import PCA

    tree = AgglomerativeClustering(n_clusters=None, distance_threshold=CUT, metric="cosine", linkage="average")
    model: Any = BERTopic(umap_model=PCA(DIRECTIONS, random_state=0), hdbscan_model=tree)
    return np.asarray(model.fit_transform(list(texts), vectors)[0])


def key_nmf(texts: Texts, vectors: Vectors, kinds: int) -> Labels:
    """KeyNMF (Kristensen-McLachlan et al. 2024) told the true number of labels; each point's heaviest topic."""
    from turftopic import KeyNMF

    model: Any = KeyNMF(kinds, encoder=load_encoder(), random_state=0)
    return np.asarray(model.fit_transform(list(texts), embeddings=vectors)).argmax(axis=1)


def evoc(texts: Texts, vectors: Vectors, kinds: int) -> Labels:
    """EVoC (Tutte Institute) with its defaults: the layer that it thinks best."""
    from evoc import EVoC

    model: Any = EVoC(random_state=0)
    return np.asarray(model.fit_predict(vectors))


OTHERS: dict[str, tuple[str, Callable[[Texts, Vectors, int], Labels]]] = {
    "ours": ("nlp", ours),
    "BERTopic (UMAP, HDBSCAN)": ("bertopic", plain),
    "BERTopic (PCA, one tree)": ("bertopic", one_tree),
    "KeyNMF": ("turftopic", key_nmf),
    "EVoC": ("evoc", evoc),
}


def main() -> None:
    """Prints a line a set and method: the agreements with outliers apart and as one topic, outliers, groups."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.others", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    sets = Sets(parser.parse_args().data)
    print(
        "set, method, " + ", ".join(f"{name} (outliers as one topic)" for name in AGREEMENTS) + ", outliers, groups, s"
    )
    for name, rows, key in (
        ("bills_cap", sets.rows("bills_cap"), "label"),
        ("uk_pq_heading", often_headed(sets), "label_main"),
    ):
        texts, truth = [row["text"] for row in rows], np.unique([row[key] for row in rows], return_inverse=True)[1]
        vectors = vectors_of(texts)
        for method, (package, group) in OTHERS.items():
            if find_spec(package) is None:
                print(f"{name}, {method}: {package} is not installed, skipped")
                continue
            labels, seconds = timed(partial(group, texts, vectors, int(truth.max()) + 1))
            print(f"{name}, {method}, {_agreements(truth, labels)}, {seconds:.1f}", flush=True)


def _agreements(truth: Labels, labels: Labels) -> str:
    rates = [f"{rate(truth, apart(labels)):.3f} ({rate(truth, labels):.3f})" for rate in AGREEMENTS.values()]
    return ", ".join([*rates, f"{(labels < 0).mean():.3f}", str(labels.max() + 1)])


if __name__ == "__main__":
    main()
