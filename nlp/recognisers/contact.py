"""Finds contact details: e-mail and web addresses, telephone numbers, network addresses, handles."""

import re
from functools import cache
from typing import TYPE_CHECKING

from nlp.recognisers.found import Found

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

# Presidio's e-mail recogniser asks the network for the list of top-level domains, so it is not used.
_MAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]*[\w+-]@(?:[\w-]+\.)+[A-Za-z][\w-]*[A-Za-z]")
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_]\w{2,30}\b")
_EXTENSION = re.compile(r"\b(?:ext(?:ension)?\.?|x)\s?(\d{3,6})\b", re.IGNORECASE)
_PUBLIC_SITE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:gov\.uk|nhs\.uk|parliament\.uk|legislation\.gov\.uk|nice\.org\.uk|officeforstudents\.org\.uk|imf\.org|worldbank\.org|un\.org|who\.int|oecd\.org|europa\.eu)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]|\"']+[^\s<>()\[\]|\"'.,;:?!]", re.IGNORECASE)
_SPACED_MAIL = re.compile(
    r"\b[\w.+-]+\s?(?:(?:\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\]| dot )|at [\w-]+ dot )\s?[a-z]{2,})+\b"
)


def find(text: str) -> list[Found]:
    """The contact details in the text; national public bodies' websites stay readable."""
    found: list[tuple[int, int, str, float]] = [(*hit.span(), "contact", 0.95) for hit in _MAIL.finditer(text)]
    for recogniser in _presidio():
        hits = recogniser.analyze(text, recogniser.supported_entities, None)  # type: ignore[arg-type]
        found += [(hit.start, hit.end, "Presidio", 0.6) for hit in hits if hit.end - hit.start > 3]
    found += [(*hit.span(), "contact", 0.9) for hit in _URL.finditer(text)]
    found += [(*hit.span(), "contact", 0.7) for hit in _HANDLE.finditer(text)]
    found += [(*hit.span(), "contact", 0.8) for hit in _SPACED_MAIL.finditer(text)]
    found += [(*hit.span(1), "contact", 0.7) for hit in _EXTENSION.finditer(text)]
    found += [(start, end, "phonenumbers", score) for start, end, score in _telephones(text)]
    return [
        Found(start, end, "contact", detector, score, f"contact:{''.join(text[start:end].lower().split())}")
        for start, end, detector, score in found
        if "@" in text[start:end] or not _PUBLIC_SITE.match(text[start:end])
    ]


def _telephones(text: str) -> list[tuple[int, int, float]]:
    import phonenumbers

    if sum(map(str.isdigit, text)) < 7:
        return []
    valid = phonenumbers.PhoneNumberMatcher(text, "GB", leniency=phonenumbers.Leniency.VALID)
    possible = phonenumbers.PhoneNumberMatcher(text, "GB", leniency=phonenumbers.Leniency.POSSIBLE)
    found = {(hit.start, hit.end): 0.9 for hit in valid}
    for hit in possible:
        # Numbers kept for drama (07700 900…) and mistyped ones are not valid, yet look and serve as a person's.
        digits = "".join(filter(str.isdigit, hit.raw_string))
        if hit.raw_string.startswith("+") or (len(digits) == 11 and digits[0] == "0" and digits[1] in "1235789"):
            found.setdefault((hit.start, hit.end), 0.75)
    return [(start, end, score) for (start, end), score in sorted(found.items())]


@cache
def _presidio() -> "tuple[EntityRecognizer, ...]":
    from presidio_analyzer.predefined_recognizers import IpRecognizer, MacAddressRecognizer

    return (IpRecognizer(), MacAddressRecognizer())
