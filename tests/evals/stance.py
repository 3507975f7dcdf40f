"""Stance and kind: does a point support, and what is it?"""

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.metrics import f1_score

from nlp.kinds import kind_of
from nlp.stance import stance_of
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import Rows, drawn
from tests.evals.notes import matched, sample_notes
from tests.evals.sets import SAMPLE_NOTES, Measure, Sets

MAJORITY = "majority"


def arguments(sets: Sets) -> Iterator[Figure]:
    """Macro-F1 over for and against a motion that the point does not state; "mixed" is wrong either way."""
    rows = sets.rows("argkp")
    found, seconds = timed(lambda: [stance_of(row["text"], kind_of(row["text"])) for row in rows])
    truth = ["supports" if row["stance"] > 0 else "is concerned" for row in rows]
    yield macro_f1("stance macro-F1", "argkp", truth, found, seconds)


def samples(sets: Sets) -> Iterator[Figure]:
    """Macro-F1 of stance and of kind over the sample notes' points that begin and end as in their key."""
    notes, seconds = timed(sample_notes)
    pairs = [pair for note in notes for pair in matched(note)]
    for name in ("stance", "kind"):
        truth, found = [key[name] for key, _ in pairs], [getattr(point, name) for _, point in pairs]
        yield macro_f1(f"{name} macro-F1", SAMPLE_NOTES, truth, found, seconds)


def macro_f1(measure: str, name: str, truth: Sequence[str], found: Sequence[str], seconds: float) -> Figure:
    """The mean of the F1 of each true label, beside what the commonest label for all would reach."""
    labels = sorted(set(truth))
    said, meant = np.array(found), np.array(truth)

    def score(places: Rows) -> float:
        return float(f1_score(meant[places], said[places], labels=labels, average="macro", zero_division=0))

    commonest = max(labels, key=truth.count)
    always = [commonest] * len(truth)
    baseline = float(f1_score(truth, always, labels=labels, average="macro", zero_division=0))
    return Figure(measure, name, drawn(score, len(truth)), len(truth), seconds, baseline, MAJORITY)


MEASURES: dict[str, Measure] = {"argkp": arguments, SAMPLE_NOTES: samples}
