"""Aligns points and themes with a framework such as the five missions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.special import softmax

from nlp.encode import Vectors, encode
from nlp.trained import Trained, trained

NEAREST = 3
"""An entry is as near as the mean of its three nearest phrases: one chance likeness does not carry it."""
FLOOR = 0.22
"""Below this similarity a phrase says nothing."""
WIDTH, WIDTH_TRAINED = 0.03, 0.15
"""The difference of similarity that multiplies the odds by e, alone and beside what was learnt."""
SURE = 0.45
ALONGSIDE = 0.25
"""A further entry counts beside a sure one from here on."""
UNSURE = 0.2
THEME_SHARE = 0.35
THEME_UNSURE = 0.2


@dataclass(frozen=True)
class Entry:
    """One entry of a framework: a mission or a barrier, with the texts that describe it."""

    id: str
    title: str
    description: str
    milestones: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that stands for the entry."""
        return (f"{self.title}. {self.description}", *self.milestones, *self.phrases)


@dataclass(frozen=True)
class Framework:
    """A versioned list to align with; `beside` holds what lies outside all of its entries."""

    id: str
    version: str
    title: str
    source: str
    entries: tuple[Entry, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True)
class Alignment:
    """One entry for one point: how sure (0–1), and whether it is sure enough to say so."""

    entry: str
    score: float
    state: Literal["aligned", "unsure"]


def parse_framework(text: str) -> Framework:
    """A framework from its YAML; raises ValueError with a message an editor can act on."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError(f"This is not YAML: look at line {mark.line + 1 if mark else 1}.") from None
    if not isinstance(content, dict):
        raise ValueError("A framework starts with id, version, title, source and entries.")
    framework = Framework(
        id=_word(content, "id", "The framework"),
        version=_word(content, "version", "The framework"),
        title=_word(content, "title", "The framework"),
        source=_word(content, "source", "The framework"),
        entries=tuple(_entry(entry) for entry in _list(content, "entries", "The framework")),
        beside=tuple(str(phrase) for phrase in _list(content, "beside", "The framework")),
    )
    ids = [entry.id for entry in framework.entries]
    if not ids or len(set(ids)) < len(ids):
        raise ValueError("A framework needs at least one entry, and each entry an id of its own.")
    return framework


def align(
    texts: Sequence[str], vectors: Vectors, framework: Framework, learnt: Trained | None = None
) -> tuple[tuple[Alignment, ...], ...]:
    """For each point its entries, best first; empty means none, several are possible, and unsure is an answer.

    The score is the probability of the entry among all and none: a softmax of the point's nearness to each entry's
    phrases, against what lies beside the framework, joined as a product of experts (Hinton 2002) with what was learnt
    from labelled texts, `learnt` or the file that nlp.trained finds. An edited list of entries has the phrases alone.
    """
    if len(texts) == 0:
        return ()
    ids = [entry.id for entry in framework.entries]
    learnt = learnt or trained(framework.id)
    nearness = _nearness_to_all(vectors, framework)
    if learnt and learnt.fits(ids):
        evidence = nearness / WIDTH_TRAINED + learnt.log_probabilities(texts, vectors, ids)
    else:
        evidence = nearness / WIDTH
    return tuple(_answers(row, ids) for row in softmax(evidence, axis=1))


def align_theme(points: Sequence[tuple[Alignment, ...]]) -> tuple[tuple[Alignment, int], ...]:
    """A theme's entries from its points' alignments, best first, each with the index of the point that justifies it.

    An entry's score is the share of the points that are sure of it, an unsure one counting half.
    """
    weight: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, int]] = {}
    for place, alignments in enumerate(points):
        for answer in alignments:
            weight[answer.entry] += 1.0 if answer.state == "aligned" else 0.5
            if answer.score > best.get(answer.entry, (-1.0, 0))[0]:
                best[answer.entry] = (answer.score, place)
    shares = {entry: total / len(points) for entry, total in weight.items()}
    ranked = sorted(shares, key=lambda entry: (-shares[entry], entry))
    return tuple(
        (Alignment(entry, shares[entry], "aligned" if shares[entry] >= THEME_SHARE else "unsure"), best[entry][1])
        for entry in ranked
        if shares[entry] >= THEME_UNSURE
    )


def _answers(odds: NDArray[Any], ids: Sequence[str]) -> tuple[Alignment, ...]:
    ranked = [int(place) for place in np.argsort(-odds, kind="stable") if place < len(ids)]
    best = ranked[0]
    if odds[best] >= SURE:
        beside = (place for place in ranked if odds[place] >= ALONGSIDE)
        return tuple(Alignment(ids[place], float(odds[place]), "aligned") for place in beside)
    return (Alignment(ids[best], float(odds[best]), "unsure"),) if odds[best] >= UNSURE else ()


def _nearness_to_all(vectors: Vectors, framework: Framework) -> NDArray[np.float64]:
    """How near each point is to each entry and, last, to what lies beside the framework."""
    entries, beside = _vectors(framework)
    against = _nearness(vectors, beside) if len(beside) else np.zeros(len(vectors))
    columns = [*(_nearness(vectors, phrases) for phrases in entries), np.maximum(against, FLOOR)]
    return np.stack(columns, axis=1).astype(np.float64)


def _nearness(vectors: Vectors, phrases: Vectors) -> NDArray[np.float32]:
    similar = vectors @ phrases.T
    count = min(NEAREST, similar.shape[1])
    nearest: NDArray[np.float32] = np.partition(similar, -count, axis=1)[:, -count:].mean(axis=1)
    return nearest


@lru_cache(maxsize=16)
def _vectors(framework: Framework) -> tuple[tuple[Vectors, ...], Vectors]:
    return tuple(encode(entry.texts) for entry in framework.entries), encode(framework.beside)


def _entry(content: object) -> Entry:
    if not isinstance(content, dict):
        raise ValueError("Each entry needs id, title and description.")
    where = f"The entry “{content.get('id', '?')}”"
    return Entry(
        id=_word(content, "id", where),
        title=_word(content, "title", where),
        description=_word(content, "description", where),
        milestones=tuple(str(text) for text in _list(content, "milestones", where)),
        phrases=tuple(str(text) for text in _list(content, "phrases", where)),
    )


def _word(content: dict[str, Any], name: str, where: str) -> str:
    value = content.get(name)
    if value is None or not str(value).strip():
        raise ValueError(f"{where} has no {name}.")
    return str(value).strip()


def _list(content: dict[str, Any], name: str, where: str) -> list[Any]:
    value = content.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{where}: {name} must be a list.")
    return value
