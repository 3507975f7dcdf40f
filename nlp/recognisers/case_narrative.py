"""Tells a note that recounts one person's case (a judgment, a patient's or claimant's story) from ordinary minutes."""

import re
from collections.abc import Sequence

from nlp.attendees import Attendee
from nlp.recognisers import case_figures, case_institutions, case_origins
from nlp.recognisers.found import Found
from nlp.recognisers.note_text import NoteText

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATED = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS})|(?:{_MONTHS}) (?:\d{{1,2}}, )?(?:19|20)\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}|"
    r"(?:in|since|until|of|from|during) (?:(?:early|late|mid)[ -])?(?:19|20)\d\d)\b"
)
_SUBJECT = re.compile(
    r"\bthe (?:applicant|appellant|claimant|complainant|plaintiff|petitioner|defendant|respondent|accused|prisoner|detainee|"
    r"patient|resident|tenant|client|service user|pupil|deceased|victim|asylum seeker|young person|child|employee|"
    r"beneficiary|pensioner|offender|mother|father|widow|widower|insured|debtor|occupier)s?\b(?! groups?)|"
    r"\b(?:he|she|his|her|him|himself|herself)\b|\bthe (?:[a-z]+ ){0,3}(?:court|tribunal)\b",
    re.IGNORECASE,
)
# What befalls the person whose case it is, and the steps that follow; minutes report speech instead.
_ORDEAL = re.compile(
    r"\b(?:born|married|divorced|widowed|orphaned|died|bereaved|diagnosed|treated|prescribed|operated|admitted|discharged|"
    r"hospitalised|injured|suffered|collapsed|relapsed|arrested|detained|remanded|charged|prosecuted|indicted|tried|convicted|"
    r"sentenced|fined|acquitted|released|imprisoned|deported|fled|expelled|excluded|sued|lodged|appealed|complained|claimed|"
    r"alleged|petitioned|dismissed|quashed|upheld|overturned|rejected|evicted|rehoused|sacked)\b"
)
_STEP = re.compile(
    r"\b(?:examined|assessed|referred|fell|recovered|questioned|filed|brought|applied|requested|adjourned|ordered|ruled|heard|"
    r"refused|granted|awarded|appointed|suspended|resigned|retired|enrolled|moved|represented|informed|served|stopped|lost|"
    r"left|returned|transferred)\b"
)
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|we|our|us|you|your)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")

_SHORTEST = 90  # below it three dates and three verbs are chance: a question to a minister, a covering letter
_FEWEST = 3
_DATES, _SUBJECTS, _EVENTS = 6.0, 12.0, 8.0  # the least of each in a thousand words
_CERTAIN = 36.0  # the least of the three together
_MOST_FIRST_PERSON = 20.0  # the most in a thousand words; above it people talk to each other
_MOST_ATTENDEES, _MOST_TURNS, _MOST_ROWS = 2, 1, 3


def with_case(note: NoteText, attendees: Sequence[Attendee], found: Sequence[Found]) -> list[Found]:
    """What was found, and in a case narrative also what is harmless in minutes but tells whose case this is."""
    if not is_case(note, attendees):
        return list(found)
    named = case_origins.origins(note)
    kept = [hit for hit in found if not case_institutions.is_common(note, hit)]
    return [*kept, *case_figures.find(note), *case_origins.find(note, named), *case_institutions.find(note, named)]


def is_case(note: NoteText, attendees: Sequence[Attendee]) -> bool:
    """Whether the note tells one person's case: dense in dates, in acts of procedure and care, and in one subject."""
    blocks = note.document.blocks
    if len(attendees) > _MOST_ATTENDEES or sum(block.speaker_end is not None for block in blocks) > _MOST_TURNS:
        return False
    if sum(block.kind == "row" for block in blocks) > _MOST_ROWS:
        return False
    dates = _count(_DATED, note.folded)
    if dates < _FEWEST:
        return False
    length = _count(_WORD, note.folded)
    subjects, ordeals = _count(_SUBJECT, note.folded), _count(_ORDEAL, note.folded)
    if length < _SHORTEST or ordeals < _FEWEST:
        return False
    rates = [count * 1000 / length for count in (dates, subjects, ordeals + _count(_STEP, note.folded))]
    if _count(_FIRST_PERSON, note.folded) * 1000 / length > _MOST_FIRST_PERSON:
        return False
    enough = zip(rates, (_DATES, _SUBJECTS, _EVENTS), strict=True)
    return all(rate >= least for rate, least in enough) and sum(rates) >= _CERTAIN


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))
