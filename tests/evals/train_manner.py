"""Makes nlp/kinds.npz and nlp/stances.npz from labelled points: python -m tests.evals.train_manner --data FOLDER.

The points are invented ones written for it (tests/evals/points), those of the sample notes' key, and for the stance
arguments for and against a motion (IBM's ArgKP-2021, CDLA-Sharing 1.0, which leaves the results of its use free).
Only weights of hashed words and parts of words, of vectors and of cues are kept.
"""

import argparse
import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nlp.encode import Vectors
from nlp.manner import Learnt, features
from nlp.phrases import plain
from nlp.trained import Trained, fit
from tests.evals.lone import vectors_of
from tests.evals.notes import matched, sample_notes
from tests.evals.sets import Sets

POINTS = Path(__file__).parent / "points"
HERE = Path(__file__).resolve().parents[2] / "nlp"
ENDS = re.compile(
    r"\b(?:ban|abolish|abandon|end|fight|stop|limit|oppose|prohibit|reject|restrict|cut|scrap|remove|close|repeal)(?:e?d)?\b",
    re.IGNORECASE,
)
"""A motion to end something: who is for the motion is concerned about the thing."""
OF_ARGUMENTS = 0.3
"""What an argument counts beside a point: there are many, and they speak of motions."""


class Group(NamedTuple):
    """Points of one note (or file, or motion) with what they are labelled; `kinds` is empty where nobody told."""

    block: str
    texts: list[str]
    features: Vectors
    kinds: list[str]
    stances: list[str]
    weight: float = 1.0


def written() -> list[Group]:
    """The points written for training, a group a file."""
    groups = []
    for path in sorted(POINTS.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        texts = [row["text"] for row in rows]
        found = features(texts, vectors_of(texts))
        groups.append(Group(path.stem, texts, found, [row["kind"] for row in rows], [row["stance"] for row in rows]))
    return groups


def noted() -> list[Group]:
    """The points of the sample notes that begin and end as in their key; the block is the event."""
    groups = []
    for note in sample_notes():
        place = {id(point): number for number, point in enumerate(note.points)}
        found = features([point.text for point in note.points], note.encoded.alone)
        pairs = matched(note)
        own = found[[place[id(point)] for _, point in pairs]]
        texts, kinds, stances = zip(*((point.text, key["kind"], key["stance"]) for key, point in pairs), strict=True)
        groups.append(Group(note.key["event"], list(texts), own, list(kinds), list(stances)))
    return groups


def argued(sets: Sets) -> list[Group]:
    """Arguments with their stance to what the motion is about, a group a motion."""
    rows = sets.rows("argkp") if sets.has("argkp") else []
    groups = []
    for motion in sorted({row["topic"] for row in rows}):
        own = [row for row in rows if row["topic"] == motion]
        texts = [row["text"] for row in own]
        stances = [towards(motion, row["stance"] > 0) for row in own]
        groups.append(Group(motion, texts, features(texts, vectors_of(texts)), [], stances, OF_ARGUMENTS))
    return groups


def towards(motion: str, is_for: bool) -> str:
    """The stance to the thing of somebody who is for or against the motion; its own inverse."""
    return "supports" if is_for != bool(ENDS.search(motion)) else "is concerned"


def train(groups: Sequence[Group]) -> Learnt:
    """Learns from the groups; every kind and stance counts the same in all, however rare."""
    return Learnt(_fitted([group for group in groups if group.kinds], "kinds"), _fitted(groups, "stances"))


def _fitted(groups: Sequence[Group], name: str) -> Trained:
    labels = [label for group in groups for label in getattr(group, name)]
    count = Counter(labels)
    weights = [
        group.weight * len(labels) / (len(count) * count[label]) for group in groups for label in getattr(group, name)
    ]
    texts = [plain(text) for group in groups for text in group.texts]
    stacked = np.vstack([group.features for group in groups])
    return fit(texts, stacked, labels, {label: label for label in count}, np.array(weights))


def main() -> None:
    """Writes the files."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.train_manner", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    groups = [*written(), *noted(), *argued(Sets(parser.parse_args().data, full=True))]
    learnt = train(groups)
    for name, trained in learnt._asdict().items():
        trained.save(HERE / f"{name}.npz")
    print(f"{sum(len(group.texts) for group in groups):,} points")


if __name__ == "__main__":
    main()
