"""Finds the dates, ages, sentences, sums of money and numbers by which somebody's case can be looked up."""

import re
from collections.abc import Iterator

from nlp.recognisers.found import Found
from nlp.recognisers.note_text import NoteText

_MONTH = (
    "(?:Jan(?:uary|\\.)?|Feb(?:ruary|\\.)?|Mar(?:ch|\\.)?|Apr(?:il|\\.)?|May|June?|July?|Aug(?:ust|\\.)?|"
    "Sept?(?:ember|\\.)?|Oct(?:ober|\\.)?|Nov(?:ember|\\.)?|Dec(?:ember|\\.)?)(?![a-z])"
)
_WEEKDAY = "(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? (?:the )?)?"
_YEAR = r"(?:1[89]|20)\d\d"
_YEARS = rf"{_YEAR}(?:\s?[/-]\s?(?:{_YEAR}|\d\d))?"
_DAY = r"(?:[0-3]?\d(?:st|nd|rd|th)?)"
_PART = (
    r"(?:the )?(?:very )?(?:(?:early|late|mid|spring|summer|autumn|winter|beginning|start|middle|end|course|first half|second half)"
    r"(?: (?:and|or|to) (?:early|late|mid|spring|summer|autumn|winter))?)(?: of| in|-)? (?:the year )?"
)
_WHEN = rf"(?:{_WEEKDAY}{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?|{_MONTH} {_DAY}(?:, ?{_YEAR})?(?![\d:])|{_MONTH},? {_YEAR}|(?:years )?{_YEARS})"
_SURE_WHEN = rf"(?:{_PART})?{_WHEN}"
_DATE = re.compile(
    rf"\b(?:{_YEAR}-[01]\d-[0-3]\d|[Bb]etween {_SURE_WHEN} and {_SURE_WHEN}|"
    rf"{_WEEKDAY}{_DAY}(?:(?:, | and | or | to | - |-|/){_DAY}){{1,5}} {_MONTH}(?: {_YEAR})?|{_SURE_WHEN}|"
    rf"[0-3]?\d([./-])[01]?\d\1(?:{_YEAR}|\d\d))(?![\d:]|(?<=\d)/\d|[.,]\d|\s?(?:sq\b|m2|metres))"
)
_MONTH_ALONE = re.compile(
    r"\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Dd]uring|[Bb]y|[Ff]rom|[Ee]arly|[Ll]ate|[Mm]id|of)[ -]"
    r"((?:January|February|March|April|May|June|July|August|September|October|November|December))\b(?! [A-Z\d])"
)
# A year after these is part of a law's name, a number after them a rule's.
_LAW = re.compile(
    r"\b(?i:acts?|laws?|codes?|regulations?|rules?|orders?|convention|protocols?|directive|decrees?|articles?|sections?|"
    r"schedule|constitution|statute|ordinance|resolution|bill|treaty)(?: \([^()]{1,40}\))?"
    r"(?: of| [Nn]os?\.?| n°)? ?$|§+ ?$"
)
_OF_LAW = re.compile(r"\s+(?:[A-Z]\w+ )?(?:Act|Regulations|Rules|Convention|Order|Code)\b")

_SMALL_NUMBER = (
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_COUNT = rf"(?:\d{{1,3}}|{_SMALL_NUMBER})"
_AGE = re.compile(
    rf"\b(?:the )?age of {_COUNT}\b|\b{_COUNT}[- ](?:years?|months?)[- ](?:old|of age)\b|(?<=\baged ){_COUNT}\b(?: (?:years?|months?)\b)?|"
    rf"(?:(?<=\bhe was )|(?<=\bshe was )|(?<=\bturned )){_COUNT}(?=[,.;]| and\b| when\b| at\b)",
    re.IGNORECASE,
)
_SPAN = rf"{_COUNT}(?: and a half|½)?[- ](?:years?|months?|weeks?|days?|hours?)"
_SPANS = rf"{_SPAN}(?:'s?)?(?:(?:,| and|, and) {_SPAN}(?:'s?)?)*"
_PENALTY = "(?:sentence|term|tariff|imprisonment|detention|custody|prison)s?"
_SENTENCE = re.compile(
    rf"(?<=\bto )(?:a (?:total|term) of )?{_SPANS}(?=,? (?:in )?(?:[a-z]+ )?{_PENALTY})|"
    rf"{_PENALTY}(?: \([^()]{{1,20}}\))? (?:of|for) ({_SPANS})|"
    rf"\b({_SPANS})(?= (?:of |in )?(?:imprisonment|detention|prison|custody|jail))|\blife (?:imprisonment|sentence)\b",
    re.IGNORECASE,
)

_CURRENCY = (
    "(?:euros?|pounds?(?: sterling)?|dollars?|liras?|zlotys?|kron(?:or|er|a|e)|schillings?|shillings?|marks?|markka|francs?|"
    "rou?bles?|rupees?|forints?|crowns?|koruna|lei|leu|leva?|dinars?|dirhams?|drachmas?|pesetas?|escudos?|lire|guilders?|"
    "hryvnias?|kunas?|litas|lats|shekels?|yen|yuan|pesos?|rand|naira|cedis|pence|kopecks)"
)
_ISO = (
    "(?:EUR|GBP|USD|PLN|TRL|TRY|YTL|SEK|NOK|DKK|ISK|CHF|DEM|ATS|FRF|ITL|ESP|PTE|NLG|BEF|LUF|FIM|GRD|IEP|CYP|MTL|CZK|SKK|"
    "HUF|RON|ROL|BGN|BGL|RUB|RUR|UAH|HRK|RSD|BAM|MKD|LTL|LVL|EEK|SIT|GEL|AMD|AZN|MDL|INR|PKR|BDT|NGN|GHS|KES|ZAR|"
    "JPY|CNY|AUD|CAD|NZD|AED|ILS|FF|DM|SFr)"
)
_SUM = r"\d(?:[\d.,]{0,20}\d)?(?: ?(?:million|billion|thousand|m|bn|k)\b)?"
_ROUGHLY = r"(?:\b(?:approximately|approx\.?|about|around|roughly|nearly|almost|some) )?"
_AMOUNT = re.compile(
    rf"{_ROUGHLY}(?:\b{_ISO} ?{_SUM}|(?:[A-Z]{{1,3}})?[£$€] ?{_SUM}|\b{_SUM} (?:(?:(?:[Nn]ew|old|[A-Z]\w+) ){{0,2}}(?i:{_CURRENCY})\b|{_ISO}\b)(?: [(\[]{_ISO}[)\]])?)"
)

_SHARE = re.compile(rf"{_ROUGHLY}\b\d(?:[\d.,]{{0,20}}\d)?(?: ?%| per ?cent\b)", re.IGNORECASE)
_OTHERS = re.compile(
    rf"\b(?:\d[\d,]*|{_SMALL_NUMBER}) other (?:persons?|people|suspects?|defendants?|co-accused|accused|detainees?|prisoners?|"
    r"claimants?|applicants?|patients?|residents?|tenants?)\b",
    re.IGNORECASE,
)

_CODE = r"(?:[A-Z]{1,5}[-./ ]?)?\d[\w]*(?:[./:-]\w+)*"
_LAND = r"(?:plots?|parcels?)"
_NUMBERED = re.compile(
    rf"\b(?:({_LAND}) (?:nos?\. ?)?|(?:(?:registration|register|title|deed|dossier|docket|file|case|claim|block|flat|room|"
    rf"cell|house|reference|ref\.?|sheet(?:/plan)?|plan) )?(?:nos?\.|numbers?|n°|№) ?|sheet/plan )"
    rf"({_CODE}(?:(?:,|;| and|, and) {_CODE})*(?(1)(?: of block \w+)?))",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(?<![\w/.£$€])(?:[A-Z]{1,4}[ /-])?\d{1,6}/\d{1,6}(?:[./-]\w+)*(?![\w%])")


def find(note: NoteText) -> list[Found]:
    """The dates, ages, sentences, amounts and numbers of the case; citations of laws stay readable."""
    text = note.folded.replace("‘", "'")
    return [
        Found(start, end, kind, "case narrative", score, _key(kind, text[start:end]))
        for start, end, kind, score in _spans(text)
    ]


def _key(kind: str, words: str) -> str:
    """The words without case, blanks and filling; for a date in words their order and their length do not matter."""
    plain = re.findall(
        r"[a-z]+|\d+", re.sub(r"\b(?:the|of|approximately|about)\b|(?<=\d)(?:st|nd|rd|th)\b", "", words.lower())
    )
    if kind == "date" and any(map(str.isalpha, plain)):
        plain = sorted(word[:3] if word.isalpha() else word for word in plain)
    return f"{kind}:{'-'.join(plain)}"


def _spans(text: str) -> Iterator[tuple[int, int, str, float]]:
    for match in _DATE.finditer(text):
        if not match[0].isdigit() or not _is_law(text, *match.span()):
            yield *match.span(), "date", 0.8
    for match in _MONTH_ALONE.finditer(text):
        yield *match.span(1), "date", 0.6
    for match in _AGE.finditer(text):
        yield *match.span(), "age", 0.8
    for match in _SENTENCE.finditer(text):
        group = next((number for number in (1, 2) if match[number]), 0)
        start, end = match.span(group)
        yield start, start + len(text[start:end].rstrip("'")), "duration", 0.6
    for match in _AMOUNT.finditer(text):
        yield *match.span(), "amount", 0.7
    for match in _SHARE.finditer(text):
        yield *match.span(), "amount", 0.6
    for match in _OTHERS.finditer(text):
        yield *match.span(), "group", 0.6
    for match in _NUMBERED.finditer(text):
        if match[1]:
            yield *match.span(), "identifier", 0.7
        elif not _is_law(text, *match.span()):
            for code in re.finditer(_CODE, match[2]):
                yield match.start(2) + code.start(), match.start(2) + code.end(), "identifier", 0.7
    for match in _SLASHED.finditer(text):
        if not _is_law(text, *match.span()):
            yield *match.span(), "identifier", 0.6


def _is_law(text: str, start: int, end: int) -> bool:
    """Whether what stands around the number makes it a law's."""
    return _LAW.search(text, max(0, start - 60), start) is not None or _OF_LAW.match(text, end) is not None
