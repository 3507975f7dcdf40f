"""Puts the sentences of a block together into statements: one statement of one participant each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from nlp import housekeeping
from nlp.sectors import sector_of
from nlp.sentences import sentences
from nlp.voices import Speaker, speaker_of

_LEAD_IN = 8
"""A sentence of fewer words leads in the next one ("Councils took another view.")."""
_POINTS_BACK = re.compile(
    r"\b(?:said|confirmed|put|told us|admitted|agreed with) (?:it|this|that|so|as much)\b(?! \w+ \w+ \w+)"
)
_ACTS = re.compile(
    r"^(?:and |so |but )?(?:(?:he|she|they|we|i)(?:['’](?:d|ll)|['’]?s| is| are| was| were| has| have)?|"
    r"(?:his|her|their|our|my) \w+) (?:also |then |gladly |happily )?"
    r"(?:(?:would|will) (?!be\b|have\b|not\b|never\b)|(?:prepared|happy|willing|ready) to|offer(?:s|ed)?\b|"
    r"asked (?:for|that)\b|wanted\b|urged\b|promised\b|undertook\b|agreed to\b)"
    r"|^(?:and |so |but )?(?:i|we|he|she|they)['’]d (?:really |gladly |happily |also )?"
    r"(?:want|like|love|ask|lend|pay|fund|host|take|give|open|share)\b",
    re.IGNORECASE,
)
_CHANGES_TACK = re.compile(r"(?:But|So)\b")


class Shape(NamedTuple):
    """How a block is read: the most words of a statement, whether it is an entry of a list, whether it is speech."""

    longest: int
    is_entry: bool = False
    is_speech: bool = False


# In words: a statement of running prose is closed before it grows past this; an entry of a list is one thought.
ENTRY, PROSE, SPEECH = Shape(60, is_entry=True), Shape(42), Shape(42, is_speech=True)


@dataclass
class _Held:
    """The statement that is being put together from sentences."""

    start: int
    end: int
    count: int = 0
    speaker: Speaker | None = None


def parts(text: str, shape: Shape) -> Iterator[tuple[int, int, Speaker | None]]:
    """Offsets and speaker of each statement of a block."""
    held: _Held | None = None
    before: Speaker | None = None
    for start, end, opposes in _clauses(text):
        sentence = text[start:end]
        if not shape.is_speech and housekeeping.is_running(sentence):
            if held:
                yield held.start, held.end, held.speaker
            held = None
            continue
        told = None if shape.is_speech else speaker_of(sentence)
        left = housekeeping.words_of(text[start:])
        if held and (opposes or _is_next(sentence, left, told, held, before, shape)):
            yield held.start, held.end, held.speaker
            held = None
        held = held or _Held(start, end)
        if told and (held.speaker is None or (told.surrogate and not held.speaker.surrogate)):
            held.speaker = told
        if told and (told.surrogate or told.speaks):
            before = told
        held.end = end
        held.count += housekeeping.words_of(sentence)
    if held:
        yield held.start, held.end, held.speaker


def _is_next(sentence: str, left: int, told: Speaker | None, held: _Held, before: Speaker | None, shape: Shape) -> bool:
    """True where the sentence, with `left` words to the block's end, starts another statement than the one held."""
    count = housekeeping.words_of(sentence)
    if held.count < _LEAD_IN or _POINTS_BACK.search(sentence):
        return False
    if _others(held.speaker if shape.is_entry else held.speaker or before, told, shape):
        return True
    if count < _LEAD_IN - 2:
        return False
    if held.count + count > shape.longest:
        return True
    if shape.is_speech and _CHANGES_TACK.match(sentence) and held.count >= 20 and left >= 15:
        return True
    return not shape.is_entry and held.count >= 12 and _ACTS.match(sentence) is not None


def _others(before: Speaker | None, after: Speaker | None, shape: Shape) -> bool:
    """True where `after` is somebody else than `before`, who spoke."""
    if before is None or after is None or not (before.surrogate or before.speaks):
        return False
    if after.surrogate:
        return after.surrogate != before.surrogate
    return after.speaks and not shape.is_entry and after.words.lower() != before.words.lower()


def _clauses(text: str) -> Iterator[tuple[int, int, bool]]:
    """The sentences; one that sets two speakers against each other round a semicolon is two, the second marked."""
    for start, end in sentences(text):
        middle = text.find("; ", start, end)
        if middle > 0 and _opposed(text[start:middle], text[middle + 2 : end]):
            yield start, middle + 1, False
            yield middle + 2, end, True
            continue
        yield start, end, False


def _opposed(first: str, second: str) -> bool:
    """True where each half is long enough to state something and names another speaker who says it."""
    if min(housekeeping.words_of(first), housekeeping.words_of(second)) < _LEAD_IN:
        return False
    before, after = speaker_of(first), speaker_of(second)
    if before is None or after is None or not (after.speaks and _others(before, after, PROSE)):
        return False
    return all(speaker.surrogate or sector_of(speaker.words, {}) for speaker in (before, after))
