"""Reads who is named in a stretch of an attendance list, with initials, role and organisation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.gazetteers import words
from nlp.recognisers.found import Sector
from nlp.recognisers.kinds import (
    STRONG,
    is_first_name,
    is_furniture,
    is_particle,
    is_public,
    is_readable_place,
    is_role,
    may_be_first_name,
    organisation_words,
    sector_of,
)
from nlp.recognisers.note_text import folded, is_english, plain_words

CUE = re.compile(
    r"(?:also |those |other |panel |board |odug |ex[- ]officio |\w+ )??"
    r"(?:present|in attendance|attend(?:ees?|ance|ed|ing)|apologies(?: for absence| received| from)*|participants?|"
    r"(?:returned|signed|answered|completed|sent in) by|(?:answers|replies|responses|returns) from|respondents?|"
    r"people we (?:spoke to|met|saw)|(?:we )?(?:met|spoke (?:to|with))|who (?:was there|came|we met)|in the room|"
    r"(?:a?round) the table|members(?: present)?|officials|observers?|presenters?|guests?|invitees|speakers?|panel(?:l?ists?)?|"
    r"chair(?:ed by|man|woman)?|co-chairs?|facilitat(?:or|ed by)|note(?:s)?(?:[ -]?taker| taken)?(?: by)?|"
    r"minutes?(?: taken)?(?:[ -]?taker)? by|secretariat|scribe|rapporteur|joined by|joining(?: online| remotely)?|online|"
    r"regrets|absent|not present|in person|host(?:ed by)?|visitors?|interviewees?|contributors?|team|ex[- ]officio)"
    r"(?: \([^)]*\)| members?| online| present| list| received| \w+)?\s*(?P<colon>:|$)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*\|\s*|\s+[–—-]+\s+|\s*[,;:()\[\]•\t]\s*|\s+/\s+|\s+(?:and|&|with)\s+(?=[A-ZÀ-Ý])|\s{2,}|(?<=[a-z)])\.\s+(?=[A-Z])"
)
_AND = re.compile(r"\s+(?:and|&|with)\s+")
_INITIALS = re.compile(r"[A-Z](?:\.?[A-Z]){1,3}\.?|[A-Z]{1,3}[a-z]{1,2}|[A-Z][a-z]?[A-Z]{1,2}")
_MEETING_ROLE = frozenset(
    [
        "chair",
        "chairman",
        "chairwoman",
        "co-chair",
        "chairing",
        "facilitator",
        "secretariat",
        "scribe",
        "host",
        "minutes",
    ]
)


@dataclass(frozen=True)
class Slice:
    """A stretch of the note's text: offsets and the words themselves."""

    start: int
    end: int
    text: str


@dataclass
class Attendee:
    """One person of an attendance list or one who said who they are, with what stood beside the name."""

    name: Slice
    initials: Slice | None = None
    role: Slice | None = None
    organisation: Slice | None = None

    @property
    def sector(self) -> Sector | None:
        """The sector that the organisation's name tells."""
        return sector_of(self.organisation.text) if self.organisation else None


def entries(text: str, start: int, end: int, *, inline: bool) -> list[Attendee]:
    """The attendees of a stretch: parts between separators, each name followed by what belongs to it."""
    attendees: list[Attendee] = []
    depth, opened_at = 0, 0
    for part, before in _atoms(text, start, end):
        depth = max(0, depth + before.count("(") + before.count("[") - before.count(")") - before.count("]"))
        person = attendees[-1] if attendees else None
        if person and is_initials_of(part.text, person.name.text):
            person.initials = part
        elif person and depth and _is_longer_name(part.text, person.name.text):
            person.name = part
        elif depth == 0 and text.startswith(f"({part.text} ", part.end + 1):
            attendees.append(Attendee(part))
            opened_at = part.end
        elif depth == 0 and (name := _name_in(part, is_first=person is None or ";" in before or "|" in before)):
            if person and not inline and not _is_certain(name.text) and "|" not in before and ";" not in before:
                _note_affiliation(text, person, part, before)
            else:
                attendees.append(Attendee(name))
                opened_at = part.end
        elif person and part.start >= opened_at:
            _note_affiliation(text, person, part, before)
    return attendees


def _atoms(text: str, start: int, end: int) -> Iterator[tuple[Slice, str]]:
    """The parts between separators, each with the separators before it."""
    before, at = "", start
    for match in [*_SEPARATOR.finditer(text, start, end), None]:
        if match and _AND.fullmatch(match[0]) and not _parts_names(text, at, match, end):
            continue
        part = stripped(text, at, match.start() if match else end)
        if part.text:
            yield part, before
            before = ""
        if match:
            before += match[0]
            at = match.end()


def _parts_names(text: str, at: int, match: re.Match[str], end: int) -> bool:
    """Whether this "and" stands between two people rather than inside a name."""
    following = re.split(r"[,;(|]", text[match.end() : end])[0].split()
    if not following:
        return False
    plain = folded(following[0]).lower().strip(".")
    if is_first_name(plain) or plain in words("titles"):
        return True
    before = text[at : match.start()].split()
    return (
        2 <= len(before) <= 3
        and 2 <= len(following) <= 3
        and not _is_organisation(" ".join(following))
        and text.count("(", at, match.start()) == 0
        and text.rfind("(", 0, at) <= text.rfind(")", 0, at)
    )


def stripped(text: str, start: int, end: int) -> Slice:
    """The stretch without the blanks and marks around it."""
    while start < end and (text[start].isspace() or text[start] in "*_.,"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "*_,"):
        end -= 1
    return Slice(start, end, text[start:end])


def _is_longer_name(text: str, name: str) -> bool:
    """Whether the text is the whole of a name of which only the first word was given: "Ann (Ann Tew, Tew Ltd)"."""
    longer, shorter = plain_words(text), plain_words(name)
    return len(shorter) == 1 and 1 < len(longer) < 5 and longer[0] == shorter[0] and text.split()[-1][0].isupper()


def _note_affiliation(text: str, person: Attendee, part: Slice, before: str) -> None:
    """Takes a part that follows a name as role or organisation of its bearer."""
    plain = folded(part.text).lower()
    if (plain in _MEETING_ROLE and person.role) or plain.startswith(("in the chair", "chairing", "as chair", "joined")):
        return
    said = re.match(r"(?:and )?I(?:'|’)m (?=the |a |an )", part.text)
    if said:
        part = Slice(part.start + said.end(), part.end, part.text[said.end() :])
    if is_role(part.text) and not (is_public(part.text) and not person.organisation and person.role):
        embedded = re.search(r"\s+(?:at|with|from)\s+(?:the\s+)?(?=[A-Z])", part.text) or re.search(
            r"\s+(?:of|for)\s+(?:the\s+)?(?=[A-Z])", part.text
        )
        tail = part.text[embedded.end() :] if embedded else ""
        if (
            embedded
            and not person.organisation
            and (embedded[0].strip()[:2] in ("at", "wi", "fr") or _is_certain_organisation(tail))
        ):
            person.role = person.role or Slice(part.start, part.start + embedded.start(), part.text[: embedded.start()])
            person.organisation = Slice(part.start + embedded.end(), part.end, tail)
        elif person.role is None or folded(person.role.text).lower() in _MEETING_ROLE:
            person.role = part
    elif not _is_name_of_organisation(part.text):
        return
    elif person.organisation is None:
        person.organisation = part
    elif person.role and person.organisation.start >= person.role.end and _looks_like_part_of_role(person, part):
        # "Director, Local Growth, HM Treasury": the middle part belongs to the role.
        person.role = Slice(
            person.role.start, person.organisation.end, text[person.role.start : person.organisation.end]
        )
        person.organisation = part


def _is_name_of_organisation(text: str) -> bool:
    """Whether a part beside a name can name an organisation: more capitals than small words, no statement."""
    long = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3 or word[0].isupper()]
    capitals = sum(any(map(str.isupper, word)) for word in long)
    return 2 * capitals > len(long) and not re.match(r"(?:I|We|We're|You|It|There)\b", text)


def _looks_like_part_of_role(person: Attendee, part: Slice) -> bool:
    assert person.organisation is not None
    middle = person.organisation.text
    return not _is_organisation(middle) and all(is_english(word) for word in plain_words(middle)) and bool(part.text)


def _is_organisation(text: str) -> bool:
    plain = plain_words(text)
    return bool(plain) and (is_public(text) or any(word in organisation_words() for word in plain))


def _is_certain_organisation(text: str) -> bool:
    plain = plain_words(text)
    return len(plain) > 1 and (is_public(text) or any(word in STRONG for word in plain))


def is_initials_of(text: str, name: str) -> bool:
    """Whether the text abbreviates the name: its letters come in the name in this order, the first first."""
    if not _INITIALS.fullmatch(text):
        return False
    letters = [sign for sign in folded(text).lower() if sign.isalpha()]
    plain = "".join(plain_words(name))
    if not plain or (letters[0] != plain_words(name)[0][0] and letters[0] != plain[0]):
        return False
    at = 0
    for letter in letters:
        at = plain.find(letter, at) + 1
        if not at:
            return False
    return True


def _name_in(part: Slice, *, is_first: bool) -> Slice | None:
    """The person's name that the part begins with, without its title; None where it is something else."""
    led = re.match(r"(?:[a-z][\w-]*\s+)*(?:by|with)\s+(?=[A-ZÀ-Ý])", part.text)
    if led:
        part = Slice(part.start + led.end(), part.end, part.text[led.end() :])
    start = part.start + _title_length(part.text)
    text = part.text[start - part.start :]
    pair = text.split()
    surname_too = len(pair) == 2 and is_first_name(folded(pair[0]).lower()) and is_first
    if (is_role(text) and not surname_too) or is_public(part.text) or CUE.fullmatch(text):
        return None
    text = re.split(
        r"\s+(?:by phone|by video|online|OBE|CBE|MBE|KCB|CB|DBE|KBE|MP|QC|KC|FRS|in the chair|chairing|joined|from|of|at|for|representing|to|as|via|until|I)\b",
        text,
    )[0]
    text = text.rstrip(" .")
    name = plain_words(text)
    if not 1 <= len(name) <= 5 or any(sign in text for sign in "@&:0123456789"):
        return None
    tokens = text.split()
    if (
        not all(token[0].isupper() or is_particle(folded(token).lower()) for token in tokens)
        or not tokens[0][0].isupper()
    ):
        return None
    titled = start > part.start
    if (
        any(
            word in organisation_words() or word in words("terms")
            for word in name[2 if is_first_name(name[0]) else 0 :]
            if word not in words("surnames_too")
        )
        and not titled
    ):
        return None
    known = may_be_first_name(name[0])
    if len(name) == 1 and not known and not titled:
        return None
    if not (known or titled) and (
        is_readable_place(text) or all(is_english(word) or is_furniture(word) for word in name)
    ):
        return None
    if not (known or titled or is_first) and len(name) > 3:
        return None
    if len(name) == 1 and text.isupper() and len(text) < 4:
        return None
    return Slice(start, start + len(text), text)


def _is_certain(name: str) -> bool:
    """Whether the words are surely a name, even where an organisation may stand: a first name and a surname."""
    plain = plain_words(name)
    return len(plain) > 1 and (is_first_name(plain[0]) or (may_be_first_name(plain[0]) and not is_english(plain[-1])))


def _title_length(text: str) -> int:
    """How much of the text is titles: "Prof. ", "Rt Hon "."""
    length = 0
    while match := re.match(r"([A-Za-z]+)\.?\s+(?=[A-ZÀ-Ý])", text[length:]):
        if match[1].lower() not in words("titles") and match[1].lower() not in (
            "rt",
            "hon",
            "honourable",
            "right",
            "the",
        ):
            break
        length += match.end()
    return length
