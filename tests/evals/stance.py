"""Stance and kind: does a point support, and what is it?"""

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.metrics import f1_score

from nlp.manner import Learnt, judged
from nlp.points import Point
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import Rows, drawn
from tests.evals.lone import vectors_of
from tests.evals.notes import matched, sample_notes
from tests.evals.sets import SAMPLE_NOTES, Measure, Row, Sets
from tests.evals.train_manner import Group, argued, noted, towards, train, written

MAJORITY = "majority"
FOLDS = 4


def arguments(sets: Sets) -> Iterator[Figure]:
    """Macro-F1 over for and against a motion, of the product's stance to what the motion is about; "mixed" is wrong
    either way. What is learnt is learnt from arguments on other motions, and as it ships.
    """
    rows = sets.rows("argkp")
    truth = [towards(row["topic"], row["stance"] > 0) for row in rows]
    groups = [*written(), *noted(), *argued(sets)]
    for way in ("", ", as it ships"):
        found, seconds = timed(lambda way=way: _stances(rows, groups, ships=bool(way)))
        both = [_for(row, stance) for row, stance in zip(rows, found, strict=True)]
        meant = [_for(row, stance) for row, stance in zip(rows, truth, strict=True)]
        yield macro_f1(f"stance macro-F1{way}", "argkp", meant, both, seconds)


def samples(sets: Sets) -> Iterator[Figure]:
    """Macro-F1 of stance and of kind over the sample notes' points that begin and end as in their key; learnt from
    other events, and as it ships.
    """
    groups = [*written(), *noted(), *argued(sets)]
    pairs = [pair for note in sample_notes() for pair in matched(note)]
    for way in ("", ", as it ships"):
        found, seconds = timed(lambda way=way: _judged_notes(groups, ships=bool(way)))
        for name in ("stance", "kind"):
            truth, said = [key[name] for key, _ in pairs], [getattr(point, name) for point in found]
            yield macro_f1(f"{name} macro-F1{way}", SAMPLE_NOTES, truth, said, seconds)


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


def _stances(rows: Sequence[Row], groups: Sequence[Group], ships: bool) -> list[str]:
    """The stance of each argument, those on one motion taken as the points of one note."""
    stances: dict[str, str] = {}
    motions = sorted({row["topic"] for row in rows})
    for fold in range(FOLDS):
        held = set(motions[fold::FOLDS])
        learnt = None if ships else _without(groups, held)
        for motion in sorted(held):
            own = [row for row in rows if row["topic"] == motion]
            points = [Point(0, len(row["text"]), row["text"], "evidence", "mixed", None, None) for row in own]
            found = judged(points, vectors_of([row["text"] for row in own]), learnt)
            stances |= {row["id"]: point.stance for row, point in zip(own, found, strict=True)}
    return [stances[row["id"]] for row in rows]


def _judged_notes(groups: Sequence[Group], ships: bool) -> list[Point]:
    """The matched points of each note as the product judges them."""
    learnt: dict[int, Learnt | None] = dict.fromkeys(range(FOLDS))
    events = {note.key["event"] for note in sample_notes()}
    if not ships:
        learnt = {fold: _without(groups, {event for event in events if _fold(event) == fold}) for fold in range(FOLDS)}
    found = []
    for note in sample_notes():
        known = {id(point) for _, point in matched(note)}
        points = judged(note.points, note.encoded.alone, learnt[_fold(note.key["event"])])
        found += [after for before, after in zip(note.points, points, strict=True) if id(before) in known]
    return found


def _without(groups: Sequence[Group], blocks: set[str]) -> Learnt:
    return train([group for group in groups if group.block not in blocks])


def _fold(event: str) -> int:
    return zlib.crc32(event.encode()) % FOLDS


def _for(row: Row, stance: str) -> str:
    """For or against the row's motion, or mixed."""
    if stance == "mixed":
        return stance
    return "for" if towards(row["topic"], True) == stance else "against"


MEASURES: dict[str, Measure] = {"argkp": arguments, SAMPLE_NOTES: samples}
