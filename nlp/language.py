"""Tells whether a note is in English, with lingua on the note's longer blocks."""

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from nlp.refuse import refused

if TYPE_CHECKING:
    from lingua import LanguageDetector

# The languages that notes in Britain may be in; a shorter list leaves fewer chances to mistake English.
_LANGUAGES = (
    *("ENGLISH", "WELSH", "IRISH", "FRENCH", "GERMAN", "SPANISH", "ITALIAN", "PORTUGUESE", "DUTCH", "POLISH"),
    *("ROMANIAN", "LITHUANIAN", "HUNGARIAN", "SWEDISH", "TURKISH", "SOMALI", "RUSSIAN", "UKRAINIAN", "GREEK"),
    *("ARABIC", "PERSIAN", "URDU", "PUNJABI", "GUJARATI", "BENGALI", "HINDI", "TAMIL", "CHINESE", "JAPANESE"),
    "KOREAN",
)
_LONG_BLOCK = 40
_MOST_BLOCKS = 300
_MOST_LETTERS = 300
_SURE = 0.9
_MOST_OTHER = 0.25
_LEAST_OTHER_LETTERS = 120


def refuse_other_language(blocks: list[str]) -> None:
    """NoteRefused when more than a quarter of the text is surely in another language; short notes pass."""
    long = [block for block in blocks if sum(map(str.isalpha, block)) >= _LONG_BLOCK or not block.isascii()]
    # A note of short lines is judged by its lines together.
    joined = [" ".join(blocks)] if sum(map(len, long)) < 0.3 * sum(map(len, blocks)) else long
    step = -(-len(joined) // _MOST_BLOCKS) or 1
    letters: Counter[str] = Counter()
    for block in joined[::step]:
        letters[_language(block[:_MOST_LETTERS])] += min(len(block), _MOST_LETTERS)
    total = letters.total()
    english = letters.pop("", 0)
    if not letters:
        return
    language, _ = max(letters.items(), key=lambda item: (item[1], item[0]))
    if letters.total() > _MOST_OTHER * total and letters.total() >= _least(language):
        raise refused("part_language" if english > _MOST_OTHER * total else "language", language=language)


def _least(language: str) -> int:
    # A Chinese character says as much as several letters.
    return _LEAST_OTHER_LETTERS // 4 if language in ("Chinese", "Japanese", "Korean") else _LEAST_OTHER_LETTERS


def _language(text: str) -> str:
    """The name of the other language that the text is surely in, or an empty string."""
    best = _detector().compute_language_confidence_values(text)[0]
    other = best.language.name != "ENGLISH" and best.value >= _SURE
    return best.language.name.capitalize() if other else ""


@lru_cache(maxsize=1)
def _detector() -> "LanguageDetector":
    from lingua import Language, LanguageDetectorBuilder

    languages = [getattr(Language, name) for name in _LANGUAGES]
    # The low-accuracy models (trigrams only) need a tenth of the memory and are enough for whole blocks.
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()
