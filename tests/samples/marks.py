"""Takes the marked source of a sample note apart: its blocks, what must be masked, and its points.

The marks: {{type|words}} round what must be masked, <<theme; missions; kind; stance; sector>> after a point. Theme
"none" is a point outside the list of themes, missions "none" a point of no mission.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

FORMATS = ("docx", "odt", "pdf", "md", "vtt")
THEMES = {
    *("grid-connections", "planning-consents", "green-skills", "home-heating", "apprenticeship-levy"),
    *("regional-investment", "regulation-burden", "procurement-small-firms", "ai-adoption", "retail-crime"),
    *("neighbourhood-policing", "youth-violence", "domestic-abuse", "early-years", "school-attendance"),
    *("health-and-work", "gp-access", "prevention", "mental-health", "clinical-trials", "data-sharing"),
    *("short-term-funding", "leadership-turnover", "trust-between-sectors", "housing-supply"),
    *("social-care-workforce", "none"),
}
MISSIONS = {"growth", "clean_energy", "streets", "opportunity", "nhs"}
KINDS = {"barrier", "enabler", "evidence", "offer", "ask", "commitment"}
STANCES = {"supports", "is concerned", "mixed"}
SECTORS = {"public", "private", "not-for-profit", "higher education", "unknown"}
MASK_TYPES = {"person", "org", "role", "contact", "place", "id"}
FEWEST_POINTS, MOST_POINTS = 15, 60
FEWEST_WORDS, MOST_WORDS = 6, 50

_MARK = re.compile(r"\{\{(\w+)\|([^{}|<>]+)\}\}|<<([^<>]*)>>")
_HEADING = re.compile(r"(#{1,4}) (.+)")
_BULLET = re.compile(r"(\s*)- (.+)")
_NUMBER = re.compile(r"(\d+)\. (.+)")
_CELL_EDGE = re.compile(r"\|(?![^{}]*\}\})")
_TURN = re.compile(r"((?:\{\{person\|[^{}]+\}\}|[A-Z][^:{}<>]{0,40})): (.+)")


class SourceWrong(ValueError):
    """A source breaks the rules of its marks; the message names the source and the line."""


@dataclass(frozen=True)
class Point:
    """A statement as a reader of the delivered file sees it, and what is true of it."""

    text: str
    theme: str
    missions: list[str]
    kind: str
    stance: str
    sector: str


@dataclass
class Item:
    """An entry of a list, with the entries below it."""

    text: str
    below: list[str] = field(default_factory=list)


@dataclass
class Block:
    """A part of a note in order; which fields count depends on its kind."""

    kind: Literal["heading", "paragraph", "bullets", "numbers", "table", "turn"]
    text: str = ""
    level: int = 0
    first: int = 1
    items: list[Item] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class Note:
    """A source taken apart."""

    file: str
    event: dict[str, Any]
    blocks: list[Block] = field(default_factory=list)
    masks: list[dict[str, str]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    @property
    def title(self) -> str:
        return next((plain(block.text) for block in self.blocks if block.kind == "heading"), self.event["title"])


def plain(marked: str) -> str:
    """The words without the asterisks of bold."""
    return marked.replace("**", "")


def parsed(path: Path, events: dict[str, dict[str, Any]]) -> Note:
    """The note of one source; raises SourceWrong."""
    head, _, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    front = yaml.safe_load(head)
    if front["event"] not in events or front["format"] not in FORMATS or front["file"] != path.stem:
        raise SourceWrong(f"{path.name}: the front matter names an unknown event or format, or another file")
    note = Note(f"{front['file']}.{front['format']}", events[front["event"]])
    reader = _Reader(note, is_transcript=front["format"] == "vtt")
    for number, line in enumerate(body.split("\n"), start=head.count("\n") + 4):
        try:
            reader.take(line.rstrip())
        except SourceWrong as problem:
            raise SourceWrong(f"{path.name}:{number}: {problem}") from None
    if not FEWEST_POINTS <= len(note.points) <= MOST_POINTS:
        raise SourceWrong(f"{path.name}: {len(note.points)} points, not {FEWEST_POINTS} to {MOST_POINTS}")
    if unmasked := sorted(reader.unmasked()):
        raise SourceWrong(f"{path.name}: also stands unmasked: {', '.join(unmasked)}")
    return note


class _Reader:
    """Takes the lines of one source in turn and fills the note."""

    def __init__(self, note: Note, is_transcript: bool) -> None:
        self.note = note
        self.is_transcript = is_transcript
        self.open: Block | None = None
        self.rest: list[str] = []

    def take(self, line: str) -> None:
        if not line:
            self.open = None
        elif self.is_transcript:
            self._turn(line)
        elif match := _HEADING.fullmatch(line):
            points = len(self.note.points)
            self._add(Block("heading", self._shown(match[2]), len(match[1])))
            if len(self.note.points) > points:
                raise SourceWrong("a heading is no point")
        elif line.startswith("|"):
            self._row(line)
        elif match := _BULLET.fullmatch(line):
            self._bullet(len(match[1]), match[2])
        elif match := _NUMBER.fullmatch(line):
            self._opened("numbers", first=int(match[1])).items.append(Item(self._shown(match[2])))
        else:
            self._add(Block("paragraph", self._shown(line)))

    def unmasked(self) -> set[str]:
        """What is masked in one place and stands open in another; of people, also single names."""
        rest = "\n".join(self.rest)
        found = {mask["text"] for mask in self.note.masks if mask["type"] != "role"}
        people = [mask["text"] for mask in self.note.masks if mask["type"] == "person"]
        found |= {name for words in people for name in re.findall(r"[^\W\d_]{3,}", words) if name[0].isupper()}
        return {words for words in found if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", rest)}

    def _add(self, block: Block) -> Block:
        self.note.blocks.append(block)
        self.open = block
        return block

    def _opened(self, kind: Literal["bullets", "numbers", "table"], first: int = 1) -> Block:
        if self.open and self.open.kind == kind:
            return self.open
        return self._add(Block(kind, first=first))

    def _bullet(self, indent: int, words: str) -> None:
        block = self._opened("bullets")
        if indent and not block.items:
            raise SourceWrong("an indented bullet with none above it")
        if indent:
            block.items[-1].below.append(self._shown(words))
        else:
            block.items.append(Item(self._shown(words)))

    def _row(self, line: str) -> None:
        cells = [cell.strip() for cell in _CELL_EDGE.split(line.strip("|"))]
        if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            return
        rows = self._opened("table").rows
        if rows and len(cells) != len(rows[0]):
            raise SourceWrong(f"a row of {len(cells)} cells in a table of {len(rows[0])}")
        rows.append([self._shown(cell) for cell in cells])

    def _turn(self, line: str) -> None:
        match = _TURN.fullmatch(line)
        if not match:
            raise SourceWrong("a line of a transcript is “Speaker: words”")
        self._add(Block("turn", f"{self._shown(match[1])}\t{self._shown(match[2])}"))

    def _shown(self, line: str) -> str:
        """The line as delivered; notes its masks and points on the way."""
        shown, since, end = "", 0, 0
        for mark in _MARK.finditer(line):
            self._keep(line[end : mark.start()])
            shown += line[end : mark.start()]
            end = mark.end()
            if mark[1]:
                if mark[1] not in MASK_TYPES:
                    raise SourceWrong(f"unknown type of mask: {mark[1]}")
                self.note.masks.append({"text": mark[2], "type": mark[1]})
                self.rest.append("\0")
                shown += mark[2]
            else:
                shown = shown.rstrip()
                self.note.points.append(_point(shown[since:].strip(), mark[3]))
                since = len(shown)
        self._keep(line[end:] + "\n")
        return (shown + line[end:]).rstrip()

    def _keep(self, words: str) -> None:
        # ">" alone is free for arrows and figures; the marks themselves are always double.
        if re.search(r"\{\{|\}\}|<<|>>|`", words) or words.count("{") or words.count("}"):
            raise SourceWrong("broken braces or tag")
        self.rest.append(words)


def _point(words: str, tag: str) -> Point:
    fields = [part.strip() for part in tag.split(";")]
    if len(fields) != 5:
        raise SourceWrong(f"a tag has five fields: <<{tag}>>")
    theme, missions_field, kind, stance, sector = fields
    missions = [] if missions_field == "none" else [part.strip() for part in missions_field.split(",")]
    known = theme in THEMES and kind in KINDS and stance in STANCES and sector in SECTORS
    if not known or not set(missions) <= MISSIONS or len(set(missions)) < len(missions):
        raise SourceWrong(f"unknown word in tag: <<{tag}>>")
    if not FEWEST_WORDS <= len(words.split()) <= MOST_WORDS or "**" in words:
        raise SourceWrong(f"a point has {FEWEST_WORDS} to {MOST_WORDS} words and no bold: {words}")
    return Point(words, theme, missions, kind, stance, sector)
