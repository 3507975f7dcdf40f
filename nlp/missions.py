"""Aligns points and themes with a framework such as the five missions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import yaml
from numpy.typing import NDArray

from nlp.encode import Vectors, encode

NEAREST = 3
"""An entry is as near as the mean of its three nearest phrases: one chance likeness does not carry it."""
FLOOR = 0.22
"""Below this similarity a phrase says nothing."""
WIDTH = 0.06
SURE = 0.5
UNSURE = 0.35
ALONGSIDE = 0.06
"""A second entry counts only when it is about as near as the best."""
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


def align(texts: Sequence[str], vectors: Vectors, framework: Framework) -> tuple[tuple[Alignment, ...], ...]:
    """For each point its entries, best first; empty means none, several are possible, and unsure is an answer.

    The score is a logistic of how much nearer the point lies to the entry's phrases than to what lies beside the
    framework: nearest-phrase classification with a reject class, on sentence vectors, without training data.
    """
    if len(texts) == 0:
        return ()
    entries, beside = _vectors(framework)
    near = np.stack([_nearness(vectors, phrases) for phrases in entries], axis=1)
    against = np.maximum(_nearness(vectors, beside), FLOOR) if len(beside) else np.full(len(texts), FLOOR)
    scores = 1 / (1 + np.exp(-(near - against[:, None]) / WIDTH))
    return tuple(_answers(scores[row], near[row], framework) for row in range(len(texts)))


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


def _answers(scores: NDArray[Any], near: NDArray[Any], framework: Framework) -> tuple[Alignment, ...]:
    alongside = near >= near.max() - ALONGSIDE
    sure = [place for place in np.argsort(-scores, kind="stable") if scores[place] >= SURE and alongside[place]]
    if sure:
        return tuple(Alignment(framework.entries[place].id, float(scores[place]), "aligned") for place in sure)
    best = int(np.argmax(scores))
    if scores[best] >= UNSURE:
        return (Alignment(framework.entries[best].id, float(scores[best]), "unsure"),)
    return ()


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
