"""Tells kind and stance of a note's points by what was learnt from labelled ones, with the cues of their wording."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from nlp.cues import patterns, plain, strength
from nlp.encode import Vectors
from nlp.kinds import Kind, kind_of
from nlp.phrases import plain as without_surrogates
from nlp.points import Point
from nlp.stance import BALANCED, TURNS, Stance, stance_of
from nlp.trained import Trained, load
from nlp.valence import leaning_of

KINDS: tuple[Kind, ...] = get_args(Kind)
STANCES: tuple[Stance, ...] = get_args(Stance)
BY_CUES = 0.5
"""What the cues weigh beside the words and the vector."""
MANY = 10
"""Points of a note from which on their mean tells what the note is about."""


class Learnt(NamedTuple):
    """What was learnt from labelled points."""

    kinds: Trained
    stances: Trained


def judged(points: Sequence[Point], vectors: Vectors, learnt: Learnt | None = None) -> tuple[Point, ...]:
    """A note's points with the kind and stance that their words, cues and vectors speak for; an action stays one.

    `vectors` are those of the points alone; `learnt` is what ships where nothing else is given. Nothing has been learnt
    of another encoder's vectors than the default one's: with those the points keep what the cues alone say.
    """
    kinds, stances = learnt or _learnt()
    found = features([point.text for point in points], vectors)
    if not points or not kinds.takes(found):
        return tuple(points)
    words = [without_surrogates(point.text) for point in points]
    kind = kinds.log_probabilities(words, found, KINDS)[:, : len(KINDS)].argmax(axis=1)
    stance = stances.log_probabilities(words, found, STANCES)[:, : len(STANCES)].argmax(axis=1)
    return tuple(
        replace(point, kind="commitment" if point.is_action else KINDS[one], stance=STANCES[other])
        for point, one, other in zip(points, kind, stance, strict=True)
    )


def features(texts: Sequence[str], vectors: Vectors) -> Vectors:
    """For each point its vector less the mean of its note, since what all are about tells none apart, and its cues."""
    own = vectors - vectors.mean(axis=0, keepdims=True) if len(texts) >= MANY else vectors
    return np.hstack([own, BY_CUES * cues(texts)]).astype(np.float32)


def cues(texts: Sequence[str]) -> NDArray[np.float32]:
    """How strongly the wording of each text speaks for each kind and stance; shape (len(texts), cues)."""
    return np.array([_cues(text) for text in texts], np.float32).reshape(len(texts), -1 if texts else 0)


def _cues(text: str) -> list[float]:
    words = plain(text)
    turn = TURNS.search(words)
    cut = turn.start() if turn else len(words)
    kind = kind_of(text)
    stance = stance_of(text, kind)
    return [
        *(strength(table, words) / 3 for table in patterns()),
        *(leaning_of(part) / 4 for part in (words, words[:cut], words[cut:])),
        float(turn is not None),
        float(bool(BALANCED.search(words))),
        *(float(kind == one) for one in KINDS),
        *(float(stance == one) for one in STANCES),
    ]


@lru_cache(maxsize=1)
def _learnt() -> Learnt:
    return Learnt(*(load(files("nlp") / f"{name}.npz") for name in Learnt._fields))
