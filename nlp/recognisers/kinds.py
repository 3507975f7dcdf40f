"""Tells what a run of words is: a public body that stays readable, an organisation, a role, or a person's name."""

import re
from functools import cache

from nlp.gazetteers import sector_words, words
from nlp.recognisers.found import Sector
from nlp.recognisers.note_text import folded, is_english, plain_words

_NATIONAL = re.compile(
    r"(?:uk )?(?:department|ministry|ministers?|secretary of state|minister of state) (?:of|for)\b|office (?:of|for) (?!national )\w+|"
    r"h\.?m\.? |(?:his|her) majesty|house of (?:commons|lords)|royal commission|select committee|"
    r"(?:all-party|appg)|no\.? ?1[01]\b|government\b|"
    r"nhs (?:england|scotland|wales|cymru|improvement|app|digital)\b"
)
_NATIONAL_END = re.compile(
    r"(?:select committee|inspectorate|ombudsman|tribunal|commissioner(?:'s office)?|inquiry|parliament|government|"
    r"government office)$"
)
# Runs of capitals that end so are laws, plans and events, not organisations.
PROGRAMME = words("programme_words")
_SMALL = words("small_words")
_PARTICLES = frozenset(
    [
        "de",
        "von",
        "van",
        "der",
        "den",
        "la",
        "le",
        "du",
        "di",
        "da",
        "dos",
        "del",
        "al",
        "el",
        "bin",
        "ibn",
        "ap",
        "ab",
        "ter",
        "ten",
        "af",
        "av",
        "zu",
        "o",
        "mc",
        "mac",
        "st",
    ]
)
_GENERIC = words("generic_words")


@cache
def is_public(name: str) -> bool:
    """Whether the name is that of government, a regulator, an NHS body or a parliament that stays readable."""
    plain = re.sub(r"\s+", " ", folded(name).lower()).strip(" .,'")
    plain = re.sub(r"'s?$", "", plain.removeprefix("the "))
    bodies = words("public_bodies")
    if plain in bodies:
        return True
    plain = plain.removeprefix("uk ")
    if plain in bodies or plain in words("terms"):
        return True
    if "trust" in plain or "nhs app " in plain:
        return False
    return bool(_NATIONAL.match(plain) or _NATIONAL_END.search(plain)) or any(
        part.strip(" ()") in bodies for part in re.split(r"[(,/]| and ", plain) if len(part.strip(" ()").split()) > 1
    )


@cache
def sector_of(name: str) -> Sector | None:
    """The sector that an organisation's name tells, or None."""
    if is_public(name):
        return "public"
    plain = " ".join(plain_words(name))
    order: tuple[Sector, ...] = ("higher education", "public", "not-for-profit", "private")
    hits = {sector: _last_word_in(plain, sector_words()[sector]) for sector in order}
    best = max(order, key=lambda sector: hits[sector])
    if hits[best] >= 0:
        return best
    return "not-for-profit" if plain.endswith(("trust", "association")) else None


def _last_word_in(plain: str, entries: frozenset[str]) -> float:
    """Where in the name the last of these words ends, the longer of two that end together a little further; or -1."""
    spaced = f" {plain} "
    ends = [
        spaced.rfind(f" {key} ") + len(key) + len(key) / 100
        for entry in entries
        if f" {(key := ' '.join(plain_words(entry)))} " in spaced
    ]
    if ends and ("university" in spaced or "prifysgol" in spaced) and "university" in entries:
        return 1000.0
    return max(ends, default=-1.0)


@cache
def organisation_words() -> frozenset[str]:
    """Single words that end the name of an organisation."""
    return frozenset(entry for entries in sector_words().values() for entry in entries if " " not in entry)


# Words that make an organisation of any capitals before them; the others are also ordinary words.
STRONG = words("organisation_endings")


@cache
def is_role(words_: str) -> bool:
    """Whether the words head the title of a job or an office."""
    plain = plain_words(words_)
    if not plain or len(plain) > 9:
        return False
    roles = words("roles")
    hyphened = re.split(r"[^\w-]+", folded(words_).lower())
    heads = [*plain, *hyphened]
    if any(word in roles for word in heads):
        return plain[-1] not in organisation_words() or " of " in f" {' '.join(plain)} " or plain[-1] in roles
    return plain in (("md",), ("dg",), ("hr",), ("perm", "sec"), ("spad",))


def is_readable_place(name: str) -> bool:
    """Whether the place is as large as a city, county, region or nation."""
    plain = re.sub(r"\s+", " ", folded(name).lower()).strip(" .,'").removeprefix("the ")
    readable = words("places_readable")
    return plain in readable or plain.replace("-", " ") in readable or f"the {plain}" in readable


def is_first_name(plain: str) -> bool:
    """Whether the folded word is known as a first name that is nothing else."""
    return plain in words("first_names") and plain not in words("ambiguous_names")


def may_be_first_name(plain: str) -> bool:
    """Whether the folded word is known as a first name, perhaps among other things."""
    return plain in words("first_names")


def is_particle(plain: str) -> bool:
    """Whether the folded word links the parts of a surname: de, von, ap."""
    return plain in _PARTICLES


def is_small(plain: str) -> bool:
    """Whether the folded word may stand small inside a name of capitals: of, the, and."""
    return plain in _SMALL


def is_generic(plain: str) -> bool:
    """Whether the folded word is capitalised without naming anything: Our, National, When."""
    return plain in _GENERIC or plain in _SMALL


@cache
def is_furniture(plain: str) -> bool:
    """Whether the folded word belongs to minutes, policy or the calendar, and so is no name."""
    return (
        plain in words("terms")
        or plain in words("public_bodies")
        or plain in words("roles")
        or plain in PROGRAMME
        or is_generic(plain)
        or plain in organisation_words()
    )


@cache
def distinctive(plain: str) -> bool:
    """Whether the folded word is no English word, place, role or term, and so points to one name."""
    return plain.isalpha() and not (is_english(plain) or is_furniture(plain) or is_readable_place(plain))
