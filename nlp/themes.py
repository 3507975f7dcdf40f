"""Finds themes among points."""

import os
import re
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors
from nlp.grouping import Grouping, Labels, Projection, centroids, unit
from nlp.phrases import plain
from nlp.titles import name_themes

LARGEST = 4000
NEAR = 0.35
TYPICAL = 3
ALIKE = 0.85
WORDS = 40


@dataclass(frozen=True)
class FoundTheme:
    """A group of points: their indexes, unit centroid (dim,), title, description, keywords, three typical members.

    `beside` has the indexes of points that go with the group and are held elsewhere.
    """

    members: tuple[int, ...]
    centroid: NDArray[np.float32]
    title: str
    description: str
    keywords: tuple[str, ...]
    typical: tuple[int, ...]
    beside: tuple[int, ...] = ()


def discover(
    texts: Sequence[str], vectors: Vectors, model: str | None = None, held: Collection[int] = ()
) -> tuple[FoundTheme, ...]:
    """Themes of the points, largest first; every input of at least one point gives at least one theme.

    BERTopic (Grootendorst 2022) with its reduction and clustering replaced by a projection on principal directions and
    average-linkage agglomeration, which need no seed and give themes for five points as for four thousand. Above 4,000
    points a sample, the same every time, is grouped and the rest join the nearest theme. A point that fits no theme is
    a member of none; among those grouped these are at most a fifth. The order of the points does not matter. `model` is
    the encoder that made the vectors. Points that are `held` by a theme already help to group the rest and become no
    member. No points, no themes.
    """
    if not texts:
        return ()
    order = sorted(range(len(texts)), key=lambda place: (texts[place], vectors[place].tobytes(), place))
    ordered, rows = [texts[place] for place in order], np.ascontiguousarray(vectors[order])
    sample = _sample(len(ordered))
    labels = np.full(len(ordered), -1)
    topics = _topics([ordered[place] for place in sample], rows[sample])
    labels[sample] = topics.topics_
    centres = centroids(rows, labels)
    rest = np.setdiff1d(np.arange(len(ordered)), sample)
    for chunk in np.split(rest, range(LARGEST, len(rest), LARGEST)):
        fit = rows[chunk] @ centres.T
        labels[chunk] = np.where(fit.max(axis=1, initial=-1) >= NEAR, fit.argmax(axis=1), -1)
    free = ~np.isin(order, list(held))
    return _themes(ordered, rows, labels, free, topics, np.array(order), model)


def gathered(texts: Sequence[str], vectors: Vectors, model: str | None = None) -> FoundTheme:
    """The theme of points that somebody put together, at least one; its title is a proposal."""
    centre = unit(vectors.sum(axis=0, keepdims=True))[0]
    inward = np.argsort(-np.round(vectors @ centre, 5), kind="stable")
    (naming,) = name_themes([[texts[place] for place in inward]], centre[None], [{}], model)
    return FoundTheme(
        members=tuple(range(len(texts))),
        centroid=np.asarray(centre, np.float32),
        title=naming.title,
        description=naming.description,
        keywords=naming.keywords,
        typical=tuple(_different(vectors, inward)),
    )


def _sample(count: int) -> NDArray[np.int64]:
    """Places spread evenly over the points in order of their words."""
    return np.unique(np.linspace(0, count - 1, min(count, LARGEST)).round().astype(np.int64))


def _topics(texts: Sequence[str], vectors: Vectors) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    bertopic = _bertopic()
    model = bertopic.BERTopic(
        umap_model=Projection(),
        hdbscan_model=Grouping(),
        vectorizer_model=CountVectorizer(analyzer=_content_words),
        ctfidf_model=bertopic.vectorizers.ClassTfidfTransformer(reduce_frequent_words=True),
        top_n_words=WORDS,
    )
    return model.fit([plain(text) for text in texts], vectors)


def _bertopic() -> Any:
    """BERTopic without its plotting, which would bring UMAP, Numba and Plotly along: 130 MB that nothing here uses."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    hides = "plotly" not in sys.modules
    if hides:
        sys.modules["plotly"] = None  # type: ignore[assignment]
    try:
        import bertopic.vectorizers
    finally:
        if hides:
            del sys.modules["plotly"]
    return bertopic


def _themes(
    texts: Sequence[str],
    rows: Vectors,
    labels: Labels,
    free: NDArray[np.bool_],
    topics: Any,
    places: Labels,
    model: str | None,
) -> tuple[FoundTheme, ...]:
    groups = np.unique(labels[(labels >= 0) & free])
    members = [np.flatnonzero((labels == label) & free) for label in groups]
    beside = [np.flatnonzero((labels == label) & ~free) for label in groups]
    centres = [unit(rows[own].sum(axis=0, keepdims=True))[0] for own in members]
    # Likeness is rounded so that points which differ only in the last digits keep the order of their words.
    inward = [
        own[np.argsort(-np.round(rows[own] @ centre, 5), kind="stable")]
        for own, centre in zip(members, centres, strict=True)
    ]
    words = [{word: weight for word, weight in topics.get_topic(int(label)) if word} for label in groups]
    namings = name_themes([[texts[place] for place in own] for own in inward], np.array(centres), words, model)
    found = [
        FoundTheme(
            members=tuple(sorted(places[own].tolist())),
            centroid=np.asarray(centre, np.float32),
            title=naming.title,
            description=naming.description,
            keywords=naming.keywords,
            typical=tuple(places[_different(rows, own)].tolist()),
            beside=tuple(sorted(places[others].tolist())),
        )
        for own, others, centre, naming in zip(inward, beside, centres, namings, strict=True)
    ]
    return tuple(sorted(found, key=lambda theme: (-len(theme.members), theme.title)))


def _different(rows: Vectors, inward: Labels) -> list[int]:
    """The most central points that do not repeat one another."""
    chosen = [int(inward[0])]
    for place in inward[1:]:
        if len(chosen) < TYPICAL and (rows[chosen] @ rows[place]).max() < ALIKE:
            chosen.append(int(place))
    return chosen


def _content_words(text: str) -> list[str]:
    """The words that are not grammar, or all of them where there is nothing else."""
    words = re.findall(r"[^\W\d_]{2,}", text.lower())
    return [word for word in words if word not in _grammar()] or words or ["–"]


@cache
def _grammar() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS)
