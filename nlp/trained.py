"""What was learnt from labelled texts about a framework's entries, kept as a small file beside the framework."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors

NONE = "none"
"""The label of what answers to no entry."""
BUCKETS = 2**15
"""Each for parts of words and for words with their pairs."""
PARTS = (3, 5)
PENALTY = 3.0
ROUNDS = 300
LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Trained:
    """Logistic regression on parts of words and on sentence vectors.

    `answers` has the entry (or "none") of each class; parts of words are hashed, so that no word can be read back.
    """

    answers: tuple[str, ...]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def log_probabilities(self, texts: Sequence[str], vectors: Vectors, entries: Sequence[str]) -> NDArray[np.float64]:
        """The log probability of each entry and, last, of none; shape (len(texts), len(entries) + 1)."""
        from scipy.special import softmax

        given = softmax(_features(texts, vectors, self.rarity) @ self.weights.T + self.bias, axis=1)
        own = [[answer == entry for answer in self.answers] for entry in (*entries, NONE)]
        found: NDArray[np.float64] = np.log(given @ np.array(own, float).T + LEAST)
        return found

    def fits(self, entries: Sequence[str]) -> bool:
        """Whether it was trained for exactly these entries."""
        return set(self.answers) - {NONE} == set(entries)

    def takes(self, vectors: Vectors) -> bool:
        """Whether the vectors are as long as those it was trained on."""
        return bool(vectors.shape[1] == self.weights.shape[1] - len(self.rarity))

    def save(self, path: Path) -> None:
        """Writes the file that `trained` reads; three decimals are enough."""
        half = {name: getattr(self, name).round(3).astype(np.float16) for name in ("rarity", "weights", "bias")}
        np.savez_compressed(path, answers=np.array(self.answers), **half)


def fit(
    texts: Sequence[str],
    vectors: Vectors,
    classes: Sequence[str],
    answers: Mapping[str, str],
    weights: NDArray[np.float64] | None = None,
) -> Trained:
    """Learns classes of texts, each of which stands for the entry that `answers` gives it, or for "none".

    `weights` has what each text counts; all count the same without.
    """
    from sklearn.linear_model import LogisticRegression

    held = np.asarray((_counts(texts) > 0).sum(axis=0)).ravel()
    rarity = (np.log((1 + len(texts)) / (1 + held)) + 1).astype(np.float32)
    model = LogisticRegression(C=PENALTY, max_iter=ROUNDS, tol=1e-3)
    model.fit(_features(texts, vectors, rarity), np.asarray(classes), sample_weight=weights)
    learnt, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    return Trained(tuple(answers[name] for name in model.classes_), rarity, learnt, bias)


@lru_cache
def trained(framework: str) -> Trained | None:
    """What was learnt for a framework of this id, if anything was."""
    file = files("nlp.frameworks") / f"{framework}.npz"
    return load(file) if file.is_file() else None


def load(file: Traversable) -> Trained:
    """What `Trained.save` wrote; raises FileNotFoundError."""
    with file.open("rb") as opened, np.load(opened) as held:
        numbers = [held[name].astype(np.float32) for name in ("rarity", "weights", "bias")]
        return Trained(tuple(map(str, held["answers"])), *numbers)


def _features(texts: Sequence[str], vectors: Vectors, rarity: NDArray[np.float32]) -> Any:
    """Parts of words by TF-IDF (sublinear, unit length) beside the unit vectors."""
    from scipy.sparse import csr_array, hstack
    from sklearn.preprocessing import normalize

    counts = _counts(texts)
    counts.data = (np.log(counts.data) + 1) * rarity[counts.indices]
    return hstack([normalize(counts), csr_array(vectors)]).tocsr()


def _counts(texts: Sequence[str]) -> Any:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    kinds: list[dict[str, Any]] = [{"analyzer": "char_wb", "ngram_range": PARTS}, {"ngram_range": (1, 2)}]
    fixed: dict[str, Any] = {"n_features": BUCKETS, "alternate_sign": False, "norm": None, "dtype": np.float32}
    return hstack([HashingVectorizer(**kind, **fixed).transform(texts) for kind in kinds]).tocsr()
