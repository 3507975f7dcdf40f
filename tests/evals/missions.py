"""Missions: is a question aligned with the mission that its answer names, and is the score honest?"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nlp.missions import Alignment, align
from nlp.trained import NONE, Trained
from tests.evals.classifying import FOLDS, TFIDF_REGRESSION, crossed
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import Rows, drawn, share
from tests.evals.lone import missions, vectors_of
from tests.evals.sets import Measure, Row, Sets
from tests.evals.train_missions import labelled, mission_of, train

MOST = 1500
BINS = 10
THIRD = 1 / 3
Answers = Sequence[tuple[Alignment, ...]]


def named(sets: Sets) -> Iterator[Figure]:
    """Share of questions whose best entry, sure or not, is the mission named in the answer; no entry is wrong.

    Baseline and product are both trained on other blocks of questions; the product also as it ships, which has seen
    these questions where they are the dev sets, and from the framework's text alone.
    """
    rows = sets.rows("uk_pq_mission")
    agrees = np.array([row["lead_dept_agrees"] for row in rows])
    kept = {"accuracy": np.ones(len(rows), bool), "accuracy where the lead agrees": agrees}
    yield from _figures(sets, "uk_pq_mission", rows, kept)


def six_way(sets: Sets) -> Iterator[Figure]:
    """Share of questions whose best entry is the mission of the department asked; an entry that is not even a
    third likely means none, as no entry at all does.
    """
    rows = sets.at_most([row for row in sets.rows("uk_pq_department") if row["mission_proxy"]], MOST)
    yield from _figures(sets, "uk_pq_department", rows, {"accuracy": np.ones(len(rows), bool)}, THIRD)


def _figures(
    sets: Sets, name: str, rows: Sequence[Row], kept: dict[str, NDArray[np.bool_]], least: float = 0.0
) -> Iterator[Figure]:
    labels = [mission_of(row) for row in rows]
    theirs = crossed([row["text"] for row in rows], labels, [row["block"] for row in rows]) == np.array(labels)
    ways = {
        "": lambda: _unseen(sets, rows),
        ", as it ships": lambda: _aligned(rows),
        ", text alone": lambda: _bare(rows),
    }
    for way, answer in ways.items():
        answers, seconds = timed(answer)
        right = np.array([_best(answer, least) == label for answer, label in zip(answers, labels, strict=True)])
        for measure, places in kept.items():
            if places.any():
                baseline = float(theirs[places].mean())
                spread, count = share(right[places]), int(places.sum())
                yield Figure(f"{measure}{way}", name, spread, count, seconds, baseline, TFIDF_REGRESSION)
        yield from _honesty(name, way, answers, right, seconds)


def _aligned(rows: Sequence[Row], learnt: Trained | None = None) -> Answers:
    texts = [row["text"] for row in rows]
    return align(texts, vectors_of(texts), missions(), learnt)


def _bare(rows: Sequence[Row]) -> Answers:
    """What a framework without training data gets: the same texts under another id."""
    texts = [row["text"] for row in rows]
    return align(texts, vectors_of(texts), replace(missions(), id="untrained"))


def _unseen(sets: Sets, rows: Sequence[Row]) -> Answers:
    """Answers to each block of questions by what was learnt from the other blocks."""
    known = labelled(sets)
    answers: dict[str, tuple[Alignment, ...]] = {}
    for fold in range(FOLDS):
        held = [row for row in rows if _fold(row) == fold]
        learnt = train([row for row in known if _fold(row) != fold])
        answers |= zip((row["id"] for row in held), _aligned(held, learnt), strict=True)
    return [answers[row["id"]] for row in rows]


def _fold(row: Row) -> int:
    return zlib.crc32(str(row["block"]).encode()) % FOLDS


def _best(answer: Sequence[Alignment], least: float) -> str:
    return answer[0].entry if answer and answer[0].score >= least else NONE


def _honesty(name: str, way: str, answers: Answers, right: NDArray[np.bool_], seconds: float) -> Iterator[Figure]:
    """Expected calibration error of the best entries' scores (ten bins, Guo et al. 2017); shares told as unsure
    and told of more than one mission.
    """
    given = np.flatnonzero([bool(answer) for answer in answers])
    scores = np.array([answers[place][0].score for place in given])
    correct = right[given]

    def error(places: Rows) -> float:
        bins = np.minimum((scores[places] * BINS).astype(int), BINS - 1)
        hits, sure = correct[places].astype(float), scores[places]
        gaps = [abs((hits[bins == one] - sure[bins == one]).sum()) for one in range(BINS)]
        return float(sum(gaps) / len(places))

    if len(given):
        yield Figure(f"calibration error{way}", name, drawn(error, len(given)), len(given), seconds)
    unsure = [bool(answer) and answer[0].state == "unsure" for answer in answers]
    yield Figure(f"told as unsure{way}", name, share(unsure), len(answers), seconds)
    several = [sum(one.state == "aligned" for one in answer) > 1 for answer in answers]
    yield Figure(f"told of several missions{way}", name, share(several), len(answers), seconds)


MEASURES: dict[str, Measure] = {"uk_pq_mission": named, "uk_pq_department": six_way}
