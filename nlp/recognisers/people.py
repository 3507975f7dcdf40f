"""Finds people: by full name, surname with title, first name alone and initials, each mention tied to its person."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.attendees import Attendee
from nlp.recognisers.found import SURE, Found, Sector
from nlp.recognisers.initials import unknown_initials
from nlp.recognisers.kinds import (
    is_particle,
)
from nlp.recognisers.name_shapes import name_shapes
from nlp.recognisers.note_text import NoteText, plain_words

_NICKNAMES = {
    frozenset(pair.split("/"))
    for pair in [
        "bill/william",
        "will/william",
        "bob/robert",
        "rob/robert",
        "dick/richard",
        "rick/richard",
        "jim/james",
        "jack/john",
        "tony/anthony",
        "ted/edward",
        "ned/edward",
        "liz/elizabeth",
        "beth/elizabeth",
        "betty/elizabeth",
        "peggy/margaret",
        "meg/margaret",
        "kate/catherine",
        "kate/katherine",
        "kathy/katherine",
        "mike/michael",
        "mick/michael",
        "dave/david",
        "steve/stephen",
        "steve/steven",
        "harry/henry",
        "hal/henry",
        "sandy/alexander",
        "alex/alexandra",
        "jenny/jennifer",
        "polly/mary",
        "molly/mary",
        "nick/nicholas",
        "tom/thomas",
    ]
}


@dataclass
class Person:
    """Someone of the note: the names they are known by (folded words), initials, sector, and how sure we are."""

    key: str
    names: list[tuple[str, ...]]
    score: float
    sector: Sector | None = None
    initials: set[str] = field(default_factory=set)
    listed: bool = False

    @property
    def parts(self) -> set[str]:
        """Every word of the full names that can stand for the person alone."""
        return {part for name in self.names for part in name if len(part) > 1 and not is_particle(part)}


def people_of(note: NoteText, attendees: Sequence[Attendee]) -> tuple[list[Person], list[Found]]:
    """The people of the note, and the mentions that were found by their looks rather than by a name known already."""
    register = _Register()
    found: list[Found] = []
    for attendee in attendees:
        person = register.person(plain_words(attendee.name.text), 0.95)
        person.listed = True
        person.sector = person.sector or attendee.sector
        if attendee.initials:
            person.initials.add(attendee.initials.text.replace(".", ""))
            found.append(
                Found(attendee.initials.start, attendee.initials.end, "person", "attendance", 0.95, person.key)
            )
        found.append(Found(attendee.name.start, attendee.name.end, "person", "attendance", 0.95, person.key))
    mentions = name_shapes(note)
    mentions.sort(key=lambda mention: (mention.first == mention.last, mention.start == mention.first, mention.first))
    for mention in mentions:
        name = tuple(word.plain for word in note.words[mention.first : mention.last + 1])
        if len(name) == 1 and register.is_shared(name[0]):
            continue  # which of them is meant shows where the mentions of known people are read in order
        person = register.person(name, mention.score)
        start, end = note.words[mention.start].start, note.words[mention.last].end
        found.append(Found(start, end, "person", mention.detector, max(mention.score, person.score), person.key))
    people = register.people
    known = {letters for person in people for letters in person.initials}
    for letters in sorted(unknown_initials(note) - known):
        people.append(Person(f"person:{letters}", [], 0.5, initials={letters}))
    return people, found


class _Register:
    """The people so far; the same name, a part of it, or a nickname leads to the same person."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self._by_part: dict[str, list[Person]] = {}

    def person(self, name: tuple[str, ...], score: float) -> Person:
        """The person of this name, who may be known by another form of it."""
        known = self._find(name)
        if known is None:
            known = Person(f"person:{len(self.people)}", [], score)
            self.people.append(known)
        elif known.score < SURE and score >= 0.6:
            # Two sources, or two mentions, of one name confirm each other.
            known.score = min(SURE + 0.03, max(known.score, score) + 0.1)
        if name not in known.names:
            known.names.append(name)
            for part in name:
                bearers = self._by_part.setdefault(part, [])
                if known not in bearers:
                    bearers.append(known)
        known.score = max(known.score, score)
        return known

    def is_shared(self, part: str) -> bool:
        """Whether several people bear this one word of a name."""
        return len(self._by_part.get(part, ())) > 1

    def _find(self, name: tuple[str, ...]) -> Person | None:
        candidates = self._by_part.get(name[-1], [])
        if len(name) == 1:
            return candidates[0] if candidates else None
        for person in candidates:
            if any(_same_person(name, other) for other in person.names):
                return person
        first_only = [
            person for person in self._by_part.get(name[0], []) if all(known == name[:1] for known in person.names)
        ]
        return first_only[0] if first_only else None


def _same_person(name: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names of which the last words agree can be one person's."""
    if len(other) == 1 or name == other:
        return True
    if name[-1] != other[-1]:
        return set(name) <= set(other) or set(other) <= set(name)
    one, two = name[0], other[0]
    short, long = sorted((one, two), key=len)
    return (
        one == two
        or (len(short) == 1 and long[0] == short)
        or (len(short) > 2 and long.startswith(short))
        or frozenset((one, two)) in _NICKNAMES
    )
