"""Finds named companies, charities, universities, schools, councils; national public bodies stay readable."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nlp.attendees import Attendee
from nlp.recognisers.found import SURE, Found, Sector
from nlp.recognisers.kinds import (
    PROGRAMME,
    STRONG,
    distinctive,
    is_first_name,
    is_furniture,
    is_generic,
    is_public,
    is_readable_place,
    is_role,
    is_small,
    organisation_words,
    sector_of,
)
from nlp.recognisers.note_text import NoteText, is_english, plain_words

_JOINS = re.compile(r" |-|'| ?& ?|' |\. ")
_STARTS_WITH_OF = frozenset(
    [
        "university",
        "universities",
        "college",
        "institute",
        "school",
        "bank",
        "academy",
        "coleg",
        "prifysgol",
        "church",
        "society",
        "federation",
        "diocese",
    ]
)
_COMES_FROM = re.compile(
    r"\b(?:I run|we run|runs|I'm from|I am from|here from|I work (?:at|for)|works (?:at|for)|on behalf of|I lead|I chair|I founded|"
    r"set up|who (?:runs?|chairs?|founded|leads?)|founder of|[Cc]hair of|director of|trustee of|partner at|principal of|head of|exec(?:utive)? (?:of|at)|owner of|"
    r"used to run|acquired by|bought by|employed by|spokesperson for|representing)\s+(?:the\s+)?(?=[A-Z])"
)


@dataclass
class Organisation:
    """An organisation of the note: the forms of its name (folded words), its sector, and how sure we are."""

    key: str
    forms: list[tuple[str, ...]]
    score: float
    sector: Sector | None = None
    acronyms: set[str] = field(default_factory=set)


def find(note: NoteText, attendees: Sequence[Attendee]) -> list[Found]:
    """Every mention of an organisation that does not stay readable."""
    register = _Register()
    found: list[Found] = []
    for attendee in attendees:
        place = attendee.organisation
        if place and not is_public(place.text) and any(map(str.isalpha, place.text)):
            organisation = register.organisation(place.text, 0.92)
            found.append(
                Found(place.start, place.end, "organisation", "attendance", 0.92, organisation.key, organisation.sector)
            )
    for first, last, score, detector in [*_by_ending(note), *_affiliations(note), *_recognised(note)]:
        start, end = note.words[first].start, note.words[last].end
        organisation = register.organisation(note.text[start:end], score)
        found.append(
            Found(start, end, "organisation", detector, organisation.score, organisation.key, organisation.sector)
        )
    _add_acronyms(note, register)
    return [*found, *_mentions(note, register.organisations)]


class _Register:
    def __init__(self) -> None:
        self.organisations: list[Organisation] = []
        self._by_form: dict[tuple[str, ...], Organisation] = {}

    def organisation(self, name: str, score: float) -> Organisation:
        words_ = plain_words(name)
        form = words_[1:] if len(words_) > 1 and words_[0] == "the" else words_
        known = self._by_form.get(form)
        if known is None:
            known = Organisation(f"organisation:{len(self.organisations)}", [form], score, sector_of(name))
            self.organisations.append(known)
            self._by_form[form] = known
            for short in _short_forms(name, form):
                if short not in self._by_form:
                    known.forms.append(short)
                    self._by_form[short] = known
        known.score = max(known.score, score)
        if re.fullmatch(r"[A-Za-z]{2,8}", name) and sum(map(str.isupper, name)) > 1:
            known.acronyms.add(name)
        return known


def _short_forms(name: str, form: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What is left of the name when the words that many organisations share are cut from its end or its start."""
    head = list(form)
    while head and (head[-1] in organisation_words() or is_small(head[-1])):
        head.pop()
    while head and (head[0] in _STARTS_WITH_OF or is_small(head[0]) or head[0] in ("st", "saint", "royal")):
        head.pop(0)
    if not head or is_readable_place(" ".join(head)):
        return
    if tuple(head) == form:
        if len(head) > 1 and distinctive(head[0]) and not is_first_name(head[0]):
            yield (head[0],)
        return
    if any(distinctive(word) for word in head) or (len(head) > 1 and not all(is_furniture(word) for word in head)):
        yield tuple(head)
    if len(head) > 1 and distinctive(head[0]) and not is_first_name(head[0]):
        yield (head[0],)


def _runs(note: NoteText) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words, with small words between them: first and last index."""
    index = 0
    words_ = note.words
    while index < len(words_):
        if not words_[index].capital:
            index += 1
            continue
        last = at = index
        while at + 1 < len(words_) and _JOINS.fullmatch(note.gap(at)) and at - index < 10:
            following = words_[at + 1]
            if note.gap(at) == ". " and not (len(words_[at].text) <= 2):
                break
            if not (
                following.capital
                or is_small(following.plain)
                or (following.plain == "s" and "'" in note.gap(at))
                or following.text.isdigit()
            ):
                break
            at += 1
            if following.capital:
                last = at
        yield index, last
        index = last + 1


def _by_ending(note: NoteText) -> Iterator[tuple[int, int, float, str]]:
    """Names that a word like University, Ltd or Council makes an organisation's."""
    for first, last in _runs(note):
        for begin, end in _pieces(note, first, last):
            ends = [at for at in range(begin, end + 1) if note.words[at].plain in organisation_words()]
            if not ends:
                continue
            if note.words[begin].plain in ("coleg", "prifysgol", "ysgol") or (
                note.words[begin].plain in _STARTS_WITH_OF
                and begin + 2 <= end
                and note.words[begin + 1].plain in ("of", "for")
            ):
                stop = end
            else:
                stop = ends[-1]
            rest = note.words[stop + 1 : end + 1]
            if any(word.plain in PROGRAMME for word in rest) or (rest and note.words[stop].plain == "limited"):
                continue
            if score := _organisation_score(note, begin, stop):
                yield begin, stop, score, "organisation words"


def _pieces(note: NoteText, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The run without words that only open a sentence or name an office, parted at "and" between two organisations."""
    while first < last and is_generic(note.words[first].plain) and note.words[first].plain not in _NAMED_AFTER:
        first += 1
    begin = first
    for at in range(first + 1, last):
        if _parts_organisations(note, at, last):
            yield begin, at - 1
            begin = at + 1
    yield begin, last


def _parts_organisations(note: NoteText, at: int, last: int) -> bool:
    """Whether this small word stands between two names rather than in one."""
    plain, before, after = (note.words[place].plain for place in (at, at - 1, at + 1))
    if plain != "and":
        return plain in ("with", "to", "at", "from", "by", "as")
    if after == "the" and any(word.plain in organisation_words() for word in note.words[at + 2 : last + 1]):
        return True
    if after in _STARTS_WITH_OF and note.words[min(at + 2, last)].plain == "of":
        return True
    right = any(word.plain in organisation_words() for word in note.words[at + 1 : last + 1])
    return right and at + 1 < last and before in organisation_words() - {"school", "university", "college"}


_NAMED_AFTER = frozenset(["royal", "north", "south", "east", "west", "great", "new", "second", "first", "national"])
_NAMED_AFTER |= frozenset(["general", "community", "social", "united", "independent", "open"])


def _organisation_score(note: NoteText, begin: int, end: int) -> float:
    """How sure it is that the run names one organisation; 0 where it is a body that stays readable or no name."""
    text = note.text[note.words[begin].start : note.words[end].end]
    run = [word.plain for word in note.words[begin : end + 1]]
    if is_public(text) or run[-1] in PROGRAMME or (is_role(text) and run[-1] not in organisation_words()):
        return 0
    head = [word for word in run if word not in organisation_words() and not is_small(word) and word != "s"]
    telling = [word for word in head if not is_generic(word) and not is_furniture(word)]
    if not telling or (text.isupper() and len(run) > 3):
        return 0
    strange = (
        any(distinctive(word) for word in telling)
        or is_readable_place(" ".join(head))
        or any(is_readable_place(word) for word in telling)
    )
    has_strong = any(word in STRONG for word in run)
    if has_strong:
        return 0.88 if strange else 0.6 if not note.words[begin].opens or len(telling) > 1 else 0
    return 0.7 if strange else 0


def _homes(note: NoteText) -> Iterator[int]:
    """Where an unknown name follows a first name: "Femi from Quillfeather"."""
    for index in range(2, len(note.words)):
        word, link, person = note.words[index], note.words[index - 1].plain, note.words[index - 2]
        spaced = note.gap(index - 1) == note.gap(index - 2) == " "
        named = spaced and person.capital and is_first_name(person.plain) and link in ("from", "at", "of")
        if named and word.capital and distinctive(word.plain):
            yield word.start


def _affiliations(note: NoteText) -> Iterator[tuple[int, int, float, str]]:
    """What somebody runs, chairs or speaks for."""
    starts = {match.end() for match in _COMES_FROM.finditer(note.folded)} | set(_homes(note))
    for start in sorted(starts):
        first = note.index_at(start)
        if first is None:
            continue
        last = first
        while (
            last + 1 < len(note.words)
            and note.gap(last) in (" ", "-", "'", " & ", "&")
            and (
                note.words[last + 1].capital
                or (
                    note.words[last + 1].plain in ("of", "the", "and", "for")
                    and last + 2 < len(note.words)
                    and note.words[last + 2].capital
                )
            )
        ):
            last += 1
        text = note.text[note.words[first].start : note.words[last].end]
        run = [word.plain for word in note.words[first : last + 1]]
        if (
            is_public(text)
            or is_readable_place(text)
            or is_role(text)
            or all(is_furniture(word) for word in run)
            or run[-1] in PROGRAMME
            or all(map(is_generic, run))
        ):
            continue
        if text.isupper() and len(run) == 1 and len(text) < 7:
            continue
        yield first, last, 0.8 if any(distinctive(word) for word in run) else 0.6, "affiliation"


def _recognised(note: NoteText) -> Iterator[tuple[int, int, float, str]]:
    """What the model calls an organisation, where the words are a name."""
    for entity in note.entities:
        if entity.label not in ("ORG", "FAC"):
            continue
        indices = list(note.indices(entity.start, entity.end))
        while indices and (not note.words[indices[0]].capital or is_generic(note.words[indices[0]].plain)):
            indices.pop(0)
        while indices and (not note.words[indices[-1]].capital or note.words[indices[-1]].plain == "s"):
            indices.pop()
        if not indices or entity.label == "FAC":
            continue
        first, last = indices[0], indices[-1]
        run = note.words[first : last + 1]
        text = note.text[run[0].start : run[-1].end]
        if (
            is_public(text)
            or is_readable_place(text)
            or any(word.plain in PROGRAMME for word in run[-2:])
            or is_role(text)
        ):
            continue
        if any(is_public(part) for part in (text.split("(")[0], run[0].text)) and len(run) > 1:
            continue
        strange = [
            word
            for word in run
            if distinctive(word.plain)
            and word.plain not in note.uncapitalised
            and not word.text.isupper()
            and not is_first_name(word.plain)
        ]
        if not strange or any(
            is_furniture(word.plain) and word.plain not in organisation_words() and not is_small(word.plain)
            for word in run
        ):
            continue
        if len(run) == 1 and (len(run[0].text) < 4 or (run[0].opens and not _corroborated(note, run[0].plain))):
            continue
        yield first, last, 0.6 if len(run) > 1 else 0.52 if not run[0].opens else 0.45, "spaCy"


def _corroborated(note: NoteText, plain: str) -> bool:
    return any(word.plain == plain and word.capital and not word.opens for word in note.words)


def _add_acronyms(note: NoteText, register: _Register) -> None:
    """Takes "Soar Valley Combined Authority (SVCA)" as the short name of what stands before it."""
    for organisation in register.organisations:
        for form in organisation.forms[:1]:
            letters = "".join(word[0] for word in form if not is_small(word)).upper()
            longer = "".join(word[0] for word in form).upper()
            for acronym in {letters, longer}:
                if len(acronym) > 2 and not is_public(acronym) and f"{acronym}" in note.text:
                    organisation.acronyms.add(acronym)


def _mentions(note: NoteText, organisations: Sequence[Organisation]) -> Iterator[Found]:
    by_first: dict[str, list[tuple[tuple[str, ...], Organisation]]] = {}
    acronyms: dict[str, Organisation] = {}
    for organisation in organisations:
        for form in organisation.forms:
            by_first.setdefault(form[0], []).append((form, organisation))
        for acronym in organisation.acronyms:
            acronyms.setdefault(acronym, organisation)
    for forms in by_first.values():
        forms.sort(key=lambda form: (-len(form[0]), form[0]))
    for index, word in enumerate(note.words):
        if word.text in acronyms:
            known = acronyms[word.text]
            yield Found(word.start, word.end, "organisation", "known name", known.score, known.key, known.sector)
            continue
        for form, organisation in by_first.get(word.plain, ()):
            last = index + len(form) - 1
            if tuple(other.plain for other in note.words[index : last + 1]) != form:
                continue
            if not all(len(note.gap(at)) <= 3 for at in range(index, last)) or not _is_named(
                note, index, last, form, organisation.score >= SURE
            ):
                continue
            score = organisation.score if form == organisation.forms[0] else max(0.5, organisation.score - 0.1)
            start = (
                note.words[index - 1].start
                if index and note.words[index - 1].plain == "the" and note.gap(index - 1) == " "
                else word.start
            )
            yield Found(
                start,
                note.words[last].end,
                "organisation",
                "known name",
                min(score, 0.92),
                organisation.key,
                organisation.sector,
            )
            break


def _is_named(note: NoteText, index: int, last: int, form: tuple[str, ...], sure: bool) -> bool:
    """Whether the words are the organisation's name here: capitals, or words that mean nothing else."""
    strange = any(distinctive(word) for word in form)
    if not note.words[index].capital:
        return (
            sure
            and strange
            and all(distinctive(word) or word in organisation_words() for word in form)
            and len("".join(form)) > 4
        )
    if strange:
        return True
    if len(form) == 1:
        return not note.words[index].opens
    return all(note.words[at].capital or is_small(note.words[at].plain) for at in range(index, last + 1)) and not all(
        is_english(word) and note.words[at].opens for at, word in enumerate(form, index)
    )
