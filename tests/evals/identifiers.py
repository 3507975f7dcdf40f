"""UK identifiers: numbers, postcodes and addresses are hidden; what only looks like one is left alone."""

from collections.abc import Iterator

from tests.evals.figure import Figure
from tests.evals.masks import Hidden
from tests.evals.people import Count, compared, mentions
from tests.evals.sets import Measure, Row, Sets

NAMES = {"PATIENT_NAME", "RELATIVE_NAME"}


def numbers(sets: Sets) -> Iterator[Figure]:
    """Share of valid identifiers, each alone as a note, that are wholly hidden, and of invalid ones left as they are.

    A number that is invalid as one kind may deserve hiding as another, so the second cannot quite be 1.
    """
    counts: dict[str, Count] = {"identifiers hidden": mentions(lambda span: True), "invalid left alone": _left}
    yield from compared(sets.rows("anon_uk_ids"), "anon_uk_ids", counts)


def letters(sets: Sets) -> Iterator[Figure]:
    """The same in letters: identifiers; patients and relatives; checksum failures, bad prefixes and dosages."""
    counts: dict[str, Count] = {
        "identifiers hidden": mentions(lambda span: span["must_mask"] and span["type"] not in NAMES),
        "names in letters hidden": mentions(lambda span: span["type"] in NAMES),
        "invalid left alone": _decoys("invalid"),
        "dosages left alone": _decoys("dosage"),
    }
    yield from compared(sets.rows("anon_redacta_uk"), "anon_redacta_uk", counts)


def _left(row: Row, cover: Hidden) -> tuple[int, int]:
    return (0, 0) if row["valid"] else (int(not any(cover)), 1)


def _decoys(reason: str) -> Count:
    def count(row: Row, cover: Hidden) -> tuple[int, int]:
        spans = [span for span in row["spans"] if str(span.get("reason") or "").startswith(reason)]
        return sum(not any(cover[span["start"] : span["end"]]) for span in spans), len(spans)

    return count


MEASURES: dict[str, Measure] = {"anon_uk_ids": numbers, "anon_redacta_uk": letters}
