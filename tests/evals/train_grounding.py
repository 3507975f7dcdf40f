"""Prints the weights of nlp/ground.py, learnt from checked claims: python -m tests.evals.train_grounding --data FOLDER.

The claims are those of DiaSumFact (its QMSum part, MIT), SummEdits (Apache 2.0) and WiCE (ODC-BY); true and false ones
of each set count the same in all.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nlp.claims import compare
from nlp.ground import measures
from tests.evals.sets import Row, Sets

SETS = {"fact_diasumfact": None, "fact_summedits": 600, "fact_wice": None}
PENALTY = 0.3


def evidence_of(row: Row) -> list[str]:
    """The lines that a claim is held against."""
    return row.get("evidence") or [line for line in row["source"].split("\n") if line.strip()]


def measured(sets: Sets) -> list[tuple[str, Row, dict[str, float]]]:
    """Every claim with its set and what the check weighs of it."""
    return [
        (name, row, measures(compare(row["claim"], evidence_of(row))))
        for name, most in SETS.items()
        if sets.has(name)
        for row in sets.rows(name, most)
    ]


def train(claims: Sequence[tuple[str, Row, Mapping[str, float]]]) -> dict[str, float]:
    """Weights for each measure, by logistic regression on standardised measures."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    names = [name for name in claims[0][2] if name != "all"]
    values = np.array([[found[name] for name in names] for _, _, found in claims])
    count = Counter((name, row["label"]) for name, row, _ in claims)
    weights = np.array([len(claims) / count[name, row["label"]] / len(count) for name, row, _ in claims])
    scale = StandardScaler().fit(values)
    model = LogisticRegression(C=PENALTY, max_iter=2000)
    model.fit(scale.transform(values), [row["label"] for _, row, _ in claims], sample_weight=weights)
    slopes = model.coef_[0] / scale.scale_
    return {"all": float(model.intercept_[0] - slopes @ scale.mean_), **dict(zip(names, slopes.tolist(), strict=True))}


def main() -> None:
    """Prints the weights as they are to stand in nlp/ground.py."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.train_grounding", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    for name, weight in train(measured(Sets(parser.parse_args().data))).items():
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
