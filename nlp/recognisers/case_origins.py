"""Finds where the person of a case narrative comes from and lives, their nationality, and what they do for a living."""

import re
from collections.abc import Iterator, Mapping

from nlp.gazetteers import words
from nlp.recognisers.found import Found
from nlp.recognisers.kinds import distinctive, is_first_name, is_furniture, is_readable_place
from nlp.recognisers.note_text import NoteText, is_english, plain_words

_IN_PLACE = re.compile(
    r"\b(?:[Ii]n|[Aa]t|near|[Ff]rom|to|outside|around)\s(?:the\s)?((?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+){0,2})"
)
_LOCATED = re.compile(r"\b(?:[Ii]n|[Aa]t|[Tt]o|[Ff]rom|of)\s$")
_AREA = re.compile(
    r"\b(?:(?:[Dd]istrict|[Cc]ounty|[Mm]unicipality|[Pp]rovince|[Rr]egion|[Tt]own|[Cc]ity|[Vv]illage|[Bb]orough|[Pp]arish|[Ii]sland) of |"
    r"(?:(?:Federal|People's|Islamic) )?(?:Republic|Kingdom|Commonwealth|Principality|State) of |"
    r"(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est)(?:ern)? )$"
)
_IN_AREA = re.compile(
    r"\b(?:district|county|municipality|province|region|town|village|borough|island) of ([A-Z][\w'-]+)"
)
_NATIONAL = re.compile(
    r"\b([A-Z][a-z]+(?:[- ][A-Z][a-z]+)?) (?:nationals?|citizens?|citizenship|nationality|descent|origin|subject|passport|refugee)\b"
)
_ETHNIC = re.compile(r"\b(?:[Ww]hite|[Bb]lack|[Mm]ixed|[Ss]outh|[Nn]on)[ -]$")
_STATE = frozenset(["republic", "kingdom", "federal", "state", "commonwealth"])
_IS = re.compile(
    r"\b(?:is|was|been|being|became|becoming|becomes|trained|qualified|work(?:s|ed|ing)|employed|served|serving|practised|"
    r"practising|retired|engaged|profession|post|position|job|years?)(?: (?:formerly|previously|latterly|originally|then|also))? "
    r"(?:(?:as|of) )?(?:(?:an?|the)\s)?(?=\w)|\bas (?:an?\s)?(?=\w)"
)
_STOP = re.compile(
    "of|in|at|for|to|and|or|the|that|who|which|with|by|from|on|as|his|her|their|its|an|a|was|is|not|no|him|it|he|she|they|"
    "applicant|claimant|patient|defendant"
)
_GENERAL = re.compile("private|major|minister|judge|magistrate|guard|officer|assistant|worker|practitioner|supervisor")
"""Occupations only together with a word before them."""
_INITIALS = re.compile(r"(?<![\w.])(?<![A-Z][a-z] )(?!U\.[KSN]\.|E\.U\.)(?:[A-Z]\.){2,4}(?! ?[A-Z][a-z]+)(?!\w)")
_LONGEST = 5


def origins(note: NoteText) -> dict[str, str]:
    """The places of any size and the nationalities that the note names, each with its type."""
    spans = [*_nationalities(note), *_places(note)]
    return {note.folded[start:end]: kind for start, end, kind in spans}


def find(note: NoteText, named: Mapping[str, str]) -> list[Found]:
    """Every mention of these places and nationalities, stated occupations, and people by initials or first name alone."""
    found = [Found(start, end, "person", "case narrative", 0.5, f"person:{name}") for start, end, name in _people(note)]
    return found + [
        Found(start, end, kind, "case narrative", 0.7, f"{kind}:{' '.join(plain_words(note.text[start:end]))}")
        for start, end, kind in [*_mentions(note, named), *_occupations(note)]
    ]


def _people(note: NoteText) -> Iterator[tuple[int, int, str]]:
    for match in _INITIALS.finditer(note.folded):
        yield *match.span(), match[0].replace(".", "")
    for word in note.words:
        if (
            word.capital
            and is_first_name(word.plain)
            and not _LOCATED.search(note.folded, max(0, word.start - 6), word.start)
        ):
            yield word.start, word.end, word.plain


def _nationalities(note: NoteText) -> Iterator[tuple[int, int, str]]:
    for entity in note.entities:
        if entity.label == "NORP" and re.match(r"[A-Z][a-z]", note.folded[entity.start : entity.end]):
            yield entity.start, entity.end, "nationality"
    for match in _NATIONAL.finditer(note.folded):
        yield *match.span(1), "nationality"


def _places(note: NoteText) -> Iterator[tuple[int, int, str]]:
    for entity in note.entities:
        if entity.label not in ("GPE", "LOC"):
            continue
        run = [note.words[at] for at in note.indices(entity.start, entity.end)]
        while run and (not run[0].capital or run[0].plain in _STATE):
            run.pop(0)
        while run and not run[-1].capital:
            run.pop()
        name = note.folded[run[0].start : run[-1].end] if run else ""
        if not name or name.isupper() or all(is_furniture(word.plain) for word in run):
            continue
        # The model takes an unfamiliar first name for a place.
        if not is_first_name(name.lower()) or _LOCATED.search(note.folded, max(0, run[0].start - 6), run[0].start):
            yield run[0].start, run[-1].end, "place"
    for word in note.words:
        ambiguous = is_english(word.plain) or is_first_name(word.plain)
        if word.capital and not ambiguous and is_readable_place(word.plain):
            yield word.start, word.end, "place"
    for match in _IN_AREA.finditer(note.folded):
        yield *match.span(1), "place"
    for match in _IN_PLACE.finditer(note.folded):
        if is_readable_place(match[1]) or all(map(distinctive, plain_words(match[1]))):
            yield *match.span(1), "place"


def _mentions(note: NoteText, named: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Every mention of these names, with what says of which part or kind of place they speak."""
    if not named:
        return
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    for match in re.finditer(rf"\b(?:{names})\b", note.folded):
        kind = named[match[0]]
        before = _AREA if kind == "place" else _ETHNIC
        area = before.search(note.folded, max(0, match.start() - 24), match.start())
        yield area.start() if area else match.start(), match.end(), kind


def _occupations(note: NoteText) -> Iterator[tuple[int, int, str]]:
    """The occupations that somebody is said to have, and the same words elsewhere in the note."""
    names = {note.plain[start:end] for start, end in _stated(note)}
    if names:
        pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        for match in re.finditer(rf"\b(?:{pattern})s?\b", note.plain):
            yield *match.span(), "role"


def _stated(note: NoteText) -> Iterator[tuple[int, int]]:
    for match in _IS.finditer(note.folded):
        first = note.index_at(match.end())
        if first is None:
            continue
        last = None
        for index in range(first, min(first + _LONGEST, len(note.words))):
            plain = note.words[index].plain
            if _STOP.fullmatch(plain) or (index > first and note.gap(index - 1) not in (" ", "-", "'", "‑")):
                break
            if plain in words("occupations") and (index > first or not _GENERAL.fullmatch(plain)):
                last = index
        if last is not None:
            yield note.words[first].start, note.words[last].end
