"""Tells who says a sentence of a redacted note, as far as its words tell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nlp.housekeeping import opens_attendance, section_of
from nlp.read import Document
from nlp.sectors import SURROGATE, sector_of

NOT_A_SPEAKER = re.compile(
    r"(?:place|site|address|location|postcode|town|village|contact|e-?mail|phone|telephone|url|link|web|reference|ref|id|"
    r"identifier|number|case|nhs|national insurance|date|age|duration|amount|nationality|account|vehicle)\b",
    re.IGNORECASE,
)
_SAYING = (
    r"(?:said|says|say|saying|told|tells|noted|notes|asked|asks|felt|feels?|thought|thinks?|argued|argues?|added|adds|"
    r"observed|explained|explains|described|describes?|reported|reports?|raised|agreed|agrees?|disagreed|disagrees?|"
    r"replied|answered|responded|countered|conceded|concedes?|admitted|admits?|accepted|accepts?|acknowledged|confirmed|"
    r"confirms?|stressed|emphasi[sz]ed|highlighted|pointed|reminded|recalled|warned|warns?|cautioned|suggested|suggests?|"
    r"proposed|offered|offers?|promised|undertook|pledged|committed|wanted|wants?|urged|called|calls?|hoped|hopes?|"
    r"worried|feared|fears?|doubted|doubts?|questioned|wondered|welcomed|welcomes?|believed|believes?|considered|claimed|"
    r"insisted|pressed|challenged|contrasted|compared|presented|summarised|opened|began|started|set|gave|put|found|finds?|"
    r"estimated|estimates?|preferred|would|will|is|was|are|were|has|have|had|did|does|do|can|could|needs?|cannot|took|takes|"
    r"pays?|runs?|gets?|keeps?|turned|spoke|brought|pushed|commented|mentioned|outlined|shared|saw|sees?|knows?|knew|"
    r"restated|split|must|should|may|might|came|went|made|makes)"
)
_SPEAKING = re.compile(
    r"(?:said|says?|told|noted|asked|felt|feel|thought|argued|added|observed|explained|reported|agreed|disagreed|replied|"
    r"answered|responded|countered|conceded|admitted|accepted|acknowledged|confirmed|stressed|warned|cautioned|suggested|"
    r"proposed|offered|promised|wanted?|wants|urged|hoped|worried|feared|doubted|questioned|welcomed|believed|claimed|"
    r"insisted|took another|held the|opposite|not persuaded|dismissed|mentioned|came in for|discussed|pointed out)\b"
)
_TITLE = r"(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof(?:essor)?|Sir|Dame|Lord|Lady|Insp|Cllr|Rev|The)\.?\s+)?"
_NAMED = rf"{_TITLE}\[[^\[\]\n]{{1,60}}\](?:\s*(?:,|and|&)\s*{_TITLE}\[[^\[\]\n]{{1,60}}\])*"
_LABEL = re.compile(rf"^(?P<who>{_NAMED})\s*(?:\([^()]*\)\s*)?(?:[:–—-])\s")
_PREFIX = re.compile(r"^(?P<who>[^:.;,]{3,70}?)\s*(?:[:–—]|\s-)\s")
_SUBJECT = re.compile(rf"^(?P<who>{_NAMED})(?=(?:'s|’s)?[\s,])")
_TAIL = re.compile(
    rf"\((?P<aside>{_NAMED})\)[\"'”’]?\.?$|\b(?:said|says|in|according to|asked|adds?|added|for|of) (?P<after>{_NAMED})"
    rf"(?=[,.;:]|'s (?:words|view|opinion|experience)|’s (?:words|view|opinion|experience)| of\b|$)"
    rf"|(?:^|[,.;:]\s|\band )(?P<mid>{_NAMED}) (?:\w+ )?{_SAYING}\b|(?:^|[.;:,”\"] )(?P<colon>{_NAMED}):"
)
_TAIL_WORDS = re.compile(
    r"(?:,[\"”]?|[\"”]) (?:said|says|added|asked|admitted) (?P<who>(?:one|an?|the|two|some) [^,.;:]{3,60}?)"
    r"(?=[,.;:]|$| who| that| and )"
)
_GROUP = re.compile(rf"^(?P<who>(?:[^\s,;:.]+\s+){{1,9}}?)(?P<verb>(?:\w+ly )?{_SAYING})\b")
_PASSIVE = re.compile(
    r"\b(?:by|from) (?P<who>(?:almost |nearly )?"
    r"(?:all|several|many|most|some|both|two|three|four|every|one|the|a|an)\b[^.:;]{0,40})"
)
_PRONOUN = re.compile(r"^(?:And |But |So |Then |Also )?(?:He|She|His|Her|Hers|They|Their)(?:['’]\w+)?\b")
_LEANING = re.compile(r"\b(?:he|she|his|her|hers)(?:['’](?:d|s|ll))?\b")
_ATTENDED = re.compile(
    r"\**(?:present|attend\w*|in attendance|in the (?:room|group)|met|walking)\b[^:]{0,20}:", re.IGNORECASE
)
_ROLE = re.compile(r"\[[^\[\]\n]*\brole\b[^\[\]\n]*\]")
_NOBODY = re.compile(r"^(?:it|there|this|that|these|those|what|which|nothing|nobody|no one)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Speaker:
    """Who says a sentence: the words for them, their surrogate, whether the sentence tells that they speak."""

    words: str
    surrogate: str | None
    speaks: bool = True


def speaker_of(sentence: str) -> Speaker | None:
    """Who says the sentence: by a label, a subject, a "said …", a bracket at its end or a group; None where untold."""
    if (match := _LABEL.match(sentence)) and (named := _named(match["who"])):
        return named
    if (match := _SUBJECT.match(sentence)) and (named := _named(match["who"])):
        return replace(named, speaks=_SPEAKING.search(sentence[match.end() : match.end() + 40]) is not None)
    prefix = _PREFIX.match(sentence)
    if prefix and (told := _prefixed(prefix["who"])):
        return told
    for match in _TAIL.finditer(sentence):
        if named := _named(next(filter(None, match.groups()))):
            return named
    if match := _TAIL_WORDS.search(sentence):
        return Speaker(match["who"], _surrogate(match["who"]))
    return _group(sentence)


def leans_back(text: str) -> bool:
    """True where the text speaks of "she" or "his" near its start, so that the one before goes on."""
    return bool(_PRONOUN.match(text) or _LEANING.search(" ".join(text.split()[:7])))


def known_sectors(document: Document, sectors: Mapping[str, str]) -> dict[str, str]:
    """`sectors` with what the note itself tells: attendance entries, and speakers who say who they are."""
    known = dict(sectors)
    met: set[str] = set()
    is_list = False
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind == "turn" and block.speaker_end is not None:
            label, words = document.text[block.start : block.speaker_end], document.text[block.speaker_end : block.end]
            who = _surrogate(label) or label
            told = sector_of(words, known) if who not in met and _introduces(words) else None
            if told:
                known.setdefault(who, told)
            met.add(who)
        elif block.kind == "heading" or opens_attendance(text):
            is_list = opens_attendance(text) or section_of(text) == "attendance"
        elif is_list or _ATTENDED.match(text):
            for entry in [text] if "|" in text else text.split(";"):
                _learn(entry, known)
    return known


def _learn(entry: str, known: dict[str, str]) -> None:
    people = {bare for bare in SURROGATE.findall(entry) if bare.lower().startswith("person")}
    if len(people) == 1 and (person := people.pop()) not in known:
        # People of several sectors can share the surrogate of a role.
        told = sector_of(_ROLE.sub(" ", entry.replace(f"[{person}]", " ")), known)
        if told:
            known[person] = told


def _introduces(words: str) -> bool:
    return bool(re.search(r"\b(?:I'm|I am|I run|I lead|I work|we're|we are|from|at|of)\b|,|^\W*\[", words[1:120]))


def _named(words: str) -> Speaker | None:
    surrogate = _surrogate(words)
    return Speaker(words, surrogate) if surrogate else None


def _surrogate(words: str) -> str | None:
    return next((bare for bare in SURROGATE.findall(words) if not NOT_A_SPEAKER.match(bare)), None)


def _prefixed(words: str) -> Speaker | None:
    surrogate = _surrogate(words)
    if surrogate or re.match(r"(?:from|answer|ask|view|caution|concern|point)\b", words, re.IGNORECASE):
        return Speaker(words, surrogate)
    return Speaker(words, None) if len(words.split()) <= 6 and sector_of(words, {}) else None


def _group(sentence: str) -> Speaker | None:
    match = _GROUP.match(sentence)
    if not match:
        return None
    speaks = _SPEAKING.search(sentence[match.start("verb") : match.end("verb") + 40]) is not None
    if speaks and _NOBODY.match(sentence):
        passive = _PASSIVE.search(sentence)
        return Speaker(passive["who"] if passive else "", None)
    if _NOBODY.match(sentence) or _PRONOUN.match(sentence):
        return None
    passive = _PASSIVE.search(sentence[match.end("verb") :]) if speaks else None
    return Speaker(passive["who"] if passive else match["who"].strip(), None, speaks)
