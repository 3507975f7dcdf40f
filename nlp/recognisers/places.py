"""Finds places small enough to identify: streets, estates, sites, villages; cities, counties and regions stay readable."""

import re
from collections.abc import Iterator

from nlp.gazetteers import words
from nlp.recognisers.found import Found
from nlp.recognisers.kinds import (
    PROGRAMME,
    distinctive,
    is_furniture,
    is_generic,
    is_public,
    is_readable_place,
    organisation_words,
)
from nlp.recognisers.note_text import NoteText, is_english, plain_words

_SITE = (
    "estate|site|depot|campus|plant|mine|colliery|quarry|works|factory|mill|ward|precinct|arcade|shopping centre|industrial park|"
    "business park|retail park|science park|wind farm|power station|substation|barracks|reservoir|roundabout|junction|interchange|"
    "quay|docks?|harbour|pier|market|airport|station|terminal|warehouse|shipyard|steelworks|refinery|landfill|incinerator|community centre|library|leisure centre"
)
_NAMED_SITE = re.compile(
    rf"\b(?:[Tt]he )?((?:[A-Z][\w'-]+ ){{1,3}})(?:(?!(?:on|in|at|an|a|the|of|and|to|for|with|from|is|was|has|by)\b)[a-z]+ )?(?:{_SITE})\b"
)
_OLD_SITE = re.compile(
    r"\bthe (?:old|former|disused|derelict|closed) (?:[a-z]+ )?(?:depot|mill|works|factory|colliery|brewery|barracks|gasworks|"
    r"goods yard|shipyard|dairy|foundry|tannery|cinema|fire station|police station|town hall|lido|chapel|abattoir|hospital|cattle market|coal yard|steelworks)\b"
)
_WARD = re.compile(
    r"\b(?:Ward|Unit|Wing|Block|Plot|Suite|Flat) (?:\d+|[A-Z])\b(?: (?:at|in|of) (?:the )?[A-Z][\w'-]+(?: [A-Z][\w'-]+)*)?"
)
_ADDRESS = re.compile(r"\b\d{1,4}[A-Za-z]?,? (?=[A-Z][a-z])")
_LOCATIVE = re.compile(
    r"\b(?:in|at|on|near|from|to|around|outside|off|behind|between|through|into|across|beside|of|down)(?: the)? $",
    re.IGNORECASE,
)
_SURE_ENDS = frozenset(
    [
        "road",
        "street",
        "lane",
        "avenue",
        "crescent",
        "terrace",
        "mews",
        "wynd",
        "quay",
        "wharf",
        "estate",
        "drive",
        "close",
        "gardens",
    ]
)


def find(note: NoteText) -> list[Found]:
    """The places in the note that are small enough to identify."""
    spans = [*_by_ending(note), *_sites(note), *_recognised(note)]
    names = {
        _key(note.text[start:end]): score for start, end, score in spans if not re.search(r"\d", note.text[start:end])
    }
    spans += _again(note, names)
    return [
        Found(start, end, "place", "places", score, f"place:{_key(note.text[start:end])}")
        for start, end, score in spans
    ]


def _key(text: str) -> str:
    plain = plain_words(text)
    return " ".join(plain[1:] if plain[0] == "the" and len(plain) > 1 else plain)


def _by_ending(note: NoteText) -> Iterator[tuple[int, int, float]]:
    """Names that end in a word like Road, Quay or Science Park."""
    endings = words("place_words")
    for index, word in enumerate(note.words):
        if not index or not word.capital or word.plain not in endings or note.gap(index - 1) not in (" ", "-"):
            continue
        first = index
        while (
            first
            and note.gap(first - 1) in (" ", "-", "'")
            and (note.words[first - 1].capital or (note.words[first - 1].plain == "s" and "'" in note.gap(first - 2)))
            and index - first < 4
        ):
            if note.words[first - 1].opens and is_generic(note.words[first - 1].plain):
                break
            first -= 1
        if first == index:
            continue
        head = [other.plain for other in note.words[first:index] if other.plain != "s"]
        run = note.text[note.words[first].start : word.end]
        if is_readable_place(run) or is_public(run) or all(is_furniture(part) or part in endings for part in head):
            continue
        following = note.words[index + 1] if index + 1 < len(note.words) and note.gap(index) == " " else None
        if (
            following
            and following.capital
            and (following.plain in PROGRAMME or following.plain in organisation_words())
        ):
            continue
        strange = any(distinctive(part) for part in head)
        located = (
            _LOCATIVE.search(note.folded, max(0, note.words[first].start - 14), note.words[first].start) is not None
        )
        if word.plain in _SURE_ENDS and run.lower() not in (
            "high street",
            "the high street",
            "real estate",
            "wall street",
        ):
            number = re.search(
                r"\b\d{1,4}[A-Za-z]?,? $", note.folded[max(0, note.words[first].start - 8) : note.words[first].start]
            )
            start = note.words[first].start - (len(number[0]) if number else 0)
            yield start, word.end, 0.88 if strange or located else 0.6
        elif strange or (located and not all(is_furniture(part) for part in head)):
            yield note.words[first].start, word.end, 0.75 if strange and located else 0.55


def _sites(note: NoteText) -> Iterator[tuple[int, int, float]]:
    for match in _NAMED_SITE.finditer(note.folded):
        site = re.sub(r"'s?$", "", match[1].strip())
        names = plain_words(site)
        if (
            is_readable_place(site)
            or all(
                is_furniture(name) or (is_english(name) and note.folded[match.start(1) - 1] not in " ")
                for name in names
            )
            or all(map(is_furniture, names))
        ):
            continue
        if match[0].endswith((" site", " works", " plant")) and (site.isupper() or not any(map(distinctive, names))):
            continue
        start = match.start()
        if is_public(site) or any(name in PROGRAMME for name in names):
            continue
        yield start, match.end(), 0.8 if any(map(distinctive, names)) else 0.55
    for match in _OLD_SITE.finditer(note.folded):
        yield *match.span(), 0.55
    for match in _WARD.finditer(note.folded):
        yield *match.span(), 0.8 if " " in match[0].strip()[7:] else 0.5


def _recognised(note: NoteText) -> Iterator[tuple[int, int, float]]:
    """What the model calls a place and no list knows as a large one."""
    for entity in note.entities:
        if entity.label not in ("GPE", "LOC", "FAC"):
            continue
        indices = list(note.indices(entity.start, entity.end))
        while indices and (not note.words[indices[0]].capital or is_generic(note.words[indices[0]].plain)):
            indices.pop(0)
        while indices and not note.words[indices[-1]].capital:
            indices.pop()
        if not indices:
            continue
        run = note.words[indices[0] : indices[-1] + 1]
        text = note.text[run[0].start : run[-1].end]
        plain = [word.plain for word in run]
        if (
            is_readable_place(text)
            or is_public(text)
            or len(text) < 4
            or text.isupper()
            or any(is_furniture(word) for word in plain)
        ):
            continue
        if any(
            is_readable_place(" ".join(plain[:cut])) or is_readable_place(" ".join(plain[cut:]))
            for cut in range(1, len(plain))
        ):
            continue
        strange = any(distinctive(word) for word in plain)
        located = _LOCATIVE.search(note.folded, max(0, run[0].start - 14), run[0].start) is not None
        if strange:
            yield run[0].start, run[-1].end, 0.7 if located else 0.5
        elif located and entity.label == "FAC" and len(run) > 1:
            yield run[0].start, run[-1].end, 0.5


def _again(note: NoteText, names: dict[str, float]) -> Iterator[tuple[int, int, float]]:
    """Later mentions of the places found, in capitals."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for name in names:
        by_first.setdefault(name.split()[0], []).append(tuple(name.split()))
    for index, word in enumerate(note.words):
        for form in by_first.get(word.plain, ()):
            run = note.words[index : index + len(form)]
            if (
                tuple(other.plain for other in run) == form
                and word.capital
                and all(len(note.gap(index + at)) < 3 for at in range(len(form) - 1))
            ):
                yield word.start, run[-1].end, names[" ".join(form)]
