"""The text of a note as words with offsets, folded so that accents, apostrophes and case don't hide a name."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from nlp.gazetteers import words
from nlp.names import Entity
from nlp.read import Document

_WORD = re.compile(r"[^\W_]+")
# What may stand between two words of one name: "Prosser-Hale", "O' Hara", "J. Whitlock", or a line's end.
_NAME_GAP = re.compile(r"[-'.]?[ \n]?|\. ?| '|[ \n]")
_UNDECOMPOSED = str.maketrans("łŁøØđĐıßþðŋħ’‘ʼ`´‐‑‒", "lLoOdDisptnh'''''---")
_OPENS = re.compile(r"(?:[.?!:;…|\n][\"'”’)\]]*\s*|^\s*|[\"“(\[]\s*|[.?!:]\s*[-–—•*]\s*|\s[–—]\s*)\Z")


class Word(NamedTuple):
    """A run of letters and digits: offsets, as written, folded to lower case without accents, and its place."""

    start: int
    end: int
    text: str
    plain: str
    opens: bool
    """Whether a capital is due here anyway: the start of a sentence, a block, a cell or a quotation."""

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


class NoteText:
    """A note's text, words and named entities."""

    def __init__(self, document: Document, entities: Sequence[Entity] = ()) -> None:
        self.document = document
        self.text = document.text
        self.folded = folded(document.text)
        self.plain = self.folded.lower() if len(self.folded.lower()) == len(self.folded) else self.folded
        self.entities = tuple(entities)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words, in order."""
        found = []
        for match in _WORD.finditer(self.folded):
            start, end = match.span()
            opens = _OPENS.search(self.folded, max(0, start - 8), start) is not None
            found.append(Word(start, end, self.text[start:end], self.plain[start:end], opens))
        return tuple(found)

    @cached_property
    def _starts(self) -> dict[int, int]:
        return {word.start: index for index, word in enumerate(self.words)}

    @cached_property
    def uncapitalised(self) -> frozenset[str]:
        """The words that the note also writes small, and which are therefore no names."""
        return frozenset(word.plain for word in self.words if not word.capital)

    def index_at(self, start: int) -> int | None:
        """The index of the word that begins at this offset."""
        return self._starts.get(start)

    def indices(self, start: int, end: int) -> range:
        """The indices of the words that lie in this stretch."""
        from bisect import bisect_left

        first = bisect_left(self.words, start, key=lambda word: word.start)
        last = bisect_left(self.words, end, key=lambda word: word.start)
        return range(first, last)

    def gap(self, index: int) -> str:
        """What stands between this word and the next one, folded; a line break at the end."""
        if index + 1 >= len(self.words):
            return "\n\n"
        return self.folded[self.words[index].end : self.words[index + 1].start]

    def name_goes_on(self, index: int) -> bool:
        """Whether the next word can belong to the same name as this one."""
        return _NAME_GAP.fullmatch(self.gap(index)) is not None


def folded(text: str) -> str:
    """The text without accents and with plain apostrophes and hyphens, of the same length."""
    text = text.translate(_UNDECOMPOSED)
    if text.isascii():
        return text
    return "".join(sign if sign.isascii() else _base(sign) for sign in text)


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a name or title, folded to lower case."""
    return tuple(match[0] for match in _WORD.finditer(folded(text).lower()))


def is_english(word: str) -> bool:
    """Whether a folded lower-case word is an English word, also in the plural or as a participle."""
    english = words("english_words")
    if word in english or word.isdigit() or len(word) == 1:
        return True
    stems = (word[: -len(ending)] for ending in ("s", "ed", "ing", "ly") if word.endswith(ending))
    return any(
        len(stem) > 3 and (stem in english or (f"{stem}e" in english and not word.endswith("s"))) for stem in stems
    )


def _base(sign: str) -> str:
    base = unicodedata.normalize("NFD", sign)[0]
    return base if len(base) == 1 else sign
