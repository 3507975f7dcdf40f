"""Makes nlp/frameworks/missions.npz from labelled questions: python -m tests.evals.train_missions --data FOLDER.

The texts are written questions to ministers (mySociety, CC BY 4.0; Open Parliament Licence v3.0), and answers to
them, labelled by the mission that the answer names or by the department that was asked. Only weights of hashed words
and parts of words and of sentence vectors are kept.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.trained import NONE, Trained, fit
from tests.evals.lone import vectors_of
from tests.evals.sets import Row, Sets

HERE = Path(__file__).resolve().parents[2] / "nlp" / "frameworks" / "missions.npz"
OURS = {"safer_streets": "streets"}
"""Ids that the data spells otherwise."""
LONGEST = 600
"""Characters of an answer: what follows repeats."""


def mission_of(row: Row) -> str:
    """The mission of a labelled question, as our framework calls it."""
    label = str(row["mission_proxy"] if "mission_proxy" in row else row["label"])
    return OURS.get(label, label)


def labelled(sets: Sets) -> list[Row]:
    """Texts with the mission that they are about, the department that was asked, and their block.

    Questions by department and by the mission in the answer; further questions and answers of those departments all
    of whose questions fall to one mission.
    """
    asked = [row for row in sets.rows("uk_pq_department") if row["mission_proxy"]]
    rows = [_row(row, row["text"], row["label"], mission_of(row)) for row in asked]
    rows += [_row(row, row["text"], "answered", mission_of(row)) for row in sets.rows("uk_pq_mission")]
    whole = _of_one_mission(sets.rows("uk_pq_department"))
    known = {row["text"] for row in rows}
    for name, column in (("uk_pq_heading", "text"), ("uk_pq_qa", "query"), ("uk_pq_qa", "answer")):
        of_one = [row for row in sets.rows(name) if row["dept"] in whole] if sets.has(name) else []
        more = [_row(row, row[column][:LONGEST], row["dept"], whole[row["dept"]]) for row in of_one]
        rows += [row for row in more if row["text"] not in known]
        known |= {row["text"] for row in rows}
    return rows


def train(rows: Sequence[Row]) -> Trained:
    """Learns a class for each department and mission, whose questions are more alike than a mission's."""
    texts = [row["text"] for row in rows]
    classes = [f"{row['asked']}: {row['mission']}" for row in rows]
    meant = [row["mission"] for row in rows]
    return fit(texts, vectors_of(texts), classes, dict(zip(classes, meant, strict=True)))


def _row(row: Row, text: str, asked: str, mission: str) -> Row:
    return {"text": text, "asked": asked, "mission": mission, "block": row["block"]}


def _of_one_mission(rows: Sequence[Row]) -> dict[str, str]:
    """The departments all of whose questions have one and the same mission, with it."""
    missions: dict[str, set[str | None]] = defaultdict(set)
    for row in rows:
        missions[row["label"]].add(row["mission_proxy"] and mission_of(row))
    return {name: str(next(iter(found))) for name, found in missions.items() if len(found) == 1 and None not in found}


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.train_missions", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    sets = Sets(parser.parse_args().data, full=True)
    learnt = train(labelled(sets))
    assert NONE in learnt.answers
    learnt.save(HERE)
    print(f"{HERE.name}: {len(learnt.answers)} classes, {np.prod(learnt.weights.shape):,} weights")


if __name__ == "__main__":
    main()
