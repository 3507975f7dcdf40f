"""Speed: words a second, on the same text in the same process."""

from collections.abc import Iterator

import numpy as np

from nlp.anonymise import anonymise
from tests.evals.clock import timed
from tests.evals.figure import Figure, Spread
from tests.evals.masks import as_note, presidio
from tests.evals.people import PRESIDIO
from tests.evals.sets import Measure, Sets

MOST, TURNS = 12, 5


def anonymising(sets: Sets) -> Iterator[Figure]:
    """Words anonymised a second, in thousands: the median of five turns, after one to warm up, with their range."""
    texts = [row["text"] for row in sets.rows("uk_minutes", MOST)]
    documents = [as_note(text) for text in texts]
    words = sum(len(text.split()) for text in texts)
    ours = [timed(lambda: [anonymise(document) for document in documents])[1] for _ in range(TURNS + 1)][1:]
    theirs = [timed(lambda: [presidio().analyze(text, "en") for text in texts])[1] for _ in range(3)][1:]
    rates = words / np.array(ours) / 1000
    spread = Spread(float(np.median(rates)), float(rates.min()), float(rates.max()))
    baseline = words / float(np.median(theirs)) / 1000
    yield Figure("thousand words a second", "uk_minutes", spread, words, float(np.median(ours)), baseline, PRESIDIO)


MEASURES: dict[str, Measure] = {"uk_minutes": anonymising}
