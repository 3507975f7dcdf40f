"""Puts the sentences of a block together into statements: one statement of one participant each."""

import re
from collections.abc import Iterator
from itertools import pairwise
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


class _Sentence(NamedTuple):
    start: int
    end: int
    words: int
    speaker: Speaker | None


class _Held(list[_Sentence]):
    """The sentences of one speaker that are being put together."""

    @property
    def words(self) -> int:
        return sum(sentence.words for sentence in self)

    @property
    def speaker(self) -> Speaker | None:
        told = [sentence.speaker for sentence in self if sentence.speaker]
        return next((speaker for speaker in told if speaker.surrogate), told[0] if told else None)


def parts(text: str, shape: Shape) -> Iterator[tuple[int, int, Speaker | None]]:
    """Offsets and speaker of each statement of a block."""
    held = _Held()
    before: Speaker | None = None
    for start, end, opposes in _clauses(text):
        sentence = text[start:end]
        if not shape.is_speech and housekeeping.is_running(sentence):
            yield from _closed(held, shape)
            held = _Held()
            continue
        told = None if shape.is_speech else speaker_of(sentence)
        if held and (opposes or _is_next(sentence, text[start : start + 200], told, held, before, shape)):
            yield from _closed(held, shape)
            held = _Held()
        held.append(_Sentence(start, end, housekeeping.words_of(sentence), told))
        if told and (told.surrogate or told.speaks):
            before = told
    yield from _closed(held, shape)


def _is_next(sentence: str, rest: str, told: Speaker | None, held: _Held, before: Speaker | None, shape: Shape) -> bool:
    """True where the sentence, the first of `rest`, starts another statement than the one held."""
    if held.words < _LEAD_IN or _POINTS_BACK.search(sentence):
        return False
    if _others(held.speaker if shape.is_entry else held.speaker or before, told, shape):
        return True
    if shape.is_entry or housekeeping.words_of(sentence) < _LEAD_IN - 2:
        return False
    if shape.is_speech and _CHANGES_TACK.match(sentence) and held.words >= 20:
        return housekeeping.words_of(rest) >= 15
    return held.words >= 12 and _ACTS.match(sentence) is not None


def _closed(held: _Held, shape: Shape) -> Iterator[tuple[int, int, Speaker | None]]:
    """What is held as one statement or, where it is too long, as few statements of lengths as even as can be."""
    if not held:
        return
    for run in [held] if held.words <= shape.longest else _cut(held, shape.longest):
        yield run[0].start, run[-1].end, run.speaker


def _cut(held: _Held, longest: int) -> list[_Held]:
    # Dynamic programming over where a run ends: bad runs count most, then the number of runs, then how even they are.
    best: list[tuple[tuple[int, int, int], int]] = [((0, 0, 0), 0)]
    for end in range(1, len(held) + 1):
        ways, count = [], 0
        for start in range(end - 1, -1, -1):
            count += held[start].words
            if count > longest + _LEAD_IN and start < end - 1:
                break
            bad, runs, squares = best[start][0]
            bad += count < _LEAD_IN or (count > longest and start < end - 1)
            ways.append(((bad, runs + 1, squares + count**2), start))
        best.append(min(ways))
    cuts = [len(held)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    return [_Held(held[start:end]) for start, end in pairwise(reversed(cuts))]


def _others(before: Speaker | None, after: Speaker | None, shape: Shape) -> bool:
    """True where `after` is somebody else than `before`, who spoke."""
    if before is None or after is None or not (before.surrogate or before.speaks):
        return False
    if after.surrogate:
        # In one entry of a list a role ("the founder") is mostly the person just named, and who is only spoken of
        # ("[Person A] has three of these") illustrates what was said.
        is_role = any(re.search(r"\brole\b", who.surrogate or "") for who in (before, after))
        illustrates = shape.is_entry and (is_role or not after.speaks)
        return after.surrogate != before.surrogate and not illustrates
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
