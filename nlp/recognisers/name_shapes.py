"""Finds names of people by their looks: titles, known first names, letters with a surname, the model's findings."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from nlp.attendees import is_initials_of
from nlp.gazetteers import words
from nlp.recognisers.kinds import (
    STRONG,
    distinctive,
    is_first_name,
    is_furniture,
    is_generic,
    is_particle,
    is_public,
    is_readable_place,
    may_be_first_name,
    organisation_words,
)
from nlp.recognisers.note_text import NoteText, is_english

_LETTERED = frozenset(
    [
        "annex",
        "appendix",
        "table",
        "group",
        "plan",
        "section",
        "part",
        "option",
        "schedule",
        "class",
        "category",
        "type",
        "team",
        "vitamin",
        "hepatitis",
        "grade",
        "level",
        "key",
        "stage",
        "band",
        "tier",
        "phase",
        "item",
        "paper",
        "figure",
        "box",
        "block",
        "wing",
        "room",
    ]
)
_SURNAMES_TOO = words("surnames_too")
_FORMS_OF_ADDRESS = frozenset(
    ["mr", "mrs", "ms", "miss", "mx", "dr", "sir", "dame", "cllr", "prof", "professor", "baroness", "lord", "lady"]
)
_OFFICES = frozenset(
    ["minister", "president", "senator", "premier", "governor", "commissioner", "secretary", "chancellor", "mayor"]
)
_ADDRESSED = frozenset(
    [
        "chair",
        "chairman",
        "chairwoman",
        "chairperson",
        "speaker",
        "president",
        "minister",
        "mayor",
        "clerk",
        "moderator",
        "secretary",
    ]
)
_SAID = re.compile(
    r"(?:\s(?:said|says|asked|told|noted|replied|explained|agreed|wondered|suggested|added|argued|thought|felt|wanted|reported|"
    r"offered|raised|disagreed|responded|commented|pointed out|reminded|from the|from our|at the (?:back|end))\b|:\s)"
)
_LISTED = re.compile(
    r"(?<![\w'-])([A-Z][\w']+(?:[ -](?:(?:de|van|von|der|al|bin|ap) )*[A-Z][\w'.]*){1,3})(?: ?\([^()\n]{2,60}\))? "
    r"?\(([A-Z]{2,4}|[A-Z]{1,2}[a-z]{1,2})\)"
)


class Mention(NamedTuple):
    """A name in the text: its words' indices (title included in `start`), and how sure that it is a person's."""

    start: int
    first: int
    last: int
    score: float
    detector: str


def _run(note: NoteText, index: int, most: int = 4) -> int:
    """The index of the last capitalised word of the name that begins here; particles may stand small inside."""
    last = at = index
    while at + 1 < len(note.words) and at - index < most and note.name_goes_on(at):
        gap, following = note.gap(at), note.words[at + 1]
        if "\n" in gap and (last > index or not distinctive(following.plain) or is_first_name(following.plain)):
            break
        if "'" in gap and following.plain == "s":
            break
        if gap.startswith(".") and len(note.words[at].text) > 1:
            break
        if not (following.capital or is_particle(following.plain)):
            break
        at += 1
        if following.capital:
            last = at
    return last


def _trimmed(note: NoteText, index: int, last: int) -> int:
    """Where the run ends once words of minutes, offices and organisations are cut from its end."""
    while (
        last > index
        and is_furniture(note.words[last].plain)
        and not is_first_name(note.words[last].plain)
        and "-" not in note.gap(last - 1)
    ):
        # "Ann May" and "Tom Judge" are names, "Ann Council" is not.
        if last == index + 1 and is_first_name(note.words[index].plain) and note.words[last].plain in _SURNAMES_TOO:
            break
        last -= 1
    return last


def _is_organisation(note: NoteText, index: int, last: int) -> bool:
    """Whether the run is the name of an organisation that holds a person's name: "John Lewis Partnership"."""
    return any(
        word.plain in STRONG or (word.plain in organisation_words() and index + 1 < at)
        for at, word in enumerate(note.words[index : last + 1], index)
    )


def _listed(note: NoteText) -> Iterator[Mention]:
    """Names that are followed by their own initials in brackets."""
    for match in _LISTED.finditer(note.folded):
        first = note.index_at(match.start())
        if first is None or not is_initials_of(match[2], match[1]):
            continue
        last = note.indices(match.start(), match.end(1))[-1]
        while (
            first < last
            and is_furniture(note.words[first].plain)
            and is_initials_of(match[2], note.text[note.words[first + 1].start : match.end(1)])
        ):
            first += 1
        run = [word.plain for word in note.words[first : last + 1]]
        if is_public(note.text[note.words[first].start : match.end(1)]) or run[-1] in organisation_words():
            continue
        # "Functional Assessment Service (FAS)" is abbreviated so, too.
        if may_be_first_name(run[0]) or (distinctive(run[0]) and distinctive(run[-1])):
            yield Mention(first, first, last, 0.9, "initials")


def _titled(note: NoteText) -> Iterator[Mention]:
    """Names after a form of address: "Cllr Tew", "Dr Ann Tew", "Lord Tew"."""
    titles = words("titles") | _OFFICES
    for index, word in enumerate(note.words[:-1]):
        if not word.capital or word.plain not in titles or not note.name_goes_on(index) or "\n" in note.gap(index):
            continue
        first = index + 1
        while (
            note.words[first].plain in titles
            and note.words[first].capital
            and first + 1 < len(note.words)
            and note.name_goes_on(first)
        ):
            first += 1
        following = note.words[first]
        addressed = (
            word.plain in _FORMS_OF_ADDRESS and following.plain not in _ADDRESSED and not is_generic(following.plain)
        )
        known = addressed or is_first_name(following.plain) or not is_furniture(following.plain)
        if not following.capital or not known or following.text[0].isdigit():
            continue
        if word.plain in _OFFICES and not distinctive(following.plain) and not is_first_name(following.plain):
            continue
        if following.text.isupper() and len(following.text) in (2, 3, 4) and not word.text.isupper():
            continue
        last = _trimmed(note, first, _run(note, first))
        if (
            word.plain
            in (
                "consultant",
                "registrar",
                "sister",
                "judge",
                "justice",
                "general",
                "major",
                "master",
                "father",
                "canon",
                "nurse",
            )
            and is_english(following.plain)
            and not may_be_first_name(following.plain)
        ):
            continue
        yield Mention(index, first, last, 0.9, "title")


def _full_names(note: NoteText) -> Iterator[Mention]:
    """A known first name and the capitalised words after it."""
    index = -1
    while index + 1 < len(note.words):
        index += 1
        word = note.words[index]
        if not word.capital or not may_be_first_name(word.plain) or len(word.text) < 2:
            continue
        last = _run(note, index)
        if last == index or _is_organisation(note, index, last):
            continue
        last = _trimmed(note, index, last)
        if last == index:
            continue
        surname = note.words[last].plain
        certain = is_first_name(word.plain) and not (word.text.isupper() and not note.words[last].text.isupper())
        if not certain and (is_english(surname) or is_readable_place(surname) or word.text.isupper()):
            continue
        if is_readable_place(" ".join(part.plain for part in note.words[index : last + 1])):
            continue
        score = 0.88 if certain and distinctive(surname) else 0.75 if certain else 0.7
        yield Mention(index, index, last, score, "first names")
        index = last


def _initialled(note: NoteText) -> Iterator[Mention]:
    """A letter and a surname: "J. Whitlock", "F J Tew"."""
    for index, word in enumerate(note.words[:-1]):
        if len(word.text) != 1 or not word.text.isupper() or (index and note.words[index - 1].plain in _LETTERED):
            continue
        dotted = note.gap(index).startswith(".")
        if not note.name_goes_on(index) or (word.text in "AIO" and not dotted) or "'" in note.gap(index):
            continue
        if "-" in note.gap(index) or (
            index and note.words[index - 1].end == word.start - 1 and note.text[word.start - 1] in "-'&/"
        ):
            continue
        first = index
        last = _trimmed(note, index, _run(note, index))
        surname = note.words[last]
        if (
            last == index
            or len(surname.text) < 3
            or surname.text.isupper()
            or (is_english(surname.plain) and not dotted)
            or is_furniture(surname.plain)
        ):
            continue
        if dotted and word.opens and is_english(surname.plain):
            continue
        yield Mention(index, first, last, 0.88 if dotted and distinctive(surname.plain) else 0.6, "initial and surname")


def _strangers(note: NoteText) -> Iterator[Mention]:
    """Two or three capitalised words that are no English words, places or terms, which the model took for nothing."""
    taken = {index for entity in note.entities for index in note.indices(entity.start, entity.end)}
    for index, word in enumerate(note.words[:-1]):
        if not word.capital or not distinctive(word.plain) or index in taken:
            continue
        last = _run(note, index)
        run = note.words[index : last + 1]
        if not 2 <= len(run) <= 3 or _touches_capital(note, index - 1) or _touches_capital(note, last):
            continue
        strange = (distinctive(part.plain) and part.plain not in note.uncapitalised for part in run)
        if all(strange) and all(part.text.istitle() for part in run):
            yield Mention(index, index, last, 0.5, "unknown name")


def _recognised(note: NoteText) -> Iterator[Mention]:
    """What the model calls a person, where the words can be a name."""
    for entity in note.entities:
        if entity.label != "PERSON":
            continue
        indices = [index for index in note.indices(entity.start, entity.end) if note.words[index].plain != "s"]
        while indices and (
            not note.words[indices[0]].capital
            or note.words[indices[0]].plain in words("titles")
            or is_furniture(note.words[indices[0]].plain)
        ):
            indices.pop(0)
        if not indices:
            continue
        first = indices[0]
        last = min(_trimmed(note, first, _run(note, first)), indices[-1])
        last = _trimmed(note, first, last)
        score = _looks(note, first, last)
        if score:
            yield Mention(first, first, last, score, "spaCy")


def _looks(note: NoteText, first: int, last: int) -> float:
    """How sure it is that the words, which the model took for a person, are one; 0 where they are not."""
    run = note.words[first : last + 1]
    text = note.text[run[0].start : run[-1].end]
    if is_public(text) or is_readable_place(text) or any(map(str.isdigit, text)) or _is_organisation(note, first, last):
        return 0
    if len(run) == 1:
        word = run[0]
        if (
            word.text.isupper()
            or len(word.text) < 3
            or is_furniture(word.plain)
            or word.plain in note.uncapitalised
            or (is_english(word.plain) and not may_be_first_name(word.plain))
        ):
            return 0
        return (
            0.75
            if is_first_name(word.plain)
            else 0.6
            if may_be_first_name(word.plain) and not word.opens
            else 0
            if is_english(word.plain)
            else 0.5
        )
    capitals = [word.text.isupper() and len(word.text) > 1 for word in run]
    if any(capitals) and not (all(capitals) and may_be_first_name(run[0].plain)):
        return 0
    if may_be_first_name(run[0].plain):
        return 0.88 if distinctive(run[-1].plain) else 0.75
    strange = [word for word in run if distinctive(word.plain) and word.plain not in note.uncapitalised]
    if any(is_furniture(word.plain) or is_readable_place(word.plain) for word in run):
        return 0
    return 0.65 if len(strange) == len(run) else 0.55 if strange and distinctive(run[-1].plain) else 0


def _first_names(note: NoteText) -> Iterator[Mention]:
    """A known first name that stands alone."""
    for index, word in enumerate(note.words):
        if not word.capital or word.text.isupper() or len(word.text) < 3 or not may_be_first_name(word.plain):
            continue
        if not is_first_name(word.plain) and not _SAID.match(note.folded, word.end):
            continue
        if note.folded.startswith(("'s law", "'s Law"), word.end) or is_furniture(word.plain):
            continue
        if is_readable_place(word.plain) or (is_english(word.plain) and word.opens and is_first_name(word.plain)):
            continue
        if _touches_capital(note, index) or _touches_capital(note, index - 1):
            continue
        yield Mention(index, index, index, 0.65, "first names")


def _touches_capital(note: NoteText, index: int) -> bool:
    """Whether this word and the next are both capitals of one run."""
    if not 0 <= index < len(note.words) - 1:
        return False
    one, two = note.words[index], note.words[index + 1]
    return one.capital and two.capital and note.gap(index) in (" ", "-", "'", "&", " & ") and not one.opens


def name_shapes(note: NoteText) -> list[Mention]:
    """Everything in the note that looks like a person's name; one stretch can come more than once."""
    return [
        *_listed(note),
        *_titled(note),
        *_full_names(note),
        *_initialled(note),
        *_strangers(note),
        *_recognised(note),
        *_first_names(note),
    ]
