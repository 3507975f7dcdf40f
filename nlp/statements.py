"""Parts a redacted note into statements: who says each, under which heading, and where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp import housekeeping
from nlp.parts import ENTRY, PROSE, SPEECH, parts
from nlp.read import Block, Document
from nlp.sectors import SURROGATE
from nlp.voices import Speaker, leans_back

_COLUMNS = {
    "action": r"(?:agreed )?(?:actions?|decisions?|tasks?|next steps?|what(?: will happen| we will do)?|commitments?|"
    r"to do)(?: agreed| point)?",
    "owner": r"(?:action )?(?:owners?|who|leads?|by whom|responsible|responsibility|assigned to|for)",
    "speaker": r"(?:speaker|from|sector|said by|raised by|organisation|organization|respondent|source|who said it)",
    "name": r"(?:names?|initials|role|job title|post|attendee|member|title)",
    "words": r"(?:points?|comments?|issues?|discussion|barriers?|enablers?|answers?|views?|"
    r"what (?:was said|we heard|they said)|"
    r"evidence|notes?|response|statement|key points?|summary|offers?|asks?|suggestions?|theme|topic|question)",
    "other": r"(?:no\.?|#|ref|by|by when|when|date|due|deadline|status|progress|timing)",
}
_SHORTEST = 5


@dataclass(frozen=True)
class Statement:
    """A stretch of Document.text that states one thing; `speaker` where its words, or those before it, tell."""

    start: int
    end: int
    speaker: Speaker | None
    heading: str
    is_action: bool = False


def statements(document: Document) -> Iterator[Statement]:
    """The statements of a redacted document in order; what is no statement of anybody is left out."""
    reader = _Reader(document)
    for block in document.blocks:
        yield from reader.take(block)


class _Reader:
    """Goes through the blocks of one note and keeps what later blocks depend on."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.section: housekeeping.Section = "body"
        self.heading = ""
        self.columns: list[str | None] | None = None
        self.last: Speaker | None = None
        self.met: set[str] = set()
        kinds = [block.kind for block in document.blocks]
        entries = kinds.count("bullet") + kinds.count("row")
        self.is_listed = entries >= 6 and entries >= kinds.count("paragraph")
        self.is_front = kinds.count("heading") > 1 and kinds[0] == "heading"

    def take(self, block: Block) -> Iterator[Statement]:
        words = self.text[block.start : block.end]
        if block.kind != "row":
            self.columns = None
        if block.kind == "heading":
            self._open(words)
        elif block.kind == "row":
            yield from self._row(block.start, words)
        elif block.kind == "turn":
            yield from self._turn(block, words)
        elif housekeeping.opens_attendance(words):
            self.section = "attendance"
        elif self.section == "attendance" and _is_entry(words):
            pass
        elif not housekeeping.is_furniture(words):
            self.section = "body" if self.section == "attendance" else self.section
            yield from self._prose(block, words)

    def _open(self, heading: str) -> None:
        self.is_front = self.is_front and not self.heading
        self.section, self.heading, self.last = housekeeping.section_of(heading), heading, None

    def _prose(self, block: Block, words: str) -> Iterator[Statement]:
        is_bullet = block.kind == "bullet"
        spoken: Speaker | None = None
        for start, end, told in parts(words, ENTRY if is_bullet else PROSE):
            own = words[start:end]
            speaker = told if told and (told.surrogate or told.speaks) else None
            if speaker is None and (spoken is not None or leans_back(own)):
                speaker = spoken or self.last
            speaker = speaker or told
            if self._states(own, speaker, is_bullet):
                yield Statement(block.start + start, block.start + end, speaker, self.heading)
            if speaker and speaker.surrogate:
                spoken = self.last = speaker
            elif told and told.speaks:
                spoken = self.last = told

    def _states(self, words: str, speaker: Speaker | None, is_bullet: bool) -> bool:
        count = housekeeping.words_of(words) + (SURROGATE.search(words) is not None)
        named = speaker is not None and speaker.surrogate is not None
        if count < _SHORTEST:
            return False
        if self.section == "edge" or (self.is_front and not is_bullet):
            return named and count >= 8
        if not is_bullet and self.is_listed:
            return count >= 15 or (count >= 8 and speaker is not None and (named or speaker.speaks))
        return True

    def _turn(self, block: Block, words: str) -> Iterator[Statement]:
        label_end = (block.speaker_end or block.start) - block.start
        label = words[:label_end]
        said_from = label_end + len(words[label_end:]) - len(words[label_end:].lstrip(": "))
        said = words[said_from:]
        surrogate = next(iter(SURROGATE.findall(label)), None)
        is_first, is_chair = label not in self.met, surrogate is None and housekeeping.leads(label)
        self.met.add(label)
        if is_first and housekeeping.is_introduction(said):
            return
        for start, end, _ in parts(said, SPEECH):
            own = said[start:end]
            if housekeeping.is_banter(own) or (is_chair and housekeeping.is_chairing(own)):
                continue
            offset = block.start + said_from
            yield Statement(offset + start, offset + end, Speaker(label, surrogate), self.heading)

    def _row(self, offset: int, words: str) -> Iterator[Statement]:
        cells = list(_cells(words))
        texts = [words[start:end] for start, end in cells]
        if self.columns is None:
            self.columns = [_column(text) for text in texts]
            if any(self.columns) and all(len(text.split()) <= 4 for text in texts):
                return
            self.columns = [None] * len(texts)
        if self.section == "attendance" or ("name" in self.columns and "words" not in self.columns):
            return
        columns = self.columns + [None] * (len(texts) - len(self.columns))
        speaking = [text for text, column in zip(texts, columns, strict=False) if column in ("owner", "speaker")]
        speaker = Speaker(speaking[0], next(iter(SURROGATE.findall(speaking[0])), None)) if speaking else None
        for (start, end), text, column in zip(cells, texts, columns, strict=False):
            is_action = column == "action" or (column is None and self.section == "actions")
            if column in ("owner", "speaker", "other", "name") or housekeeping.words_of(text) < _SHORTEST - is_action:
                continue
            if is_action:
                yield Statement(offset + start, offset + end, speaker, self.heading, True)
                continue
            for own_start, own_end, told in parts(text, ENTRY):
                yield Statement(offset + start + own_start, offset + start + own_end, told or speaker, self.heading)


def _cells(words: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cell in words.split(" | "):
        yield start, start + len(cell)
        start += len(cell) + 3


def _column(text: str) -> str | None:
    return next(
        (name for name, words in _COLUMNS.items() if re.fullmatch(words, text.strip(" :*"), re.IGNORECASE)), None
    )


def _is_entry(text: str) -> bool:
    """True for a line of an attendance list: names and posts, no sentence."""
    return housekeeping.words_of(text) <= 16 and not re.search(r"[.?!]$", text)
