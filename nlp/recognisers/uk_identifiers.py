"""Finds numbers that stand for a person, a company or a case; those whose check digits are wrong are left alone."""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nlp.recognisers.found import Found

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer


class _Shape(NamedTuple):
    pattern: re.Pattern[str]
    score: float
    is_valid: Callable[[str], bool] = bool


def find(text: str) -> list[Found]:
    """The identifiers in the text; postcodes come as places."""
    return [*_from_presidio(text), *_from_shapes(text), *_spoken(text)]


def _from_presidio(text: str) -> list[Found]:
    found = []
    for recogniser, score, is_ours in _recognisers():
        for hit in recogniser.analyze(text, recogniser.supported_entities, None):  # type: ignore[arg-type]
            words = text[hit.start : hit.end]
            if hit.score > 0 and is_ours(words):
                kind = "place" if hit.entity_type == "UK_POSTCODE" else "identifier"
                sure = 0.95 if hit.score >= 1 else score
                found.append(_found(hit.start, hit.end, kind, "Presidio", sure, words))
    return found


def _from_shapes(text: str) -> list[Found]:
    found = []
    for shape in _SHAPES:
        for hit in shape.pattern.finditer(text):
            group = 1 if shape.pattern.groups else 0
            if shape.is_valid(hit[group]):
                found.append(_found(*hit.span(group), "identifier", "identifiers", shape.score, hit[group]))
    return found


def _spoken(text: str) -> list[Found]:
    """Numbers said to be somebody's, whatever their check digits: they identify when mistyped, too."""
    return [
        _found(*hit.span(1), "identifier", "identifiers", 0.9, hit[1])
        for hit in _NAMED.finditer(text)
        if sum(map(str.isdigit, hit[1])) >= 4
    ]


def _found(start: int, end: int, kind: str, detector: str, score: float, words: str) -> Found:
    return Found(start, end, kind, detector, score, f"{kind}:{re.sub(r'[^a-z0-9]', '', words.lower())}")


def _is_upper(words: str) -> bool:
    return words == words.upper()


def _is_one_case(words: str) -> bool:
    letters = "".join(filter(str.isalpha, words))
    return letters in (letters.upper(), letters.lower())


@cache
def _recognisers() -> "tuple[tuple[EntityRecognizer, float, Callable[[str], bool]], ...]":
    from presidio_analyzer import predefined_recognizers as presidio

    return (
        (presidio.NhsRecognizer(), 0.9, bool),
        (presidio.UkNinoRecognizer(), 0.9, _is_one_case),
        (presidio.UkPassportRecognizer(), 0.7, _is_one_case),
        (presidio.UkDrivingLicenceRecognizer(), 0.9, _is_one_case),
        (presidio.UkVehicleRegistrationRecognizer(), 0.6, _is_upper),
        (presidio.UkPostcodeRecognizer(), 0.9, _is_upper),
        (presidio.IbanRecognizer(), 0.9, bool),
        (presidio.CreditCardRecognizer(), 0.9, bool),
    )


def _is_utr(words: str) -> bool:
    """HMRC's check digit of a unique taxpayer reference: the first, modulus 11 over the other nine."""
    digits = [int(sign) for sign in words if sign.isdigit()]
    weighed = sum(weight * digit for weight, digit in zip((6, 7, 8, 9, 10, 5, 4, 3, 2), digits[1:], strict=True))
    return "21987654321"[weighed % 11] == str(digits[0])


def _is_vat(words: str) -> bool:
    """HMRC's modulus 97 and 9755 checks of a VAT registration number."""
    digits = [int(sign) for sign in words if sign.isdigit()][:9]
    total = sum(weight * digit for weight, digit in zip((8, 7, 6, 5, 4, 3, 2), digits, strict=False))
    return (total + 10 * digits[7] + digits[8]) % 97 in (0, 42)


def _is_upn(words: str) -> bool:
    """The check letter of a unique pupil number (Department for Education's guide)."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    remainder = sum(place * int(digit) for place, digit in enumerate(words[1:], start=2)) % 23
    return letters[remainder] == words[0] and int(words[1:4]) > 200


def _has_digit(words: str) -> bool:
    return any(map(str.isdigit, words))


def _shape(pattern: str, score: float, is_valid: Callable[[str], bool] = bool, *, any_case: bool = False) -> _Shape:
    return _Shape(re.compile(pattern, re.IGNORECASE if any_case else 0), score, is_valid)


_NUMBER = r"(?:\s*(?:numbers?|nos?\.?|n°|#|id|code|ref(?:erence)?\.?))?\s*(?:is|was|of|[:=(])?\s*"
_BIRTH = r"(?:\bborn(?: on)?|\bd\.?o\.?b\.?|\bdate of birth)\s*[:=(]?\s*"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_SHAPES = (
    _shape(r"\b[A-HJ-NP-RT-Z]\d{12}\b", 0.95, _is_upn),
    _shape(r"\bQQ ?\d\d ?\d\d ?\d\d ?[A-D]\b", 0.9),
    _shape(
        rf"\b(?:UTR|(?:unique )?taxpayer (?:reference|ref)|tax reference){_NUMBER}(\d{{5}} ?\d{{5}})\b",
        0.95,
        _is_utr,
        any_case=True,
    ),
    _shape(r"\bGB ?(\d{3} ?\d{4} ?\d{2}(?: ?\d{3})?)\b", 0.95, _is_vat),
    _shape(rf"\bVAT(?: reg(?:istration)?\.?)?{_NUMBER}(\d{{3}} ?\d{{4}} ?\d{{2}})\b", 0.95, _is_vat, any_case=True),
    _shape(
        rf"\b(?:company|companies house|charity|registration|registered|co\.){_NUMBER}((?:SC|NI|OC|SO|RC|CE|IP)?\d{{6,8}})\b",
        0.9,
        any_case=True,
    ),
    _shape(r"\b(?:SC|OC|SO|NI|CE)\d{6}\b", 0.7),
    _shape(rf"\bsort code{_NUMBER}(\d\d[- ]?\d\d[- ]?\d\d)\b", 0.95, any_case=True),
    _shape(rf"\b(?:account|acct|a/c){_NUMBER}(\d{{8}})\b", 0.9, any_case=True),
    _shape(r"\b(\d\d-\d\d-\d\d)\b(?=.{0,30}\b\d{8}\b)", 0.85),
    _shape(rf"{_BIRTH}(\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d\d-\d\d)\b", 0.9, any_case=True),
    _shape(rf"{_BIRTH}(\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}})\b", 0.9, any_case=True),
    _shape(
        rf"\b(?:MRN|hospital number|patient (?:id|number)|case (?:number|no\.?)){_NUMBER}([A-Z0-9][A-Z0-9/-]{{4,}})\b",
        0.9,
        _has_digit,
        any_case=True,
    ),
    _shape(r"\b(?:[A-Z]{1,6}[/-]){1,3}(?:\d{1,4}[/-]){0,3}\d{3,8}(?:[/-][A-Z0-9]{1,4})?\b(?!%)", 0.7),
    _shape(r"\b[A-Z]{1,4}/\d{2,4}/\d{2,6}(?:/[A-Z]{1,4})?\b", 0.85),
    _shape(r"\b\d{2,4}/\d{4,6}/[A-Z]{1,5}\b", 0.85),
    _shape(r"\b(?:no|nos|application|case)\.? ?(\d{3,6}/\d{2})\b", 0.9, any_case=True),
    _shape(r"\b[Nn]o\.? ?(\d{6,9})\b", 0.6),
    _shape(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", 0.8, any_case=True),
)
_NAMED = re.compile(
    r"\b(?:levy account|account|title|policy|membership|customer|client|crime|incident|complaint|claim|grant|contract|"
    r"invoice|purchase order|licence|permit|planning (?:application )?|application|case|file|our|your|URN|UPRN|UKPRN)"
    r"(?: (?:number|no\.?|ref(?:erence)?\.?|id))?\s*[:#(]?\s*"
    r"((?=[A-Z0-9/-]*\d)[A-Z0-9]+(?:[/-][A-Z0-9]+)*)\b"
)
