"""Puts surrogates in place of what was found: the same one for the same person, organisation or thing in a note."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlp.read import Block, Document
from nlp.recognisers.found import Found
from nlp.recognisers.roles import is_senior

_ORGANISATIONS = {
    "public": "public-sector organisation",
    "private": "private-sector organisation",
    "not-for-profit": "not-for-profit organisation",
    "higher education": "higher-education organisation",
}
_KINDS = {
    "organisation": "organisation",
    "place": "place",
    "contact": "contact detail",
    "identifier": "identifier",
    "role": "role",
}


@dataclass(frozen=True)
class Replaced:
    """A stretch of the original, its surrogate without brackets, and where the surrogate stands with brackets."""

    found: Found
    surrogate: str
    start: int
    end: int


def name_surrogates(text: str, found: Sequence[Found]) -> dict[str, str]:
    """Key → surrogate, numbered by first mention; none that the text has in brackets already."""
    surrogates: dict[str, str] = {}
    counts: dict[str, int] = {}
    sectors = {hit.key: hit.sector for hit in reversed(found) if hit.sector}
    for hit in found:
        if hit.key in surrogates:
            continue
        kind = _kind(hit, text, sectors.get(hit.key))
        while True:
            counts[kind] = counts.get(kind, 0) + 1
            surrogate = f"{kind} {_letters(counts[kind]) if kind == 'Person' else counts[kind]}"
            if f"[{surrogate}]" not in text:
                break
        surrogates[hit.key] = surrogate
    return surrogates


def substitute(
    document: Document, found: Sequence[Found], surrogates: dict[str, str]
) -> tuple[Document, list[Replaced]]:
    """The document with each stretch as its surrogate in brackets, blocks moved to fit, and what went where."""
    parts: list[str] = []
    replaced: list[Replaced] = []
    at = length = 0
    for hit in found:
        kept = document.text[at : hit.start]
        surrogate = surrogates[hit.key]
        start = length + len(kept)
        length = start + len(surrogate) + 2
        parts += [kept, f"[{surrogate}]"]
        replaced.append(Replaced(hit, surrogate, start, length))
        at = hit.end
    parts.append(document.text[at:])
    blocks = tuple(_moved(block, replaced) for block in document.blocks)
    return Document("".join(parts), blocks), replaced


def _moved(block: Block, replaced: Sequence[Replaced]) -> Block:
    speaker_end = None if block.speaker_end is None else _place(block.speaker_end, replaced)
    return replace(block, start=_place(block.start, replaced), end=_place(block.end, replaced), speaker_end=speaker_end)


def _place(offset: int, replaced: Sequence[Replaced]) -> int:
    """Where an offset of the original lies in the redacted text; no block begins or ends inside a stretch."""
    before = bisect_right(replaced, offset, key=lambda one: one.found.end) - 1
    if before < 0:
        return offset
    return replaced[before].end + offset - replaced[before].found.end


def _kind(hit: Found, text: str, sector: str | None) -> str:
    if hit.type == "person":
        return "Person"
    if hit.type == "organisation":
        return _ORGANISATIONS.get(sector or "", "organisation")
    if hit.type == "role" and is_senior(text[hit.start : hit.end]):
        return "senior role"
    return _KINDS.get(hit.type, hit.type.replace("[", "(").replace("]", ")"))


def _letters(number: int) -> str:
    """1 → A, 26 → Z, 27 → AA."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
