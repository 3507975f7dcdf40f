"""Points: do they start and end where a reader would part them?"""

import re
from collections.abc import Iterator

from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import share
from tests.evals.notes import SampleNote, matched, sample_notes
from tests.evals.sets import SAMPLE_NOTES, Measure, Sets

SENTENCE = re.compile(r"(?<=[.!?])\s+")


def boundaries(sets: Sets) -> Iterator[Figure]:
    """F1 of points that begin and end exactly where one of the key does, against a point for every sentence."""
    notes, seconds = timed(sample_notes)
    hits = [2 * len(matched(note)) for note in notes]
    totals = [len(note.points) + len({point["text"] for point in note.key["points"]}) for note in notes]
    baseline = _by_sentence(notes)
    spread = share(hits, totals)
    wanted = sum(len(note.key["points"]) for note in notes)
    yield Figure("boundary F1", SAMPLE_NOTES, spread, wanted, seconds, baseline, "a point a sentence")


def _by_sentence(notes: tuple[SampleNote, ...]) -> float:
    hits = total = 0
    for note in notes:
        text = note.document.text
        found = [part for block in note.document.blocks for part in SENTENCE.split(text[block.start : block.end])]
        wanted = {point["text"] for point in note.key["points"]}
        hits += 2 * len(wanted & set(found))
        total += len(wanted) + len(found)
    return hits / total


MEASURES: dict[str, Measure] = {SAMPLE_NOTES: boundaries}
