"""Evidence: are the turns that answer a question found, and do they say what the answer says?"""

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.encode import encode
from nlp.search import answering
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import share
from tests.evals.sets import Measure, Row, Sets
from tests.evals.summary import lex_ranked, rouge, within

HITS = 5
WORDS, ENOUGH, SHORTEST = 120, 102, 8
"""The most words of an extract, with how many it is full, and the fewest of a turn worth reading."""
Ranking = Sequence[Sequence[int]]
"""For each query the places of the turns, the best first."""


def questions(sets: Sets) -> Iterator[Figure]:
    """A question has a hit where one of five turns is among those marked; ROUGE F1 (Lin 2004) of the best turns
    against the written answer, beside LexRank's sentences of as many words.
    """
    rows = sets.rows("qmsum")
    rankings, seconds = timed(lambda: {row["id"]: ranked(row) for row in rows})
    ours = {row["id"]: _hits(row, rankings[row["id"]]) for row in rows}
    theirs = {row["id"]: _hits(row, _by_words(row)) for row in rows}
    committees = {row["id"] for row in rows if row["domain"] == "committee"}
    for measure, kept in (("evidence hit@5 of committees", committees), ("evidence hit@5", set(ours))):
        own, rival = ([hit for id, found in hits.items() if id in kept for hit in found] for hits in (ours, theirs))
        if own:
            yield Figure(measure, "qmsum", share(own), len(own), seconds, float(np.mean(rival)), "TF-IDF over turns")
    yield from _extracts(rows, rankings)


def ranked(row: Row) -> list[list[int]]:
    """The turns of a meeting for each of its questions, the best first."""
    turns = [f"{turn['speaker']}: {turn['text']}" for turn in row["turns"]]
    asked = [query["q"] for query in row["queries"]]
    vectors = encode([*turns, *asked])
    own, meant = vectors[: len(turns)], vectors[len(turns) :]
    return [answering(text, vector, turns, own).tolist() for text, vector in zip(asked, meant, strict=True)]


def _by_words(row: Row) -> list[list[int]]:
    weights = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    turns = weights.fit_transform([turn["text"] or "–" for turn in row["turns"]])
    likeness = (weights.transform([query["q"] for query in row["queries"]]) @ turns.T).toarray()
    return np.argsort(-likeness, axis=1, kind="stable").tolist()


def _hits(row: Row, ranking: Ranking) -> list[bool]:
    return [
        any(start <= turn <= end for turn in turns[:HITS] for start, end in query["spans"])
        for turns, query in zip(ranking, row["queries"], strict=True)
    ]


def _extracts(rows: Sequence[Row], rankings: dict[str, list[list[int]]]) -> Iterator[Figure]:
    ours, theirs, meant = [], [], []
    for row in rows:
        central = lex_ranked(row)
        for turns, query in zip(rankings[row["id"]], row["queries"], strict=True):
            said = [(turn, row["turns"][turn]["text"]) for turn in turns]
            own = _extract([(turn, text.split()) for turn, text in said if len(text.split()) >= SHORTEST])
            ours.append(own)
            theirs.append(within(central, sum(len(text.split()) for text in own)))
            meant.append(query["a"])
    yield from rouge("evidence", meant, ours, theirs, 0.0)


def _extract(turns: Sequence[tuple[int, list[str]]]) -> list[str]:
    """The best turns that fit, whole and in their order; the beginning of the best where it alone is too long."""
    chosen: list[tuple[int, list[str]]] = []
    length = 0
    for turn, words in turns:
        if length + len(words) <= WORDS or not chosen:
            chosen.append((turn, words[:WORDS]))
            length += len(chosen[-1][1])
        if length > ENOUGH:
            break
    return [" ".join(words) for _, words in sorted(chosen)]


MEASURES: dict[str, Measure] = {"qmsum": questions}
