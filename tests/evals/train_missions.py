"""Makes nlp/frameworks/missions.npz from labelled questions: python -m tests.evals.train_missions --data FOLDER.

The texts are written questions to ministers (mySociety, CC BY 4.0; Open Parliament Licence v3.0), labelled by the
mission that the answer names or by the department that was asked. Only weights of hashed parts of words and of
sentence vectors are kept.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.trained import NONE, Trained, fit
from tests.evals.lone import vectors_of
from tests.evals.sets import Row, Sets

HERE = Path(__file__).resolve().parents[2] / "nlp" / "frameworks" / "missions.npz"
OURS = {"safer_streets": "streets"}
"""Ids that the data spells otherwise."""


def mission_of(row: Row) -> str:
    """The mission of a labelled question, as our framework calls it."""
    label = str(row["mission_proxy"] if "mission_proxy" in row else row["label"])
    return OURS.get(label, label)


def train(asked: Sequence[Row], answered: Sequence[Row]) -> Trained:
    """Learns from questions by department, each more alike in itself than a mission is, and by mission."""
    rows = [row for row in asked if row["mission_proxy"]]
    classes = [*(f"asked {row['label']}" for row in rows), *("answered" for _ in answered)]
    meant = [*map(mission_of, rows), *map(mission_of, answered)]
    texts = [row["text"] for row in (*rows, *answered)]
    # A department whose questions fall to several missions is a class for each.
    classes = [f"{name}: {mission}" for name, mission in zip(classes, meant, strict=True)]
    return fit(texts, vectors_of(texts), classes, dict(zip(classes, meant, strict=True)))


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.train_missions", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    sets = Sets(parser.parse_args().data, full=True)
    learnt = train(sets.rows("uk_pq_department"), sets.rows("uk_pq_mission"))
    assert NONE in learnt.answers
    learnt.save(HERE)
    print(f"{HERE.name}: {len(learnt.answers)} classes, {np.prod(learnt.weights.shape):,} weights")


if __name__ == "__main__":
    main()
