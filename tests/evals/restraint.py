"""Restraint: how much is hidden where almost nothing need be. Here less is better."""

import re
from collections.abc import Iterator, Sequence

from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import share
from tests.evals.masks import Hidden, hidden, hidden_by_presidio
from tests.evals.notes import sample_notes
from tests.evals.people import PRESIDIO
from tests.evals.sets import SAMPLE_NOTES, Measure, Sets

MOST_ANSWERS, MOST_ARGUMENTS = 300, 700
WORDS = re.compile(r"\S+")


def questions(sets: Sets) -> Iterator[Figure]:
    """Share of the words of parliamentary questions and their answers that are hidden."""
    rows = sets.rows("uk_pq_qa", MOST_ANSWERS)
    yield _masked("uk_pq_qa", [f"{row['query']}\n{row['answer']}" for row in rows])


def arguments(sets: Sets) -> Iterator[Figure]:
    """Share of the words of arguments on public questions, which name almost nobody, that are hidden."""
    yield _masked("argkp", [row["text"] for row in sets.rows("argkp", MOST_ARGUMENTS)])


def samples(sets: Sets) -> Iterator[Figure]:
    """Share of the sample notes' words that are hidden and share no word with what the key hides."""
    notes, seconds = timed(sample_notes)
    keyed = [{word for mask in note.key["masks"] for word in mask["text"].lower().split()} for note in notes]
    texts = [note.document.text for note in notes]
    besides, theirs = [], 0
    for note, text, own in zip(notes, texts, keyed, strict=True):
        spans = [(found.start, found.end) for found in note.anonymised.redactions]
        besides.append(_besides(text, spans, own))
        theirs += _besides(text, _runs(hidden_by_presidio(text)), own)
    words = [len(text.split()) for text in texts]
    baseline = theirs / sum(words)
    yield Figure("words masked", SAMPLE_NOTES, share(besides, words), sum(words), seconds, baseline, PRESIDIO)


def _masked(name: str, texts: Sequence[str]) -> Figure:
    covers, seconds = timed(lambda: [hidden(text) for text in texts])
    ours = [_words(text, cover) for text, cover in zip(texts, covers, strict=True)]
    theirs = sum(_words(text, hidden_by_presidio(text)) for text in texts)
    words = [len(text.split()) for text in texts]
    return Figure("words masked", name, share(ours, words), sum(words), seconds, theirs / sum(words), PRESIDIO)


def _words(text: str, cover: Hidden) -> int:
    return sum(any(cover[word.start() : word.end()]) for word in WORDS.finditer(text))


def _besides(text: str, spans: Sequence[tuple[int, int]], keyed: set[str]) -> int:
    hidden_words = [text[start:end].lower().split() for start, end in spans]
    return sum(len(words) for words in hidden_words if not keyed & set(words))


def _runs(cover: Hidden) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(b"\1+", bytes(cover))]


MEASURES: dict[str, Measure] = {"uk_pq_qa": questions, "argkp": arguments, SAMPLE_NOTES: samples}
