"""A digest as editors see it: every sentence with its number, and how it stands with the check."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from models.digest import Digest, sentences

Standing = Literal["", "being checked", "borne out", "not borne out"]
Form = Literal["none", "list", "paragraph", "quotes"]
MOST_POINTS = 200
"""That a form offers, and that a sentence may cite."""


@dataclass(frozen=True)
class Told:
    """A sentence: its number, its place in words, and how it stands with the check."""

    number: int
    place: str
    text: str
    theme: str | None
    points: tuple[str, ...]
    standing: Standing
    reasons: tuple[str, ...]
    changed: bool
    changeable: bool


@dataclass(frozen=True)
class Section:
    """A heading with its sentences; `aside` is how its theme moves."""

    heading: str
    level: int
    form: Form = "none"
    told: tuple[Told, ...] = ()
    aside: str = ""


@dataclass(frozen=True)
class Trouble:
    """Something that keeps a digest from being approved: where, why, and the sentence to go to if there is one."""

    place: str
    reasons: tuple[str, ...]
    number: int | None


@dataclass(frozen=True)
class Offered:
    """A point that a sentence may rest on."""

    id: str
    text: str
    sector: str | None
    cited: bool


def draft_sections(digest: Digest, checking: bool) -> list[Section]:
    """The digest in reading order, as it will look; empty where there is none yet or no longer."""
    return list(_sections(digest, checking)) if digest.briefing else []


def troubles(digest: Digest, sections: Sequence[Section]) -> list[Trouble]:
    """What keeps a digest from being approved, in reading order."""
    number_of = {(told.place, told.text): told.number for section in sections for told in section.told}
    return [
        Trouble(row["place"], tuple(row["reasons"]), number_of.get((row["place"], row["text"])))
        for row in digest.problems
    ]


def offered(digest: Digest, told: Told) -> list[Offered]:
    """The points that a sentence may rest on: those it cites, then the others of the themes they are of."""
    themes = (digest.facts or {}).get("themes", ())
    cited = set(told.points)
    near = [
        theme for theme in themes if theme["id"] == told.theme or cited & {point["id"] for point in theme["points"]}
    ]
    points = [
        Offered(point["id"], point["text"], point["sector"], point["id"] in cited)
        for theme in near
        for point in theme["points"]
    ]
    return sorted(points, key=lambda point: not point.cited)[:MOST_POINTS]


def _sections(digest: Digest, checking: bool) -> Iterator[Section]:
    briefing: dict[str, Any] = digest.briefing or {}
    telling = _Telling(digest, checking)
    yield Section("What matters", 2, "list", telling.told("Summary", briefing["opening"]))
    for mission in briefing["missions"]:
        yield Section(mission["title"], 2)
        for theme in mission["themes"]:
            yield Section(theme["title"], 3, aside=theme["state"])
            for part in theme["parts"]:
                told = telling.told(f"{theme['title']}, {part['heading'].lower()}", part["sentences"])
                form: Form = "quotes" if part["key"] == "quotes" else "list" if len(told) > 1 else "paragraph"
                yield Section(part["heading"], 4, form, told)
    rest: tuple[tuple[str, str, str, int, Form], ...] = (
        ("also_raised", "Also raised", "Also raised", 2, "list"),
        ("movement", "New, rising and fading", "What is new, rising and fading", 2, "list"),
        ("made", "How this was made", "How this was made", 2, "paragraph"),
        ("withheld", "What was withheld", "What was withheld", 3, "paragraph"),
    )
    for key, place, heading, level, form in rest:
        if briefing[key]:
            # What was counted is not for anybody to reword.
            told = telling.told(place, briefing[key], changeable=key not in ("made", "withheld"))
            yield Section(heading, level, form, told)


class _Telling:
    """Gives each sentence of a briefing its number, which the walk over all of them decides, and its standing."""

    def __init__(self, digest: Digest, checking: bool) -> None:
        self.checking = checking
        self.number = {id(row): number for number, row in enumerate(sentences(digest.briefing))}
        self.reasons = {(row["place"], row["text"]): tuple(row["reasons"]) for row in digest.problems}

    def told(self, place: str, rows: Sequence[Mapping[str, Any]], changeable: bool = True) -> tuple[Told, ...]:
        """The sentences of one place."""
        return tuple(self._one(f"{place}, sentence {number}", row, changeable) for number, row in enumerate(rows, 1))

    def _one(self, place: str, row: Mapping[str, Any], changeable: bool) -> Told:
        reasons = self.reasons.get((place, row["text"]), ())
        changed = not row["template"]
        standing: Standing = "not borne out" if reasons else "borne out" if changed else ""
        if changed and self.checking:
            standing, reasons = "being checked", ()
        points = tuple(row["points"])
        return Told(
            self.number[id(row)], place, row["text"], row["theme"], points, standing, reasons, changed, changeable
        )
