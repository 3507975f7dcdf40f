"""Reads an uploaded document into plain text with its structure."""

from collections.abc import Callable
from dataclasses import dataclass

from nlp.piece import BlockKind, Piece, cleaned
from nlp.refuse import MOST_WORDS, NoteRefused, decoded, kind_of, refused

__all__ = ["Block", "BlockKind", "Document", "NoteRefused", "read"]


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


def read(data: bytes, filename: str) -> Document:
    """Text and structure of an uploaded file; raises NoteRefused.

    Reads DOCX, ODT, PDF, Markdown, plain text, VTT and SRT. Blocks are parted by "\\n"; their text is NFC, on one
    line, without markup, list markers or unseen characters. The same bytes give the same document. Writes nothing
    and asks nothing of the network; DOCX, ODT and PDF are parsed in a child process.
    """
    try:
        return _read(data, filename)
    except NoteRefused:
        raise
    except Exception:
        # What a parser says in its error may be words of the note: nothing of it goes on.
        refusal = refused("damaged")
    raise refusal


def _read(data: bytes, filename: str) -> Document:
    kind = kind_of(data, filename)
    if kind in ("docx", "odt", "pdf"):
        from nlp.apart import pieces_apart

        pieces = pieces_apart(data, kind)
    else:
        pieces = _text_pieces(decoded(data), kind)
    if kind not in ("vtt", "srt"):
        from nlp.transcript import with_turns

        pieces = with_turns(pieces)
    document = _document(pieces)
    if not document.blocks:
        raise refused("empty")
    if len(document.text.split()) > MOST_WORDS:
        raise refused("too_long")
    from nlp.language import refuse_other_language

    refuse_other_language([document.text[block.start : block.end] for block in document.blocks])
    return document


def _text_pieces(text: str, kind: str) -> list[Piece]:
    from nlp import markdown, transcript

    if len(text.split()) > MOST_WORDS * (3 if kind in ("vtt", "srt") else 1):
        raise refused("too_long")
    if (kind == "vtt" and not text.startswith("WEBVTT")) or (kind == "srt" and "-->" not in text):
        raise refused("wrong_type")
    readers: dict[str, Callable[[str], list[Piece]]] = {"md": markdown.pieces, "txt": markdown.plain_pieces}
    return readers.get(kind, transcript.cue_pieces)(text)


def _document(pieces: list[Piece]) -> Document:
    texts: list[str] = []
    blocks: list[Block] = []
    start = 0
    for piece in pieces:
        words = cleaned(piece.text)
        if not any(map(str.isalnum, words)):
            continue
        text = f"{piece.label}: {words}" if piece.label else words
        speaker_end = start + len(piece.label) if piece.label else None
        blocks.append(Block(piece.kind, start, start + len(text), piece.level, speaker_end))
        texts.append(text)
        start += len(text) + 1
    return Document("\n".join(texts), tuple(blocks))
