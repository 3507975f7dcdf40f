"""Small rooms: every conversation gets themes, the same on every run, and they hold when some points come or go."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from sklearn.metrics import adjusted_rand_score

from nlp.encode import Vectors
from nlp.themes import discover
from tests.evals.clock import timed
from tests.evals.figure import Figure, exact
from tests.evals.grouping import Labels, apart, bertopics, labels_of
from tests.evals.interval import SEED, share
from tests.evals.lone import vectors_of
from tests.evals.sets import Measure, Sets

FEWEST, MOST = 39, 900
KEPT = 0.9
DRAWS = 3


def statements(sets: Sets) -> Iterator[Figure]:
    """Share of conversations with a theme (beside BERTopic as it comes); with the very same themes on a second run;
    share of statements without a theme; and, of conversations of 39–900 statements, the adjusted Rand index of the
    whole with nine tenths drawn three times, on what is shared: mean and least of the conversations.
    """
    rooms: dict[str, list[str]] = defaultdict(list)
    for row in sets.rows("polis_statements"):
        rooms[row["conversation"]].append(row["text"])
    vectors = {room: vectors_of(texts) for room, texts in rooms.items()}
    found, seconds = timed(lambda: {room: discover(texts, vectors[room]) for room, texts in rooms.items()})
    again = [_same(found[room], discover(texts, vectors[room])) for room, texts in rooms.items()]
    theirs = [bertopics(texts, vectors[room])[-2:][0] for room, texts in rooms.items()]
    name, count, total = "polis_statements", len(rooms), sum(map(len, rooms.values()))
    rival = float(np.mean([labels.max() >= 0 for labels in theirs]))
    themed = [bool(themes) for themes in found.values()]
    yield Figure("conversations with themes", name, share(themed), count, seconds, rival, "BERTopic")
    yield Figure("same themes twice", name, share(again), count, seconds)
    labels = {room: labels_of(themes, len(rooms[room])) for room, themes in found.items()}
    left = [int((own < 0).sum()) for own in labels.values()]
    rival = sum(int((own < 0).sum()) for own in theirs) / total
    yield Figure(
        "unthemed", name, share(left, [len(own) for own in labels.values()]), total, seconds, rival, "BERTopic"
    )
    middling = [room for room, texts in rooms.items() if FEWEST <= len(texts) <= MOST]
    kept, seconds = timed(lambda: [_kept(rooms[room], vectors[room], labels[room]) for room in middling])
    if kept:
        yield Figure("adjusted Rand at 90 %", name, share(kept), len(kept), seconds)
        yield Figure("adjusted Rand at 90 % (least)", name, exact(min(kept)), len(kept), seconds)


def _same(one: object, other: object) -> bool:
    return repr(one) == repr(other)


def _kept(texts: list[str], vectors: Vectors, whole: Labels) -> float:
    """The mean adjusted Rand index over the draws, a statement without a theme being a group of its own."""
    random = np.random.default_rng(SEED)
    values = []
    for _ in range(DRAWS):
        places = np.sort(random.permutation(len(texts))[: round(KEPT * len(texts))])
        part = labels_of(discover([texts[place] for place in places], vectors[places]), len(places))
        values.append(adjusted_rand_score(apart(whole[places]), apart(part)))
    return float(np.mean(values))


MEASURES: dict[str, Measure] = {"polis_statements": statements}
