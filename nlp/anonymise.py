"""Replaces what identifies people and organisations with consistent surrogates."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nlp.attendance import read_attendance
from nlp.names import Entity, entities
from nlp.overlaps import settle
from nlp.read import Document
from nlp.recognisers import contact, organisations, places, roles, uk_identifiers
from nlp.recognisers.case_narrative import with_case
from nlp.recognisers.found import Found
from nlp.recognisers.mentions import initials_given, mentions_of
from nlp.recognisers.note_text import NoteText, folded, plain_words
from nlp.recognisers.people import Person, people_of
from nlp.risks import residual_risks
from nlp.surrogates import name_surrogates, substitute

EVERYWHERE = "everywhere"
"""The detector of an added span whose words are to be masked wherever they stand."""
_REVIEWER = 2.0  # above every score, so that a reviewer's span wins where it overlaps another


@dataclass(frozen=True)
class Span:
    """A stretch of the original text that identifies someone: offsets, type, who found it, how sure (0–1)."""

    start: int
    end: int
    type: str
    detector: str
    score: float


@dataclass(frozen=True)
class Redaction(Span):
    """A span with its surrogate ("Person A") and the offsets in the redacted text of the surrogate in brackets."""

    surrogate: str
    redacted_start: int
    redacted_end: int


@dataclass(frozen=True)
class Risk:
    """A stretch of the redacted text that could still identify by combination, and why (for the reviewer)."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Anonymised:
    """The redacted document (blocks moved to fit), what was replaced, and what may still identify."""

    document: Document
    redactions: tuple[Redaction, ...]
    originals: Mapping[str, tuple[str, ...]]
    """Surrogate → the words it stands for: to be sealed, never stored in the clear."""
    sectors: Mapping[str, str]
    """Surrogate → sector, where the attendance list or the name tells."""
    risks: tuple[Risk, ...]


def anonymise(
    document: Document, *, added: Sequence[Span] = (), rejected: Collection[tuple[int, int]] = ()
) -> Anonymised:
    """The document without what identifies; `added` and `rejected` are a reviewer's decisions (original offsets).

    Presidio's UK recognisers, spaCy's entities and our own rules find; attendance lists tell who is who. An added span
    with the detector "everywhere" is masked wherever its words stand; a rejected stretch stays as it is. Raises
    nlp.names.ModelChanged.
    """
    note = NoteText(document, _entities(document))
    attendees = read_attendance(document)
    people, found = people_of(note, attendees)
    initials_given(note, people, found)
    found += mentions_of(note, people)
    found += organisations.find(note, attendees)
    found += roles.find(note, attendees)
    found += places.find(note)
    found += contact.find(document.text)
    found += uk_identifiers.find(document.text)
    found = with_case(note, attendees, found)
    found += _added(note, added, people, found)
    settled = settle(document, found, rejected)
    return _replaced(document, settled, {person.key: person.sector for person in people})


def _entities(document: Document) -> list[Entity]:
    """The model's entities of all blocks, with offsets in the document."""
    texts = [document.text[block.start : block.end] for block in document.blocks]
    return [
        entity._replace(start=block.start + entity.start, end=block.start + entity.end)
        for block, found in zip(document.blocks, entities(texts), strict=True)
        for entity in found
    ]


def _added(note: NoteText, added: Sequence[Span], people: Sequence[Person], found: Sequence[Found]) -> list[Found]:
    """A reviewer's spans, and the same words elsewhere; words that were tied to somebody stay theirs."""
    hits: list[Found] = []
    for span in added:
        name = plain_words(note.text[span.start : span.end])
        if not name or not 0 <= span.start < span.end <= len(note.text):
            continue
        key = _known_key(span, name, people, found)
        hits.append(Found(span.start, span.end, span.type, span.detector, _REVIEWER, key))
        if span.detector == EVERYWHERE:
            pattern = re.compile(rf"(?<!\w){_loosely(folded(note.text[span.start : span.end]))}(?!\w)", re.IGNORECASE)
            hits += [
                Found(*match.span(), span.type, span.detector, _REVIEWER, key)
                for match in pattern.finditer(note.folded)
            ]
    return hits


def _loosely(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in words.split())


def _known_key(span: Span, name: tuple[str, ...], people: Sequence[Person], found: Sequence[Found]) -> str:
    if span.type == "person":
        for person in people:
            if name in person.names or (len(name) == 1 and name[0] in person.parts):
                return person.key
    same = (hit.key for hit in found if (hit.start, hit.end, hit.type) == (span.start, span.end, span.type))
    return next(same, f"{span.type}:{' '.join(name)}")


def _replaced(document: Document, found: Sequence[Found], sectors: Mapping[str, str | None]) -> Anonymised:
    """Surrogates in place, and what they stand for."""
    names = name_surrogates(document.text, found)
    redacted, replaced = substitute(document, found, names)
    originals: dict[str, list[str]] = {}
    known: dict[str, str] = {}
    redactions = []
    for one in replaced:
        hit, words = one.found, document.text[one.found.start : one.found.end]
        forms = originals.setdefault(one.surrogate, [])
        if words not in forms:
            forms.append(words)
        sector = sectors.get(hit.key) or hit.sector
        if sector:
            known.setdefault(one.surrogate, sector)
        score = min(hit.score, 1.0)
        redactions.append(
            Redaction(hit.start, hit.end, hit.type, hit.detector, score, one.surrogate, one.start, one.end)
        )
    return Anonymised(
        redacted,
        tuple(redactions),
        {surrogate: tuple(forms) for surrogate, forms in originals.items()},
        known,
        tuple(Risk(*risk) for risk in residual_risks(redacted.text)),
    )
