"""The pieces that every reader returns, before they have offsets: kind, text, depth and speaker."""

import re
import unicodedata
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "bullet", "row", "turn"]

# Zero-width and bidirectional controls, soft hyphens and byte-order marks: nothing that a reader sees.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_LIGATURES = {ord(sign): unicodedata.normalize("NFKC", sign) for sign in "ﬀﬁﬂﬃﬄﬅﬆ"}
# \uf0b7 and \uf0a7 are the bullets of the Symbol and Wingdings fonts, which have no Unicode meaning.
_GLYPH = r"[•‣◦▪▫●○■□➢·⁃∙–—*\-\uf0b7\uf0a7]|o(?=\t)"
_NUMBER = r"\(?\d{1,2}[.)]|\(?[a-z]\)|\(?[ivx]{1,4}[.)]"
_GLYPHS = re.compile(rf"(?:(?:{_GLYPH})\s+)+")
_MARKER = re.compile(rf"\s*(?:{_GLYPH}|{_NUMBER})(?:\s+(?=\S)|$)")


class Piece(NamedTuple):
    """A block to be: `level` is a heading's level or a bullet's depth, `label` the speaker of a turn."""

    kind: BlockKind
    text: str
    level: int = 0
    label: str | None = None


def cleaned(text: str) -> str:
    """The text on one line: NFC, single spaces, no unseen or control characters, no typographic ligatures."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_LIGATURES)
    spaced = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in seen)
    # Removing an unseen character can bring a letter and its accent together.
    return unicodedata.normalize("NFC", " ".join(spaced.split()))


def without_marker(text: str) -> tuple[str, bool]:
    """The text without a typed bullet or list number at its start, and whether it had one."""
    match = _MARKER.match(text)
    return (text[match.end() :], True) if match else (text, False)


def typed(text: str, level: int = 1) -> Piece:
    """A paragraph, or a bullet of that depth when its typist began it with a bullet or a list number."""
    rest, is_bullet = without_marker(text)
    return Piece("bullet", rest, level) if is_bullet else Piece("paragraph", text)


def row(cells: list[list[str]]) -> Piece:
    """A table row: the paragraphs of a cell run on (a semicolon where one has no stop), cells parted by bars."""
    return Piece("row", " | ".join(_cell(paragraphs) for paragraphs in cells))


def _cell(paragraphs: list[str]) -> str:
    joined = ""
    for paragraph in (_GLYPHS.sub("", cleaned(text), count=1) for text in paragraphs):
        if joined and paragraph:
            joined += " " if joined[-1] in ".?!;:,…" else "; "
        joined += paragraph
    return joined
