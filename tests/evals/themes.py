"""Themes: do the groups found agree with those that people made, and do the titles say what they are?"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from nlp.encode import Vectors, encode
from nlp.themes import FoundTheme, discover
from tests.evals.clock import timed
from tests.evals.figure import Figure, exact
from tests.evals.grouping import AGREEMENTS, apart, bertopics, labels_of, latent_means
from tests.evals.interval import Rows, halved, share
from tests.evals.lone import vectors_of
from tests.evals.sets import Measure, Row, Sets

FEWEST, TEN = 5, 10
"""Headings of fewer questions are left out: a heading of one is no theme."""
CATCH_ALLS = {"other", "others", "general", "general issues", "miscellaneous", "various", "other issues", "none"}


def headings(sets: Sets) -> Iterator[Figure]:
    """Parliamentary questions against the Table Office's headings, main term only."""
    rows = often_headed(sets)
    texts, labels = [row["text"] for row in rows], [row["label_main"] for row in rows]
    vectors = vectors_of(texts)
    themes, seconds = timed(lambda: discover(texts, vectors))
    yield from _agreement("uk_pq_heading", texts, vectors, labels, themes, seconds)
    yield from _titles("uk_pq_heading", themes, labels, seconds)


def bills(sets: Sets) -> Iterator[Figure]:
    """Summaries of bills against the main topics of the Comparative Agendas Project."""
    rows = sets.rows("bills_cap")
    texts, labels = [row["text"] for row in rows], [row["label"] for row in rows]
    vectors = vectors_of(texts)
    themes, seconds = timed(lambda: discover(texts, vectors))
    yield from _agreement("bills_cap", texts, vectors, labels, themes, seconds)


def often_headed(sets: Sets) -> list[Row]:
    """The questions whose heading has at least five."""
    rows = sets.rows("uk_pq_heading")
    count = Counter(row["label_main"] for row in rows)
    return [row for row in rows if count[row["label_main"]] >= min(FEWEST, max(count.values()))]


def _agreement(
    name: str,
    texts: Sequence[str],
    vectors: Vectors,
    labels: Sequence[str],
    themes: Sequence[FoundTheme],
    seconds: float,
) -> Iterator[Figure]:
    """Harmonic purity, adjusted Rand and mutual information, a point without a theme being a group of its own, beside
    BERTopic and LSA with k-means, each in the setting that is best by that measure; themes per label; unthemed.
    """
    truth = np.unique(labels, return_inverse=True)[1]
    found = labels_of(themes, len(texts))
    topics = bertopics(texts, vectors)
    rivals = {
        "best of 3 BERTopics": [apart(one) for one in topics],
        "best of 3 BERTopics with their outliers as one topic": topics,
        "best of 3 LSA + k-means": latent_means(texts, len(set(labels))),
    }
    for measure, agreement in AGREEMENTS.items():

        def agrees(places: Rows, agreement=agreement) -> float:
            return agreement(truth[places], apart(found[places]))

        spread = halved(agrees, len(texts))
        for against, labellings in rivals.items():
            best = max(agreement(truth, labelling) for labelling in labellings)
            yield Figure(measure, name, spread, len(texts), seconds, best, against)
    count, kinds, plain = len(themes), len(set(labels)), topics[-2:][0]
    per_label = float(plain.max() + 1) / kinds
    yield Figure("themes per label", name, exact(count / kinds), kinds, seconds, per_label, "BERTopic")
    yield Figure("unthemed", name, share(found < 0), len(texts), seconds, float((plain < 0).mean()), "BERTopic")


def _titles(name: str, themes: Sequence[FoundTheme], labels: Sequence[str], seconds: float) -> Iterator[Figure]:
    """Mean cosine of a title and the heading of most of its points, beside the theme's best keyword as title; the
    nearest pair of titles; titles that say nothing.
    """
    titles = encode([theme.title for theme in themes])
    words = encode([theme.keywords[0] if theme.keywords else theme.title for theme in themes])
    major = encode([Counter(labels[place] for place in theme.members).most_common(1)[0][0] for theme in themes])
    likeness, plain = (titles * major).sum(axis=1), float((words * major).sum(axis=1).mean())
    yield Figure("title like heading", name, share(likeness), len(themes), seconds, plain, "first keyword")
    sizes = np.array([len(theme.members) for theme in themes])
    large = likeness[sizes >= TEN]
    yield Figure("title like heading in ten points or more", name, share(large), len(large), seconds)
    met = np.repeat(likeness, sizes)
    yield Figure("title like heading by points", name, share(met), len(met), seconds)
    pairs = titles @ titles.T - 2 * np.eye(len(titles))
    yield Figure("nearest two titles", name, exact(float(pairs.max())), len(themes), seconds)
    empty = [theme.title.lower() in CATCH_ALLS for theme in themes]
    yield Figure("catch-all titles", name, exact(float(sum(empty))), len(themes), seconds)


MEASURES: dict[str, Measure] = {"uk_pq_heading": headings, "bills_cap": bills}
