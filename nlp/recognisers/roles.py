"""Finds roles and affiliations that single one person out; job families and ministers' offices stay readable."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from nlp.attendees import Attendee
from nlp.gazetteers import sector_words, words
from nlp.recognisers.found import Found, Sector
from nlp.recognisers.kinds import is_role
from nlp.recognisers.note_text import NoteText, plain_words

_ROLE = "|".join(sorted((re.escape(role) for role in words("roles")), key=lambda role: (-len(role), role)))
_QUALIFIER = r"(?:[\w'&-]+ ){0,4}"
_ROOM = r"(?:in|at|around|round) (?:the|this|our) (?:room|table|meeting|session|group|call|event|workshop)|present|here|attending|on the call"
_ONLY = re.compile(
    rf"\b(?:the|as the|our|we're the|I'm the) ?(?:only|sole|lone|one) (?:[\w'&,-]+ ){{1,8}}?(?:{_ROOM})\b",
    re.IGNORECASE,
)
_KINDS = (
    "trust|charity|council|regulator|company|firm|university|college|school|academy|force|bank|insurer|retailer|developer|landlord|"
    "supplier|manufacturer|department|treasury|board|union|hospice|utility|association|foundation|authority|agency|hospital|"
    "surgery|practice|start-up|startup|operator|grocer|bakery|institute"
)
_SOMEONES = re.compile(
    rf"\b(?:the|that|our) (?:[\w-]+ ){{0,2}}?(?:{_KINDS})'s (?:[\w-]+ ){{0,3}}?(?:{_ROLE}|man|woman|boss|person|number two|rep)\b",
    re.IGNORECASE,
)
_AT = re.compile(
    rf"\b(?:(?:as|I'm|I am|is|was|former|then|now|and|,) )+((?:(?:a|an|the|our|their) )?{_QUALIFIER}?(?:{_ROLE})(?: (?:for|of) [\w'& -]{{3,40}}?)?) "
    r"(?:at|of|for|with|from|in) (?:the )?(?=[A-Z])",
)
_IN_ROOM = re.compile(
    rf"\b[Tt]he (?:(?!of\b)[\w'-]+ ){{0,3}}?(?:{_ROLE}|banker|retailer|insurer|man|woman) (?:at the table|in the room|in our group)\b"
)
_SELF = re.compile(
    rf"\b(?:I'm|I am|as|I was|speaking as) ((?:the|a|an) {_QUALIFIER}?(?:{_ROLE}))\b(?= (?:at|of|for|here|there|in|with)\b|[,.;]|$)",
    re.IGNORECASE,
)
_OURS = re.compile(
    rf"\b((?:our|my|their|his|her) {_QUALIFIER}?(?:{_ROLE})),? who (?:used to|once|previously|formerly|is also|also|was|had been|ran|joined|came|now)\b",
    re.IGNORECASE,
)
_FORMER = re.compile(
    rf"\b(?:the|a|as|our|his|her) (?:former|ex-?|previous|outgoing|incoming|then|first(?: ever)?|first female|youngest|longest-serving) ({_QUALIFIER}?(?:{_ROLE}))\b",
    re.IGNORECASE,
)
_PUBLIC_OFFICE = re.compile(
    r"\b(?:prime minister|secretary of state|minister|ministers|chancellor of the exchequer|home secretary|foreign secretary|health secretary|lord chancellor|attorney general|chief whip|speaker|general practitioner|secretary general|auditor general)\b",
    re.IGNORECASE,
)
_MEETING = frozenset(
    [
        "chair",
        "chairman",
        "chairwoman",
        "facilitator",
        "secretary",
        "speaker",
        "lead",
        "leader",
        "officer",
        "official",
        "partner",
        "member",
        "owner",
        "general",
        "head",
    ]
)
_SENIOR = re.compile(
    r"chief|director|chair|head|president|vice-|chancellor|permanent|principal|dean|partner|founder|owner|managing|ceo|md\b|governor|general",
    re.IGNORECASE,
)


def find(note: NoteText, attendees: Sequence[Attendee]) -> list[Found]:
    """The roles in the note that point to one person."""
    found = [
        _found(attendee.role.start, attendee.role.end, note, "attendance", 0.9, attendee.sector)
        for attendee in attendees
        if attendee.role and not _is_meeting_role(attendee)
    ]
    for start, end, score in (*_unique(note), *_again(note, attendees)):
        found.append(_found(start, end, note, "roles", score, _sector(note.text[start:end], attendees)))
    return found


def is_senior(words_: str) -> bool:
    """Whether the role is one that leads an organisation or a part of it."""
    return _SENIOR.search(words_) is not None


def _found(start: int, end: int, note: NoteText, detector: str, score: float, sector: str | None) -> Found:
    plain = plain_words(note.text[start:end])
    key = " ".join(plain[1:] if plain[0] in ("the", "a", "an", "our") and len(plain) > 1 else plain)
    known: Sector | None = sector if sector in ("public", "private", "not-for-profit", "higher education") else None  # type: ignore[assignment]
    return Found(start, end, "role", detector, score, f"role:{key}", known)


def _is_meeting_role(attendee: Attendee) -> bool:
    """Whether the word says who chaired this meeting rather than what somebody is elsewhere."""
    assert attendee.role is not None
    return (
        " ".join(plain_words(attendee.role.text)) in _MEETING - {"partner", "owner", "head"}
        and attendee.organisation is None
    )


def _unique(note: NoteText) -> Iterator[tuple[int, int, float]]:
    for match in _ONLY.finditer(note.folded):
        yield *match.span(), 0.85
    for match in _IN_ROOM.finditer(note.folded):
        yield *match.span(), 0.7
    for match in _SOMEONES.finditer(note.folded):
        yield *match.span(), 0.7
    for pattern, score in ((_AT, 0.8), (_SELF, 0.7), (_OURS, 0.7), (_FORMER, 0.7)):
        for match in pattern.finditer(note.folded):
            if (
                _PUBLIC_OFFICE.search(match[1])
                or "\n" in match[1]
                or plain_words(match[1])[-1] in ("general", "leader")
            ):
                continue
            if pattern is _AT and not _is_singular_office(match[1]):
                continue
            yield *match.span(1), score


def _is_singular_office(words_: str) -> bool:
    plain = plain_words(words_)
    return is_role(words_) and len(plain) < 9


def _again(note: NoteText, attendees: Sequence[Attendee]) -> Iterator[tuple[int, int, float]]:
    """Roles of the attendance list that recur: whole ("the Chief Constable"), or told by what is special in them."""
    roles = {
        plain_words(attendee.role.text) for attendee in attendees if attendee.role and not _is_meeting_role(attendee)
    }
    for role in sorted(roles):
        if not role or (role[-1] in ("chair", "member") and len(role) == 1):
            continue
        blocks, gap = note.document.blocks, r"[\W_]{1,3}"
        pattern = re.compile(rf"\b(?:(?:the|our|its) )?{gap.join(map(re.escape, role))}\b(?!s)", re.IGNORECASE)
        for match in pattern.finditer(note.folded):
            definite = re.match(r"(?:the|our|its) ", match[0], re.IGNORECASE)
            capital = note.text[match.start()].isupper() or (
                definite and note.text[match.start() + len(definite[0])].isupper()
            )
            one = role[-1] in words("roles") and len(role) > 1
            block = bisect_right(blocks, match.start(), key=lambda block: block.start) - 1
            if blocks[block].kind != "heading" and (definite or (capital and one)):
                yield *match.span(), 0.75
    yield from _described(note, attendees)


def _described(note: NoteText, attendees: Sequence[Attendee]) -> Iterator[tuple[int, int, float]]:
    """Definite descriptions made of the words of one attendee's role or organisation: "the informatics chair"."""
    telling: dict[str, set[int]] = {}
    for number, attendee in enumerate(attendees):
        parts = [part.text for part in (attendee.role, attendee.organisation) if part]
        for plain in plain_words(" ".join(parts)):
            telling.setdefault(_stem(plain), set()).add(number)
    if not telling:
        return
    for index, word in enumerate(note.words):
        first = index + 1 if word.plain in _ARTICLES else index if word.opens and word.capital else None
        if first is None:
            continue
        longest = None
        for last in range(first, min(first + 4, len(note.words) - 1)):
            if (note.gap(last - 1) not in (" ", "-") and last > first) or (note.words[last].capital and last > first):
                break
            if last == index:
                continue
            definite = word.plain == "the"
            if (definite or word.opens) and _describes_one(note, first, last, telling, definite):
                longest = last
        if longest is not None:
            yield word.start, note.words[longest].end, 0.6


def _describes_one(note: NoteText, first: int, last: int, telling: Mapping[str, set[int]], definite: bool) -> bool:
    """Whether these words fit one attendee only: a noun for a person or an organisation, told apart by a word of theirs."""
    run = [_stem(other.plain) for other in note.words[first : last + 1]]
    noun = note.words[last].plain
    if (note.name_goes_on(last) and note.gap(last) == "-") or noun in _NOT_A_DESCRIPTION:
        return False
    ends = _FOLLOWS.match(note.folded, note.words[last].end) is not None
    is_person = noun in words("roles") or noun in ("man", "woman", "banker", "retailer", "insurer")
    is_kind = noun in _KIND_NOUNS or (noun.endswith(("er", "or")) and len(noun) > 5)
    if not (is_person or is_kind) or not ends:
        return False
    marks = [word for word in run[:-1] if word in telling and word not in _COMMON and len(telling[word]) == 1]
    if marks:
        return definite or is_person or note.words[first - 1].plain in _ARTICLES or note.words[first].opens
    alone = run[-1] in telling and len(telling[run[-1]]) == 1 and len(run) == 1
    made_of = any(noun.startswith(word) and noun != word for word in telling if len(word) > 3 and word not in _COMMON)
    if definite and len(run) == 1 and noun.endswith(("maker", "man", "woman", "keeper", "monger")) and made_of:
        return True
    return alone and definite and is_person and noun not in _MEETING and noun not in _EVERYDAY


_ARTICLES = frozenset(["the", "a", "an", "our", "one"])
_NOT_A_DESCRIPTION = words("not_descriptions")
_EVERYDAY = words("everyday_roles")
_KIND_NOUNS = frozenset([*_KINDS.split("|"), "group", "business", "maker", "house", "shelter", "partnership"])
_FOLLOWS = re.compile(
    r"\s*[:(–]|\s+-\s|'s\b|,|\s+(?:at the table|in the room|here|present)\b|\s+[a-z]+(?:ed|s|t|d|w|ld|ve)\b|\s+(?:put|made|took|gave|saw|ran|can|may|will|of)\b"
)
_COMMON = words("common_in_roles")


def _stem(word: str) -> str:
    for ending in ("'s", "ies", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def _stems(attendee: Attendee) -> set[str]:
    """The words of an attendee's role and organisation, in the singular."""
    parts = (part.text for part in (attendee.role, attendee.organisation) if part)
    return {_stem(word) for part in parts for word in plain_words(part)}


def _sector(text: str, attendees: Sequence[Attendee]) -> str | None:
    """The sector that the description tells, or that of the attendees whose role it is, where they agree."""
    plain = set(plain_words(text)) - _ARTICLES
    stems = {_stem(word) for word in plain}
    sectors = {
        attendee.sector
        for attendee in attendees
        if attendee.sector
        and ((attendee.role and set(plain_words(attendee.role.text)) <= plain) or stems <= _stems(attendee))
    }
    if len(sectors) == 1:
        return sectors.pop()
    told = {sector for sector, entries in sector_words().items() if sector != "any" and plain & entries}
    return told.pop() if len(told) == 1 else None
