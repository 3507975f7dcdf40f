"""Encoding as the pipeline does it, beside the library called by hand in the same and in full precision."""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from nlp.context import encode_in_context
from nlp.encode import _bundled, load_encoder, precision
from nlp.phrases import plain
from nlp.points import find_points
from nlp.read import Document, read
from service.demo import SAMPLES
from tests.bench.corpus import Corpora
from tests.bench.figure import Figure, beats

TURNS = 5
NOTES = 8
UNITS = ("amx_bf16", "avx512_bf16")


def measure(_corpora: Corpora) -> Iterator[Figure]:
    """Texts a second over eight sample notes, a note at a time; medians of five turns of each, in turn."""
    import torch
    from sentence_transformers import SentenceTransformer

    files = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".md", ".docx"))[:NOTES]
    documents = [read(path.read_bytes(), path.name) for path in files]
    notes = [(document, find_points(document, {})) for document in documents]
    lists = [_texts(document, [point.text for point in points]) for document, points in notes]
    full = SentenceTransformer(_bundled(), local_files_only=True, model_kwargs={"dtype": torch.float32}).eval()
    same = load_encoder()

    def pipeline() -> None:
        for document, points in notes:
            encode_in_context(document, points)

    def bare(encoder: SentenceTransformer) -> None:
        for texts in lists:
            encoder.encode(texts, show_progress_bar=False)

    ours, bare_same, bare_full = _seconds(pipeline, lambda: bare(same), lambda: bare(full))
    count = sum(map(len, lists))
    kind = str(precision()).removeprefix("torch.")
    value = f"{count / ours:,.0f} texts/s"
    against = f"SentenceTransformer.encode, {kind}: {count / bare_same:,.0f}"
    yield beats("encoding in the pipeline", value, against, bare_same / ours, 0.9)
    against = f"SentenceTransformer.encode, float32: {count / bare_full:,.0f}"
    if any(unit in Path("/proc/cpuinfo").read_text() for unit in UNITS):
        yield beats("encoding in the pipeline", value, against, bare_full / ours, 2)
    else:
        yield Figure(
            "encoding in the pipeline", value, against, bare_full / ours, "none: this processor has no bf16 units"
        )


def _texts(document: Document, points: list[str]) -> list[str]:
    """What the pipeline encodes of a note: each point twice, under its heading and by itself."""
    words = [plain(text) for text in points]
    heading = next((document.text[b.start : b.end] for b in document.blocks if b.kind == "heading" and b.start), "")
    return [f"{plain(heading)}: {text}" for text in words] + words


def _seconds(*works: Callable[[], None]) -> list[float]:
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(TURNS + 1):
        for seconds, work in zip(taken, works, strict=True):
            start = perf_counter()
            work()
            seconds.append(perf_counter() - start)
    return [median(seconds[1:]) for seconds in taken]
