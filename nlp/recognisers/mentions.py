"""Finds every later mention of a person who is known: any part of the name, in any case, and initials."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from nlp.attendees import is_initials_of
from nlp.gazetteers import words
from nlp.recognisers.found import Found
from nlp.recognisers.kinds import is_furniture, is_readable_place
from nlp.recognisers.note_text import NoteText, is_english
from nlp.recognisers.people import Person

_SAYS = (
    "said|says|saying|noted|notes|asked|asks|reported|reports|agreed|agrees|thanked|thanks|welcomed|raised|raises|explained|"
    "explains|commented|suggested|suggests|felt|feels|thought|thinks|confirmed|confirms|outlined|presented|updated|advised|"
    "highlighted|stated|states|added|adds|opened|closed|introduced|proposed|proposes|queried|responded|replied|mentioned|"
    "stressed|emphasised|argued|argues|offered|offers|undertook|committed|conceded|admitted|observed|remarked|cautioned|"
    "warned|warns|challenged|wanted|wants|believed|believes|described|gave|gives|made|took|takes|told|spoke|pointed|went|"
    "invited|requested|recommended|summarised|concluded|clarified|questioned|wondered|hoped|shared|circulated|drew|set|"
    "provided|declared|chaired|joined|left|sent|met|also|then|will|would|has|had|is|was|to|disagreed|accepted|supported|"
    "echoed|indicated|expressed|encouraged|informed|reminded|recalled|restated|attended|apologised|and|can|could|should|"
    "doubted|runs|spoken|volunteered|promised|acknowledged|reflected|reiterated|called|kicked|began|started|finished"
)
_AFTER = re.compile(rf"'s\b|\s*[:;,/&)\]|+]|\s[-–—]\s|\s+(?:{_SAYS})\b|\s*(?:\n|$)|\s*\((?!\w*\))")
_SPEAKS = re.compile(rf"\s*:|\s[-–—]\s|\s+(?:{_SAYS})\b|\s*(?:\n|$|\|)")
_BEFORE = re.compile(
    r"(?:\b(?:by|with|from|to|and|for|thanks|thank|that|via|per|asked|as|but|when|while|owner|lead|action|actions)\b:?\s+|[(\[/|&,:+–—-]\s*|(?:^|\n)\s*)$",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"(?: ?\([^()\n]{1,60}\))?,? ?\(([A-Z]{2,4}|[A-Z]{1,2}[a-z]{1,2}|[A-Z][a-z][A-Z])\)")
_VERB = re.compile(r" [a-z]{3,}(?:s|ed)\b")
_LOCATIVE = frozenset(["in", "at", "near", "to", "from", "across", "around", "outside", "of", "for"])
_DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "each",
        "every",
        "some",
        "any",
        "no",
        "our",
        "their",
        "his",
        "her",
        "its",
        "my",
        "your",
        "in",
        "by",
        "until",
        "since",
        "of",
        "from",
        "per",
    ]
)
_MONTHS = frozenset(["april", "may", "june", "august"])


class _Form(NamedTuple):
    """A way of naming someone: folded words, the people it may mean, whether it is only a part of their name."""

    name: tuple[str, ...]
    people: list[Person]
    part: bool


def mentions_of(note: NoteText, people: Sequence[Person]) -> list[Found]:
    """Every mention of these people by full name, by one word of it, or by initials; a shared one is the last-named's."""
    forms = _forms(people)
    initials = _initials(people)
    lately: dict[str, int] = {}
    found: list[Found] = []
    index = 0
    while index < len(note.words):
        form = _longest(note, index, forms)
        if form and (not form.part or _names(note, index, form.name[0])):
            person = max(form.people, key=lambda person: lately.get(person.key, -1))
            lately[person.key] = index
            last = index + len(form.name) - 1
            score = person.score if not form.part or person.listed else max(0.45, person.score - 0.1)
            found.append(_mention(note, index, last, "known name", score, person))
            index = last + 1
            continue
        bearers = initials.get(note.words[index].text)
        if bearers and (sure := _stands_for_person(note, index, bearers)):
            person = max(bearers, key=lambda person: lately.get(person.key, -1))
            found.append(_mention(note, index, index, "initials", sure, person))
        index += 1
    return found


def initials_given(note: NoteText, people: Sequence[Person], found: Sequence[Found]) -> None:
    """Notes for each person the initials that stand in brackets after a mention: "Ann Tew (Home Office) (AT)"."""
    by_key = {person.key: person for person in people}
    for hit in found:
        match, hit_words = _GIVEN.match(note.folded, hit.end), note.text[hit.start : hit.end].split()
        person = by_key[hit.key]
        if (
            match
            and is_initials_of(match[1], note.text[hit.start : hit.end])
            and (match[1].lower() not in words("public_bodies") or len(hit_words) > 1)
        ):
            person.initials.add(match[1])
            person.listed = True


def _mention(note: NoteText, first: int, last: int, detector: str, score: float, person: Person) -> Found:
    start = first
    titles = words("titles")
    while (
        start
        and note.words[start - 1].plain in titles
        and note.words[start - 1].capital
        and note.gap(start - 1) in (" ", ". ")
    ):
        start -= 1
    return Found(note.words[start].start, note.words[last].end, "person", detector, score, person.key)


def _forms(people: Sequence[Person]) -> dict[str, list[_Form]]:
    """First word → forms, the longest first."""
    by_name: dict[tuple[str, ...], _Form] = {}
    for person in people:
        for name in person.names:
            # "Ann Prosser-Hale" is also Prosser-Hale, "Kieran O'Hara" O'Hara.
            whole = [name, tuple(part for part in name if len(part) > 1), name[1:]] if len(name) > 1 else []
            for form in whole:
                if len(form) > 1 and person not in by_name.setdefault(form, _Form(form, [], False)).people:
                    by_name[form].people.append(person)
        for part in sorted(person.parts):
            if person not in by_name.setdefault((part,), _Form((part,), [], True)).people:
                by_name[(part,)].people.append(person)
    by_first: dict[str, list[_Form]] = {}
    for known in sorted(by_name.values(), key=lambda one: (-len(one.name), one.name)):
        by_first.setdefault(known.name[0], []).append(known)
    return by_first


def _longest(note: NoteText, index: int, forms: dict[str, list[_Form]]) -> _Form | None:
    for form in forms.get(note.words[index].plain, ()):
        last = index + len(form.name) - 1
        run = note.words[index : last + 1]
        same = tuple(word.plain for word in run) == form.name and all(
            note.name_goes_on(at) for at in range(index, last)
        )
        if same and (form.part or run[0].capital or not all(is_english(word.plain) for word in run)):
            return form
    return None


def _names(note: NoteText, index: int, part: str) -> bool:
    """Whether this one word of a name is the name here, and not the word, month or place that it also is."""
    word = note.words[index]
    ordinary = is_english(part) or is_furniture(part)
    if not word.capital:
        return len(part) > 3 and not ordinary and not is_readable_place(part)
    before = note.words[index - 1].plain if index and note.gap(index - 1) == " " else ""
    after = note.words[index + 1] if index + 1 < len(note.words) and note.gap(index) == " " else None
    if is_readable_place(part) and (before in _LOCATIVE or (after and after.capital)):
        return False
    if not ordinary:
        return True
    if before in _DETERMINERS and (part in _MONTHS or before not in ("from", "by", "of")):
        return False
    if after and (after.text.isdigit() or (after.capital and not after.text.isupper() and is_furniture(after.plain))):
        return False
    if part in _MONTHS and index and note.words[index - 1].text.isdigit():
        return False
    if word.opens:
        return _SPEAKS.match(note.folded, word.end) is not None or note.folded.startswith("'s", word.end)
    return not (is_furniture(part) and word.text.isupper())


def _initials(people: Sequence[Person]) -> dict[str, list[Person]]:
    """Initials → who may be meant: as the attendance list gives them, else the first letters of the name."""
    found: dict[str, list[Person]] = {}
    named = [person for person in people if person.names]
    for person in named:
        for given in person.initials:
            found.setdefault(given, []).append(person)
    for person in people:
        if person.initials or (person.score < 0.7):
            continue
        for name in person.names:
            # Kieran O'Hara can be KO, KH or KOH.
            every, ends, start = (
                "".join(parts).upper()
                for parts in (
                    (part[0] for part in name),
                    (name[0][0], name[-1][0]),
                    (name[0][0], name[1][0]) if len(name) > 1 else (),
                )
            )
            for letters in sorted({every, ends, start}) if len(name) > 1 else ():
                bearers = found.setdefault(letters, [])
                if person not in bearers and not any(letters in bearer.initials for bearer in bearers):
                    bearers.append(person)
    for person in people:
        if not person.names:
            for letters in sorted(person.initials):
                found.setdefault(letters, [person])
    return found


def _stands_for_person(note: NoteText, index: int, bearers: Sequence[Person]) -> float:
    """How sure these letters are somebody's initials here; 0 where they are an acronym or a word."""
    word = note.words[index]
    if "'" in note.folded[word.start - 1 : word.start] or (
        index and note.gap(index - 1) in ("&", "-") and not note.words[index - 1].text.isupper()
    ):
        return 0
    given = any(word.text in person.initials for person in bearers)
    acronym = (
        word.plain in words("terms")
        or word.plain in words("public_bodies")
        or is_english(word.plain)
        or is_readable_place(word.plain)
    )
    before = note.folded[max(0, word.start - 16) : word.start]
    speaks = _SPEAKS.match(note.folded, word.end) is not None
    if given and not acronym:
        return 0.95 if any(person.names for person in bearers) else 0.5
    if given:
        following = note.words[index + 1] if index + 1 < len(note.words) else None
        subject = word.opens and following is not None and not following.capital and note.gap(index) == " "
        placed = (
            subject or speaks or _BEFORE.search(before) is not None or _AFTER.match(note.folded, word.end) is not None
        )
        return 0.88 if placed else 0
    if not any(person.listed for person in bearers) and not speaks:
        return 0
    if acronym:
        verb = _VERB.match(note.folded, word.end) is not None and any(person.listed for person in bearers)
        return (
            0.6
            if (word.opens or "|" in before[-3:]) and (speaks or verb) and word.plain not in words("public_bodies")
            else 0.6
            if verb and word.opens and is_readable_place(word.plain)
            else 0
        )
    if _AFTER.match(note.folded, word.end) or _BEFORE.search(before) or word.opens:
        return 0.8
    return 0.55
