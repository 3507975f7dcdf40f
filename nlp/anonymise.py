"""Replaces what identifies people and organisations with consistent surrogates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nlp.read import Document


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
    """A span with its surrogate and the surrogate's offsets in the redacted text."""

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
    """The document without what identifies; `added` and `rejected` are a reviewer's decisions (original offsets)."""
    raise NotImplementedError
