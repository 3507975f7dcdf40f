"""Finds the courts, prisons, hospitals, offices and parties that a place or a name tells from others of their kind."""

import re
from collections.abc import Collection, Iterable, Iterator

from nlp.recognisers.found import SURE, Found
from nlp.recognisers.kinds import distinctive, is_generic, is_readable_place
from nlp.recognisers.note_text import NoteText, plain_words

_CAPITAL = r"[A-Z][\w'/]*(?:-[\w'/]+)*"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December|Spring|Summer|Autumn|Winter)"
_BODY = (
    "court|tribunal|chamber|prison|gaol|jail|hospital|infirmary|clinic|hospice|university|college|school|academy|army|police|"
    "garrison|barracks|cemetery|consulate|embassy|council|nursery|care home|museum"
)
_RUN = re.compile(
    rf"\b(?:\d{{1,3}}(?:st|nd|rd|th) )?{_CAPITAL}(?: (?:(?:of|for|in(?! {_MONTH}))(?: the)? |and (?=\w+ (?:{_BODY})))?{_CAPITAL})*(?:'s)?(?: (?:[a-z]+ )?(?:{_BODY})\b)?"
)
_INSTITUTION = re.compile(
    rf"\b(?:{_BODY}|courts|tribunals|division|bench|penitentiary|remand cent(?:re|er)|detention cent(?:re|er)|"
    r"hmp|hmyoi|hm|hospitals|surgery|sanatorium|universities|faculty|"
    r"institute|constabulary|gendarmerie|command|commandership|regiment|forces|staff|authority|administration|"
    r"office|bureau|department|directorate|ministry|agency|municipality|governor(?:ship)?|mayor|commission|committee|board|"
    r"bar|chambers|prosecutor|registry|registration|service|centre|center|parish|diocese|church|"
    r"association|company|bank|limited|ltd|plc|railways?|airport|station|theatre|parliament|(?:regional|provincial|local) government|section|solicitors)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"Party$|(?<!European )(?<!Soviet )(?:Union|Movement|Front|League|Federation|Society|Trust|Foundation|Fund|Group|Institute)\b"
)
_UNIT = re.compile(r"\d+(?:st|nd|rd|th)|[ivx]{2,5}")
_HOUSE = re.compile(
    rf"\b(?!(?:The|Our|General|State|Military|District|County|City|Central|Regional|University|Psychiatric|Mental|Primary|Secondary|"
    rf"Grammar|High|Public|Private|National|Community|Local|Medical|Teaching|Royal|Children's|Day)\b){_CAPITAL}"
    r"(?: [A-Z][\w'-]+)*? (?:Hospital|Hospice|Infirmary|Clinic|Surgery|Prison|School|College|Nursery|Care Home)$"
)
_NATIVE = re.compile(r" \([A-Z][^()\d\"“”]{2,70}\)")
_SHORT = re.compile(r" \((?:(?:hereinafter|hereafter):? )?[\"“']?(?:the )?([A-Z][A-Z]{1,7})[\"”']?\)")
_LEGAL = frozenset(["cassation", "assize", "assizes", "procurator", "magistrates", "sessions", "first", "instance"])


def find(note: NoteText, named: Iterable[str]) -> list[Found]:
    """The institutions that tell something of the person; `named` are the places and nationalities of the note."""
    marks = {word for name in named for word in plain_words(name)} - note.uncapitalised
    found = []
    for start, end, short in _institutions(note, marks):
        key = f"organisation:{' '.join(plain_words(note.text[start:end]))}"
        found.append(Found(start, end, "organisation", "case narrative", 0.7, key))
        if short:
            hits = re.finditer(rf"\b{short}\b", note.folded)
            found += [Found(*hit.span(), "organisation", "case narrative", 0.6, key) for hit in hits]
    return found


def is_common(note: NoteText, hit: Found) -> bool:
    """Whether another recogniser took for a place or a name what is only a kind of court: the Supreme Court."""
    if hit.type not in ("place", "organisation") or hit.score >= SURE + 0.05:
        return False
    plain = plain_words(note.text[hit.start : hit.end])
    return plain[-1] in ("court", "courts", "chamber", "section", "cassation", "appeal") and not _tells(plain, ())


def _institutions(note: NoteText, marks: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """Institutions (start, end) and the short form that follows in brackets, if any."""
    for match in _RUN.finditer(note.folded):
        plain = plain_words(match[0])
        joined = len(plain) > 1 and (_JOINED.search(match[0]) or _HOUSE.match(match[0]))
        if not (joined or _INSTITUTION.search(match[0])):
            continue
        native = _NATIVE.match(note.folded, match.end())
        foreign = native is not None and any(map(distinctive, plain_words(native[0])))
        if not (joined or foreign or _tells(plain, marks)):
            continue
        short = _SHORT.match(note.folded, match.end())
        end = native.end() if native and foreign else match.end()
        yield match.start(), end, short[1] if short else ""
    for entity in note.entities:
        name = note.folded[entity.start : entity.end]
        if entity.label == "ORG" and re.fullmatch(r"[A-Z]{3,8}", name) and distinctive(name.lower()):
            yield entity.start, entity.end, name


def _tells(plain: Collection[str], marks: Collection[str]) -> bool:
    """Whether one of the words tells this institution from others of its kind."""
    return any(
        word in marks
        or ((distinctive(word) or is_readable_place(word)) and word not in _LEGAL and not is_generic(word))
        or _UNIT.fullmatch(word)
        for word in plain
    )
