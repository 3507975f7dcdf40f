"""The same libraries used the straightforward way: for every new note Presidio, encode, and BERTopic on everything."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter

import numpy as np
from sqlmodel import col, select

from models.job import JobKind
from models.point import Point
from models.store import reading, transaction
from nlp.encode import Vectors, _bundled
from nlp.points import find_points
from nlp.read import read
from tests.bench import house
from tests.bench.corpus import Corpora
from tests.bench.cost import LARGE, SMALL, note, note_seconds
from tests.bench.figure import Figure, beats
from tests.evals.masks import presidio
from workers.queue import submit

SIZES = (300, 1000, 2000)
"""Notes to refit on; the time for more is read off the straight line nearest to the three."""
TURNS = 3


def measure(corpora: Corpora) -> Iterator[Figure]:
    """A new note the straightforward way beside the product's, alone and with a whole round of discovery after it."""
    ours = {notes: _ours(corpora, notes) for notes in (SMALL, LARGE)}
    house.move_in(corpora.of(LARGE), corpora.queue_url)
    alone = _note_alone(corpora)
    # UMAP compiles its code at the first fit, and other code for more than 4,096 points; neither is held against it.
    for warm in (SMALL, SIZES[0]):
        _refit(warm)
    refits = {notes: _refit(notes) for notes in SIZES}
    slope, start = np.polyfit(list(refits), list(refits.values()), 1)
    theirs = {SMALL: alone + _refit(SMALL), LARGE: alone + start + slope * LARGE}
    measured = ", ".join(f"{notes}: {seconds:.0f} s" for notes, seconds in refits.items())
    for notes, least in ((SMALL, 3), (LARGE, 50)):
        against = f"straightforward: {theirs[notes]:.0f} s"
        if notes == LARGE:
            against += f" (estimated; refit measured at {measured})"
        themed, with_discovery = ours[notes]
        yield beats(f"a new note among {notes:,}", f"{themed:.2f} s", against, theirs[notes] / themed, least)
        yield Figure(
            f"a new note among {notes:,}, and discovery after it",
            f"{with_discovery:.1f} s",
            f"straightforward: {theirs[notes]:.0f} s",
            theirs[notes] / with_discovery,
        )


def _ours(corpora: Corpora, notes: int) -> tuple[float, float]:
    """Seconds to themed (median), and with one round of discovery."""
    house.move_in(corpora.of(notes), corpora.queue_url)
    service = house.client()
    turns = [note_seconds(service, note(corpora.folder, 100 + turn), 100 + turn) for turn in range(TURNS + 1)]
    with transaction() as session:
        submit(session, JobKind.discover, once=True)
    start = perf_counter()
    house.do_due_jobs()
    return median(turns[1:]), median(turns[1:]) + perf_counter() - start


def _note_alone(corpora: Corpora) -> float:
    """Seconds for Presidio's default analyzer and encoding in float32, of the new note only (median)."""
    import torch
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(_bundled(), local_files_only=True, model_kwargs={"dtype": torch.float32})
    seconds = []
    for turn in range(TURNS + 1):
        document = read(note(corpora.folder, 200 + turn).read_bytes(), "note.md")
        texts = [point.text for point in find_points(document, {})]
        start = perf_counter()
        presidio().analyze(document.text, "en")
        encoder.encode(texts, show_progress_bar=False)
        seconds.append(perf_counter() - start)
    return median(seconds[1:])


def _refit(notes: int) -> float:
    """Seconds to fit BERTopic as it comes on the points of so many notes, their vectors kept from before."""
    from bertopic import BERTopic

    with reading() as session:
        wanted = select(Point.note_id).distinct().order_by(col(Point.note_id)).limit(notes)
        points = session.exec(select(Point.text, Point.vector).where(col(Point.note_id).in_(wanted))).all()
    texts = [text for text, _ in points]
    vectors: Vectors = np.array([np.frombuffer(vector, np.float32) for _, vector in points])
    start = perf_counter()
    BERTopic().fit(texts, vectors)
    return perf_counter() - start
