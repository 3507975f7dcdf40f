"""Reads an uploaded document into plain text with its structure."""

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "paragraph", "bullet", "row", "turn"]


@dataclass(frozen=True)
class Block:
    """A run of Document.text: its kind, its offsets, its depth (heading level or bullet depth)."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    speaker_end: int | None = None
    """For a turn "Label: words", the offset just past the label (before the colon); else None."""


@dataclass(frozen=True)
class Document:
    """A note as text; blocks lie in order, do not overlap and hold no line break inside."""

    text: str
    blocks: tuple[Block, ...]


class NoteRefused(Exception):
    """A note that cannot be read: a code for machines, a message that tells the facilitator what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def read(data: bytes, filename: str) -> Document:
    """Text and structure of an uploaded file; raises NoteRefused."""
    raise NotImplementedError
