"""The sample notes, taken as far as the worker takes them: read, anonymised, split into points, encoded."""

import csv
import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from nlp.anonymise import Anonymised, Redaction, anonymise
from nlp.context import Encoded, encode_in_context
from nlp.encode import Vectors
from nlp.points import Point, find_points
from nlp.read import Document, read

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "service" / "samples"
KEY = ROOT / "tests" / "samples" / "key.json"


@dataclass(frozen=True, eq=False)
class SampleNote:
    """A note, what became of it, and what its key says."""

    key: dict[str, Any]
    month: str
    document: Document
    anonymised: Anonymised
    points: tuple[Point, ...]

    def original(self, point: Point) -> str:
        """The words of a point before they were redacted."""
        start = _unredacted(point.start, self.anonymised.redactions, is_end=False)
        end = _unredacted(point.end, self.anonymised.redactions, is_end=True)
        return self.document.text[start:end]

    def vectors(self) -> Vectors:
        """The points' vectors in context."""
        return self.encoded.in_context

    @cached_property
    def encoded(self) -> Encoded:
        """The points' vectors."""
        return encode_in_context(self.anonymised.document, self.points)


@cache
def sample_notes() -> tuple[SampleNote, ...]:
    """Every sample note, in the order of the key."""
    with (SAMPLES / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        months = {row["file"]: row["date"][:7] for row in csv.DictReader(manifest)}
    return tuple(_note(key, months[key["file"]]) for key in json.loads(KEY.read_text("utf-8")))


def matched(note: SampleNote) -> list[tuple[dict[str, Any], Point]]:
    """The points found that start and end where one of the key does, with that one."""
    wanted = {point["text"]: point for point in note.key["points"]}
    pairs = [(wanted.pop(note.original(point), None), point) for point in note.points]
    return [(key, point) for key, point in pairs if key]


def _note(key: dict[str, Any], month: str) -> SampleNote:
    document = read((SAMPLES / key["file"]).read_bytes(), key["file"])
    anonymised = anonymise(document)
    return SampleNote(key, month, document, anonymised, find_points(anonymised.document, anonymised.sectors))


def _unredacted(place: int, redactions: tuple[Redaction, ...], is_end: bool) -> int:
    """The offset in the original text; what lies in a surrogate goes to its edge."""
    shift = 0
    for redaction in redactions:
        if place <= redaction.redacted_start:
            break
        if place < redaction.redacted_end:
            return redaction.end if is_end else redaction.start
        shift = redaction.end - redaction.redacted_end
    return place + shift
